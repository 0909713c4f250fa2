"""Any bytes are rows or a sentence; and the ways in which spreadsheets write a table are all understood."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.imports import kinds
from supervision.imports.columns import read
from supervision.imports.reading import BadFile, Row, is_small, limits, rows_of
from supervision.pages.spreadsheets import Sheet, xlsx_book

TABLE = "E-mail,Full name\nzoe@example.org,Zoë Ångström\n"


def cells(data: bytes) -> list[list[object]]:
    return [row.cells for row in rows_of(data)]


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
        TABLE.encode("cp1252"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode("utf-16"),
        ("sep=;\n" + TABLE.replace(",", ";")).encode(),
        xlsx_book([Sheet("Table", ["E-mail", "Full name"], [["zoe@example.org", "Zoë Ångström"]])]),
    ],
)
def test_every_way_of_writing_the_same_table_is_read(data: bytes) -> None:
    assert cells(data) == [["E-mail", "Full name"], ["zoe@example.org", "Zoë Ångström"]]


def test_rows_are_numbered_as_the_spreadsheet_shows_them() -> None:
    rows = rows_of(b'a,b\n\n"one\ntwo",2\n,,\n3,4\n')
    assert [(row.number, row.cells[0]) for row in rows] == [(1, "a"), (3, "one\ntwo"), (5, "3")]


def book(sheet: str, **more: str) -> bytes:
    """A workbook of which each part can be another one."""
    parts = {
        "xl/workbook.xml": '<workbook xmlns="m" xmlns:r="r"><sheets><sheet name="Hidden" state="hidden" r:id="h"/>'
        '<sheet name="T" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="p"><Relationship Id="h" Target="no.xml"/>'
        '<Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        "xl/styles.xml": '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-409]d\\-mmm\\-yy;@"/>'
        '<numFmt numFmtId="171" formatCode="0.00 &quot;days&quot;"/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="170"/><xf numFmtId="14"/><xf numFmtId="171"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": "<sst><si><t>E-mail</t></si><si><r><t>Full </t></r><r><t>name</t></r>"
        "<rPh><t>no</t></rPh></si></sst>",
        "xl/worksheets/sheet1.xml": sheet,
    } | dict(more)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out.getvalue()


def test_dates_strings_and_formulas_of_a_spreadsheet_are_read_as_they_show() -> None:
    sheet = (
        '<worksheet xmlns="x"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
        '<row r="4"><c r="A4" s="1"><v>45352</v></c><c r="B4" s="2"><v>45352.75</v></c><c r="C4" s="3"><v>2.5</v></c>'
        '<c r="D4" t="str"><f>1+1</f><v>two</v></c><c r="E4" t="e"><v>#REF!</v></c><c r="F4" t="b"><v>1</v></c>'
        '<c r="G4" s="2"><v>0.5</v></c><c r="H4"><v>60</v></c></row></sheetData></worksheet>'
    )
    first, fourth = rows_of(book(sheet))
    assert first.cells == ["E-mail", None, "Full name"]
    assert fourth.number == 4
    day = datetime.date(2024, 3, 1)
    assert fourth.cells == [day, day, 2.5, "two", "#REF!", True, 0.5, 60]
    assert isinstance(fourth.cells[4], limits.ErrorCell)


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        with zipfile.ZipFile(io.BytesIO(book("<worksheet/>"))) as other:
            for part in other.infolist():
                if part.filename != "xl/worksheets/sheet1.xml":
                    file.writestr(part.filename, other.read(part))
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet><sheetData><row><c t='inlineStr'><is><t>")
            for _piece in range(80):
                sheet.write(b"a" * 1024 * 1024)
    return out.getvalue()


LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row>'
    "<c t='inlineStr'><is><t>&b;</t></is></c></row></sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "older format"),
        (b"%PDF-1.7", "not a table"),
        (b"<html><table>", "not a table"),
        (b"a,b\n" + bytes(20), "not a table"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (book("<worksheet>")[:-40], "damaged"),
        (book(LAUGHS), "damaged"),
        (book("<worksheet><sheetData/></worksheet>"), "nothing in the first sheet"),
        (book("<worksheet><sheetData><row><c t='s'><v>99</v></c></row></sheetData></worksheet>"), "damaged"),
        (b"a," * 70 + b"a", "more than 60 columns"),
        (b"a\n" + b"b" * 5001, "more than 5,000 characters"),
        (b"a\n" * 10_002, "more than 10,000 rows"),
        (b"a" * (8 * 1024 * 1024 + 1), "larger than 8 MB"),
        (b'a,b\n"' + b"x" * 200_000, "quotation mark"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        rows_of(data)


def test_a_file_that_unpacks_to_far_too_much_is_refused_while_it_unpacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = _bomb()
    assert len(bomb) < 200_000
    assert not is_small(bomb)
    with pytest.raises(BadFile, match="unpacks to far more"):
        rows_of(bomb)


BYTES = st.one_of(
    st.binary(max_size=400),
    st.binary(max_size=300).map(lambda data: b"PK\x03\x04" + data),
    st.binary(max_size=300).map(lambda data: b"\xff\xfe" + data),
    st.text(alphabet='a,;"\n\t\r\x00é€=', max_size=200).map(lambda text: text.encode("utf-8")),
    st.text(alphabet="<>/= \"'abcrstvfi:&;#x0129row", max_size=300).map(lambda text: book(text)),
    st.text(alphabet="0123456789.eE+-infna", max_size=12).map(
        lambda text: book(
            f"<worksheet><sheetData><row><c s='1'><v>{text}</v></c><c t='d'><v>{text}</v></c></row></sheetData></worksheet>"
        )
    ),
)


@given(BYTES, st.integers(min_value=0, max_value=2000), st.binary(max_size=3))
@settings(max_examples=150)
def test_any_bytes_are_rows_or_a_sentence(data: bytes, at: int, other: bytes) -> None:
    for tried in (data, data[:at] + other + data[at + len(other) :]):
        try:
            rows = rows_of(tried)
        except BadFile as bad:
            rows = [bad.message]
        assert rows
        assert rows[0]


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=40),
    st.sampled_from(
        [
            "=1+1",
            "a@b.c",
            "2024-13-45",
            "99/99/9999",
            "\ud800",
            "\x00",
            "١٢",
            "1e400",
            "', ,",
            limits.ErrorCell("#N/A"),
        ]
    ),
)


@given(st.sampled_from(kinds.ALL), st.data())
@settings(max_examples=100)
def test_any_cells_are_values_or_problems(kind: kinds.KindOf, data: st.DataObject) -> None:
    width = len(kind.columns)
    row = data.draw(st.lists(CELL, min_size=width, max_size=width))
    headings = [str(column.label) for column in kind.columns]
    found = read([Row(1, list(headings)), Row(2, row)], kind.columns, progress=lambda done: None)
    assert len(found.lines) + bool(found.problems) + bool(found.notes) >= 1
    for problem in found.problems:
        assert problem.text
        problem.text.encode()
