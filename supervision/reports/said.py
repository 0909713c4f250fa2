"""What every report says in the same words."""

from __future__ import annotations

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from supervision.pages import words
from supervision.people.models import Arrangement
from supervision.sessions.models import Session

from .log import LogRow
from .models import Report

LISTED = 5  # people named on the first page


def period(first: datetime.date, last: datetime.date) -> str:
    """July 1 to September 30, 2026."""
    begin = date_format(first, "F j" if first.year == last.year else "F j, Y")
    return gettext("%(first)s to %(last)s") % {"first": begin, "last": date_format(last, "F j, Y")}


def covered(report: Report) -> list[tuple[str, str]]:
    """What it covers, as facts: programs or person, supervisor, people, period."""
    rows = []
    if report.about is not None:
        rows.append((gettext("Peer worker"), report.about.name))
    else:
        rows.append((gettext("Programs"), words.join_names(str(one) for one in report.programs.all())))
        if report.supervisor is not None:
            rows.append((gettext("Supervisor"), report.supervisor.name))
        names = list(report.people.order_by("name").values_list("name", flat=True))
        if names:
            rows.append((gettext("Only these people"), _named(names)))
    return [*rows, (gettext("Period"), period(report.first_day, report.last_day))]


def _named(names: list[str]) -> str:
    if len(names) <= LISTED:
        return words.join_names(names)
    more = len(names) - LISTED
    said = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more)
    return said % {"names": ", ".join(names[:LISTED]), "n": more}


def hours(minutes: int) -> str:
    """Hours with at most one decimal: 12 h, 12.5 h."""
    return gettext("%(n)s h") % {"n": f"{minutes / 60:.1f}".removesuffix(".0")}


def hours_number(minutes: int) -> float:
    """Hours with at most two decimals, for a spreadsheet."""
    return minutes // 60 if minutes % 60 == 0 else round(minutes / 60, 2)


# One row of a log ----------------------------------------------------------------------------------------------


def what_became(row: LogRow) -> str:
    """Held, or what became of it with the reason from the list."""
    if row.attended:
        return gettext("Held")
    if row.is_draft:
        return gettext("Held; its record is not sent yet")
    if row.state == Session.State.HELD:
        return gettext("Held, not there")
    if row.state == Session.State.PLANNED:
        return gettext("Planned; not noted what became of it")
    state = str(dict(Session.State.choices)[row.state])
    why = dict(Session.Why.choices).get(row.why)
    return f"{state}: {str(why).lower()}" if why else state


def small(text: str) -> str:
    return text[:1].lower() + text[1:]


def how(row: LogRow) -> str:
    """In person, one to one."""
    if not row.modality:
        return ""
    if row.structure == Arrangement.Structure.CO_REFLECTION:
        kind = gettext("among equals")
    elif row.people == 1:
        kind = gettext("one to one")
    else:
        kind = gettext("%(n)s people") % {"n": row.people}
    return f"{how_met(row.modality)}, {kind}"


def how_met(modality: str) -> str:
    return str(dict(Session.Modality.choices).get(modality, modality))
