"""Which kind of file it is, and CSV in the ways that spreadsheets and other programs write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from . import workbook
from .limits import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    SMALL_CSV,
    SMALL_UNPACKED,
    BadFile,
    Cell,
)

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Row:
    """One row as the spreadsheet numbers it; the first is 1."""

    number: int
    cells: list[Cell]


def is_small(data: bytes) -> bool:
    """Whether this is read within a moment."""
    if data.startswith(_ZIP):
        return workbook.unpacked_size(data) <= SMALL_UNPACKED
    return len(data) <= SMALL_CSV


def rows_of(data: bytes) -> list[Row]:
    """The rows that are not empty, the headings first. Raises BadFile."""
    if len(data) > MAX_BYTES:
        raise BadFile(_("This file is larger than 8 MB. Split it into several."))
    if not data.strip():
        raise BadFile(_("This file is empty."))
    if data.startswith(_OLD_OFFICE):
        raise BadFile(
            _(
                "This is a spreadsheet in an older format, or one with a password. Save it as .xlsx without a password, or as .csv."
            )
        )
    lines = workbook.lines_of(data) if data.startswith(_ZIP) else _csv_lines(data)
    return _filled(lines)


def _filled(lines: Iterable[tuple[int, list[Cell]]]) -> list[Row]:
    found: list[Row] = []
    for number, cells in lines:
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        if len(cells) > MAX_COLUMNS and any(cell not in (None, "") for cell in cells[MAX_COLUMNS:]):
            raise BadFile(
                _("Row %(row)s has more than %(most)s columns.") % {"row": number, "most": MAX_COLUMNS}
            )
        if any(isinstance(cell, str) and len(cell) > MAX_CELL for cell in cells):
            raise BadFile(
                _("A cell in row %(row)s has more than %(most)s characters.")
                % {"row": number, "most": f"{MAX_CELL:,}"}
            )
        if len(found) > MAX_ROWS:
            raise BadFile(
                _("This file has more than %(most)s rows. Split it into several.") % {"most": f"{MAX_ROWS:,}"}
            )
        found.append(Row(number, cells[:MAX_COLUMNS]))
    if not found:
        raise BadFile(_("There is nothing in the first sheet of this file."))
    return found


def _csv_lines(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    text = _decoded(data)
    if text.lstrip().startswith(("<", "{\\rtf", "%PDF")):
        raise BadFile(_("This is not a table. Save it from your spreadsheet as .csv or .xlsx."))
    said, text = _said_separator(text)
    reader: Any = csv.reader(io.StringIO(text, newline=""), delimiter=said or _separator(text))
    number = 1 if said is None else 2
    try:
        for line in reader:
            yield number, list(line)
            number += 1
    except csv.Error:
        raise BadFile(
            _("Row %(row)s can’t be read. Is a quotation mark open that is not closed?") % {"row": number}
        ) from None


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 as Excel writes it, otherwise Windows-1252."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _as(data, encoding)
    start = data[:4000]
    if 0 in start:
        return _as(data, _unmarked_utf16(start))
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _as(data, "cp1252")


def _unmarked_utf16(start: bytes) -> str:
    """UTF-16 without its mark: of Latin letters every other byte is zero, and the others are not."""
    halves = {"utf-16-le": (start[1::2], start[::2]), "utf-16-be": (start[::2], start[1::2])}
    for encoding, (high, low) in halves.items():
        if high.count(0) > len(high) // 2 and low.count(0) <= len(low) // 20:
            return encoding
    raise BadFile(_("This is not a table. Save it from your spreadsheet as .csv or .xlsx."))


def _as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise BadFile(
            _(
                "The letters in this file can’t be read. Save it from your spreadsheet as “CSV UTF-8” or .xlsx."
            )
        ) from None


def _said_separator(text: str) -> tuple[str | None, str]:
    """Excel takes, and some programs write, a first line such as "sep=;"."""
    first, end, rest = text.partition("\n")
    first = first.strip().casefold()
    if end and len(first) == 5 and first.startswith("sep=") and first[4] in _SEPARATORS:
        return first[4], rest
    return None, text


def _separator(text: str) -> str:
    """The one that stands most often between the headings."""
    inside, counts = False, dict.fromkeys(_SEPARATORS, 0)
    for letter in text[:10_000].lstrip():
        if letter == '"':
            inside = not inside
        elif letter in "\r\n" and not inside:
            break
        elif letter in counts and not inside:
            counts[letter] += 1
    return max(counts, key=lambda letter: counts[letter])
