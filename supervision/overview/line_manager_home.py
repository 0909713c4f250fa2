"""What a line manager sees first: what needs them, what they were named to read, and their people (domain 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from supervision.people.models import User
from supervision.performance import lists

from . import waiting
from .links import address
from .pieces import Task

NEWEST = 8
PEOPLE = 25


@dataclass(frozen=True)
class Home:
    lead: str
    tasks: list[Task]
    records: list[dict[str, Any]]
    people: list[dict[str, Any]]
    more_people: bool


def home_of(user: User) -> Home:
    """Everything on the page, in a number of queries that does not depend on how much there is."""
    reports = list(lists.people_of(user).filter(line_manager=user).order_by("name", "id")[: PEOPLE + 1])
    rows = lists.notes_for_lists(user).exclude(worker=user).filter(first_sent_at__isnull=False)
    return Home(
        lead=gettext("What was shared with you, and the people you are the line manager of."),
        tasks=waiting.for_first_page(
            user, (*waiting.MATTERS, *waiting.JOB, *waiting.WORK, *waiting.ASSESSMENTS, *waiting.PROGRAMS)
        ),
        records=[lists.row_of(one, user) for one in rows.order_by("-first_sent_at", "-id")[:NEWEST]],
        people=[
            {"person": one, "url": address("performance:person", one.pk), "state": lists.state_of_job(one)}
            for one in reports[:PEOPLE]
        ],
        more_people=len(reports) > PEOPLE,
    )
