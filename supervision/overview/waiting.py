"""What waits for a person besides signatures and sessions: asked in one question, however many kinds of it there are.

No words are loaded, but for the title of a goal of one's own whose day has come. What one marked in a round is looked at to tell
oneself, and nobody else, whether it is sent.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db.models import CharField, DateField, DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from competencies.models import Assessment, Goal, ProgramAction, ProgramAssessment, Round, Sheet
from competencies.rounds.operations import kept_in
from supervision.concerns.models import Concern, Letter
from supervision.disclosure.models import Disclosure
from supervision.handover.scope import to_choose
from supervision.pages.prepared import prepared
from supervision.people.models import Credential, User
from supervision.performance.models import JobDescription, PerformanceNote
from supervision.records import encryption
from supervision.sessions.models import Matter, Observation

from . import pieces
from .pieces import Task
from .signing_queue import ASSESSMENT, PERFORMANCE, Waiting, waiting_around
from .waiting_said import SAID, Row

SHOWN = 25  # of each kind; the pages they lead to have all of them
DUE_SOON = datetime.timedelta(days=7)
State = Observation.State
Kind = Callable[[User, datetime.datetime], QuerySet[Any]]  # what waits of one kind, at this moment


# The question -------------------------------------------------------------------------------------------------


def _columns(
    rows: QuerySet[Any],
    kind: str,
    *,
    at: str,
    person: str = "",
    thing: str = "",
    day: str = "",
    other: str = "",
    called: str = "",
    by_day: bool = False,
) -> QuerySet[Any]:
    """At most SHOWN of these rows, the oldest first, in the columns that every kind has. The arguments are names of fields:
    `person` whom it is about, or `thing` what it is about, by its name; `called` says what it is, where that is no words of
    anybody's, in the place of a second person; `by_day` where `at` is a day."""
    nothing = Cast(Value(None), DateField())
    named = {
        "row_kind": Value(kind, output_field=CharField()),
        "row_at": Cast(F(at), DateTimeField()) if by_day else F(at),
        "row_day": F(day) if day else nothing,
        "row_name": F(f"{thing or person}__name"),
        "row_preferred": F(f"{person}__preferred_name") if person else Value("", output_field=CharField()),
        "row_other": F(called or f"{other}__name")
        if called or other
        else Value("", output_field=CharField()),
        "row_other_preferred": F(f"{other}__preferred_name")
        if other
        else Value("", output_field=CharField()),
    }
    first = rows.order_by(at, "pk").values("pk")[:SHOWN]
    chosen = rows.model._default_manager.filter(pk__in=first).order_by().annotate(**named)
    return chosen.values_list(
        "row_kind",
        "pk",
        *("row_at", "row_day", "row_name", "row_preferred", "row_other", "row_other_preferred"),
    )


def _matters_to_agree(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(Matter.objects.to_agree(user), "agree", at="proposed_at", person="proposed_by")


def _matters_to_answer(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Matter.objects.unanswered().sent_to(user)
    return _columns(rows, "taken_up", at="answered_at", person="begun_by", other="partner")


def _observations_to_answer(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Observation.objects.visible_to(user).filter(state=State.PROPOSED).exclude(proposed_by=user)
    return _columns(rows, "observe", at="proposed_at", person="proposed_by", day="day")


def _observations_to_write(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Observation.objects.filter(supervisor=user, state=State.AGREED, day__lte=timezone.localdate())
    return _columns(rows, "observed", at="answered_at", person="worker", day="day")


def _observations_to_finish(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Observation.objects.filter(supervisor=user, state=State.HELD)
    rows = rows.filter(open_offer__isnull=True, sealed_at__isnull=True)
    return _columns(rows, "observed_draft", at="answered_at", person="worker", day="day")


def _job_to_read(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = JobDescription.objects.filter(person=user).unread()
    return _columns(rows, "job", at="put_in_force_at", person="put_in_force_by")


def _notes_to_finish(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(PerformanceNote.objects.drafts_of(user), "work", at="started_at", person="worker")


def _goals_due(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Goal.objects.of(user).due(timezone.localdate())
    return _columns(rows, "goal", at="begun_at", person="owner", day="review_on")


def _rounds_to_answer(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Sheet.objects.of(user).asked().filter(round__closes_at__gt=now)
    return _columns(rows, "round", at="round__opened_at", person="round__supervisor", day="round__last_day")


def _own_part_of_round(user: User, now: datetime.datetime) -> QuerySet[Any]:
    """Of the newest round: no other one was opened before the own part of the last was in."""
    newest = Round.objects.about(user).order_by("-closes_at", "-pk").values("pk")[:1]
    rows = Sheet.objects.of(user).filter(round__in=newest)
    return _columns(
        rows, "own_part", at="round__opened_at", person="round__supervisor", day="round__last_day"
    )


def _programs_to_rate(user: User, now: datetime.datetime) -> QuerySet[Any]:
    """Until it closes, for everybody who was asked: whether they have answered would show on their screen otherwise."""
    rows = ProgramAssessment.objects.open(now).filter(asked__person=user)
    return _columns(rows, "program", at="opened_at", thing="program", day="closes_on")


def _program_actions_due(user: User, now: datetime.datetime) -> QuerySet[Any]:
    soon = timezone.localdate() + DUE_SOON
    rows = ProgramAction.objects.open().filter(who=user, by_day__lte=soon)
    return _columns(rows, "program_action", at="noted_at", thing="assessment__program", day="by_day")


def _parts_of_own(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Assessment.objects.waiting_for_part_of(user).together().filter(person=user)
    return _columns(rows, "assess_own", at="begun_at", person="other", day="due_on")


def _parts_of_others(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Assessment.objects.waiting_for_part_of(user).filter(other=user)
    return _columns(rows, "assess", at="begun_at", person="person", day="due_on")


def _assessments_to_settle(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(Assessment.objects.to_settle(user), "settle", at="shown_at", person="person")


def _credentials_expiring(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Credential.objects.of(user).expiring(timezone.localdate())
    return _columns(rows, "credential", at="listed_at", person="person", day="expires_on", called="name")


def _concerns_to_read(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(Concern.objects.to_read(user), "concern_read", at="told_at", person="raised_by")


def _concerns_to_go_on_with(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(Concern.objects.to_go_on_with(user, now), "concern", at="begun_at", person="worker")


def _concerns_to_answer(user: User, now: datetime.datetime) -> QuerySet[Any]:
    rows = Concern.objects.running().filter(shared_with=user)
    return _columns(rows, "concern_shared", at="shared_at", person="raised_by", other="worker")


def _concerns_to_confirm(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(Concern.objects.to_confirm(user), "concern_asked", at="may_ask_at", person="worker")


def _concern_news(user: User, now: datetime.datetime) -> QuerySet[Any]:
    """What a mail said is there to read, for two weeks."""
    rows = Concern.objects.with_news_for(user)
    return _columns(rows, "concern_news", at="begun_at", person="raised_by", other="worker")


def _letters_to_receive(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(Letter.objects.waiting_for(user), "letter", at="sent_at", person="writer")


def _handovers_to_choose(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(to_choose(user), "handover", at="joined_on", person="person", by_day=True)


def _disclosures(user: User, now: datetime.datetime) -> QuerySet[Any]:
    return _columns(Disclosure.objects.waiting_for(user), "disclosure", at="entered_at", person="person")


MATTERS = (_matters_to_agree, _matters_to_answer)
OBSERVATIONS = (_observations_to_answer, _observations_to_write, _observations_to_finish)
JOB, WORK, GOALS = (_job_to_read,), (_notes_to_finish,), (_goals_due,)
OWN_PART = "own_part"
ROUNDS, IN_ROUNDS = (_rounds_to_answer, _own_part_of_round), ("round", OWN_PART)
ASSESSMENTS = (_parts_of_own, _parts_of_others, _assessments_to_settle)
CREDENTIALS = (_credentials_expiring,)
DISCLOSURES, HANDOVERS = (_disclosures,), (_handovers_to_choose,)
PROGRAMS = (_programs_to_rate, _program_actions_due)
CONCERNS = (
    *(_concerns_to_read, _concerns_to_go_on_with, _concerns_to_answer),
    *(_concerns_to_confirm, _concern_news, _letters_to_receive),
)
# What every first page asks for; those of supervisors and peer workers ask for everything.
EVERYWHERE = (*MATTERS, *JOB, *ASSESSMENTS, *CREDENTIALS, *ROUNDS, *PROGRAMS, *CONCERNS, *DISCLOSURES)
EVERYTHING = (*EVERYWHERE, *OBSERVATIONS, *WORK, *GOALS, *HANDOVERS)


@prepared
def _all_of(user: User, now: datetime.datetime, kinds: tuple[Kind, ...]) -> QuerySet[Any]:
    first, *others = (ask(user, now) for ask in kinds)
    return first.union(*others, all=True)


def tasks_of(user: User, kinds: Collection[Kind] = EVERYTHING) -> list[Task]:
    """What waits for this person, of these kinds. One query; two more where a goal of theirs is to be looked at again, and where
    they have a part in a round."""
    rows = [Row(*row) for row in _all_of(user, timezone.now(), tuple(kinds))]
    titles = _titles(row.pk for row in rows if row.kind == "goal")
    sheets = _sheets(row.pk for row in rows if row.kind in IN_ROUNDS)
    # What one is asked is named until the round closes, answered or not: on a screen that others see it would tell who has.
    shown = [
        row for row in rows if row.kind != OWN_PART or (row.pk in sheets and not _is_sent(sheets[row.pk]))
    ]
    return [SAID[row.kind](row, titles | sheets) for row in shown]


def _is_sent(sheet: Any) -> bool:
    return kept_in(sheet).is_sent


def _sheets(sheets: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal | Sheet]:
    """This person's own sheets in rounds."""
    wanted = list(sheets)
    if not wanted:
        return {}
    found = list(Sheet.objects.filter(pk__in=wanted).select_related("round__framework_version"))
    encryption.unlock(found)
    return {sheet.pk: sheet for sheet in found}


def _titles(goals: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal | Sheet]:
    wanted = list(goals)
    if not wanted:
        return {}
    found = list(Goal.objects.filter(pk__in=wanted))
    encryption.unlock(found)
    return {goal.pk: goal for goal in found}


def own(user: Any) -> list[Task]:
    """For first pages that ask for no other signature."""
    return for_first_page(user, EVERYWHERE)


def for_first_page(user: Any, kinds: Collection[Kind]) -> list[Task]:
    """These kinds, with what was written about one's own work and waits for a signature; the oldest first. Three queries."""
    found = [*_to_sign(waiting_around(user), user), *tasks_of(user, kinds)]
    return sorted(found, key=lambda task: task.at)


def _to_sign(offers: Sequence[Waiting], user: User) -> list[Task]:
    mine = (item for item in offers if item.mine and item.label in (PERFORMANCE, ASSESSMENT))
    return [pieces.signature_task(item, None, item.offered_by, user) for item in mine]


def count_goals_shared_with(user: User) -> int:
    """How many open goals others share with this person."""
    return len(_goals_shared_with(user))


@prepared
def _goals_shared_with(user: User) -> QuerySet[Goal, uuid.UUID]:
    return Goal.objects.shared_with(user).open().order_by().values_list("pk", flat=True)
