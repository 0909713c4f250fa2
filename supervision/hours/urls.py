from django.urls import path

from . import views
from .letters import views as letters

app_name = "hours"
urlpatterns = [
    path("", views.own, name="own"),
    path("letters/<uuid:pk>/", letters.detail, name="letter"),
    path("letters/<uuid:pk>/letter.pdf", letters.pdf, name="letter_pdf"),
    path("<uuid:pk>/", views.person, name="person"),
    path("<uuid:pk>/letter/<slug:key>/<slug:first>/<slug:last>/", letters.sign, name="letter_sign"),
]
