"""Goals on the home pages: one's own that are to be looked at again, and how many others share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext

from competencies.models import Goal
from supervision.pages import words
from supervision.people.models import User
from supervision.records import encryption

from .links import address
from .pieces import Task

SHOWN = 5


def tasks_of(user: User) -> Iterable[Task]:
    """Open goals of this person whose day has come. One query, and one for their keys."""
    due = list(Goal.objects.of(user).due(timezone.localdate()).order_by("review_on", "id")[:SHOWN])
    if not due:
        return
    encryption.unlock(due)
    for goal in due:
        day = goal.review_on or timezone.localdate()
        yield Task(
            timezone.make_aware(datetime.datetime.combine(day, datetime.time())),
            gettext("Look at your goal again: %(title)s") % {"title": goal.title},
            address("competencies:goal", goal.pk),
            gettext("You chose %(day)s for it. Choose another day, or end it.")
            % {"day": words.short_day(day)},
            gettext("Goal"),
            "private" if goal.is_private else "",
        )


def count_shared_with(user: User) -> int:
    """How many open goals others share with this person."""
    return Goal.objects.shared_with(user).open().count()
