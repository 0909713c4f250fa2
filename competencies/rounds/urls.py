"""Pages of rounds."""

from __future__ import annotations

from django.urls import path

from .views import answering, lists, naming, opening, reading

app_name = "rounds"
urlpatterns = [
    path("", lists.rounds, name="list"),
    path("open/", opening.open_round, name="open"),
    path("by-name/", lists.named, name="named"),
    path("by-name/<uuid:pk>/", naming.named_view, name="named_view"),
    path("by-name/to/<uuid:pk>/", naming.write, name="write"),
    path("<uuid:pk>/", reading.detail, name="detail"),
    path("<uuid:pk>/answer/", answering.answer, name="answer"),
    path("<uuid:pk>/take-back/", answering.take_back, name="take_back"),
    path("<uuid:pk>/result/", reading.show, name="show"),
]
