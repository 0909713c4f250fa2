"""The numbers of a program report: counted from log facts, in a number of queries that does not depend on how much there is.

No column that holds words is read here.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Cast
from django.utils import timezone

from agreements.models import Agreement
from supervision.pages import charts
from supervision.people.models import Arrangement, Away, Participation, User
from supervision.records.models import Seal
from supervision.requirements import expectation
from supervision.requirements.expectation import DAY, Attended, Evaluation, Facts, Span, Stretch, Version
from supervision.sessions.models import (
    Attendance,
    Attendee,
    Session,
)

from . import scope as scope_of
from . import tallies
from .kinds import averages
from .kinds.made import Tick
from .models import Report
from .progress import unseen

BEFORE = datetime.timedelta(days=100)  # a stretch of several weeks may begin before the period
AGREEMENT_BY_SESSION = 3  # D 2.130: within the first two or three sessions
Key = tuple[uuid.UUID, uuid.UUID]  # arrangement, person


@dataclass(frozen=True)
class Hours:
    """The one way in which minutes are summed, whatever shows them: what was attended where something was expected, what
    was expected, and what was attended beside that."""

    counted: int
    expected: int
    other: int

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Hours:
        counted = expected = other = 0
        for each in stretches:
            expected += each.expected
            if each.expected:
                counted += each.attended
            else:
                other += each.attended
        return cls(counted, expected, other)


@dataclass
class Person:
    """One person in one arrangement over the period."""

    person_id: uuid.UUID
    name: str
    program: str
    supervisors: list[str]
    evaluation: Evaluation
    among_equals: bool = False
    sessions: int = 0
    minutes: int = 0

    @property
    def hours(self) -> Hours:
        return Hours.of(self.evaluation.stretches)


@dataclass
class OpenRecord:
    """A session of the period whose record is not sealed."""

    day: datetime.date
    people: list[str]
    supervisors: list[str]
    offered_on: datetime.date | None


@dataclass
class AgreementGap:
    """An arrangement without an agreement in force, or whose agreement is past its review."""

    people: list[str]
    supervisors: list[str]
    held: int
    review_on: datetime.date | None
    being_written: bool


@dataclass
class Figures:
    """Everything that is on the report."""

    people: list[Person]
    held: int
    sent: int
    minutes_held: int
    signed_by_all: int
    sealed: int
    open_records: list[OpenRecord]
    without_agreement: list[AgreementGap]
    past_review: list[AgreementGap]
    agreements: int
    called_off: Counter[tuple[str, str]] = field(default_factory=Counter)
    modalities: Counter[str] = field(default_factory=Counter)
    purposes: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    ad_hoc: int = 0
    not_written: int = 0  # planned, over, and nobody said what became of them
    to_come: int = 0
    actions_taken_on: int = 0
    actions_closed: int = 0
    observations: int = 0  # that took place, with their record sent
    learned: int = 0  # minutes of training in the period, of those whose facts the reader knows
    learners: int = 0
    themes: Counter[str] = field(
        default_factory=Counter
    )  # taken up with the reader in the period, by the listed theme
    themes_answered: int = 0
    concerns: int = 0  # that are shared with the reader, in the period
    averages: list[charts.Figure] = field(default_factory=list)  # of the domains, as they were shown last

    @property
    def hours(self) -> Hours:
        return hours_of(self.people)


def hours_of(people: Iterable[Person]) -> Hours:
    return Hours.of(each for person in people for each in person.evaluation.stretches)


def figures_of(report: Report, tick: Tick = unseen) -> Figures:
    """Count everything for a report, in the time zone in use, in a fixed number of queries.

    `tick` is told how far it has come, in people.
    """
    first, last = report.first_day, report.last_day
    people = scope_of.people_of(report)
    start, end = scope_of.moment(first), scope_of.moment(last + DAY)
    scope = scope_of.arrangements_of(report, people)
    members = _members(scope, people, first, last)
    names = _Names(members)
    there = _attendance(scope, first, last)
    facts = _facts(members, scope, there.visits, first, last)
    alike = tallies.alike(scope, start, end)
    held = [row for row in alike if row["state"] == Session.State.HELD]
    # What is ticked in a draft is not in the log before the record is sent.
    sent = [row for row in held if row["is_sealed"] or row["is_offered"]]
    unfinished = tallies.unfinished(scope, start, end)
    # A plan from beyond the end of its arrangement waits for nobody.
    planned = [
        row["starts_at"]
        for row in unfinished
        if row["state"] == Session.State.PLANNED
        and timezone.localdate(row["starts_at"]) <= (row["arrangement__ended_on"] or last)
    ]
    to_come = sum(starts_at > timezone.now() for starts_at in planned)
    return Figures(
        people=_people(members, names, facts, there.within, first, last, tick),
        held=sum(row["sessions"] for row in held),
        sent=sum(row["sessions"] for row in sent),
        minutes_held=sum(row["minutes_of_all"] for row in held),
        signed_by_all=sum(row["sessions"] for row in held if row["signed_by_all"]),
        sealed=sum(row["sessions"] for row in held if row["is_sealed"]),
        open_records=_open_records(unfinished, names),
        **_agreement_gaps(scope, names, last),
        called_off=tallies.counter(
            ((row["state"], row["state_why"]), row)
            for row in alike
            if row["state"] not in (Session.State.HELD, Session.State.PLANNED)
        ),
        modalities=tallies.counter((row["modality"], row) for row in held),
        purposes=tallies.counter((key, row) for row in sent for key in row["purposes"]),
        methods=tallies.counter((key, row) for row in sent for key in row["methods"]),
        ad_hoc=sum(row["sessions"] for row in sent if row["ad_hoc"]),
        not_written=len(planned) - to_come,
        to_come=to_come,
        **tallies.counts(report, scope, people, start, end),
        **tallies.themes(report, scope, start, end),
        averages=averages.newest(report),
    )


def _members(
    scope: QuerySet[Arrangement],
    people: Collection[uuid.UUID] | None,
    first: datetime.date,
    last: datetime.date,
) -> list[dict[str, Any]]:
    """Who took part in the period, in which part; of those who are supported, these people."""
    rows: Any = Participation.objects.filter(
        Q(left_on__isnull=True) | Q(left_on__gte=first), arrangement__in=scope, joined_on__lte=last
    ).order_by("person__name", "arrangement_id")
    if people is not None:
        rows = rows.filter(Q(part__in=Participation.LEADING) | Q(person__in=people))
    return list(
        rows.values(
            "arrangement_id",
            "person_id",
            "person__name",
            "part",
            "joined_on",
            "left_on",
            "arrangement__started_on",
            "arrangement__ended_on",
            "arrangement__program__name",
            "arrangement__structure",
        )
    )


class _Names:
    """Who is supported and who leads in each arrangement, by name."""

    def __init__(self, members: Iterable[dict[str, Any]]) -> None:
        self.supported: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
        self.leading: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
        for row in members:
            group = self.leading if row["part"] in Participation.LEADING else self.supported
            if row["person__name"] not in group[row["arrangement_id"]]:
                group[row["arrangement_id"]].append(row["person__name"])


# How often, against what was expected -----------------------------------------------------------------------------


def _facts(
    members: Sequence[dict[str, Any]],
    scope: QuerySet[Arrangement],
    visits: defaultdict[Key, list[Attended]],
    first: datetime.date,
    last: datetime.date,
) -> dict[Key, Facts]:
    supported = [row for row in members if row["part"] in Participation.SUPPORTED]
    takes_part: defaultdict[Key, list[Span]] = defaultdict(list)
    for row in supported:
        takes_part[row["arrangement_id"], row["person_id"]].append(
            expectation.membership(
                row["joined_on"], row["left_on"], row["arrangement__started_on"], row["arrangement__ended_on"]
            )
        )
    away: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    for person, begins, ends in Away.objects.filter(
        person__in={row["person_id"] for row in supported}, first_day__lte=last, last_day__gte=first - BEFORE
    ).values_list("person_id", "first_day", "last_day"):
        away[person].append(Span(begins, ends))
    versions = _versions(scope)
    return {
        key: Facts(spans, expectation.rhythms_of(versions[key[0]]), away[key[1]], visits[key])
        for key, spans in takes_part.items()
    }


def _versions(scope: QuerySet[Arrangement]) -> defaultdict[uuid.UUID, list[Version]]:
    found: defaultdict[uuid.UUID, list[Version]] = defaultdict(list)
    rows = Agreement.objects.sealed().filter(arrangement__in=scope).order_by("number")
    for arrangement, starts_on, sealed_at, ends_on, minutes, every_days in rows.values_list(
        "arrangement_id", "starts_on", "sealed_at", "ending__ends_on", "minutes_each", "every_days"
    ):
        found[arrangement].append(
            Version(starts_on, timezone.localdate(sealed_at), ends_on, minutes, every_days)
        )
    return found


def _attendees(
    scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> QuerySet[Any]:
    """Who was there at sessions that were held, with whether their attendance is signed by all."""
    sealed = Seal.objects.filter(
        record_label=Attendance._meta.label_lower, record_id=OuterRef("pk"), how=Seal.How.ALL_SIGNED
    )
    signed = Attendance.objects.filter(session=OuterRef("session"), person=OuterRef("person"))
    return Attendee.objects.filter(
        attended=True,
        part__in=Participation.SUPPORTED,
        session__state=Session.State.HELD,
        session__arrangement__in=scope,
        session__starts_at__gte=start,
        session__starts_at__lt=end,
    ).annotate(is_signed=Exists(signed.filter(Exists(sealed))))


@dataclass
class _Attendance:
    """Who was there: what each was there for, day by day, and how often and how long within the days of the period."""

    visits: defaultdict[Key, list[Attended]]
    within: defaultdict[Key, list[int]]


def _attendance(scope: QuerySet[Arrangement], first: datetime.date, last: datetime.date) -> _Attendance:
    """From a while before the period, for stretches that began then. One query."""
    found = _Attendance(defaultdict(list), defaultdict(lambda: [0, 0]))
    start, end = scope_of.moment(first), scope_of.moment(last + DAY)
    rows = _attendees(scope, scope_of.moment(first - BEFORE), scope_of.moment(last + 2 * DAY)).order_by()
    ids: dict[str, uuid.UUID] = {}
    for arrangement_id, person_id, starts_at, zone, minutes, signed in rows.values_list(
        Cast("session__arrangement_id", CharField()),
        Cast("person_id", CharField()),
        "session__starts_at",
        "session__time_zone",
        "minutes",
        "is_signed",
    ):
        key = (_id(arrangement_id, ids), _id(person_id, ids))
        day = expectation.local_day(starts_at, zone)
        if first - BEFORE <= day <= last:
            found.visits[key].append(Attended(day, minutes, signed))
        if start <= starts_at < end:
            counts = found.within[key]
            counts[0] += 1
            counts[1] += minutes
    return found


def _id(text: str, known: dict[str, uuid.UUID]) -> uuid.UUID:
    """To read the same few hundred ids out of each of tens of thousands of rows takes longer than to count the rows."""
    if text not in known:
        known[text] = uuid.UUID(text)
    return known[text]


def _people(
    members: Sequence[dict[str, Any]],
    names: _Names,
    facts: dict[Key, Facts],
    within: defaultdict[Key, list[int]],
    first: datetime.date,
    last: datetime.date,
    tick: Tick,
) -> list[Person]:
    found: dict[Key, Person] = {}
    default_taken: set[uuid.UUID] = set()
    everybody = len({key[1] for key in facts})
    come_to: set[uuid.UUID] = set()
    agreed = {key[1] for key, each in facts.items() if each.rhythms}
    for row in members:
        key = (row["arrangement_id"], row["person_id"])
        if key not in facts or key in found:
            continue
        # The hour a week that holds without an agreement is expected once of a person, and of no co-reflection.
        person = row["person_id"]
        come_to.add(person)
        tick(len(come_to), everybody)
        equals = row["arrangement__structure"] == Arrangement.Structure.CO_REFLECTION
        has_default = bool(facts[key].rhythms)
        if not has_default and not equals and person not in agreed | default_taken:
            default_taken.add(person)
            has_default = True
        evaluation = expectation.evaluate(
            facts[key], first, last, default=expectation.HOUR_A_WEEK if has_default else None
        )
        sessions, minutes = within[key]
        found[key] = Person(
            person_id=person,
            name=row["person__name"],
            program=row["arrangement__program__name"],
            supervisors=names.leading[row["arrangement_id"]],
            evaluation=evaluation,
            among_equals=equals,
            sessions=sessions,
            minutes=minutes,
        )
    return list(found.values())


# Records and agreements ---------------------------------------------------------------------------------------------


def _open_records(unfinished: Iterable[dict[str, Any]], names: _Names) -> list[OpenRecord]:
    return [
        OpenRecord(
            day=timezone.localdate(row["starts_at"]),
            people=names.supported[row["arrangement_id"]],
            supervisors=names.leading[row["arrangement_id"]],
            offered_on=timezone.localdate(row["offered_at"]) if row["offered_at"] else None,
        )
        for row in unfinished
        if row["state"] == Session.State.HELD
    ]


def _agreement_gaps(scope: QuerySet[Arrangement], names: _Names, last: datetime.date) -> dict[str, Any]:
    """How agreements stand now: in force, missing, past their review."""
    missing, past, in_force = [], [], 0
    rows = scope.exclude(structure=Arrangement.Structure.CO_REFLECTION).order_by("started_on", "id")
    for row in rows.values(
        "id",
        "ended_on",
        "standing__agreement_id",
        "standing__review_on",
        "standing__held_count",
        "standing__agreement_draft",
    ):
        if row["ended_on"] and row["ended_on"] < timezone.localdate():
            continue
        gap = AgreementGap(
            people=names.supported[row["id"]],
            supervisors=names.leading[row["id"]],
            held=row["standing__held_count"] or 0,
            review_on=row["standing__review_on"],
            being_written=bool(row["standing__agreement_draft"]),
        )
        if row["standing__agreement_id"] is None:
            missing.append(gap)
            continue
        in_force += 1
        if gap.review_on and gap.review_on < timezone.localdate():
            past.append(gap)
    return {"without_agreement": missing, "past_review": past, "agreements": in_force}


def name_of(user: User | None) -> str:
    return user.name if user else ""
