from django.urls import path

from . import views

app_name = "requirements"
urlpatterns = [
    path("", views.sets, name="list"),
    path("<uuid:pk>/", views.detail, name="detail"),
    # For administrators
    path("add/", views.write, name="add"),
    path("load/", views.load, name="load"),
    path("<uuid:pk>/next/", views.write_next, name="next"),
    path("<uuid:pk>/file/", views.file, name="file"),
    path("<uuid:pk>/remove/", views.remove, name="remove"),
    path("<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("in-force/<uuid:pk>/end/", views.end, name="end"),
    path("in-force/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
]
