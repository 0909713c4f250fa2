from django.urls import path

from . import views

app_name = "hours"
urlpatterns = [
    path("", views.own, name="own"),
    path("<uuid:pk>/", views.person, name="person"),
]
