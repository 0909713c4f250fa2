"""The numbers of a program report: counted from log facts, in a number of queries that does not depend on how much there is.

No column that holds words is read here.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import (
    CharField,
    Exists,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Cast
from django.utils import timezone

from supervision.pages import charts
from supervision.people.models import Arrangement, Away, Participation, User
from supervision.records.models import Seal
from supervision.requirements import expectation
from supervision.requirements.expectation import (
    DAY,
    WEEK,
    Attended,
    Evaluation,
    Facts,
    Rhythm,
    Span,
    Stretch,
    Version,
)
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

    def __add__(self, more: Hours) -> Hours:
        return Hours(self.counted + more.counted, self.expected + more.expected, self.other + more.other)


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

    @cached_property
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
    return sum((person.hours for person in people), Hours(0, 0, 0))


def figures_of(report: Report, tick: Tick = unseen) -> Figures:
    """Count everything for a report, in the time zone in use, in a fixed number of queries.

    `tick` is told how far it has come, in people.
    """
    first, last = report.first_day, report.last_day
    people = scope_of.people_of(report)
    start, end = scope_of.moment(first), scope_of.moment(last + DAY)
    scope = scope_of.arrangements_of(report, people)
    taking_part = _taking_part(scope, people, first, last)
    members, arrangements = _members(taking_part), _arrangements(scope)
    names = _Names(members)
    rhythms = {one.id: expectation.rhythms_of(one.versions) for one in arrangements}
    since = _since(first, rhythms.values())
    there = _attendance(scope, since, first, last)
    facts = _facts(members, rhythms, _away(taking_part, since, last), there.visits)
    sessions = tallies.sessions(scope, start, end)
    held = [row for row in sessions if row["state"] == Session.State.HELD]
    # What is ticked in a draft is not in the log before the record is sent.
    sent = [row for row in held if row["is_sealed"] or row["is_offered"]]
    # A plan from beyond the end of its arrangement waits for nobody.
    ended = {one.id: one.ended_on for one in arrangements}
    planned = [
        row["at"]
        for row in sessions
        if row["state"] == Session.State.PLANNED
        and timezone.localdate(row["at"]) <= (ended.get(row["in_arrangement"]) or last)
    ]
    to_come = sum(starts_at > timezone.now() for starts_at in planned)
    return Figures(
        people=_people(members, names, facts, there.within, first, last, tick),
        held=sum(row["sessions"] for row in held),
        sent=sum(row["sessions"] for row in sent),
        minutes_held=sum(row["minutes_of_all"] for row in held),
        signed_by_all=sum(row["sessions"] for row in held if row["signed_by_all"]),
        sealed=sum(row["sessions"] for row in held if row["is_sealed"]),
        open_records=_open_records(held, names),
        **_agreement_gaps(arrangements, names),
        called_off=tallies.counter(
            ((row["state"], row["state_why"]), row)
            for row in sessions
            if row["state"] not in (Session.State.HELD, Session.State.PLANNED)
        ),
        modalities=tallies.counter((row["modality"], row) for row in held),
        purposes=tallies.counter((key, row) for row in sent for key in row["purposes"]),
        methods=tallies.counter((key, row) for row in sent for key in row["methods"]),
        ad_hoc=sum(row["sessions"] for row in sent if row["ad_hoc"]),
        not_written=len(planned) - to_come,
        to_come=to_come,
        **tallies.numbers(report, scope, people, start, end),
        averages=averages.newest(report),
    )


def _taking_part(
    scope: QuerySet[Arrangement],
    people: Collection[uuid.UUID] | None,
    first: datetime.date,
    last: datetime.date,
) -> QuerySet[Participation]:
    """Who took part in the period, in which part; of those who are supported, these people."""
    rows = Participation.objects.filter(
        Q(left_on__isnull=True) | Q(left_on__gte=first), arrangement__in=scope, joined_on__lte=last
    )
    if people is not None:
        rows = rows.filter(Q(part__in=Participation.LEADING) | Q(person__in=people))
    return rows


def _members(taking_part: QuerySet[Participation]) -> list[dict[str, Any]]:
    rows: Any = taking_part.order_by("person__name", "arrangement_id")
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


@dataclass
class _Arrangement:
    """How its agreement stands now, and the signed versions that there were of it, oldest first."""

    id: uuid.UUID
    structure: str
    ended_on: datetime.date | None
    agreement_id: uuid.UUID | None
    review_on: datetime.date | None
    held_count: int | None
    agreement_draft: bool | None
    versions: list[Version] = field(default_factory=list)


def _arrangements(scope: QuerySet[Arrangement]) -> list[_Arrangement]:
    """In the order in which they began. One query, with a row for each version."""
    found: dict[uuid.UUID, _Arrangement] = {}
    signed = FilteredRelation("agreements", condition=Q(agreements__sealed_at__isnull=False))
    rows = scope.annotate(signed=signed).order_by("started_on", "id", "signed__number")
    for pk, structure, ended_on, agreement_id, review_on, held_count, draft, *version in rows.values_list(
        "id",
        "structure",
        "ended_on",
        "standing__agreement_id",
        "standing__review_on",
        "standing__held_count",
        "standing__agreement_draft",
        "signed__starts_on",
        "signed__sealed_at",
        "signed__ending__ends_on",
        "signed__minutes_each",
        "signed__every_days",
    ):
        if pk not in found:
            found[pk] = _Arrangement(pk, structure, ended_on, agreement_id, review_on, held_count, draft)
        starts_on, sealed_at, ends_on, minutes, every_days = version
        if sealed_at:
            found[pk].versions.append(
                Version(starts_on, timezone.localdate(sealed_at), ends_on, minutes, every_days)
            )
    return list(found.values())


# How often, against what was expected -----------------------------------------------------------------------------


def _since(first: datetime.date, rhythms: Iterable[Sequence[Rhythm]]) -> datetime.date:
    """The first day of any stretch that ends in the period: the longest of them may begin as many weeks before it."""
    longest = max((rhythm.weeks for each in rhythms for rhythm in each), default=1)
    return first - longest * WEEK


def _away(
    taking_part: QuerySet[Participation], since: datetime.date, last: datetime.date
) -> defaultdict[uuid.UUID, list[Span]]:
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    supported = taking_part.filter(part__in=Participation.SUPPORTED).values("person")
    rows = Away.objects.filter(person__in=supported, first_day__lte=last, last_day__gte=since)
    for person, begins, ends in rows.order_by().values_list("person_id", "first_day", "last_day"):
        found[person].append(Span(begins, ends))
    return found


def _facts(
    members: Iterable[dict[str, Any]],
    rhythms: dict[uuid.UUID, list[Rhythm]],
    away: defaultdict[uuid.UUID, list[Span]],
    visits: defaultdict[Key, list[Attended]],
) -> dict[Key, Facts]:
    takes_part: defaultdict[Key, list[Span]] = defaultdict(list)
    for row in members:
        if row["part"] in Participation.SUPPORTED:
            takes_part[row["arrangement_id"], row["person_id"]].append(
                expectation.membership(
                    row["joined_on"],
                    row["left_on"],
                    row["arrangement__started_on"],
                    row["arrangement__ended_on"],
                )
            )
    return {
        key: Facts(spans, rhythms.get(key[0], ()), away[key[1]], visits[key])
        for key, spans in takes_part.items()
    }


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


def _attendance(
    scope: QuerySet[Arrangement], since: datetime.date, first: datetime.date, last: datetime.date
) -> _Attendance:
    """From `since`, for stretches that began before the period. One query.

    To read the same few hundred ids out of each of tens of thousands of rows takes longer than to count the rows, so they stay
    texts until that is done.
    """
    visits: defaultdict[tuple[str, str], list[Attended]] = defaultdict(list)
    within: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    start, end = (scope_of.moment(day).astimezone(datetime.UTC) for day in (first, last + DAY))
    # Where they met, a day may begin earlier or later than here.
    rows = _attendees(scope, scope_of.moment(since - DAY), scope_of.moment(last + 2 * DAY)).order_by()
    for arrangement, person, starts_at, zone, minutes, signed in rows.values_list(
        Cast("session__arrangement_id", CharField()),
        Cast("person_id", CharField()),
        "session__starts_at",
        "session__time_zone",
        "minutes",
        "is_signed",
    ).iterator():
        key = (arrangement, person)
        day = expectation.local_day(starts_at, zone)
        if since <= day <= last:
            visits[key].append(Attended(day, minutes, signed))
        if start <= starts_at < end:
            counts = within[key]
            counts[0] += 1
            counts[1] += minutes
    return _Attendance(
        defaultdict(list, {_key(*texts): rows for texts, rows in visits.items()}),
        defaultdict(lambda: [0, 0], {_key(*texts): counts for texts, counts in within.items()}),
    )


def _key(arrangement: str, person: str) -> Key:
    return uuid.UUID(arrangement), uuid.UUID(person)


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


def _open_records(held: Iterable[dict[str, Any]], names: _Names) -> list[OpenRecord]:
    return [
        OpenRecord(
            day=timezone.localdate(row["at"]),
            people=names.supported[row["in_arrangement"]],
            supervisors=names.leading[row["in_arrangement"]],
            offered_on=timezone.localdate(row["offered_at"]) if row["offered_at"] else None,
        )
        for row in held
        if not row["is_sealed"]
    ]


def _agreement_gaps(arrangements: Iterable[_Arrangement], names: _Names) -> dict[str, Any]:
    """How agreements stand now: in force, missing, past their review."""
    missing, past, in_force = [], [], 0
    today = timezone.localdate()
    for one in arrangements:
        if one.structure == Arrangement.Structure.CO_REFLECTION or (one.ended_on and one.ended_on < today):
            continue
        gap = AgreementGap(
            people=names.supported[one.id],
            supervisors=names.leading[one.id],
            held=one.held_count or 0,
            review_on=one.review_on,
            being_written=bool(one.agreement_draft),
        )
        if one.agreement_id is None:
            missing.append(gap)
            continue
        in_force += 1
        if gap.review_on and gap.review_on < today:
            past.append(gap)
    return {"without_agreement": missing, "past_review": past, "agreements": in_force}


def name_of(user: User | None) -> str:
    return user.name if user else ""
