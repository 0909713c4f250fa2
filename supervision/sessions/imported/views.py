"""Sessions from before, for those who were there and for the managers of the program: log facts, marked as such."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from supervision.pages.keyset import page_of
from supervision.people.requests import reader

from ..models import Session
from .facts import FROM_BEFORE
from .models import ImportedAttendee, ImportedMeeting

PAGE = 50


@require_safe
def before(request: HttpRequest) -> HttpResponse:
    """Newest first. Three queries, however many there are."""
    people = ImportedAttendee.objects.select_related("person").order_by("id")
    rows = ImportedMeeting.objects.facts_visible_to(reader(request)).select_related("arrangement__program")
    page = page_of(
        rows.prefetch_related(Prefetch("attendees", people)), request.GET, size=PAGE, date_field="day"
    )
    how = dict(Session.Modality.choices)
    context = {
        "page": page,
        "rows": [
            {
                "meeting": meeting,
                "names": [each.person.name for each in meeting.attendees.all()],
                "how": how.get(meeting.modality, ""),
            }
            for meeting in page.items
        ],
        "from_before": FROM_BEFORE,
    }
    return render(request, "sessions/before.html", context)
