"""What the tests of imports share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from supervision.imports import kinds, operations
from supervision.imports.models import Import, Kind
from supervision.pages.spreadsheets import Sheet, csv_table, xlsx_book
from supervision.people.models import User

PEOPLE = ["E-mail", "Full name", "Job title", "Line manager", "Start date", "Program", "To be supervised"]
ARRANGEMENTS = ["Reference", "Program", "Structure", "From", "Until", "Supervisors", "Peer workers"]
CREDENTIALS = ["E-mail", "Credential", "Number", "Issued on", "Expires on"]
SESSIONS = ["Reference", "Day", "Minutes", "How they met", "Who was there", "Which one"]
Rows = Sequence[Sequence[Any]]


def as_csv(headings: Sequence[str], rows: Rows) -> bytes:
    return csv_table(headings, rows)


def as_xlsx(headings: Sequence[str], rows: Rows) -> bytes:
    return xlsx_book([Sheet("Table", headings, rows)])


def looked_at(kind: Kind, data: bytes, *, by: User) -> Import:
    """A file that was sent and looked at."""
    row = operations.send(kind, by=by, name="table.csv", data=data)
    operations.look(row.pk)
    row.refresh_from_db()
    assert row.state == Import.State.LOOKED_AT
    return row


def brought_in(kind: Kind, data: bytes, *, by: User) -> Import:
    """The same, and then brought in."""
    row = looked_at(kind, data, by=by)
    assert row.found["problems"] == []
    row = operations.confirm(row, by=by, version=row.version)
    operations.make(row.pk)
    row.refresh_from_db()
    assert row.state == Import.State.DONE
    return row


def problems_of(row: Import) -> list[tuple[int, str, str]]:
    return [tuple(problem) for problem in row.found["problems"]]


def labels_of(kind: Kind) -> list[str]:
    return [str(column.label) for column in kinds.BY_KEY[kind].columns]
