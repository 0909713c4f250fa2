"""The training areas of supervisors, as the frameworks in force name them (D 2.131). Nothing here knows how many there are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from competencies.library.models import FrameworkVersion
from competencies.library.shape import Statement

from .models import TrainingArea


@dataclass(frozen=True)
class Area:
    """One area: the framework it stands in, and its statement in the version of now."""

    framework_id: uuid.UUID
    framework: str
    statement: Statement

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.framework_id}.{self.statement.id}"

    @property
    def label(self) -> str:
        return self.statement.title or self.statement.text


def in_force() -> list[Area]:
    """Every area of every framework about training that is in force, in the order of their files. One query."""
    rows = FrameworkVersion.objects.filter(
        about=FrameworkVersion.About.TRAINING, framework__retired_on=None
    ).order_by("-framework__is_shipped", "framework__key", "-number")
    newest: dict[uuid.UUID, FrameworkVersion] = {}
    for row in rows:
        newest.setdefault(row.framework_id, row)
    return [
        Area(row.framework_id, row.title, statement)
        for row in newest.values()
        for statement in row.body.statements
    ]


def key_of(row: TrainingArea) -> str:
    return f"{row.framework_id}.{row.statement}"


def labels_of(rows: Iterable[TrainingArea], known: Iterable[Area]) -> list[str]:
    """The areas of an entry in words, in the order of the framework. One that is no longer in force is named as it last was."""
    covered = {key_of(row): row for row in rows}
    labels = [area.label for area in known if covered.pop(area.key, None)]
    return [*labels, *(_earlier_label(row) for row in covered.values())]


def _earlier_label(row: TrainingArea) -> str:
    for version in FrameworkVersion.objects.filter(framework=row.framework_id).order_by("-number"):
        for statement in version.body.statements:
            if statement.id == row.statement:
                return statement.title or statement.text
    return row.statement


def framework_of(key: str) -> tuple[uuid.UUID, str]:
    """The framework and the statement that the key of an area names. Raises ValueError."""
    framework, _dot, statement = key.partition(".")
    return uuid.UUID(framework), statement
