from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("", views.reminders, name="list"),
    path("seen/", views.seen, name="seen"),
    path("choices/", views.choices, name="choices"),
    path("stop/<str:token>/", views.stop, name="stop"),
]
