"""Pages of self-assessments of programs, under `program-self-assessment/`."""

from __future__ import annotations

from django.urls import path

from .views import acting, answering, opening, reading

app_name = "program_assessment"
urlpatterns = [
    path("", reading.assessments, name="list"),
    path("open/<uuid:program_id>/", opening.open_one, name="open"),
    path("<uuid:pk>/", reading.detail, name="detail"),
    path("<uuid:pk>/answer/", answering.answer, name="answer"),
    path("<uuid:pk>/result/", reading.put_together, name="put_together"),
    path("<uuid:pk>/statements/<slug:statement>/act/", acting.note, name="action_note"),
    path("actions/<uuid:pk>/", acting.detail, name="action"),
    path("actions/<uuid:pk>/change/", acting.change, name="action_change"),
    path("actions/<uuid:pk>/done/", acting.done, name="action_done"),
    path("actions/<uuid:pk>/drop/", acting.drop, name="action_drop"),
    path("actions/<uuid:pk>/take-up/", acting.reopen, name="action_reopen"),
]
