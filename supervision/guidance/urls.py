from django.urls import path

from . import views

app_name = "guidance"
urlpatterns = [
    path("", views.page, name="page"),
    path("silence/", views.silence, name="silence"),
    path("show-again/", views.show_again, name="show_again"),
]
