"""The table of everybody in supervision: its headings, and what each line shows below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from supervision.pages import words
from supervision.pages.templatetags.ui import tag

from .caseload import Line

Row = list[str | int]


@dataclass(frozen=True)
class PeopleTable:
    """`drawn`: the columns that hold a drawing."""

    headings: Sequence[str]
    rows: Sequence[Row]
    drawn: Sequence[int]


def table_of(lines: Iterable[Line], *, with_supervisors: bool) -> PeopleTable:
    """Of these lines, of which the weeks are known. `with_supervisors`: whether who supervises has a column."""
    weeks = gettext("Last 12 weeks")
    headings = [
        gettext("Person"),
        *([gettext("Supervisor")] if with_supervisors else []),
        gettext("Agreement"),
        weeks,
        gettext("Last met"),
        gettext("To sign"),
        gettext("Right now"),
    ]
    not_yet = gettext("Not yet")
    rows = [_row(line, not_yet, with_supervisors=with_supervisors) for line in lines]
    return PeopleTable(headings, rows, [headings.index(weeks)])


def _row(line: Line, not_yet: str, *, with_supervisors: bool) -> Row:
    return [
        format_html('<a href="{}">{}</a>{}', line.url, line.name, _small(line.structure_name)),
        *([line.supervisor_names] if with_supervisors else []),
        line.agreement,
        format_html("<span>{}</span>", line.strip),
        words.short_day(line.last_met_at) if line.last_met_at else not_yet,
        line.unsigned_count,
        format_html("<span>{}{}</span>", tag(line.need.label, line.need.kind), _small(line.need.reason)),
    ]


def _small(text: str) -> SafeString | str:
    return format_html("<small>{}</small>", text) if text else ""
