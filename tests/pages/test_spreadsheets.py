"""What leaves for a spreadsheet is never computed there, whatever somebody wrote in it."""

from __future__ import annotations

import datetime

import pytest

from supervision.imports.reading import rows_of
from supervision.pages.spreadsheets import Sheet, csv_table, plain_cell, xlsx_book

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK()", "\n=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert plain_cell(text) == f"'{text}"
    for data in (csv_table(["What"], [[text]]), xlsx_book([Sheet("What", ["What"], [[text]])])):
        cell = rows_of(data)[1].cells[0]
        assert isinstance(cell, str)
        assert cell.startswith("'")
    assert b"<f>" not in xlsx_book([Sheet("What", ["What"], [[text]])])


def test_other_cells_keep_their_kind() -> None:
    assert plain_cell("1 hour") == "1 hour"
    assert csv_table(["What"], [["=HYPERLINK()"]]).decode("utf-8-sig") == "What\r\n'=HYPERLINK()\r\n"
    row = ['Zoë <b>&"', 60, -2.5, datetime.date(2024, 2, 29), True, None, datetime.date(1899, 1, 1), "a\x0bb"]
    [_headings, read] = rows_of(
        xlsx_book([Sheet("A: name / that [is] far too long for a sheet", ["x"] * 8, [row])])
    )
    assert read.cells == [*row[:5], None, "1899-01-01", "a\ufffdb"]
