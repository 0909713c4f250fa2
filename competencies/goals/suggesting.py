"""A shared goal suggests itself for the next agenda: as it is shared, and again when it is time to look at it (decision 19)."""

from __future__ import annotations

import datetime

from django.utils import timezone

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import Arrangement

from .models import Goal

BEFORE = datetime.timedelta(days=14)  # a session or two before the day, so that it is talked about in time
# Only these two people ever meet in such an arrangement: both read the goal, so both are offered it.
OF_A_PAIR = (Arrangement.Structure.INDIVIDUAL, Arrangement.Structure.OF_SUPERVISION)


def when_shared(goal: Goal) -> None:
    """For the next agenda, and for the one before it is looked at again."""
    settle(goal)
    _suggest(goal, timezone.localdate())
    for_review(goal)


def for_review(goal: Goal) -> None:
    """For the agenda before the day it is looked at again, where that day is further away."""
    day = _review_from(goal.review_on)
    if not goal.is_private and goal.is_open and day is not None and day > timezone.localdate():
        _suggest(goal, day)


def when_changed(goal: Goal, *, review_before: datetime.date | None) -> None:
    """Waiting suggestions take the new words; one for a day that has moved goes, and comes anew."""
    if goal.is_private:
        return
    if review_before != goal.review_on:
        if (day := _review_from(review_before)) is not None and day > _shared_on(goal):
            notices.forget(goal, from_day=day)
        for_review(goal)
    notices.reword(goal, goal.title)


def settle(goal: Goal) -> None:
    """It ended or is private again: nobody is offered it any more, and its words do not stay there."""
    notices.forget(goal)


def _suggest(goal: Goal, day: datetime.date) -> None:
    if goal.shared_as is None:
        return
    arrangement = goal.shared_as.arrangement
    # Where more than two meet, or others can join, only the owner is offered it.
    audience = None if arrangement.structure in OF_A_PAIR else goal.owner
    notices.suggest(
        arrangement,
        kind=Suggestion.Kind.GOAL,
        title=goal.title,
        source=goal,
        from_day=day,
        audience=audience,
        by=goal.owner,
        again=True,
    )


def _review_from(review_on: datetime.date | None) -> datetime.date | None:
    return review_on - BEFORE if review_on is not None else None


def _shared_on(goal: Goal) -> datetime.date:
    return timezone.localdate(goal.shared_at)
