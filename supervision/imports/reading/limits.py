"""How much of a file is read, and how a file is refused."""

from __future__ import annotations

import datetime

MAX_BYTES = 8 * 1024 * 1024  # of the file as it is sent
MAX_UNPACKED = 64 * 1024 * 1024  # of what a workbook unpacks to, counted while it unpacks
MAX_ROWS = 10_000  # beside the headings
MAX_COLUMNS = 60
MAX_CELL = 5_000  # characters
SMALL_CSV = 60_000  # bytes: read while somebody waits for the page
SMALL_UNPACKED = 600_000

Cell = str | int | float | bool | datetime.date | None


class BadFile(Exception):
    """This file cannot be read; says why in words for whoever sent it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ErrorCell(str):
    """What a spreadsheet shows where a formula failed, such as #REF!"""

    __slots__ = ()
