"""What a column of a file may hold, and how a row is read: each cell becomes a value, or a problem in words."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from supervision.pages.spreadsheets import FORMULA
from supervision.people.choices import zones
from supervision.people.forms import AddressField

from .reading import Row
from .reading.limits import Cell, ErrorCell

Words = str | Promise
Reader = Callable[[str], Any]
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)
PROGRESS_EVERY = 1000
_NOT_IN_HEADING = re.compile(r"[\W_]+")
_BETWEEN_ADDRESSES = re.compile(r"[,;\s]+")
# Letters that turn the order of what stands around them; a line of facts has none.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Problem(NamedTuple):
    """What is wrong, where: the row as the spreadsheet numbers it (0: the file), the heading of the column, the words."""

    row: int
    column: str
    text: str


class Wrong(Exception):
    """This cell cannot be taken; says why in words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Column:
    """One column of a template. `read` turns what stands there into a value, or raises Wrong."""

    name: str
    label: Words
    about: Words
    example: Any
    read: Callable[[Cell], Any]
    needed: bool = False
    choices: Sequence[tuple[str, Words]] = ()


@dataclass(frozen=True)
class Line:
    """One row that was read. `given` are its values by the names of the columns; an empty cell is None."""

    number: int
    given: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.given.get(name)


@dataclass
class Reading:
    """What the rows of a file say, before anything is looked up. `notes` hinder nothing."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    total: int = 0


def read(rows: Sequence[Row], columns: Sequence[Column], *, progress: Callable[[int], None]) -> Reading:
    """Read all rows; those with a problem are left out of `lines`. `progress` is told how many rows were read, now and then."""
    reading = Reading(total=len(rows) - 1)
    places = _places(rows[0], columns, reading)
    if reading.problems:
        return reading
    example = [_shown(column.example) for column in columns]
    for done, row in enumerate(rows[1:], 1):
        if done % PROGRESS_EVERY == 0:
            progress(done)
        cells = [row.cells[at] if at is not None and at < len(row.cells) else None for at in places]
        if [_shown(cell) for cell in cells] == example:
            reading.notes.append(
                _("Row %(row)s is the example of the template. It is left out.") % {"row": row.number}
            )
            continue
        _read_row(row.number, cells, columns, reading)
    if len(rows) == 1:
        reading.problems.append(Problem(0, "", _("There are headings, and no row below them.")))
    return reading


def _places(headings: Row, columns: Sequence[Column], reading: Reading) -> list[int | None]:
    """Where each column stands."""
    known = {_plain_heading(str(column.label)): column for column in columns}
    found: dict[str, int] = {}
    unknown = []
    for at, cell in enumerate(headings.cells):
        said = _shown(cell)
        column = known.get(_plain_heading(said))
        if column is None:
            if said:
                unknown.append(said[:60])
        elif column.name in found:
            reading.problems.append(
                Problem(headings.number, str(column.label), _("There are two columns with this heading."))
            )
        else:
            found[column.name] = at
    for column in columns:
        if column.needed and column.name not in found:
            reading.problems.append(
                Problem(
                    headings.number,
                    str(column.label),
                    _("This column is missing. Use the headings of the template."),
                )
            )
    if unknown:
        text = _("Columns that are not used: %(names)s.") % {"names": ", ".join(unknown)}
        reading.notes.append(_no_controls(text))
    return [found.get(column.name) for column in columns]


def _plain_heading(text: str) -> str:
    return _NOT_IN_HEADING.sub("", text).casefold()


def _read_row(number: int, cells: Iterable[Cell], columns: Sequence[Column], reading: Reading) -> None:
    given: dict[str, Any] = {}
    fine = True
    for column, cell in zip(columns, cells, strict=True):
        try:
            if isinstance(cell, ErrorCell):
                raise Wrong(_("The formula in this cell failed (%(shown)s).") % {"shown": cell[:20]})
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                if column.needed:
                    raise Wrong(_("This is empty, and is needed."))
                given[column.name] = None
            else:
                given[column.name] = column.read(cell)
        except Wrong as wrong:
            fine = False
            reading.problems.append(Problem(number, str(column.label), wrong.message))
    if fine:
        reading.lines.append(Line(number, given))


def _shown(cell: Any) -> str:
    """A cell as text, for comparing and for reading as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    text = str(cell)
    if text.startswith("'") and text[1:].startswith(FORMULA):  # as our own exports write it
        text = text[1:]
    return " ".join(text.split())


def _no_controls(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


# Kinds of cells --------------------------------------------------------------------------------------------------


def text(most: int) -> Callable[[Cell], str]:
    """One line of at most so many characters."""

    def of(cell: Cell) -> str:
        said = unicodedata.normalize("NFC", _shown(cell))
        if not said.isprintable() and (_has_controls(said) or _REORDERING.search(said)):
            raise Wrong(_("There is a character in it that can’t be shown. Type it again."))
        if len(said) > most:
            raise Wrong(
                ngettext(
                    "Shorten this by %(over)s character. There is room for %(limit)s.",
                    "Shorten this by %(over)s characters. There is room for %(limit)s.",
                    len(said) - most,
                )
                % {"over": f"{len(said) - most:,}", "limit": f"{most:,}"}
            )
        return said

    return of


def _has_controls(said: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Cs") for letter in said)


_ADDRESS = AddressField()


@lru_cache(maxsize=20_000)
def _address(said: str) -> str | None:
    try:
        return _ADDRESS.clean(said)
    except ValidationError:
        return None


def address(cell: Cell) -> str:
    """An e-mail address, in lower case."""
    found = _address(_shown(cell)[:300])
    if found is None:
        raise Wrong(_("Enter an e-mail address, such as name@example.org"))
    return found


def addresses(cell: Cell) -> tuple[str, ...]:
    """Several e-mail addresses, with commas, semicolons or spaces between them; each once."""
    parts = [part for part in _BETWEEN_ADDRESSES.split(_shown(cell)) if part]
    if len(parts) > 40:
        raise Wrong(_("There are more than 40 addresses in this cell."))
    found = []
    for part in parts:
        one = _address(part[:300])
        if one is None:
            raise Wrong(
                _("“%(part)s” is not an e-mail address. Put a comma between two addresses.")
                % {"part": _no_controls(part[:60])}
            )
        found.append(one)
    if not found:
        raise Wrong(_("Enter an e-mail address, such as name@example.org"))
    if len(set(found)) < len(found):
        raise Wrong(_("Somebody is named twice."))
    return tuple(found)


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.]+)?")
_MONTH_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def day(cell: Cell) -> datetime.date:
    """A date of a spreadsheet, or 2026-11-24, or, as in the forms, 11/24/2026."""
    found = cell if isinstance(cell, datetime.date) else _day(_shown(cell))
    if found is None:
        raise Wrong(_("Enter a date that exists, such as 2026-11-24 or 11/24/2026"))
    if not EARLIEST <= found <= LATEST:
        raise Wrong(_("Enter a date between 1900 and 2199"))
    return found


@lru_cache(maxsize=4096)
def _day(said: str) -> datetime.date | None:
    try:
        if found := _ISO.fullmatch(said):
            return datetime.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH_FIRST.fullmatch(said):
            return datetime.date(int(found[3]), int(found[1]), int(found[2]))
    except ValueError:
        return None
    return None


_YES, _NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0"}


def yes_or_no(cell: Cell) -> bool:
    said = _shown(cell).casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise Wrong(_("Write yes or no"))


def minutes(cell: Cell) -> int:
    """Whole minutes, up to 12 hours."""
    said = _shown(cell)
    if not re.fullmatch(r"[0-9]{1,4}", said) or not 1 <= int(said) <= 720:
        raise Wrong(_("Enter the minutes as a whole number between 1 and 720"))
    return int(said)


def one_of(choices: Iterable[tuple[str, Words]]) -> Callable[[Cell], str]:
    """The key of one of these, by its label or its key."""
    choices = list(choices)

    def of(cell: Cell) -> str:
        said = _plain_heading(_shown(cell))
        for key, label in choices:
            if said in (_plain_heading(str(label)), _plain_heading(key)):
                return key
        raise Wrong(_("Write one of these: %(choices)s") % {"choices": listed(choices)})

    return of


def listed(choices: Iterable[tuple[str, Words]]) -> str:
    return ", ".join(str(label) for _key, label in choices)


def zone(cell: Cell) -> str:
    """A time zone by its name."""
    said = _shown(cell)
    if said not in _zones():
        raise Wrong(_("Write a time zone such as America/New_York"))
    return said


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(str(name) for _region, places in zones() for name, _label in places)


YES_OR_NO = gettext_lazy("yes or no")
