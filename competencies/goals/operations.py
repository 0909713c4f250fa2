"""Everything that changes a goal. One write is one operation here, named for what a person does.

The audit chain keeps that a goal was shared, that the share was taken back, and what others added to it. Everything else is
between a person and their plans: the chain never forgets, and would tell for ever how often somebody began or let go.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, User
from supervision.records import audit, ids
from supervision.records.errors import AlreadyDone, Invalid, NotFound, Stale
from supervision.records.subjects import Subject

from . import notifications, policy, suggesting
from .models import Goal, GoalReader, GoalStep, ProgressNote

MOST_STEPS = 20


@dataclass(frozen=True)
class Step:
    """One row of the form. `id` names a step that is there already."""

    what: str
    by_day: datetime.date | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class Written:
    """What the form of a goal holds."""

    title: str
    why: str = ""
    support: str = ""
    support_from: str = ""
    review_on: datetime.date | None = None
    steps: Sequence[Step] = ()


def draft_of(pk: uuid.UUID | str) -> str:
    """Under which name what was typed into the form of a goal is kept."""
    return f"competencies.goal:{pk}"


def progress_draft_of(pk: uuid.UUID | str) -> str:
    """The same of a progress note."""
    return f"competencies.progress:{pk}"


def id_of(person: User, key: uuid.UUID) -> uuid.UUID:
    """The id of what a form with this key makes. It depends on the person: a key of somebody else's tells nothing."""
    return ids.made_by(person, key, "goal")


# Writing ------------------------------------------------------------------------------------------------------


def begin(*, by: User, key: uuid.UUID, written: Written, about: Subject | None = None) -> Goal:
    """Keep a new goal, for its owner alone. `about` is what of their own it comes from.

    The same form sent twice makes one: the second raises AlreadyDone, or Stale when its words differ. Raises Invalid.
    """
    _check(written, review_before=None)
    goal = Goal(id=id_of(by, key), owner=by)
    _put(goal, written)
    if about is not None:
        goal.about_kind, goal.about_id = about.kind, about.id
        goal.about_day, goal.about_names = about.day, about.names
    try:
        with transaction.atomic():
            goal.save(force_insert=True)
            _put_steps(goal, written.steps)
    except IntegrityError:
        there = Goal.objects.get(pk=goal.pk)
        if says_the_same(there, written):
            raise AlreadyDone(_("This goal is kept already.")) from None
        raise Stale(_("You saved this goal from another window while you were writing.")) from None
    return goal


@transaction.atomic
def change(goal: Goal, *, by: User, version: int, written: Written) -> Goal:
    """Put other words and steps in place. Steps that stay keep their tick. Raises NotFound, WrongState, Stale, Invalid."""
    now = _locked(goal, by)
    policy.check_can_change(by, now)
    _check_version(now, version)
    before = now.review_on
    _check(written, review_before=before)
    _put(now, written)
    _put_steps(now, written.steps)
    _save(now)
    suggesting.when_changed(now, review_before=before)
    return now


@transaction.atomic
def tick(step: GoalStep, *, by: User, done: bool) -> GoalStep:
    """Tick a step off, or put it back. What it is already is no error. Raises NotFound, WrongState."""
    goal = _locked(step.goal, by)
    policy.check_can_change(by, goal)
    found = goal.steps.filter(pk=step.pk).first()
    if found is None:
        raise NotFound(_("This step is not there any more."))
    if (found.done_at is not None) != done:
        found.done_at = timezone.now() if done else None
        found.save(update_fields=["done_at"])
        goal.changed_on = timezone.localdate()  # an open form stays good: it holds no ticks
        goal.save(update_fields=["changed_on"])
    return found


def says_the_same(goal: Goal, written: Written) -> bool:
    """Whether the goal as it is kept is what this form says."""
    steps = [(step.what, step.by_day) for step in goal.steps.all()]
    here = (goal.title, goal.why, goal.support, goal.support_from, goal.review_on, steps)
    there = [(step.what, step.by_day) for step in written.steps]
    return here == (
        written.title,
        written.why,
        written.support,
        written.support_from,
        written.review_on,
        there,
    )


def _check(written: Written, *, review_before: datetime.date | None) -> None:
    if not written.title.strip():
        raise Invalid(_("Say what you want to get better at"), field="title")
    if len(written.steps) > MOST_STEPS:
        raise Invalid(_("There is room for %(max)s steps.") % {"max": MOST_STEPS})
    policy.check_review_day(written.review_on, review_before)


def _check_version(goal: Goal, version: int) -> None:
    if goal.version != version:
        raise Stale(_("You saved this goal from another window while you were writing."))


def _put(goal: Goal, written: Written) -> None:
    goal.title, goal.why = written.title, written.why
    goal.support, goal.support_from = written.support, written.support_from
    goal.review_on = written.review_on


def _put_steps(goal: Goal, steps: Sequence[Step]) -> None:
    there = {step.pk: step for step in goal.steps.all()}
    for position, step in enumerate(steps):
        row = there.pop(step.id, None) if step.id else None
        row = row or GoalStep(goal=goal)
        row.what, row.by_day, row.position = step.what, step.by_day, position
        row.save()
    goal.steps.filter(pk__in=list(there)).delete()


def _save(goal: Goal) -> None:
    goal.version += 1
    goal.changed_on = timezone.localdate()
    goal.save()


def _locked(goal: Goal, by: User) -> Goal:
    """The owner's row as it is now, until the transaction ends. Raises NotFound."""
    found = _lock(goal)
    if found is None or found.owner_id != by.pk:
        raise policy.no_such_goal()
    return found


def _lock(goal: Goal) -> Goal | None:
    return Goal.objects.select_for_update(no_key=True).filter(pk=goal.pk).first()


# Sharing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def share(goal: Goal, *, by: User, arrangement: Arrangement, readers: frozenset[uuid.UUID]) -> Goal:
    """Let those who lead one of the owner's arrangements read it, until it is taken back; in co-reflection everybody in it.

    `readers` are the parts of those who were named on the page. They are told that something waits, and not what. Raises
    NotFound, WrongState, AlreadyDone, Invalid, and Stale when it would be other people by now.
    """
    now = _locked(goal, by)
    circle = next((one for one in policy.circles(by) if one.arrangement.pk == arrangement.pk), None)
    circle = policy.check_can_share(by, now, circle)
    if circle.reader_ids != readers:
        raise Stale(_("Who would read it has changed meanwhile. Look at the names again."))
    before = set(now.readers.values_list("part", flat=True))
    now.readers.all().delete()
    GoalReader.objects.bulk_create(GoalReader(goal=now, part=row) for row in circle.readers)
    now.shared_as, now.shared_at = circle.part, timezone.now()
    now.save(update_fields=["shared_as", "shared_at"])
    suggesting.when_shared(now)
    notifications.shared(row.person for row in circle.readers if row.pk not in before)
    audit.record(by, "goal shared", about=now, facts={"arrangement": str(arrangement.pk)})
    return now


@transaction.atomic
def take_back(goal: Goal, *, by: User) -> Goal:
    """From now on only the owner reads it. Taking back what is not shared is no error. Raises NotFound."""
    now = _locked(goal, by)
    if now.shared_as is None:
        return now
    arrangement = now.shared_as.arrangement_id
    now.readers.all().delete()
    now.shared_as, now.shared_at = None, None
    now.save(update_fields=["shared_as", "shared_at"])
    suggesting.settle(now)
    audit.record(by, "goal taken back", about=now, facts={"arrangement": str(arrangement)})
    return now


# Progress -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_progress(goal: Goal, *, by: User, key: uuid.UUID, text: str) -> ProgressNote:
    """A dated note on how it goes, by the owner or somebody it is shared with. It is not changed afterwards.

    The same form sent twice makes one: the second raises AlreadyDone, or Stale when its words differ. Raises NotFound,
    WrongState, Invalid.
    """
    if not text.strip():
        raise Invalid(_("Write something first"), field="text")
    now = _lock(goal)
    if now is None or not Goal.objects.visible_to(by).filter(pk=now.pk).exists():
        raise policy.no_such_goal()
    pk = id_of(by, key)
    if (there := ProgressNote.objects.filter(pk=pk).first()) is not None:
        if there.text != text.strip():
            raise Stale(
                _("You saved this note before, in other words. It stays as it was: save these as a new one.")
            )
        raise AlreadyDone(_("This progress note is kept already."))
    policy.check_can_add_progress(by, now)
    note = ProgressNote(id=pk, goal=now, author=by, text=text.strip())
    note.save()
    if by.pk != now.owner_id:
        notifications.noted(now)
        audit.record(by, "goal progress noted", about=now)
    return note


# How it ends --------------------------------------------------------------------------------------------------


@transaction.atomic
def end(goal: Goal, *, by: User, version: int, how: str, words: str = "") -> Goal:
    """Reached, changed into another, or let go, with a few words. Whoever reads it goes on reading it until it is taken back.

    Raises NotFound, AlreadyDone when it ended the same way before, WrongState, Stale, Invalid.
    """
    now = _locked(goal, by)
    if how not in Goal.Ending.values:
        raise Invalid(_("Choose how it ended"), field="how")
    if not now.is_open and (now.ended_how, now.ended_words) == (how, words.strip()):
        raise AlreadyDone(_("This goal has ended already."))
    policy.check_can_change(by, now)
    _check_version(now, version)
    now.ended_at, now.ended_how, now.ended_words = timezone.now(), how, words.strip()
    _save(now)
    suggesting.settle(now)
    return now


@transaction.atomic
def reopen(goal: Goal, *, by: User) -> Goal:
    """Take an ended goal up again, as it was. Raises NotFound, AlreadyDone."""
    now = _locked(goal, by)
    policy.check_can_reopen(by, now)
    now.ended_at, now.ended_how, now.ended_words = None, "", ""
    _save(now)
    suggesting.for_review(now)
    return now
