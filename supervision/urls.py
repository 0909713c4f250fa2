"""Every address. A URL that is not listed in the access matrix of tests/architecture fails the suite."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from competencies import urls as competencies
from supervision.notes import urls as notes
from supervision.sessions import subjects


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: usually a page left open overnight. Nothing typed is lost in the browser."""
    return render(request, "csrf_failure.html", status=403)


urlpatterns = [
    path("", include("supervision.overview.urls")),
    path("", include("supervision.people.urls")),
    path("accounts/", include("supervision.people.sign_in_urls")),
    path("agreements/", include("agreements.urls")),
    path("sessions/", include("supervision.sessions.urls")),
    path("notes/", include((notes.patterns(subjects), notes.app_name))),
    path("", include((competencies.patterns(subjects), competencies.app_name))),
    path("training/", include("competencies.training.urls")),
    path("rounds/", include("competencies.rounds.urls")),
    path("program-self-assessment/", include("competencies.programs.urls")),
    path("job/", include("supervision.performance.urls")),
    path("concerns/", include("supervision.concerns.urls")),
    path("calendar/", include("supervision.sessions.feed_urls")),
    path("guidance/", include("supervision.guidance.urls")),
    path("reminders/", include("supervision.notices.urls")),
    path("hours/", include("supervision.hours.urls")),
    path("expected/", include("supervision.requirements.urls")),
    path("reports/", include("supervision.reports.urls")),
    path("bring-in/", include("supervision.imports.urls")),
    path("", include("supervision.portfolio.urls")),
    path("keeping/", include("supervision.retention.urls")),
    path("hand-over/", include("supervision.handover.urls")),
    path("disclosures/", include("supervision.disclosure.urls")),
    path("typed/", include("supervision.records.typed_urls")),
    path("verify/", include("supervision.records.urls")),
]
