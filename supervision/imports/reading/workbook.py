"""The first sheet of an XLSX file, read as it unpacks and under limits: nothing of it is computed, fetched or trusted.

A workbook is a ZIP of XML. What it says about its own size is not believed; what comes out is counted. XML with a document type is
refused, so that nothing in it can grow (entities).
"""

from __future__ import annotations

import datetime
import io
import math
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from .limits import MAX_COLUMNS, MAX_UNPACKED, BadFile, Cell, ErrorCell

_PIECE = 64 * 1024
_MOST_PARTS = 2_000
_MOST_STRINGS = 1_000_000
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    struct.error,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Formats of dates that every spreadsheet knows by number; times of day alone (18 to 21, 45 to 47) are not among them.
_DATES = {14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 59)}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def unpacked_size(data: bytes) -> int:
    """What the file says it unpacks to; more than anything where it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return sum(part.file_size for part in book.infolist())
    except _BROKEN:
        return MAX_UNPACKED + 1


def lines_of(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """(number of the row, its cells) of the first sheet. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            yield from _Book(book).lines()
    except BadFile:
        raise
    except _BROKEN:
        raise BadFile(
            _("This file is damaged, or is not a spreadsheet. Save it again as .xlsx, or as .csv.")
        ) from None


class _Book:
    def __init__(self, book: zipfile.ZipFile) -> None:
        self._book = book
        self._left = MAX_UNPACKED
        if len(book.namelist()) > _MOST_PARTS:
            raise BadFile(_too_much())

    def lines(self) -> Iterator[tuple[int, list[Cell]]]:
        place, from_1904 = self._first_sheet()
        reading = _SheetReader(self._strings(), self._date_styles(), from_1904)
        for _piece in self._parse(place, reading.start, reading.end, reading.text):
            yield from reading.take()
        yield from reading.take()

    def _parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> Iterator[None]:
        """Feed one part to these three, piece by piece. Names come without their namespace."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, with_: start(tag.rpartition(" ")[2], with_)
        parser.EndElementHandler = lambda tag: end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        with self._book.open(name) as part:
            while piece := part.read(_PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise BadFile(_too_much())
                parser.Parse(piece, False)
                yield
        parser.Parse(b"", True)
        yield

    def _all(self, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
        for _piece in self._parse(name, start, lambda tag: None, lambda text: None):
            pass

    def _first_sheet(self) -> tuple[str, bool]:
        """Where the first sheet that is shown lies, and whether its days are counted from 1904."""
        sheets: list[tuple[str, str]] = []
        places: dict[str, str] = {}
        from_1904 = False

        def of_book(tag: str, with_: dict[str, str]) -> None:
            nonlocal from_1904
            if tag == "workbookPr":
                from_1904 = with_.get("date1904", "0") in ("1", "true")
            if tag == "sheet":
                key = next((value for name, value in with_.items() if name.endswith(" id")), "")
                sheets.append((with_.get("state", "visible"), key))

        def of_parts(tag: str, with_: dict[str, str]) -> None:
            if tag == "Relationship" and with_.get("TargetMode") != "External":
                places[with_.get("Id", "")] = with_.get("Target", "")

        self._all("xl/workbook.xml", of_book)
        self._all("xl/_rels/workbook.xml.rels", of_parts)
        shown = [key for state, key in sheets if state == "visible"]
        target = places[(shown or [key for _state, key in sheets])[0]]
        if target.startswith("/"):
            return target.lstrip("/"), from_1904
        return posixpath.normpath(posixpath.join("xl", target)), from_1904

    def _strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._book.namelist():
            return []
        found: list[str] = []
        parts: list[str] = []
        inside = aloud = False

        def start(tag: str, with_: dict[str, str]) -> None:
            nonlocal inside, aloud
            if tag == "si":
                parts.clear()
            aloud = aloud or tag == "rPh"
            inside = tag == "t" and not aloud

        def end(tag: str) -> None:
            nonlocal inside, aloud
            inside = False
            if tag == "rPh":
                aloud = False
            if tag == "si":
                found.append(_unescaped("".join(parts)))
                if len(found) > _MOST_STRINGS:
                    raise BadFile(_too_much())

        def text(letters: str) -> None:
            if inside:
                parts.append(letters)

        for _piece in self._parse("xl/sharedStrings.xml", start, end, text):
            pass
        return found

    def _date_styles(self) -> set[int]:
        """The styles of cells that show a date."""
        if "xl/styles.xml" not in self._book.namelist():
            return set()
        formats, styles, inside = set(_DATES), [], False

        def start(tag: str, with_: dict[str, str]) -> None:
            nonlocal inside
            if tag == "numFmt" and _shows_date(with_.get("formatCode", "")):
                formats.add(int(with_.get("numFmtId", "-1")))
            if tag in ("cellXfs", "cellStyleXfs"):
                inside = tag == "cellXfs"
            if tag == "xf" and inside:
                styles.append(int(with_.get("numFmtId", "0")))

        self._all("xl/styles.xml", start)
        return {at for at, number in enumerate(styles) if number in formats}


class _SheetReader:
    """Collects the cells of one sheet as its XML comes by."""

    def __init__(self, strings: list[str], dates: set[int], from_1904: bool) -> None:
        self._strings, self._dates, self._from_1904 = strings, dates, from_1904
        self._ready: list[tuple[int, list[Cell]]] = []
        self._row: list[Cell] = []
        self._number = 0
        self._at = 0
        self._kind = ""
        self._style = 0
        self._parts: list[str] = []
        self._inside = self._aloud = False

    def take(self) -> list[tuple[int, list[Cell]]]:
        ready, self._ready = self._ready, []
        return ready

    def start(self, tag: str, with_: dict[str, str]) -> None:
        if tag == "c":
            found = _PLACE.fullmatch(with_.get("r", ""))
            self._at = _column(found[1]) if found else len(self._row)
            self._kind, self._style = with_.get("t", "n"), int(with_.get("s", "0"))
            self._parts.clear()
        elif tag == "row":
            self._number = int(with_.get("r", self._number + 1))
            self._row = []
        self._aloud = self._aloud or tag == "rPh"
        self._inside = tag in ("v", "t") and not self._aloud

    def end(self, tag: str) -> None:
        self._inside = False
        if tag == "c":
            self._keep(self._value("".join(self._parts)))
        elif tag == "row" and self._row:
            self._ready.append((self._number, self._row))
        elif tag == "rPh":
            self._aloud = False

    def text(self, letters: str) -> None:
        if self._inside:
            self._parts.append(letters)

    def _keep(self, value: Cell) -> None:
        if value is None:
            return
        if self._at > MAX_COLUMNS:
            self._at = MAX_COLUMNS  # one too many is enough to say so
        self._row.extend([None] * (self._at + 1 - len(self._row)))
        self._row[self._at] = value

    def _value(self, text: str) -> Cell:
        if text == "":
            return None
        if self._kind == "s":
            at = int(text)
            return self._strings[at] if at >= 0 else None
        if self._kind in ("inlineStr", "str"):
            return _unescaped(text)
        if self._kind == "b":
            return text == "1"
        if self._kind == "e":
            return ErrorCell(text)
        if self._kind == "d":
            return datetime.date.fromisoformat(text[:10])
        return self._number_or_day(text)

    def _number_or_day(self, text: str) -> Cell:
        number = float(text)
        if not math.isfinite(number):
            return text
        if self._style in self._dates and (day := _day(number, self._from_1904)):
            return day
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _day(number: float, from_1904: bool) -> datetime.date | None:
    """The day that a spreadsheet counts so; the time of the day is dropped."""
    whole = math.floor(number)
    if from_1904:
        whole += 1462
    if not 1 <= whole < 2_958_466:
        return None
    if whole < 60:  # spreadsheets count a February 29, 1900
        whole += 1
    return datetime.date(1899, 12, 30) + datetime.timedelta(days=whole)


def _shows_date(code: str) -> bool:
    plain = _NOT_FORMAT.sub("", code).casefold()
    return "y" in plain or "d" in plain


def _column(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def _unescaped(text: str) -> str:
    """Spreadsheets write control characters as _x000D_."""
    return _ESCAPED.sub(lambda found: _letter(int(found[1], 16)), text) if "_x" in text else text


def _letter(number: int) -> str:
    return "\ufffd" if 0xD800 <= number < 0xE000 else chr(number)


def _refuse(*_any: Any) -> None:
    raise BadFile(_("This file is damaged, or is not a spreadsheet. Save it again as .xlsx, or as .csv."))


def _too_much() -> str:
    return _(
        "This file unpacks to far more than a table of 10,000 rows. Save only the table itself, and try again."
    )
