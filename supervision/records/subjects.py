"""What something of one's own can be about, in an app that it must not import (decision 18).

One app finds things of its own for a person; another asks by kind and id, and keeps the facts it is told. They do not know each
other: the addresses are composed above both. Facts are what the person may see anyway: a day, names and an address. Words come only
where somebody may want to begin with them; whoever shows them logs that, and never keeps them as facts.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Subject:
    """A thing of this person: its kind ("session"), its day where it took place, who else belongs to it, and its page."""

    kind: str
    id: uuid.UUID
    day: datetime.date
    names: str
    url: str
    words: str = ""  # what it says, where something new may begin with it
    record: Any = None  # the row that these words stand in, for the access log
    part: str = ""  # which part of the thing, where it has several

    @property
    def key(self) -> str:
        """How a form names it: "session:<id>"."""
        return f"{self.kind}:{self.id}:{self.part}" if self.part else f"{self.kind}:{self.id}"


class Subjects(Protocol):
    """Where things of a person are found. Whoever composes the addresses hands it in (supervision/urls.py)."""

    def find(self, person: Any, kind: str, id: uuid.UUID | str) -> Subject | None:
        """The thing, if there is one and it is this person's. None for everything else, also for what is no id at all."""

    def recent(self, person: Any) -> list[Subject]:
        """What this person would most likely want to choose, newest first."""

    def held(self, person: Any) -> list[Subject]:
        """What took place with this person and may show how they work: newest first."""

    def between(self, person: Any, other: Any, program: Any) -> list[Subject]:
        """The same, of what both were part of in this program."""
