"""The addresses of this app, each part with its own."""

from django.urls import URLPattern, URLResolver, include, path

from supervision.records.subjects import Subjects

from .assessments import urls as assessments
from .goals import urls as goals
from .library import urls as library

app_name = "competencies"


def patterns(subjects: Subjects) -> list[URLPattern | URLResolver]:
    """`subjects` finds what a goal can come from and what may show how somebody works, in an app that this one does not know."""
    return [
        path("assessments/", include(assessments.patterns(subjects))),
        path("goals/", include(goals.patterns(subjects))),
        path("frameworks/", include(library.urlpatterns)),
    ]
