"""Telling people that a self-assessment waits for them. The same for everybody who is asked, whoever has answered."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import ProgramAction, ProgramAssessment


def opened(assessment: ProgramAssessment, people: Iterable[User]) -> None:
    for person in people:
        mail.tell(person, "asked", path=reverse("program_assessment:answer", args=[assessment.pk]))


def result_made(assessment: ProgramAssessment, people: Iterable[User]) -> None:
    for person in people:
        mail.tell(person, "read", path=reverse("program_assessment:detail", args=[assessment.pk]))


def action_given(action: ProgramAction, *, by: User) -> None:
    """Whoever is to do it is told, unless they gave it to themself."""
    if action.who_id != by.pk:
        mail.tell(action.who, "read", path=reverse("program_assessment:action", args=[action.pk]))
