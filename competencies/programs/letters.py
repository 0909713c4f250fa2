"""How what one person says is stored: always as many letters, whatever they say, so that the length of a row tells nothing.

The first letter says whether it may be shown under the person's name. Then one for each statement of the frozen version, in its
order: "-" not looked at, "0" can't say yet, "1" to "7" a point of the scale, lowest first. At the end a mark of the page from which
it was saved last, by which a window notices that another one was quicker.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..library.shape import Content
from ..rating.marks import Mark, Marks

NOTHING, UNSURE = "-", "0"
NAMED, UNNAMED = "n", "-"
PAGE = 8  # letters that name a page


@dataclass(frozen=True)
class Said:
    """What one person says, and whether it may be shown under their name."""

    marks: Marks = field(default_factory=dict)
    by_name: bool = False
    page: str = "0" * PAGE

    @property
    def points(self) -> Mapping[str, int]:
        """The points of the scale alone: nothing is worked out over "can't say yet"."""
        return {key: mark.point for key, mark in self.marks.items() if mark.point is not None}

    def is_as(self, other: Said) -> bool:
        """Whether the other one says the same, from whichever page."""
        return (dict(self.marks), self.by_name) == (dict(other.marks), other.by_name)


def new_page() -> str:
    return uuid.uuid4().hex[:PAGE]


def write(said: Said, content: Content) -> str:
    """The letters for this. What is no statement of the framework or no point of its scale raises ValueError."""
    points = {None, *range(1, len(content.scale) + 1)}
    if said.marks.keys() - {one.id for one in content.statements} or len(said.page) != PAGE:
        raise ValueError("This is about another framework.")
    if not all(mark.point in points for mark in said.marks.values()):
        raise ValueError("This is no point of the scale.")
    letters = (_letter(said.marks.get(one.id)) for one in content.statements)
    return (NAMED if said.by_name else UNNAMED) + "".join(letters) + said.page


def _letter(mark: Mark | None) -> str:
    if mark is None:
        return NOTHING
    return UNSURE if mark.point is None else str(mark.point)


def read(letters: str, content: Content) -> Said:
    """What `write` made these letters of."""
    pairs = zip((one.id for one in content.statements), letters[1:-PAGE], strict=True)
    marks = {key: Mark(None if one == UNSURE else int(one)) for key, one in pairs if one != NOTHING}
    return Said(marks, by_name=letters[0] == NAMED, page=letters[-PAGE:])
