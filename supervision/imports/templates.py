"""The files that an administrator fills in, and the list of problems to take along."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from supervision.pages.spreadsheets import Sheet, csv_table, xlsx_book

from .columns import Problem
from .plan import KindOf


def template_csv(kind: KindOf) -> bytes:
    """Headings and one example row, which is left out if it comes back."""
    return csv_table(
        [str(column.label) for column in kind.columns],
        [["" if column.example is None else column.example for column in kind.columns]],
    )


def template_xlsx(kind: KindOf) -> bytes:
    """The same, and a second sheet that explains every column."""
    explained = [
        [
            str(column.label),
            _("needed") if column.needed else _("may be empty"),
            str(column.about),
            column.example,
        ]
        for column in kind.columns
    ]
    explained += [[], [_("What it is recognized by"), "", str(kind.about)]]
    explained += [
        [
            _("Dates"),
            "",
            _("A date of the spreadsheet, or 2026-11-24. 11/24/2026 is read as month, day, year."),
        ],
        [_("The example"), "", _("The row of the example is left out, if it is still there.")],
        [_("Rows"), "", _("Up to 10,000 in one file.")],
    ]
    return xlsx_book(
        [
            Sheet(
                kind.label,
                [str(column.label) for column in kind.columns],
                [[column.example for column in kind.columns]],
                [
                    max(16, len(str(column.label)) + 4, len(str(column.example or "")) + 2)
                    for column in kind.columns
                ],
            ),
            Sheet(
                _("Explanations"),
                [_("Column"), "", _("What it holds"), _("Example")],
                explained,
                [26, 14, 90, 28],
            ),
        ]
    )


def problems_csv(problems: Iterable[Problem]) -> bytes:
    return csv_table(
        [_("Row"), _("Column"), _("Problem")], [[row or "", column, text] for row, column, text in problems]
    )
