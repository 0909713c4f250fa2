"""Observations that wait on the home pages: for a yes, and to be written up. No words are loaded."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from supervision.pages import words
from supervision.people.models import User
from supervision.sessions.models import Observation

from .links import address
from .pieces import Task

SHOWN = 25
State = Observation.State


def tasks_of(user: User) -> list[Task]:
    """What this person has to answer or, as the one who observed, to write up. One query."""
    to_answer = Q(state=State.PROPOSED) & ~Q(proposed_by=user)
    to_write = Q(state=State.AGREED, supervisor=user, day__lte=timezone.localdate())
    to_finish = Q(state=State.HELD, supervisor=user, open_offer__isnull=True, sealed_at__isnull=True)
    rows = (
        Observation.objects.visible_to(user)
        .filter(to_answer | to_write | to_finish)
        .select_related("supervisor", "worker", "proposed_by")
        .defer("setting", "look_for", "reason", "strengths", "growth")
        .order_by("day", "id")[:SHOWN]
    )
    return [_task(one, user) for one in rows]


def _task(one: Any, user: User) -> Task:
    url = address("sessions:observation", one.pk)
    at = timezone.make_aware(datetime.datetime.combine(one.day, datetime.time()))
    said = {"name": one.other(user).called, "day": words.short_day(one.day)}
    if one.state == State.PROPOSED:
        label = gettext("Answer whether you want the observation that %(name)s proposes for %(day)s") % said
        why = gettext("It takes place only if you agree.")
        return Task(one.proposed_at, label, url, why, gettext("Your answer"), "wait")
    if one.state == State.AGREED:
        label = gettext("Write up the observation with %(name)s, %(day)s") % said
        return Task(
            at,
            label,
            url,
            gettext("If it did not take place, call it off instead."),
            gettext("Write up"),
        )
    label = gettext("Finish the record of the observation with %(name)s, %(day)s") % said
    return Task(at, label, url, gettext("Only you can see it until you send it."), gettext("Draft"))
