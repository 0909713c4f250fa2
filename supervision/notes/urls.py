from django.urls import path

from . import views

app_name = "notes"
urlpatterns = [
    path("", views.notes, name="list"),
    path("find/", views.find, name="find"),
    path("add/", views.add, name="add"),
    path("shared/", views.shared, name="shared"),
    path("deleted/", views.deleted, name="deleted"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/share/", views.share, name="share"),
    path("<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
    path("<uuid:pk>/bring-back/", views.bring_back, name="bring_back"),
    path("<uuid:pk>/remove/", views.remove, name="remove"),
]
