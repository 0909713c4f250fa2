"""The addresses of this app, each part with its own."""

from django.urls import URLPattern

from supervision.records.subjects import Subjects

from .goals import urls as goals

app_name = "competencies"


def patterns(subjects: Subjects) -> list[URLPattern]:
    """`subjects` finds what a goal can come from, in an app that this one does not know."""
    return goals.patterns(subjects)
