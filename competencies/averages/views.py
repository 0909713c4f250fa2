"""For program managers: the averages of their programs, domain by domain, and how they went on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages import charts, words
from supervision.people import policy as people
from supervision.people.models import Program
from supervision.people.requests import reader
from supervision.records import encryption

from ..library.models import FrameworkVersion
from .models import ProgramAverage

MOST = 8  # of one program and framework: two years, four times a year


@require_safe
def averages(request: HttpRequest) -> HttpResponse:
    """Every program that this person manages, with what may be shown of each framework."""
    user = reader(request)
    people.check_manages(user)
    rows = list(ProgramAverage.objects.visible_to(user).select_related("program").order_by("-number"))
    encryption.unlock(rows)
    titles = _titles(rows)
    programs = [
        {"program": program, "frameworks": _frameworks(program, rows, titles)}
        for program in Program.objects.managed_by(user)
    ]
    return render(request, "competencies/averages.html", {"programs": programs})


def _titles(rows: list[ProgramAverage]) -> dict[Any, str]:
    """What each framework is called now. One query."""
    versions = FrameworkVersion.objects.filter(framework__in={row.framework_id for row in rows})
    return dict(versions.order_by("number").values_list("framework", "title"))


def _frameworks(program: Program, rows: list[ProgramAverage], titles: dict[Any, str]) -> list[dict[str, Any]]:
    own = [row for row in rows if row.program_id == program.pk]
    keys = sorted({row.framework_id for row in own}, key=lambda key: titles[key])
    return [_shown(titles[key], [row for row in own if row.framework_id == key][:MOST]) for key in keys]


def _shown(title: str, rows: list[ProgramAverage]) -> dict[str, Any]:
    """The newest as a drawing with its table; the ones before beside it, newest first."""
    newest = rows[0]
    # What a newer one does not show, because too few of its people are other ones, still holds as it was shown last.
    last = {key: one for row in reversed(rows) for key, one in row.domains.items()}
    domains = sorted(last, key=lambda key: last[key]["place"])
    found = [(last[key]["title"], last[key]["tenths"] / 10) for key in domains]
    caption = _("%(title)s, %(day)s") % {"title": title, "day": words.day(newest.made_on)}
    return {
        "title": title,
        "people": newest.people,
        "day": newest.made_on,
        "figure": charts.Figure(
            svg=charts.bars(
                [charts.Bar(name, value) for name, value in found], title=caption, top=newest.values["top"]
            ),
            caption=caption,
            headings=[_("Domain"), _("Average")],
            rows=[[name, f"{value:.1f}"] for name, value in found],
            number_columns=(1,),
        ),
        "earlier": {
            "headings": [_("As of"), _("People"), *(name for name, _value in found)],
            "rows": [[words.short_day(row.made_on), row.people, *_cells(row, domains)] for row in rows],
        }
        if len(rows) > 1
        else None,
    }


def _cells(row: ProgramAverage, domains: list[str]) -> list[str]:
    """What was shown then; where too few had an answer, that says so."""
    return [
        f"{row.domains[key]['tenths'] / 10:.1f}" if key in row.domains else _("not shown") for key in domains
    ]
