"""The plain facts by which supervision is measured: who took part where, when they met and who signed. Never words.

Everything is read for all the people of some places at once, in a number of queries that does not depend on how many they are.
"""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Away, Participation, User
from supervision.records.models import Seal
from supervision.requirements import expectation
from supervision.requirements.counting import Held, Meeting
from supervision.requirements.expectation import DAY, WEEK, Span, Version, local_day
from supervision.requirements.judging import Facts, Observed
from supervision.requirements.needed import EVERYTHING, Needed
from supervision.sessions.imported.facts import Before, from_before, people_from_before
from supervision.sessions.models import Attendance, Attendee, ImportedAttendee, Observation, Session

from . import spans as spans_of
from .agreed import agreed_by, by_arrangement, signed_in
from .expected import Place, facts_by_arrangement
from .policy import arrangements_seen_of
from .supervisors import credentials_of, supervisors

CO_REFLECTION = Arrangement.Structure.CO_REFLECTION


@dataclass
class Known:
    """What is known of one person, and where they were supported: `meetings` are also in `facts`, in the order of their days."""

    places: list[Place]
    facts: Facts

    @property
    def programs(self) -> set[uuid.UUID]:
        return {place.program for place in self.places}


def by_person(places: Iterable[Place]) -> dict[uuid.UUID, list[Place]]:
    found: dict[uuid.UUID, list[Place]] = {}
    for place in places:
        found.setdefault(place.person, []).append(place)
    return found


def programs_in(places: Iterable[Place], period: Span) -> set[uuid.UUID]:
    """The programs of those places in which somebody was supported in a period."""
    return {place.program for place in places if spans_of.common(place.span, period) is not None}


def known_of(
    places: Iterable[Place], last: datetime.date, needed: Needed = EVERYTHING
) -> dict[uuid.UUID, Known]:
    """What is known up to a day of the people who are supported in these places, as far as it is needed.

    Ten queries at most, three more where meetings were brought in from before.
    """
    of_person = by_person(places)
    if not of_person:
        return {}
    ids = list(of_person)
    arrangements = list({place.arrangement: None for there in of_person.values() for place in there})
    signed = signed_in(arrangements) if needed.rhythm or needed.agreements else []
    versions = by_arrangement(signed)
    since = _since(needed, versions)
    before = _brought_in(of_person, arrangements, last)
    held = [
        *_held(ids, arrangements, since, last, needed),
        *_held_before(before, since, needed),
    ]
    credentials, meetings = _meetings(of_person, held, needed)
    earlier = _earlier(ids, arrangements, before, since) if needed.agreements and since else {}
    away = _away(ids, last)
    agreed = agreed_by(ids, signed) if needed.agreements else {}
    observed = _observed(ids, arrangements, last) if needed.observed else {}
    return {
        person: Known(
            there,
            Facts(
                takes_part=spans_of.merged(place.span for place in there),
                away=away[person],
                meetings=meetings[person],
                earlier=earlier.get(person, {}),
                agreements=agreed.get(person, ()),
                observed=observed.get(person, ()),
                credentials=credentials.get(person, ()),
                arrangements=facts_by_arrangement(there, away[person], meetings[person], versions)
                if needed.rhythm
                else (),
            ),
        )
        for person, there in of_person.items()
    }


def _since(needed: Needed, versions: Mapping[uuid.UUID, Sequence[Version]]) -> datetime.date | None:
    """A stretch of several weeks, as some agreements have them, may begin that long before what is asked about."""
    if needed.since is None or not needed.rhythm:
        return needed.since
    rhythms = (one for there in versions.values() for one in expectation.rhythms_of(there))
    return needed.since - max((one.weeks for one in rhythms), default=0) * WEEK


def against_agreements(
    places: Sequence[Place], last: datetime.date, *, since: datetime.date
) -> dict[uuid.UUID, expectation.Facts]:
    """Of the places of one person, what each arrangement is measured by from a day until a day: the part of `known_of` that a page
    needs which shows nothing else. The hour a week that holds without an agreement is among the rhythms. Three queries, one more
    where meetings were brought in from before."""
    needed = Needed(
        since=since,
        company=False,
        held=False,
        training=False,
        caseloads=False,
        agreements=False,
        observed=False,
    )
    for known in known_of(places, last, needed).values():
        arrangements = dict.fromkeys(place.arrangement for place in known.places)
        found = zip(arrangements, known.facts.arrangements, strict=True)
        return {key: facts for key, (facts, _default) in found}
    return {}


# Taking part --------------------------------------------------------------------------------------------------


def places_of(people: Iterable[uuid.UUID], scope: QuerySet[Arrangement], last: datetime.date) -> list[Place]:
    """Where these few people are supported in some arrangements, having joined by a day. One query."""
    return list(map(_place, _supported(scope, last).filter(person__in=list(people))))


def places_of_all(scope: QuerySet[Arrangement], last: datetime.date) -> list[Place]:
    """Where anybody is supported in some arrangements, having joined by a day. One query.

    To ask for many people among many arrangements would take a database looking for each of the one in each of the other.
    """
    return list(map(_place, _supported(scope, last)))


def places_in(person: User, arrangements: Sequence[uuid.UUID], last: datetime.date) -> list[Place]:
    """Of one person, in these arrangements. One query."""
    return list(map(_place, _there(person, list(arrangements), last)))


def places_seen(user: User, person: User, last: datetime.date) -> list[Place]:
    """Of one person, in the arrangements whose log facts `user` may read. One query."""
    return list(map(_place, _seen(user, person, last)))


@prepared
def _there(person: User, arrangements: list[uuid.UUID], last: datetime.date) -> QuerySet[Participation, Any]:
    return _supported(arrangements, last).filter(person=person)


@prepared
def _seen(user: User, person: User, last: datetime.date) -> QuerySet[Participation, Any]:
    return _supported(arrangements_seen_of(user, person), last).filter(person=person)


def _supported(
    arrangements: QuerySet[Arrangement] | list[uuid.UUID], last: datetime.date
) -> QuerySet[Participation, Any]:
    brought_in = ImportedAttendee.objects.filter(person=OuterRef("person"))
    rows = Participation.objects.filter(
        arrangement__in=arrangements, part__in=Participation.SUPPORTED, joined_on__lte=last
    ).annotate(brought_in=Exists(brought_in))
    return rows.order_by("joined_on", "id").values_list(
        "arrangement_id",
        "person_id",
        "arrangement__structure",
        "arrangement__program_id",
        "joined_on",
        "left_on",
        "arrangement__started_on",
        "arrangement__ended_on",
        "brought_in",
    )


def _place(row: Sequence[Any]) -> Place:
    return Place(row[0], row[1], row[2], row[3], expectation.membership(*row[4:8]), bool(row[8]))


def _away(ids: list[uuid.UUID], last: datetime.date) -> defaultdict[uuid.UUID, list[Span]]:
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    for person, first, until in _days_away(ids, last):
        found[person].append(Span(first, until))
    return found


@prepared
def _days_away(ids: list[uuid.UUID], last: datetime.date) -> QuerySet[Away, Any]:
    rows = Away.objects.filter(person__in=ids, first_day__lte=last)
    return rows.values_list("person_id", "first_day", "last_day")


# Meetings -----------------------------------------------------------------------------------------------------


@dataclass
class _Held:
    """One meeting that took place: who was supported, for how long and signed by everybody when, and who led."""

    day: datetime.date
    modality: str
    equals: bool
    arrangement: str
    people: int = 0
    visits: list[tuple[uuid.UUID, int, datetime.date | None]] = field(default_factory=list)
    leading: dict[uuid.UUID, str] = field(default_factory=dict)  # with what they are called


def _meetings(
    ids: Iterable[uuid.UUID], held: Iterable[_Held], needed: Needed
) -> tuple[Mapping[uuid.UUID, list[Held]], defaultdict[uuid.UUID, list[Meeting]]]:
    """What these people and whoever supervised them hold or held, where that is looked at; and the meetings of each, by day."""
    there = sorted(held, key=lambda one: one.day)
    names = {pk: name for one in there for pk, name in one.leading.items()}
    credentials = credentials_of([*ids, *names]) if needed.held else {}
    leaders = supervisors(names, credentials, needed)
    found: defaultdict[uuid.UUID, list[Meeting]] = defaultdict(list)
    for one in there:
        led_by = tuple(leaders[leader] for leader in one.leading)
        for person, minutes, signed_on in one.visits:
            found[person].append(
                Meeting(
                    day=one.day,
                    minutes=minutes,
                    modality=one.modality,
                    people=one.people,
                    equals=one.equals,
                    supervisors=led_by,
                    signed_on=signed_on,
                    arrangement=one.arrangement,
                )
            )
    return credentials, found


def _held(
    ids: list[uuid.UUID],
    arrangements: list[uuid.UUID],
    since: datetime.date | None,
    last: datetime.date,
    needed: Needed,
) -> Iterator[_Held]:
    # A day more: a session has the day of where it took place.
    rows = _attended(ids, arrangements, _midnight(last + 2 * DAY), _begin(since), needed.company)
    wanted = set(ids)
    for _session, these in itertools.groupby(rows, key=lambda row: row[0]):
        there = list(these)
        _pk, starts_at, zone, modality, structure, arrangement = there[0][:6]
        day = local_day(starts_at, zone)
        if day > last:
            continue
        found = _Held(day, modality, structure == CO_REFLECTION, str(arrangement))
        for *_of_it, person, name, part, minutes, signed_at in there:
            if part in Participation.LEADING:
                found.leading[person] = name
            elif part in Participation.SUPPORTED:
                found.people += 1
                if person in wanted:
                    signed_on = timezone.localdate(signed_at) if signed_at else None
                    found.visits.append((person, minutes, signed_on))
        yield found


@prepared
def _attended(
    ids: list[uuid.UUID],
    arrangements: list[uuid.UUID],
    until: datetime.datetime,
    begin: datetime.datetime | None,
    company: bool,
) -> QuerySet[Attendee, Any]:
    """Who was at the sessions that were held, or who of those that are supported; with when everybody who was asked had signed for
    these people.

    Others are left out later: a database would look for each of many people in each of many sessions.
    """
    supported = Q(person__in=ids, part__in=Participation.SUPPORTED)
    rows = _at_held(arrangements).filter(session__starts_at__lt=until)
    rows = rows if begin is None else rows.filter(session__starts_at__gte=begin)
    rows = rows if company else rows.filter(part__in=Participation.SUPPORTED)
    seal = Seal.objects.filter(
        record_label=Attendance._meta.label_lower, record_id=OuterRef("pk"), how=Seal.How.ALL_SIGNED
    )
    attendance = Attendance.objects.filter(session=OuterRef("session"), person=OuterRef("person"))
    sealed = attendance.annotate(sealed_on=Subquery(seal.values("sealed_at")[:1])).values("sealed_on")[:1]
    return (
        rows.annotate(signed=Case(When(supported, then=Subquery(sealed))))
        .order_by("session__starts_at", "session_id", "position", "id")
        .values_list(
            "session_id",
            "session__starts_at",
            "session__time_zone",
            "session__modality",
            "session__structure",
            "session__arrangement_id",
            "person_id",
            "person__name",
            "part",
            "minutes",
            "signed",
        )
    )


def _at_held(arrangements: list[uuid.UUID]) -> QuerySet[Attendee]:
    return Attendee.objects.filter(
        attended=True, session__state=Session.State.HELD, session__arrangement__in=arrangements
    )


def _brought_in(
    places: Mapping[uuid.UUID, Sequence[Place]], arrangements: Sequence[uuid.UUID], last: datetime.date
) -> list[Before]:
    """What an administrator brought in about people of whom anything was."""
    ids = [person for person, there in places.items() if any(place.from_before for place in there)]
    here = set(arrangements)
    return [
        row
        for row in (from_before(ids, last_day=last) if ids else ())
        if row.arrangement_id in here and row.part in Participation.SUPPORTED
    ]


def _held_before(before: Iterable[Before], since: datetime.date | None, needed: Needed) -> Iterator[_Held]:
    """It took place, nobody has signed it here, and who else was there says the import."""
    rows = [row for row in before if since is None or row.day >= since]
    there = people_from_before({row.meeting_id for row in rows}) if rows and needed.company else {}
    leaders = {leader for _people, leading in there.values() for leader in leading}
    names = dict(User.objects.filter(pk__in=leaders).values_list("pk", "name")) if leaders else {}
    for row in rows:
        people, leading = there.get(row.meeting_id, (1, []))
        yield _Held(
            row.day,
            row.modality,
            equals=False,
            arrangement=str(row.arrangement_id),
            people=people,
            visits=[(row.person_id, row.minutes, None)],
            leading={leader: names[leader] for leader in leading},
        )


def _earlier(
    ids: list[uuid.UUID],
    arrangements: list[uuid.UUID],
    before: Iterable[Before],
    since: datetime.date,
) -> defaultdict[uuid.UUID, Counter[str]]:
    """How many meetings each had in each arrangement before a day, without those of equals."""
    found: defaultdict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    for person, arrangement, times in _times_before(ids, arrangements, _begin(since)):
        found[person][str(arrangement)] += times
    for row in before:
        found[row.person_id][str(row.arrangement_id)] += row.day < since
    return found


@prepared
def _times_before(
    ids: list[uuid.UUID], arrangements: list[uuid.UUID], begin: datetime.datetime
) -> QuerySet[Attendee, Any]:
    rows = _at_held(arrangements).filter(
        person__in=ids, part__in=Participation.SUPPORTED, session__starts_at__lt=begin
    )
    there = rows.exclude(session__structure=CO_REFLECTION).values("person_id", "session__arrangement_id")
    return there.annotate(times=Count("pk")).values_list("person_id", "session__arrangement_id", "times")


def _begin(since: datetime.date | None) -> datetime.datetime | None:
    """From when on meetings are read: a day more, since a session has the day of where it took place."""
    return None if since is None else _midnight(since - DAY)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _observed(
    ids: list[uuid.UUID], arrangements: list[uuid.UUID], last: datetime.date
) -> defaultdict[uuid.UUID, list[Observed]]:
    """The observations whose record both have signed, and when they had."""
    found: defaultdict[uuid.UUID, list[Observed]] = defaultdict(list)
    for person, day, sealed_at in _signed_observations(ids, arrangements, last):
        if day is not None and sealed_at is not None:  # a record that is sealed has both
            found[person].append(Observed(day, timezone.localdate(sealed_at)))
    return found


@prepared
def _signed_observations(
    ids: list[uuid.UUID], arrangements: list[uuid.UUID], last: datetime.date
) -> QuerySet[Observation, Any]:
    rows = Observation.objects.filter(
        worker__in=ids, arrangement__in=arrangements, sealed_at__isnull=False, held_on__lte=last
    )
    return rows.order_by("held_on", "id").values_list("worker_id", "held_on", "sealed_at")
