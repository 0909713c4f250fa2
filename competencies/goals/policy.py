"""May this person, now? A goal is its owner's alone until they share it; for everybody else it does not exist: 404, never 403."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, Participation, User
from supervision.records.errors import AlreadyDone, Invalid, NotFound, WrongState

from .models import Goal, GoalReader


def no_such_goal() -> NotFound:
    return NotFound(_("There is no such goal."))


def check_is_owner(user: User, goal: Goal) -> None:
    if goal.owner_id != user.pk:
        raise no_such_goal()


def check_is_open(goal: Goal) -> None:
    if not goal.is_open:
        raise WrongState(_("This goal has ended. Its owner can take it up again."))


def check_can_change(user: User, goal: Goal) -> None:
    """Its owner, while it is open: words, steps, ticks. Raises NotFound, WrongState."""
    check_is_owner(user, goal)
    check_is_open(goal)


def check_can_reopen(user: User, goal: Goal) -> None:
    check_is_owner(user, goal)
    if goal.is_open:
        raise AlreadyDone(_("You have taken this goal up again already."))


def check_review_day(day: datetime.date | None, before: datetime.date | None) -> None:
    """A day to come, unless it stays as it was. Raises Invalid, naming `review_on`."""
    if day is not None and day != before and day < timezone.localdate():
        raise Invalid(_("Enter today or a day to come"), field="review_on")


# Sharing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Circle:
    """An arrangement that a goal can be shared with: the owner's part in it, and the parts of those who would read it."""

    part: Participation
    readers: tuple[Participation, ...]

    @property
    def arrangement(self) -> Arrangement:
        return self.part.arrangement

    @property
    def reader_ids(self) -> frozenset[uuid.UUID]:
        return frozenset(row.pk for row in self.readers)


def circles(owner: User) -> list[Circle]:
    """The arrangements that this person can share with now. Two queries.

    Whoever leads reads it; what belongs to one member never shows to another (domain 4). In co-reflection nobody leads, so
    everybody in it would.
    """
    mine = list(
        Participation.objects.current()
        .filter(person=owner, arrangement__in=Arrangement.objects.current())
        .select_related("arrangement__program")
    )
    others: dict[uuid.UUID, list[Participation]] = defaultdict(list)
    rows = Participation.objects.current().filter(
        arrangement__in=[row.arrangement_id for row in mine], person__is_active=True
    )
    for row in rows.exclude(person=owner).select_related("person").order_by("person__name", "id"):
        others[row.arrangement_id].append(row)
    found = []
    for part in mine:
        readers = tuple(row for row in others[part.arrangement_id] if _would_read(row, part))
        if readers:
            found.append(Circle(part, readers))
    return found


def _would_read(reader: Participation, own: Participation) -> bool:
    if own.arrangement.structure == Arrangement.Structure.CO_REFLECTION:
        return True
    return own.part == Participation.Part.SUPERVISEE and reader.part in Participation.LEADING


def check_can_share(user: User, goal: Goal, circle: Circle | None) -> Circle:
    """The owner, an open goal, with one arrangement at a time. Raises NotFound, WrongState, AlreadyDone, Invalid.

    Sharing it anew with the same arrangement is for whoever has come to lead it since. Returns the circle.
    """
    check_can_change(user, goal)
    if circle is None:
        raise Invalid(_("Choose one of those listed. Who it would be may have changed meanwhile."), "circle")
    if goal.shared_as_id is None:
        return circle
    if goal.shared_as_id != circle.part.pk:
        raise WrongState(_("This goal is shared already. Take that back first."))
    if set(goal.readers.values_list("part", flat=True)) == circle.reader_ids:
        raise AlreadyDone(_("You have shared this goal with them already."))
    return circle


# Reading what is shared ---------------------------------------------------------------------------------------


def readers_of(goal: Goal) -> list[GoalReader]:
    """Who can open it now, besides its owner; by name. One query."""
    if goal.shared_as is None:
        return []
    rows = goal.readers.select_related("part__person").order_by("part__person__name", "id")
    return [
        row for row in rows if row.part.person.is_active and _lasts(reads_until(goal, row), goal.changed_on)
    ]


def _lasts(until: datetime.date | None, day: datetime.date) -> bool:
    return until is None or until >= day


def reads_until(goal: Goal, reader: GoalReader) -> datetime.date | None:
    """The last day of the supervision that this person reads it for: what is newer they do not see. None while it goes on."""
    ends = [reader.part.left_on, goal.shared_as.left_on if goal.shared_as else None]
    return min((day for day in ends if day is not None), default=None)


def check_can_add_progress(user: User, goal: Goal) -> None:
    """The owner, and who reads it, while their supervision goes on. `goal` is visible to them. Raises NotFound, WrongState."""
    if goal.owner_id != user.pk:
        own = [row for row in readers_of(goal) if row.part.person_id == user.pk]
        if not own:
            raise no_such_goal()
        if not any(_lasts(reads_until(goal, row), timezone.localdate()) for row in own):
            raise WrongState(
                _("The supervision that this was shared in has ended, so nothing is added to it any more.")
            )
    check_is_open(goal)
