"""What needs a person about their own work, and about what they write of the work of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from supervision.people.models import User
from supervision.performance.models import JobDescription, PerformanceNote

from . import pieces, sentences, taken_up
from .links import address
from .pieces import Task
from .signing_queue import PERFORMANCE, Waiting, waiting_around

DRAFTS = 10


def to_read(user: User) -> list[Task]:
    """The job description that was put in force last, until the person has read or answered it. One query."""
    rows = JobDescription.objects.filter(person=user).unread()
    today = timezone.localdate()
    return [
        Task(
            at,
            gettext("Read your job description"),
            address("performance:description", pk),
            gettext("%(name)s put it in force %(when)s. Say that you have read it, or what does not fit.")
            % {"name": name, "when": sentences.days_ago(timezone.localdate(at), today)},
            gettext("Please read"),
            "wait",
        )
        for pk, at, name in rows.values_list("pk", "put_in_force_at", "put_in_force_by__name")
    ]


def to_finish(user: User) -> list[Task]:
    """What this person writes about somebody's work and has not sent, or has back to change. One query."""
    rows = PerformanceNote.objects.drafts_of(user).order_by("started_at", "id")
    return [
        Task(
            row.started_at,
            gettext("Finish what you write about the work of %(name)s") % {"name": row.worker.called},
            address("performance:note", row.pk),
            gettext("Only you can see it until you send it."),
            gettext("Draft"),
        )
        for row in rows.select_related("worker").only("started_at", "worker__name", "worker__preferred_name")[
            :DRAFTS
        ]
    ]


def to_sign(offers: Sequence[Waiting], user: User) -> list[Task]:
    """What was written about this person's work and waits for their answer. No query."""
    mine = (item for item in offers if item.mine and item.label == PERFORMANCE)
    return [pieces.signature_task(item, None, item.offered_by, user) for item in mine]


def own(user: Any) -> list[Task]:
    """For the first pages that ask for no other signature: four queries at most."""
    found = [*to_sign(waiting_around(user), user), *to_read(user), *taken_up.tasks_of(user)]
    return sorted(found, key=lambda task: task.at)
