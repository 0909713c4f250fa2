"""A person's entries as something to choose from, such as for evidence in an assessment. For themself alone: titles are words."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from supervision.people.models import User
from supervision.records import encryption

from .models import TrainingEntry

MOST = 200


@dataclass(frozen=True)
class Choice:
    """One entry: its id, its day and its title."""

    id: uuid.UUID
    day: datetime.date
    title: str


def choices(person: User, *, most: int = MOST) -> list[Choice]:
    """This person's newest entries, the last day first. Two queries. Only ever shown to the person themself."""
    rows = list(TrainingEntry.objects.of(person).defer("took", "provider").order_by("-day", "-id")[:most])
    encryption.unlock(rows)
    return [Choice(row.pk, row.day, row.title) for row in rows]


def find(person: User, pk: uuid.UUID) -> Choice | None:
    """One of this person's own, or None for everything else."""
    row = TrainingEntry.objects.of(person).filter(pk=pk).first()
    return Choice(row.pk, row.day, row.title) if row is not None else None
