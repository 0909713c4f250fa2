"""What a file would change, found by comparing it with what is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from supervision.people.models import User

from .columns import Column, Line, Problem, Words
from .models import Import, Kind


@dataclass
class Plan:
    """`new` is what would be made; `linked` is here already and only its own reference is kept. `different` is told, and left as it is."""

    new: list[Any] = field(default_factory=list)
    linked: list[Any] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)
    different: list[Problem] = field(default_factory=list)

    def problem(self, line: Line, column: Words, text: str) -> None:
        self.problems.append(Problem(line.number, str(column), text))

    def compared(self, line: Line, differences: Sequence[tuple[Words, Any, Any]]) -> None:
        """A row that is here already, with (column, what is here, what the file says) of what differs."""
        self.same += 1
        for column, here, there in differences:
            text = _("Here it is “%(here)s”, in the file “%(there)s”.") % {
                "here": here if here not in (None, "") else _("empty"),
                "there": there,
            }
            self.different.append(Problem(line.number, str(column), text))


@dataclass(frozen=True)
class KindOf:
    """One kind of file. `compare` finds out what it would change, `make` writes that, in the caller's transaction.

    `shown` says in a few words what one of `Plan.new` would be.
    """

    kind: Kind
    about: Words
    columns: Sequence[Column]
    compare: Callable[[Sequence[Line], User], Plan]
    make: Callable[[Plan, Import, User], None]
    shown: Callable[[Any], str]

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def key(self) -> str:
        return str(self.kind.value)


def differences(line: Line, columns: Sequence[Column], here: dict[str, Any]) -> list[tuple[Words, Any, Any]]:
    """(column, here, in the file) where the file says something else than what is here. An empty cell says nothing."""
    found = []
    for column in columns:
        there = line[column.name]
        if column.name in here and there is not None and there != here[column.name]:
            found.append((column.label, _said(column, here[column.name]), _said(column, there)))
    return found


def _said(column: Column, value: Any) -> str:
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    return "" if value is None else str(dict(column.choices).get(value, value))
