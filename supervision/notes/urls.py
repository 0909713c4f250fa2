from django.urls import URLPattern, path

from supervision.records.subjects import Subjects

from . import views

app_name = "notes"


def patterns(subjects: Subjects) -> list[URLPattern]:
    """The addresses of private notes. `subjects` finds what a note can be about, in an app that notes do not know."""
    about = {"subjects": subjects}
    return [
        path("", views.notes, name="list"),
        path("find/", views.find, name="find"),
        path("add/", views.add, about, name="add"),
        path("shared/", views.shared, name="shared"),
        path("deleted/", views.deleted, name="deleted"),
        path("<uuid:pk>/", views.detail, about, name="detail"),
        path("<uuid:pk>/edit/", views.edit, about, name="edit"),
        path("<uuid:pk>/share/", views.share, name="share"),
        path("<uuid:pk>/take-back/", views.take_back, name="take_back"),
        path("<uuid:pk>/delete/", views.delete, name="delete"),
        path("<uuid:pk>/bring-back/", views.bring_back, name="bring_back"),
        path("<uuid:pk>/remove/", views.remove, name="remove"),
    ]
