"""The one place where other parts read sessions from before. None of it is signed: whoever counts hours that need a signature
leaves it out, and whoever shows it says `FROM_BEFORE` beside it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Participation

from .models import ImportedAttendee, ImportedMeeting

FROM_BEFORE = _("From before, brought in")


@dataclass(frozen=True)
class Before:
    """One person at one session from before."""

    meeting_id: uuid.UUID
    person_id: uuid.UUID
    arrangement_id: uuid.UUID
    day: datetime.date
    minutes: int
    modality: str
    part: str


def from_before(
    people: Iterable[uuid.UUID],
    *,
    first_day: datetime.date | None = None,
    last_day: datetime.date | None = None,
) -> list[Before]:
    """What was brought in about these people, between these days (both included), oldest first. One query.

    The caller says whose facts the reader may see; this does not ask.
    """
    rows = ImportedAttendee.objects.filter(person__in=list(people))
    if first_day is not None:
        rows = rows.filter(meeting__day__gte=first_day)
    if last_day is not None:
        rows = rows.filter(meeting__day__lte=last_day)
    named = rows.order_by("meeting__day", "meeting_id", "person_id").values_list(
        "meeting_id",
        "person_id",
        "meeting__arrangement_id",
        "meeting__day",
        "meeting__minutes",
        "meeting__modality",
        "part",
    )
    return [Before(*row) for row in named]


def people_from_before(meetings: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[int, list[uuid.UUID]]]:
    """How many were supported there, and who led, by meeting. One query."""
    found: dict[uuid.UUID, tuple[int, list[uuid.UUID]]] = {meeting: (0, []) for meeting in meetings}
    rows = ImportedAttendee.objects.filter(meeting__in=list(found)).order_by("id")
    for meeting, person, part in rows.values_list("meeting_id", "person_id", "part"):
        supported, leaders = found[meeting]
        leads = part in Participation.LEADING
        found[meeting] = (supported + (not leads), [*leaders, person] if leads else leaders)
    return found


def last_met_before(arrangements: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime.date]:
    """The last day from before, by arrangement. One query."""
    rows = ImportedMeeting.objects.filter(arrangement__in=list(arrangements)).order_by()
    return dict(rows.values("arrangement").annotate(last=Max("day")).values_list("arrangement", "last"))
