"""What comes near: sessions, agendas, steps, reviews, assessments. Looked for once a day; each is told once to each person (domain 13).

Dates and ids only, for everybody at once: one or two questions for each kind, however many people there are.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from agreements.models import Accession, AgreementParty
from competencies.models import AssessmentPart, Goal, ProgramAction
from supervision.notices import mail
from supervision.notices.models import Reminder
from supervision.people.models import Participation, Standing, User
from supervision.people.zones import begin_of, end_of
from supervision.records.models import Answer, OpenParty
from supervision.sessions.models import Action, Attendance, Observation, Session

ONE_DAY = datetime.timedelta(days=1)
LATE = datetime.timedelta(days=3)  # how long after its day it is still told, where no job ran on it
STILL_UNSIGNED = datetime.timedelta(days=5)

Found = tuple[uuid.UUID, uuid.UUID, datetime.date]  # the thing, the person, its day


@dataclass(frozen=True)
class Days:
    """The first and the last day that are asked about; and, where only some things are, which."""

    first: datetime.date
    last: datetime.date
    things: frozenset[uuid.UUID] | None = None

    def only(self, rows: QuerySet[Any], name: str = "pk") -> QuerySet[Any]:
        return rows if self.things is None else rows.filter(**{f"{name}__in": self.things})

    @property
    def moments(self) -> tuple[datetime.datetime, datetime.datetime]:
        return begin_of(self.first), end_of(self.last)


@dataclass(frozen=True)
class Due:
    """A kind of thing with a day: which notice tells of it, how long before, where it leads, and how those open now are found."""

    notice: str
    before: datetime.timedelta
    find: Callable[[Days], Iterable[Found]]
    page: Callable[[uuid.UUID], str]


def _sessions(days: Days) -> Iterator[Found]:
    start, end = days.moments
    now = timezone.now()
    planned = days.only(Session.objects.planned().filter(starts_at__gte=max(start, now), starts_at__lt=end))
    sessions = list(planned.values_list("pk", "arrangement", "starts_at"))
    people: dict[Any, list[Any]] = defaultdict(list)
    there = Participation.objects.current().filter(arrangement__in=planned.values("arrangement"))
    for arrangement, person in there.values_list("arrangement", "person"):
        people[arrangement].append(person)
    for pk, arrangement, starts_at in sessions:
        for person in people[arrangement]:
            yield pk, person, timezone.localdate(starts_at)


def _observations(days: Days) -> Iterator[Found]:
    agreed = Observation.objects.filter(
        state=Observation.State.AGREED, day__gte=days.first, day__lte=days.last, day__gt=timezone.localdate()
    )
    for pk, worker, supervisor, day in days.only(agreed).values_list("pk", "worker", "supervisor", "day"):
        yield pk, worker, day
        yield pk, supervisor, day


def _unsigned(days: Days) -> Iterator[Found]:
    """Offers that wait for somebody’s answer for a while; their day is the one on which it is said again."""
    start, end = (moment - STILL_UNSIGNED for moment in days.moments)
    answered = Answer.objects.filter(offer=OuterRef("offer"), person=OuterRef("person"))
    waiting = OpenParty.objects.filter(
        ~Exists(answered), offer__offered_at__gte=start, offer__offered_at__lt=end
    )
    # Attendance is answered together with the record it belongs to.
    waiting = waiting.exclude(offer__record_label=Attendance._meta.label_lower)
    for offer, person, at in days.only(waiting, "offer").values_list("offer", "person", "offer__offered_at"):
        yield offer, person, timezone.localdate(at + STILL_UNSIGNED)


def _steps(days: Days) -> Iterable[Found]:
    sent = (
        Q(shared_at__isnull=False)
        | Q(session__open_offer__isnull=False)
        | Q(session__sealed_at__isnull=False)
    )
    rows = Action.objects.open().filter(sent, due_on__gte=days.first, due_on__lte=days.last)
    return _found(days.only(rows), "owner", "due_on")


def _goals(days: Days) -> Iterable[Found]:
    rows = Goal.objects.open().filter(review_on__gte=days.first, review_on__lte=days.last)
    return _found(days.only(rows), "owner", "review_on")


def _program_actions(days: Days) -> Iterable[Found]:
    rows = ProgramAction.objects.open().filter(by_day__gte=days.first, by_day__lte=days.last)
    return _found(days.only(rows), "who", "by_day")


def _parts(days: Days) -> Iterator[Found]:
    """Parts of assessments between two that are not given yet."""
    rows = AssessmentPart.objects.filter(
        given_at__isnull=True,
        withdrawn_at__isnull=True,
        assessment__other__isnull=False,
        assessment__shown_at__isnull=True,
        assessment__ended_at__isnull=True,
        assessment__due_on__gte=days.first,
        assessment__due_on__lte=days.last,
    )
    for assessment, author, day in days.only(rows, "assessment").values_list(
        "assessment", "author", "assessment__due_on"
    ):
        if day is not None:
            yield assessment, author, day


def _reviews(days: Days) -> Iterator[Found]:
    """Agreements whose next look is near, for those of now who signed them."""
    near = Standing.objects.filter(
        agreement_id__isnull=False, review_on__gte=days.first, review_on__lte=days.last
    )
    near = days.only(near, "agreement_id")
    rows = near.values_list("arrangement", "agreement_id", "review_on")
    due = {arrangement: (agreement, day) for arrangement, agreement, day in rows if agreement and day}
    ids = [agreement for agreement, _day in due.values()]
    named = AgreementParty.objects.filter(agreement__in=ids).values_list("agreement", "person")
    joined = Accession.objects.filter(agreement__in=ids, sealed_at__isnull=False)
    holds = {*named, *joined.values_list("agreement", "person")}
    there = Participation.objects.current().filter(arrangement__in=near.values("arrangement"))
    for arrangement, person in there.values_list("arrangement", "person"):
        agreement, day = due[arrangement]
        if (agreement, person) in holds:
            yield agreement, person, day


def _found(rows: QuerySet[Any], person: str, day: str) -> Iterable[Found]:
    return rows.order_by().values_list("pk", person, day)


def _page(name: str) -> Callable[[uuid.UUID], str]:
    return lambda pk: reverse(name, args=[pk])


def _home(_pk: uuid.UUID) -> str:
    return reverse("home")


DUE: dict[str, Due] = {
    "session": Due("session_soon", ONE_DAY, _sessions, _page("sessions:detail")),
    "agenda": Due("agenda_open", 3 * ONE_DAY, _sessions, _page("sessions:detail")),
    "observation": Due("observation_soon", ONE_DAY, _observations, _page("sessions:observation")),
    "offer": Due("still_to_sign", 0 * ONE_DAY, _unsigned, _home),
    "step": Due("step_due", ONE_DAY, _steps, _home),
    "goal": Due("goal_due", 0 * ONE_DAY, _goals, _page("competencies:goal")),
    "program": Due("step_due", ONE_DAY, _program_actions, _page("program_assessment:action")),
    "assessment": Due("assessment_due", 2 * ONE_DAY, _parts, _page("competencies:assessment")),
    "review": Due("review_due", 7 * ONE_DAY, _reviews, _page("agreements:detail")),
}


def find(today: datetime.date | None = None) -> int:
    """Once a day: tell everybody of what has come near. Returns how many reminders are new. Safe to repeat."""
    today = today or timezone.localdate()
    working = set(User.objects.working().values_list("pk", flat=True))
    rows = [
        Reminder(person_id=person, notice=due.notice, path=due.page(thing), once=_once(name, thing, day))
        for name, due in DUE.items()
        for thing, person, day in due.find(_days(due, today))
        if person in working
    ]
    return mail.remind(rows)


def still_due(reminders: Collection[Reminder]) -> set[uuid.UUID]:
    """Which of these reminders are of something that is open still, on the day that it was open for: asked before a mail goes."""
    by_name: dict[str, list[Reminder]] = defaultdict(list)
    for row in reminders:
        by_name[row.once.partition(":")[0]].append(row)
    found: set[uuid.UUID] = set()
    for name, rows in by_name.items():
        if name not in DUE:
            continue
        keys = [row.once.split(":") for row in rows]
        on = [datetime.date.fromisoformat(day) for _name, _thing, day in keys]
        days = Days(min(on), max(on), frozenset(uuid.UUID(thing) for _name, thing, _day in keys))
        open_now = {(person, _once(name, thing, day)) for thing, person, day in DUE[name].find(days)}
        found |= {row.pk for row in rows if (row.person_id, row.once) in open_now}
    return found


def _days(due: Due, today: datetime.date) -> Days:
    return Days(today - LATE, today + due.before)


def _once(name: str, thing: uuid.UUID, day: datetime.date) -> str:
    return f"{name}:{thing}:{day.isoformat()}"
