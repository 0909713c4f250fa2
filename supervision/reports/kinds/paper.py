"""A report of tables as a page for the PDF."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from supervision.people.models import Agency

from ..models import Report
from .made import Made, Table

LISTED = 1_000  # rows of one table on paper; the spreadsheet has all of them


@dataclass(frozen=True)
class OnPaper:
    """A table as it is printed."""

    name: str
    columns: Any
    rows: list[list[tuple[str, bool]]]  # each cell, and whether it is a number
    more: int
    note: str
    empty: str


def context_of(report: Report, made: Made) -> dict[str, Any]:
    """What the template is fed with."""
    agency = Agency.objects.values_list("name", flat=True).first() or ""
    content = {
        "agency": agency,
        "title": made.title,
        "lead": made.lead,
        "reference_line": gettext("Report %(reference)s") % {"reference": str(report.pk)[:8].upper()},
        "made": gettext("Made %(day)s for %(name)s")
        % {"day": date_format(made.at.date(), "F j, Y"), "name": report.asked_by.name},
        "confidence": gettext("Dates, hours and signatures of supervision"),
        "facts": made.facts,
    }
    return {
        "content": content,
        "figures": made.figures,
        "tables": [_on_paper(table) for table in made.tables],
        "about": made.about,
    }


def _on_paper(table: Table) -> OnPaper:
    columns = list(table.columns)
    shown = [
        [(_cell(cell), column.number) for cell, column in zip(row, columns, strict=False)]
        for row in table.rows[:LISTED]
    ]
    return OnPaper(table.name, columns, shown, max(len(table.rows) - LISTED, 0), table.note, table.empty)


def _cell(value: Any) -> str:
    """A day with its year: paper is read years later."""
    return date_format(value, "M j, Y") if isinstance(value, datetime.date) else str(value)
