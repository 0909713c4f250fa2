"""What a report is made of, whatever it is about: facts, tables and drawings. The PDF, the CSV and the XLSX are made from the same."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from supervision.pages import charts
from supervision.pages.spreadsheets import Sheet, csv_table, xlsx_book

Tick = Callable[[int, int], None]  # people done, people there are


@dataclass(frozen=True)
class Column:
    """A heading, the share of the width it takes in the PDF, in percent, and whether numbers stand in it."""

    heading: str
    width: int
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of texts, numbers and days. `note` stands below it, `empty` in its place where there are no rows.

    `more` are columns for spreadsheets alone: what is too wide for paper. Each row has a cell for each of them, at its end.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    note: str = ""
    empty: str = ""
    more: Sequence[str] = ()

    @property
    def headings(self) -> list[str]:
        return [*(column.heading for column in self.columns), *self.more]


@dataclass(frozen=True)
class Made:
    """A report of one of the kinds. The first table is the one that the CSV has."""

    title: str
    lead: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    at: datetime.datetime
    figures: Sequence[charts.Figure] = field(default_factory=tuple)
    about: str = ""  # what it holds and what not, at its end


def csv_of(tables: Sequence[Table]) -> bytes:
    return csv_table(tables[0].headings, tables[0].rows)


def xlsx_of(tables: Sequence[Table]) -> bytes:
    return xlsx_book([Sheet(_sheet_name(table.name), table.headings, table.rows) for table in tables])


def _sheet_name(name: str) -> str:
    """No spreadsheet takes more than 31 characters, nor any of these."""
    return "".join(" " if mark in "[]:*?/\\" else mark for mark in name)[:31].strip()
