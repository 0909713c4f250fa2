"""Tables that leave for a spreadsheet: CSV and XLSX. Everything that is exported as a table is written here.

A cell that a spreadsheet would compute begins with an apostrophe, in both (`plain_cell`).
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

# What a spreadsheet would take for a formula, and what leads to one.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_CELL = 32_767
_FIRST_DAY = datetime.date(1899, 12, 30)  # day 0 of a spreadsheet
_FIRST_SAFE_DAY = datetime.date(1900, 3, 1)  # spreadsheets count a February 29 before it that was not
_PLAIN, _HEADING, _DATE = 0, 1, 2


def plain_cell(value: Any) -> Any:
    """A value that no spreadsheet computes."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def csv_table(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV, with a mark of UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (headings, *rows):
        writer.writerow([plain_cell(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode(errors="replace")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, the headings, the rows, and how wide each column is, in characters."""

    name: str
    headings: Sequence[Any]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()


def xlsx_book(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of these sheets. Texts, numbers, dates and truth values keep their kind; the same cells give the same bytes."""
    out = io.BytesIO()
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        _put(book, "[Content_Types].xml", [_content_types(numbers)])
        _put(book, "_rels/.rels", [_ROOT])
        _put(book, "xl/workbook.xml", [_workbook(sheets)])
        _put(book, "xl/_rels/workbook.xml.rels", [_workbook_parts(numbers)])
        _put(book, "xl/styles.xml", [_STYLES])
        for number, sheet in zip(numbers, sheets, strict=True):
            _put(book, f"xl/worksheets/sheet{number}.xml", _sheet(sheet))
    return out.getvalue()


def _put(book: zipfile.ZipFile, name: str, parts: Iterable[str]) -> None:
    place = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    place.compress_type = zipfile.ZIP_DEFLATED
    with book.open(place, "w") as file:
        file.write(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
        for part in parts:
            file.write(part.encode())


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    if sheet.widths:
        columns = (
            f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
            for n, width in enumerate(sheet.widths, 1)
        )
        yield f"<cols>{''.join(columns)}</cols>"
    yield "<sheetData>"
    yield _row(1, sheet.headings, _HEADING)
    for number, row in enumerate(sheet.rows, 2):
        yield _row(number, row, _PLAIN)
    yield "</sheetData></worksheet>"


def _row(number: int, cells: Sequence[Any], style: int) -> str:
    inside = "".join(_cell(f"{column_name(at)}{number}", cell, style) for at, cell in enumerate(cells))
    return f'<row r="{number}">{inside}</row>'


def _cell(place: str, value: Any, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" s="{style}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        if value >= _FIRST_SAFE_DAY:
            return f'<c r="{place}" s="{_DATE}"><v>{(value - _FIRST_DAY).days}</v></c>'
        value = value.isoformat()
    text = escape(_NOT_IN_XML.sub("\ufffd", plain_cell(str(value)))[:_LONGEST_CELL])
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def column_name(at: int) -> str:
    """How a spreadsheet calls its columns: A, B, … Z, AA. The first is 0."""
    name, at = "", at + 1
    while at:
        at, letter = divmod(at - 1, 26)
        name = chr(65 + letter) + name
    return name


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_IS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ROOT = (
    f'<Relationships xmlns="{_PARTS}"><Relationship Id="rId1" Type="{_KIND}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _content_types(numbers: Iterable[int]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_IS}.worksheet+xml"/>'
        for n in numbers
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_IS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_IS}.styles+xml"/>{sheets}</Types>'
    )


def _workbook(sheets: Sequence[Sheet]) -> str:
    names = "".join(
        f'<sheet name={quoteattr(_sheet_name(sheet.name))} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_KIND}"><sheets>{names}</sheets></workbook>'


def _sheet_name(name: str) -> str:
    return _NOT_IN_SHEET_NAME.sub(" ", _NOT_IN_XML.sub(" ", name))[:31].strip("'") or "Sheet"


def _workbook_parts(numbers: Sequence[int]) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{n}" Type="{_KIND}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return (
        f'<Relationships xmlns="{_PARTS}">{sheets}'
        f'<Relationship Id="rId{len(numbers) + 1}" Type="{_KIND}/styles" Target="styles.xml"/></Relationships>'
    )
