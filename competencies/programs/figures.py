"""Drawings of a result, each beside a table with the same facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from supervision.pages import charts
from supervision.pages.charts import Figure, Series

from . import sentences
from .models import Group, ProgramAssessment
from .results import STRONG, TO_EXPLORE
from .shown import Outcome, Section

FEWEST_AXES = 3  # with fewer a radar is a line


def _two(found: Sequence[Section]) -> list[Group]:
    """A radar has room for two. The peer workers come first, beside those who answer for the program, else the supervisors."""
    order = (Group.WORKERS, Group.MANAGERS, Group.SUPERVISORS)
    shown = {cell.group for section in found for cell in section.cells if cell.band is not None}
    return [group for group in order if group in shown][:2]


def side_by_side(found: Sequence[Section]) -> Figure | None:
    """Sections as axes: how two of the groups see them. The table has all three. None where nothing shows, or too few sections."""
    two = _two(found)
    if not two or len(found) < FEWEST_AXES:
        return None
    values = [_along(found, group) for group in two]
    title = _("How each section is seen")
    desc = "; ".join(_said(section) for section in found)
    series = [
        Series(sentences.group(group), mark, given)
        for group, mark, given in zip(two, ("a", "b"), values, strict=False)
    ]
    axes = [str(section.number) for section in found]  # a name would run into the drawing; the table has them
    svg = charts.radar(axes, series, top=STRONG, title=title, desc=desc)
    headings = [_("Section"), *(cell.label for cell in found[0].cells)]
    rows = [
        [f"{section.number}. {section.domain.title}", *(cell.words for cell in section.cells)]
        for section in found
    ]
    return Figure(svg, _("Each section by its number, from 1 “to explore” to 3 “strong”"), headings, rows)


def _along(found: Sequence[Section], group: str) -> list[float | None]:
    return [next((cell.band for cell in section.cells if cell.group == group), None) for section in found]


def _said(section: Section) -> str:
    given = ", ".join(f"{cell.label}: {cell.words}" for cell in section.cells)
    return f"{section.number}. {section.domain.title}: {given}"


def over_time(
    found: Sequence[Section], rows: Sequence[tuple[ProgramAssessment, Outcome]]
) -> list[dict[str, Any]]:
    """A small panel for each section: the peer workers beside the managers, from the first result to this one. Empty with one result.

    An earlier version of the framework counts with the statements that both have.
    """
    if len(rows) < 2:
        return []
    groups = [group for group in (Group.WORKERS, Group.MANAGERS) if _ever(rows, group)]
    periods = [date_format(assessment.last_day, "M Y") for assessment, _outcome in rows]
    return [_panel(section, rows, groups, periods) for section in found] if groups else []


def _ever(rows: Sequence[tuple[ProgramAssessment, Outcome]], group: str) -> bool:
    return any(outcome.all_bands.get(group) for _assessment, outcome in rows)


def _panel(
    section: Section,
    rows: Sequence[tuple[ProgramAssessment, Outcome]],
    groups: Sequence[Group],
    periods: Sequence[str],
) -> dict[str, Any]:
    ids = [item.statement.id for item in section.items]
    lines = []
    for group, mark in zip(groups, ("a", "b"), strict=False):
        values = [_then(outcome, group, ids) for _assessment, outcome in rows]
        lines.append(Series(sentences.group(group), mark, values))
    title = _("Section %(n)d over time") % {"n": section.number}
    told = [
        [period, *(sentences.band(_whole(line.values[place])) for line in lines)]
        for place, period in enumerate(periods)
    ]
    desc = "; ".join(f"{row[0]}: {', '.join(row[1:])}" for row in told)
    svg = charts.trend(periods, lines, bottom=TO_EXPLORE, top=STRONG, title=title, desc=desc)
    headings = [_("Until"), *(line.label for line in lines)]
    caption = f"{section.number}. {section.domain.title}"
    return {"figure": Figure(svg, caption, headings, told), "section": section}


def _then(outcome: Outcome, group: str, ids: Sequence[str]) -> int | None:
    there = {one.id for one in outcome.content.statements}
    return outcome.of_section(group, [key for key in ids if key in there])


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
