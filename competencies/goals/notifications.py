"""Telling people that something about a goal waits for them. The mails carry no content."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import Goal


def shared(people: Iterable[User]) -> None:
    """The mail leads to the list: the goal may be taken back before it is read."""
    for person in people:
        mail.tell(person, "shared", path=reverse("competencies:goals_shared"))


def noted(goal: Goal) -> None:
    """Somebody it is shared with added a progress note: the owner is told."""
    mail.tell(goal.owner, "added", path=reverse("competencies:goal", args=[goal.pk]))
