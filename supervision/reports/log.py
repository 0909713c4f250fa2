"""The log of supervision, person by person: what became of each session, how long, who signed. No column that holds words is read."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from supervision.people.models import Participation
from supervision.records.models import Seal
from supervision.requirements.expectation import DAY, local_day
from supervision.sessions.models import Attendance, Attendee, Session

from .scope import moment

FACTS = (
    *("id", "arrangement_id", "state", "structure", "starts_at", "minutes", "time_zone", "modality"),
    *("state_why", "sealed_at", "open_offer_id"),
)


@dataclass(frozen=True, slots=True)
class LogRow:
    """One session of the person: planned, held, or what became of it."""

    id: uuid.UUID
    arrangement_id: uuid.UUID
    day: datetime.date
    state: str
    why: str
    minutes: int  # of the person; nothing where they were not there
    attended: bool
    is_draft: bool  # held, and its record not sent yet: what it says is not in the log before
    modality: str
    structure: str
    people: int
    leaders: tuple[str, ...]
    signed_on: datetime.date | None  # the attendance, by everybody who was asked
    sealed_on: datetime.date | None  # the record


def log_of(
    people: Collection[uuid.UUID] | None,
    arrangements: Collection[uuid.UUID] | QuerySet[Any, Any],
    first: datetime.date,
    last: datetime.date,
) -> defaultdict[uuid.UUID, list[LogRow]]:
    """Of these people (None: everybody who is supported), by person, oldest first, from `first` to `last`. Three queries.

    What is planned for later than now is not part of it.
    """
    there = Attendee.objects.filter(session=OuterRef("pk"), part__in=Participation.SUPPORTED)
    if people is not None:
        there = there.filter(person__in=people)
    sessions = Session.objects.filter(
        Exists(there),
        arrangement__in=arrangements,
        starts_at__gte=moment(first - DAY),
        starts_at__lt=moment(last + 2 * DAY),
    )
    rows = sessions.only(*FACTS).order_by("starts_at", "id")
    within = [row for row in rows if first <= local_day(row.starts_at, row.time_zone) <= last]
    within = [row for row in within if row.state != Session.State.PLANNED or row.starts_at <= timezone.now()]
    attending = _attending(sessions)
    signed = _attendance_signed(people, sessions)
    found: defaultdict[uuid.UUID, list[LogRow]] = defaultdict(list)
    for row in within:
        there_now = attending[row.pk]
        for one in there_now:
            person = one["person_id"]
            if one["part"] in Participation.SUPPORTED and (people is None or person in people):
                found[person].append(_log_row(row, there_now, one, signed.get((row.pk, person))))
    return found


def _attending(sessions: QuerySet[Session]) -> defaultdict[uuid.UUID, list[dict[str, Any]]]:
    found: defaultdict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    rows: Any = Attendee.objects.filter(session__in=sessions.values("pk")).order_by("position", "id")
    for one in rows.values("session_id", "person_id", "person__name", "part", "attended", "minutes"):
        found[one["session_id"]].append(one)
    return found


def _log_row(
    row: Session, people: Sequence[dict[str, Any]], own: dict[str, Any], signed_on: datetime.date | None
) -> LogRow:
    held = row.state == Session.State.HELD and not row.is_draft
    attended = held and bool(own["attended"])
    return LogRow(
        id=row.pk,
        arrangement_id=row.arrangement_id,
        day=local_day(row.starts_at, row.time_zone),
        state=row.state,
        why=row.state_why,
        minutes=own["minutes"] if attended else 0,
        attended=attended,
        is_draft=row.is_draft,
        modality=row.modality if held else "",
        structure=row.structure,
        people=held * sum(one["attended"] and one["part"] in Participation.SUPPORTED for one in people),
        leaders=tuple(
            one["person__name"]
            for one in people
            if one["part"] in Participation.LEADING and (one["attended"] or row.is_draft)
        ),
        signed_on=signed_on,
        sealed_on=timezone.localdate(row.sealed_at) if row.sealed_at else None,
    )


def _attendance_signed(
    people: Collection[uuid.UUID] | None, sessions: QuerySet[Session]
) -> dict[tuple[uuid.UUID, uuid.UUID], datetime.date]:
    """When everybody who was asked had signed an attendance, by session and person."""
    seals = Seal.objects.filter(
        record_label=Attendance._meta.label_lower, record_id=OuterRef("pk"), how=Seal.How.ALL_SIGNED
    )
    rows = Attendance.objects.filter(session__in=sessions.values("pk"), sealed_at__isnull=False)
    if people is not None:
        rows = rows.filter(person__in=people)
    signed = rows.annotate(signed_at=Subquery(seals.values("sealed_at")[:1]))
    return {
        (session, person): timezone.localdate(at)
        for session, person, at in signed.values_list("session_id", "person_id", "signed_at")
        if at is not None
    }
