"""The activity log of a manager's programs: what was sent, signed, sealed or called off, by whom and when.

Made from the log facts on the rows themselves, never from words and never from the audit chain, which is for
investigation. Newest first, in pages that cost the same however long the log is.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.models import Accession, Agreement, AgreementReview
from supervision.pages import cells, words
from supervision.pages.keyset import PARAMETER, BadCursor
from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Participation, Program, User
from supervision.records.models import Answer, Offer, OfferClosed, Seal
from supervision.requirements.expectation import Span
from supervision.sessions.models import Session

from . import paging
from .links import address

SIZE = 30
SESSION, AGREEMENT = Session._meta.label_lower, Agreement._meta.label_lower
REVIEW, ACCESSION = AgreementReview._meta.label_lower, Accession._meta.label_lower

_SHAPE: tuple[str, str] = ("", "")
_WHY: dict[Any, Any] = dict(Session.Why.choices)

SAID: dict[str, str | Promise] = {
    "offered": _("Sent to be signed"),
    "signed": _("Signed"),
    "declined": _("Answered without signing"),
    "taken_back": _("Taken back"),
    "change_asked": _("Sent back for a change"),
    "sealed_all_signed": _("Sealed, signed by everyone"),
    "sealed_declined": _("Sealed, not signed by everyone"),
    "sealed_closed": _("Sealed with the signatures given"),
    "sealed_each": _("Sealed, in force for each who has signed"),
    "cancelled": _("Session cancelled"),
    "missed": _("Session did not take place"),
    "moved": _("Session moved"),
}


_ABOUT: dict[str, str | Promise] = {
    AGREEMENT: _("Agreement of %(people)s"),
    REVIEW: _("Review of the agreement of %(people)s"),
    ACCESSION: _("Joining the agreement of %(people)s"),
}


class Event(NamedTuple):
    """One line. `record` is the label of what it is about; `day` the day of the session."""

    at: datetime.datetime
    id: uuid.UUID
    kind: str
    by: str
    record: str
    record_id: uuid.UUID
    arrangement_id: uuid.UUID
    day: datetime.datetime | None
    offered_at: datetime.datetime | None = None
    why: str = ""
    people: str = ""

    @property
    def key(self) -> tuple[datetime.datetime, str]:
        """Its place: older sorts later, so that a page is read in the order shown."""
        return (self.at, str(self.id))

    @property
    def place(self) -> tuple[str, str]:
        """The same in an address; it sorts alike."""
        return (self.at.astimezone(datetime.UTC).isoformat(timespec="microseconds"), str(self.id))

    @property
    def as_of(self) -> datetime.date:
        """The day whose people it is about: that of the session, or on which it was sent to be signed."""
        return timezone.localdate(self.day or self.offered_at or self.at)

    @property
    def said(self) -> str:
        text = str(SAID[self.kind])
        return f"{text}: {self.why}" if self.why else text

    @property
    def about(self) -> str:
        if self.record in _ABOUT:
            return str(_ABOUT[self.record]) % {"people": self.people}
        day = words.short_day(self.day) if self.day else ""
        return gettext("Session of %(day)s, %(people)s") % {"day": day, "people": self.people}

    @property
    def url(self) -> str:
        """Signed agreements are for managers to read; a session is not."""
        return address("agreements:detail", self.record_id) if self.record == AGREEMENT else ""


@dataclass(frozen=True)
class Page:
    items: Sequence[Event]
    older: str
    newer: str

    @property
    def headings(self) -> list[str]:
        return [gettext("When"), gettext("What"), gettext("Which"), gettext("Who")]

    @property
    def rows(self) -> list[list[str]]:
        return [[cells.moment(one.at), one.said, one.about, one.by or "–"] for one in self.items]


def programs_of(user: User) -> list[tuple[str, str]]:
    """The programs whose log this person can read, to choose from: (id, name)."""
    return [(str(key), name) for key, name in _programs(user)]


@prepared
def _programs(user: User) -> QuerySet[Any]:
    return Program.objects.managed_by(user).values_list("pk", "name")


def page_of(user: User, program: uuid.UUID | None, params: QueryDict, *, size: int = SIZE) -> Page:
    """The part of the log that `params` asks for, of all programs that `user` manages or of this one of them.

    One query for each kind of row, one for the names. Raises BadCursor.
    """
    place = paging.read_place(params.get(PARAMETER, ""), _SHAPE)
    at, newer = _moment(place[0][0]) if place else None, bool(place and place[1])
    found: list[Event] = []
    for rows, event_of in _SOURCES:
        # What lies beyond the last one that was found is for another page: the other kinds need not be read that far.
        until = found[size].at if len(found) > size else None
        events = map(event_of, rows(user, program, at, until, newer, size + 1))
        found += [event for event in events if place is None or _is_beyond(event, place[0], newer)]
        found.sort(key=lambda event: event.key, reverse=not newer)
    more, shown = len(found) > size, found[:size]
    if newer:
        shown.reverse()
    if not shown:
        return Page([], "", f"?{paging._without(params).urlencode()}" if place else "")
    has_newer = more if newer else place is not None
    has_older = place is not None if newer else more
    return Page(
        _named(shown),
        paging.link(params, shown[-1].place, newer=False) if has_older else "",
        paging.link(params, shown[0].place, newer=True) if has_newer else "",
    )


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise BadCursor("This page address is not one of ours.") from error


def _is_beyond(event: Event, place: tuple[Any, ...], newer: bool) -> bool:
    return event.place > place if newer else event.place < place


def _window(rows: QuerySet[Any], column: str, at: Any, until: Any, newer: bool, size: int) -> QuerySet[Any]:
    """The `size` rows nearest to `at` and not beyond `until`, including those of the very same moments."""
    if at is not None:
        rows = rows.filter(**{f"{column}__{'gte' if newer else 'lte'}": at})
    if until is not None:
        rows = rows.filter(**{f"{column}__{'lte' if newer else 'gte'}": until})
    sign = "" if newer else "-"
    return rows.order_by(f"{sign}{column}", f"{sign}id")[:size]


def _scope(user: User, program: uuid.UUID | None) -> QuerySet[Arrangement]:
    managed = Arrangement.objects.managed_by(user)
    return managed if program is None else managed.filter(program=program)


def _of_records(rows: QuerySet[Any], scope: QuerySet[Arrangement]) -> QuerySet[Any]:
    """Rows about sessions and agreements of these arrangements, reviews of them and joinings, each with its arrangement, and
    with the day of a session."""
    record = OuterRef("record_id")
    sessions, agreements = Session.objects.filter(pk=record), Agreement.objects.filter(pk=record)
    reviews, accessions = AgreementReview.objects.filter(pk=record), Accession.objects.filter(pk=record)
    # Asked row by row, newest first, so that reading can stop when the page is full. The label, which says no more than the id,
    # is not asked: by an index of it SQLite would collect every row there is, and then sort them. Most rows are of a session, so
    # nothing else is looked up for them.
    return rows.annotate(
        arrangement_id=Coalesce(
            Subquery(sessions.order_by().values("arrangement_id")[:1]),
            Subquery(agreements.order_by().values("arrangement_id")[:1]),
            Subquery(reviews.order_by().values("agreement__arrangement_id")[:1]),
            Subquery(accessions.order_by().values("agreement__arrangement_id")[:1]),
            output_field=UUIDField(),
        ),
        day=Subquery(sessions.order_by().values("starts_at")[:1]),
    ).filter(arrangement_id__in=scope.values("pk"))


# Each kind of row, and the events that they are. `at` and `until` say from where and how far, `newer` which way.


@prepared
def _offers(
    user: User, program: uuid.UUID | None, at: Any, until: Any, newer: bool, size: int
) -> QuerySet[Any]:
    # Joining is one act: what is said of it is that somebody signed, or did not.
    rows = _of_records(Offer.objects.exclude(record_label=ACCESSION), _scope(user, program))
    return _window(rows, "offered_at", at, until, newer, size).values_list(
        *("offered_at", "id", "offered_by__name", "record_label", "record_id"),
        *("arrangement_id", "day", "offered_at"),
    )


def _offered(row: Any) -> Event:
    return Event(row[0], row[1], "offered", *row[2:])


def _of_offer(rows: QuerySet[Any], by: str) -> QuerySet[Any]:
    """Each with who it is by and what it is an answer to, asked row by row: joined, SQLite begins with all the offers there are,
    or with all the people."""
    offer, person = Offer.objects.filter(pk=OuterRef("offer")), User.objects.filter(pk=OuterRef(by))
    return rows.annotate(
        by_name=Subquery(person.order_by().values("name")[:1]),
        label=Subquery(offer.values("record_label")[:1]),
        offered_at=Subquery(offer.values("offered_at")[:1]),
    )


@prepared
def _answers(
    user: User, program: uuid.UUID | None, at: Any, until: Any, newer: bool, size: int
) -> QuerySet[Any]:
    rows = _of_records(_of_offer(Answer.objects.all(), "person"), _scope(user, program))
    return _window(rows, "answered_at", at, until, newer, size).values_list(
        *("answered_at", "id", "kind", "by_name", "label", "record_id"),
        *("arrangement_id", "day", "offered_at"),
    )


@prepared
def _closed(
    user: User, program: uuid.UUID | None, at: Any, until: Any, newer: bool, size: int
) -> QuerySet[Any]:
    rows = _of_offer(OfferClosed.objects.exclude(why=OfferClosed.Why.DECLINED), "by")
    return _window(_of_records(rows, _scope(user, program)), "closed_at", at, until, newer, size).values_list(
        *("closed_at", "id", "why", "by_name", "label", "record_id", "arrangement_id", "day", "offered_at")
    )


def _answered(row: Any) -> Event:
    return Event(*row)


@prepared
def _seals(
    user: User, program: uuid.UUID | None, at: Any, until: Any, newer: bool, size: int
) -> QuerySet[Any]:
    rows = _of_records(Seal.objects.exclude(record_label=ACCESSION), _scope(user, program))
    return _window(rows, "sealed_at", at, until, newer, size).values_list(
        *("sealed_at", "id", "how", "record_label", "record_id", "arrangement_id", "day", "offer__offered_at")
    )


def _sealed(row: Any) -> Event:
    return Event(row[0], row[1], f"sealed_{row[2]}", "", *row[3:])


@prepared
def _changes(
    user: User, program: uuid.UUID | None, at: Any, until: Any, newer: bool, size: int
) -> QuerySet[Any]:
    rows = Session.objects.filter(arrangement__in=_scope(user, program), state_at__isnull=False).exclude(
        state__in=[Session.State.PLANNED, Session.State.HELD]
    )
    return _window(rows, "state_at", at, until, newer, size).values_list(
        "state_at", "id", "state", "state_by__name", F("arrangement_id"), "starts_at", "state_why"
    )


def _changed(row: Any) -> Event:
    why = str(_WHY.get(row[6], "")).lower()
    return Event(row[0], row[1], row[2], row[3] or "", SESSION, row[1], row[4], row[5], why=why)


# What is read most quickly comes first, then what there is most of.
_SOURCES: tuple[tuple[Callable[..., list[Any]], Callable[[Any], Event]], ...] = (
    *((_changes, _changed), (_closed, _answered), (_answers, _answered)),
    *((_seals, _sealed), (_offers, _offered)),
)


def _named(events: Sequence[Event]) -> list[Event]:
    """The same events with the names of the people that each is about: who took part then. One query."""
    taking: defaultdict[uuid.UUID, list[tuple[str, Span]]] = defaultdict(list)
    for arrangement, name, joined, left in _taking(list({event.arrangement_id for event in events})):
        taking[arrangement].append((name, Span(joined, left)))
    return [event._replace(people=_then(event, taking[event.arrangement_id])) for event in events]


@prepared
def _taking(arrangements: list[uuid.UUID]) -> QuerySet[Any]:
    rows = Participation.objects.filter(arrangement__in=arrangements).order_by("part", "person__name")
    return rows.values_list("arrangement_id", "person__name", "joined_on", "left_on")


def _then(event: Event, taking: Iterable[tuple[str, Span]]) -> str:
    day = event.as_of
    return words.join_names(dict.fromkeys(name for name, when in taking if when.holds(day)))
