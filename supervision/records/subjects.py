"""What something of one's own can be about, in an app that it must not import (decision 18).

An app says how to find things of its own for a person; another app asks by kind and id, and keeps the facts it is told. Facts
are what the person may see anyway: a day, names and an address. Never words.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Subject:
    """A thing of this person: its kind ("session"), its day where it took place, who else belongs to it, and its page."""

    kind: str
    id: uuid.UUID
    day: datetime.date
    names: str
    url: str

    @property
    def key(self) -> str:
        """How a form names it: "session:<id>"."""
        return f"{self.kind}:{self.id}"


Find = Callable[[Any, uuid.UUID], "Subject | None"]
Recent = Callable[[Any], "list[Subject]"]

_finders: dict[str, Find] = {}
_recent: dict[str, Recent] = {}


def register(kind: str, *, find: Find, recent: Recent | None = None) -> None:
    """An app offers a kind. `find` gives the thing if it is this person's, otherwise None; `recent` those to choose from."""
    _finders[kind] = find
    if recent is not None:
        _recent[kind] = recent


def kinds() -> list[str]:
    return sorted(_finders)


def find(person: Any, kind: str, id: uuid.UUID | str) -> Subject | None:
    """The thing, if there is one and it is this person's. None for everything else, also for what is no id at all."""
    look = _finders.get(kind)
    try:
        return look(person, uuid.UUID(str(id))) if look else None
    except ValueError:
        return None


def recent(person: Any) -> list[Subject]:
    """What this person would most likely want to choose, newest first."""
    found = [subject for look in _recent.values() for subject in look(person)]
    return sorted(found, key=lambda subject: subject.day, reverse=True)
