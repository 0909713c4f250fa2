"""Domain averages (domain 10, 11): those that were shown of each program, over five people at least, and how they went on.

Nothing is averaged here: what may be shown together is decided where the averages are made (competencies/averages).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from competencies.models import FrameworkVersion, ProgramAverage
from supervision.pages import charts, words
from supervision.records import encryption

from .. import said
from ..models import Report
from .made import Column, Made, Table, Tick


def newest(report: Report) -> list[charts.Figure]:
    """A drawing of the newest average of each program and framework, for a report that has other things in it too."""
    rows, titles = _rows(report)
    last = {(row.program_id, row.framework_id): row for row in rows}
    return [_figure(row, titles[row.framework_id]) for row in last.values()]


def _rows(report: Report) -> tuple[list[ProgramAverage], dict[Any, str]]:
    """What was shown of these programs until the last day, oldest first, and what each framework is called. Three queries."""
    rows = list(
        ProgramAverage.objects.visible_to(report.asked_by)
        .filter(program__in=report.programs.all(), made_on__lte=report.last_day)
        .select_related("program")
        .order_by("program__name", "framework", "number")
    )
    encryption.unlock(rows)
    versions = FrameworkVersion.objects.filter(framework__in={row.framework_id for row in rows})
    return rows, dict(versions.order_by("number").values_list("framework", "title"))


def make(report: Report, tick: Tick) -> Made:
    rows, titles = _rows(report)
    of_each: defaultdict[tuple[Any, Any], list[ProgramAverage]] = defaultdict(list)
    for row in rows:
        of_each[row.program_id, row.framework_id].append(row)
    shown = [_in_period(each, report) for each in of_each.values()]
    cells: list[list[Any]] = []
    for number, each in enumerate(shown):
        tick(number, len(shown))
        cells += [line for row in each for line in _lines(row, titles[row.framework_id])]
    tick(len(shown), len(shown))
    return Made(
        title=gettext("Domain averages"),
        lead=_lead(shown),
        facts=said.covered(report),
        tables=[_table(cells)],
        at=timezone.now(),
        figures=[_figure(each[-1], titles[each[-1].framework_id]) for each in shown if each],
        about=gettext(
            "An average is over five people at least, and no two of them tell what fewer than five people brought. Nobody’s own "
            "assessment is in this report."
        ),
    )


def _in_period(rows: list[ProgramAverage], report: Report) -> list[ProgramAverage]:
    """Those made in the period; where there was none, the one that stood as it began."""
    within = [row for row in rows if row.made_on >= report.first_day]
    return within or rows[-1:]


def _lines(row: ProgramAverage, title: str) -> list[list[Any]]:
    domains = sorted(row.domains.values(), key=lambda one: one["place"])
    return [
        [
            row.program.name,
            title,
            row.made_on,
            one["title"],
            one["tenths"] / 10,
            row.people,
            row.values["top"],
        ]
        for one in domains
    ]


def _table(rows: list[list[Any]]) -> Table:
    return Table(
        name=gettext("Averages"),
        columns=[
            Column(gettext("Program"), 20),
            Column(gettext("Framework"), 20),
            Column(gettext("As of"), 15),
            Column(gettext("Domain"), 25),
            Column(gettext("Average"), 10, number=True),
            Column(gettext("People"), 10, number=True),
        ],
        more=[gettext("Highest point of the scale")],
        rows=rows,
        empty=gettext("No average can be shown yet: each needs the assessments of five people at least."),
    )


def _figure(row: ProgramAverage, title: str) -> charts.Figure:
    domains = sorted(row.domains.values(), key=lambda one: one["place"])
    found = [(one["title"], one["tenths"] / 10) for one in domains]
    caption = gettext("%(program)s: %(title)s, %(day)s") % {
        "program": row.program.name,
        "title": title,
        "day": words.full_day(row.made_on),
    }
    return charts.Figure(
        svg=charts.bars(
            [charts.Bar(name, value) for name, value in found], title=caption, top=row.values["top"]
        ),
        caption=caption,
        headings=[gettext("Domain"), gettext("Average")],
        rows=[[name, f"{value:.1f}"] for name, value in found],
        number_columns=(1,),
    )


def _lead(shown: list[list[ProgramAverage]]) -> str:
    if not shown:
        return gettext("No average can be shown yet: each needs the assessments of five people at least.")
    return gettext("Averages of the domains in each framework, program by program, as they were made.")
