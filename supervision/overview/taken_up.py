"""What is taken up and waits: for the other one's yes, and for a manager's answer. No words are loaded."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from supervision.people.models import User
from supervision.sessions.models import Matter

from .links import address
from .pieces import Task

SHOWN = 25


def tasks_of(user: User) -> list[Task]:
    """What waits for this person, whoever's home it is. One query."""
    waits_as_manager = Q(pk__in=Matter.objects.unanswered().sent_to(user).values("pk"))
    rows = (
        Matter.objects.filter(Q(pk__in=Matter.objects.to_agree(user).values("pk")) | waits_as_manager)
        .select_related("begun_by", "partner", "proposed_by")
        .defer("text", "wish", "reason")
        .order_by("proposed_at", "id")[:SHOWN]
    )
    return [_task(one, user) for one in rows]


def _task(one: Any, user: User) -> Task:
    url = address("sessions:matter", one.pk)
    tag = gettext("Your answer")
    if one.is_between(user):
        label = gettext("Read what %(name)s would take up with a manager") % {"name": one.proposed_by.called}
        why = gettext("It is sent only if you agree to the words.")
        return Task(one.proposed_at, label, url, why, tag, "wait")
    label = gettext("Answer what %(one)s and %(two)s take up with you") % {
        "one": one.begun_by.called,
        "two": one.partner.called,
    }
    return Task(one.answered_at, label, url, gettext("They agreed on the words together."), tag, "wait")
