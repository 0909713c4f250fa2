"""Sessions as entries of a calendar (RFC 5545): when, and “Supervision”. No names, no place, nothing of what is said.

An entry keeps its UID for as long as the session lives, also when it is moved: the session at the new time is another row, and
for a calendar the same entry. SEQUENCE is the number of things that happened to it so far. Both are worked out from what is kept
anyway, the moves and the audit chain, which only ever grow; so SEQUENCE never falls, and nothing has to be kept in step.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from supervision.people.models import User
from supervision.records.models import AuditEvent

from . import vtimezone
from .models import Session, SessionQuerySet

# What can change when a session is, for how long, or whether it takes place, as the audit chain calls it. Whatever new operation
# changes one of these belongs here. The version of the row would not do: it also rises with a topic that somebody keeps to themself.
CHANGES = (
    "session moved",
    "session cancelled",
    "session missed",
    "record begun",
    "draft discarded",
    "offered",
)
CALLED_OFF = (Session.State.CANCELLED, Session.State.MISSED, Session.State.MOVED)
BACK, AHEAD = datetime.timedelta(days=60), datetime.timedelta(days=366)
REFRESH = datetime.timedelta(hours=1)
PRODUCT = "-//Common Hour//Supervision sessions//EN"
PUBLISH, CANCEL = "PUBLISH", "CANCEL"


@dataclass(frozen=True)
class Entry:
    """One entry: which session, when by the clock of which zone, and how often that has changed."""

    uid: uuid.UUID
    sequence: int
    session_id: uuid.UUID
    starts_at: datetime.datetime
    minutes: int
    zone: str
    called_off: bool


# Which sessions ---------------------------------------------------------------------------------------------


def known() -> Q:
    """Sessions whose length everybody knows: not the draft of one that nobody had planned."""
    draft = Q(state=Session.State.HELD, open_offer__isnull=True, sealed_at__isnull=True)
    return ~(draft & Q(was_planned=False))


def of_feed(user: User, now: datetime.datetime) -> SessionQuerySet:
    """What a person's feed holds: their own sessions from two months back to a year ahead, each at its newest time."""
    own = Session.objects.of(user).filter(known(), starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)
    return own.exclude(state=Session.State.MOVED).order_by("starts_at", "pk")


def moves_in(arrangements: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Every move in these arrangements: from the session as it was planned to the one at the new time. One query."""
    moved = Session.objects.filter(arrangement__in=arrangements, state=Session.State.MOVED)
    return dict(moved.filter(moved_to__isnull=False).values_list("pk", "moved_to"))  # type: ignore[arg-type]


def newest_of(session: Session) -> uuid.UUID:
    """The id of the session at its newest time: itself, unless it was moved."""
    moves = moves_in([session.arrangement_id]) if session.state == Session.State.MOVED else {}
    found = session.pk
    while found in moves:
        found = moves[found]
    return found


def entries(sessions: Sequence[Session]) -> list[Entry]:
    """The entries of these sessions, in their order. Two queries, however many there are."""
    moves = moves_in({session.arrangement_id for session in sessions})
    before = {new: old for old, new in moves.items()}
    lives = {session.pk: _life(session.pk, before) for session in sessions}
    happened = _happened({pk for life in lives.values() for pk in life})
    return [
        Entry(
            uid=lives[session.pk][-1],
            sequence=sum(happened.get(pk, 0) for pk in lives[session.pk]),
            session_id=session.pk,
            starts_at=session.starts_at,
            minutes=session.minutes,
            zone=session.time_zone,
            called_off=session.state in CALLED_OFF,
        )
        for session in sessions
    ]


def _life(pk: uuid.UUID, before: Mapping[uuid.UUID, uuid.UUID]) -> list[uuid.UUID]:
    """A session and what it was before each move, back to how it was first planned."""
    life = [pk]
    while life[-1] in before:
        life.append(before[life[-1]])
    return life


def _happened(sessions: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    events = AuditEvent.objects.filter(
        record_label=Session._meta.label_lower, record_id__in=sessions, action__in=CHANGES
    )
    return dict(events.values_list("record_id").annotate(Count("seq")).order_by())


# Writing it down ----------------------------------------------------------------------------------------------


def one(entry: Entry) -> tuple[bytes, str]:
    """The file of one session, and its method: published, or called off."""
    method = CANCEL if entry.called_off else PUBLISH
    return _calendar([entry], method).to_ical(), method


def feed(entries: Sequence[Entry], *, zone: str = "UTC") -> bytes:
    """The file that a calendar fetches again and again. What was called off is in it and says so.

    `zone` is that of its reader: no calendar is without any part (RFC 5545, 3.6), so an empty one explains that.
    """
    made = _calendar(entries, PUBLISH)
    if not entries:
        year = timezone.now().year
        made.add_component(vtimezone.of_zone(zone, year, year + 1))
    name = _("Supervision")
    made.add("NAME", name)
    made.add("X-WR-CALNAME", name)
    made.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("X-PUBLISHED-TTL", "PT1H")
    return made.to_ical()


def _calendar(entries: Sequence[Entry], method: str) -> Calendar:
    made, now = Calendar(), timezone.now().replace(microsecond=0)
    made.add("PRODID", PRODUCT)
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    made.add("METHOD", method)
    for zone in _zones(entries):
        made.add_component(zone)
    for entry in entries:
        made.add_component(_event(entry, now))
    return made


def _event(entry: Entry, now: datetime.datetime) -> Event:
    made = Event()
    made.add("UID", str(entry.uid))
    made.add("DTSTAMP", now)
    made.add("SEQUENCE", entry.sequence)
    made.add("DTSTART", _local(entry))
    # A length is exact on the nights when the clocks change; an end by the clock could mean two times.
    made.add("DURATION", datetime.timedelta(minutes=entry.minutes))
    made.add("SUMMARY", _("Supervision"))
    made.add("STATUS", "CANCELLED" if entry.called_off else "CONFIRMED")
    made.add("TRANSP", "TRANSPARENT" if entry.called_off else "OPAQUE")
    made.add("CLASS", "PRIVATE")
    made.add("ORGANIZER", _sender())
    made.add("URL", settings.SITE_URL + reverse("sessions:detail", args=[entry.session_id]))
    return made


def _local(entry: Entry) -> datetime.datetime:
    """The start by the clock where it takes place; in UTC where that clock shows the same time twice and this is the second."""
    if entry.zone == "UTC":
        return entry.starts_at.astimezone(datetime.UTC)
    local = entry.starts_at.astimezone(ZoneInfo(entry.zone))
    return local if not local.fold else local.astimezone(datetime.UTC)


def _sender() -> vCalAddress:
    """A published entry names who publishes it (RFC 5546, 3.2.1): the software, as in its e-mails, and nobody of the session."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = vCalAddress(f"mailto:{address or 'no-reply@localhost'}")
    sender.params["CN"] = vText("Common Hour")
    return sender


def _zones(entries: Iterable[Entry]) -> list[Timezone]:
    """What the entries say their times by: one VTIMEZONE for each zone (RFC 5545, 3.2.19)."""
    years: dict[str, list[int]] = {}
    for entry in entries:
        local = _local(entry)
        if local.tzinfo is not datetime.UTC:
            years.setdefault(entry.zone, []).append(local.year)
    return [vtimezone.of_zone(name, min(found), max(found) + 1) for name, found in sorted(years.items())]
