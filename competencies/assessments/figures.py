"""The drawings of an assessment, each with its table and a sentence: the same on the page and in the PDF."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.pages import charts, words

from ..library.shape import Content, Domain
from .comparison import Comparison, DomainLine

LONGEST_AXIS = 13  # letters of a name that stands beside a corner
LONGEST_BAR = 60  # above a bar it is cut off at the end, and stands whole in the table
FEWEST_AXES = 3


def number(value: float | None) -> str:
    """3 or 3.4; a word where there is nothing to count."""
    if value is None:
        return _("none")
    return f"{value:.1f}".removesuffix(".0")


def practice(content: Content) -> list[Domain]:
    """The domains that are drawn: what somebody does, rather than what they know. All of them where there is only knowledge."""
    return [one for one in content.domains if one.kind == "practice"] or list(content.domains)


def short(domain: Domain, position: int, *, room: int = LONGEST_AXIS) -> str:
    """A name short enough for a drawing; its place in the table where it is not, or has joining letters."""
    name = domain.title.split(":")[0].strip()
    return name if len(name) <= room and is_plain(name) else str(position)


def is_plain(name: str) -> bool:
    """Whether a drawing may hold it: letters that join are set right in text alone."""
    return all(unicodedata.bidirectional(letter) not in ("R", "AL", "AN") for letter in name)


def legend(*, both: bool) -> tuple[str, str]:
    """What the two views are called inside a drawing: never by a name, which stands in the table beside it."""
    return _("Own view"), (_("Supervisor’s view") if both else "")


def two_views(found: Comparison, content: Content, own: str, other: str) -> charts.Figure:
    """Both views of each domain. `own` and `other` are what the two are called here; `other` is empty for one view alone."""
    drawn = {one.id for one in practice(content)}
    lines = [line for line in found.domains if line.domain.id in drawn]
    room = LONGEST_AXIS if len(lines) >= FEWEST_AXES else LONGEST_BAR
    names = [short(line.domain, n, room=room) for n, line in enumerate(lines, start=1)]
    marks = legend(both=bool(other))
    title = _("Both views, by domain") if other else _("By domain")
    headings = [_("Domain"), own]
    if other:
        headings = [
            _("Domain"),
            f"{own} ({marks[0].lower()})",
            f"{other} ({marks[1].lower()})",
            _("Difference"),
        ]
    rows = [_row(line, n, names[n - 1], own, other) for n, line in enumerate(lines, start=1)]
    svg = _drawing(lines, names, *marks, top=len(content.scale), title=title)
    return charts.Figure(svg, title, headings, rows, number_columns=(1, 2) if other else (1,))


def _row(line: DomainLine, n: int, name: str, own: str, other: str) -> list[str]:
    title = f"{n}. {line.domain.title}" if name == str(n) else line.domain.title
    if not other:
        return [title, number(line.own)]
    return [title, number(line.own), number(line.other), difference(line, own, other)]


def difference(line: DomainLine, own: str, other: str) -> str:
    """Close, or whose view is higher and by how much."""
    if line.apart is None:
        return _("Not both yet")
    if line.is_close:
        return _("Close")
    name = other if line.apart > 0 else own
    return _("%(name)s %(by)s higher") % {"name": name, "by": number(abs(line.apart))}


def _drawing(
    lines: Sequence[DomainLine], names: Sequence[str], own: str, other: str, *, top: int, title: str
) -> charts.SafeString:
    desc = "; ".join(
        f"{line.domain.title}: {own} {number(line.own)}"
        + (f", {other} {number(line.other)}" if other else "")
        for line in lines
    )
    desc = _("Scale 1 to %(top)s. %(values)s.") % {"top": top, "values": desc}
    if len(lines) < FEWEST_AXES:
        bars = []
        for name, line in zip(names, lines, strict=True):
            for label, value in ((own, line.own), (other, line.other)):
                if value is not None:  # "can't say yet" is no zero
                    bars.append(charts.Bar(f"{label}: {name}" if other else name, round(value, 1)))
        return charts.bars(bars, title=title, desc=desc, top=top)
    series = [charts.Series(own, "a", [line.own for line in lines])]
    if other:
        series.append(charts.Series(other, "b", [line.other for line in lines]))
    return charts.radar(names, series, top=top, title=title, desc=desc)


def sentence(found: Comparison, content: Content, own: str, other: str) -> str:
    """What the drawing shows, said in a sentence or two. "You see more" either way: nobody's view is the right one."""
    drawn = {one.id for one in practice(content)}
    if not other:
        return _of_one_view([line for line in found.domains if line.domain.id in drawn])
    both = [line for line in found.domains if line.domain.id in drawn and line.apart is not None]
    if not both:
        return _("There is not enough from both views yet to put them beside each other.")
    close = [line for line in both if line.is_close]
    said = ngettext(
        "The two views are close on %(close)s of %(n)s domain.",
        "The two views are close on %(close)s of %(n)s domains.",
        len(both),
    ) % {"close": len(close), "n": len(both)}
    if not close:
        said = _("The two views are apart on every domain that both could say something of.")
    widest = max(both, key=lambda line: abs(line.apart or 0))
    if widest.is_close:
        return said
    name = other if (widest.apart or 0) > 0 else own
    more = _("They differ most on %(domain)s, where %(name)s sees more.")
    if name == _("You"):
        more = _("They differ most on %(domain)s, where you see more.")
    return f"{said} {more % {'domain': widest.domain.title.split(':')[0], 'name': name}}"


def _of_one_view(lines: Sequence[DomainLine]) -> str:
    """Where the one view there is lies highest and lowest."""
    known = sorted((line for line in lines if line.own is not None), key=lambda line: -(line.own or 0))
    if not known:
        return _("There is not enough yet to draw from.")
    first, last = known[0], known[-1]
    if len(known) == len(lines) and number(first.own) == number(last.own):
        return _("Every domain lies at %(value)s.") % {"value": number(first.own)}
    return _("Highest lies %(first)s, at %(high)s; lowest %(last)s, at %(low)s.") % {
        "first": first.domain.title.split(":")[0],
        "high": number(first.own),
        "last": last.domain.title.split(":")[0],
        "low": number(last.own),
    }


# Over time ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """An earlier assessment, or this one: its day, and the middles by domain."""

    day: str
    own: dict[str, float | None]
    other: dict[str, float | None]


@dataclass(frozen=True)
class Trend:
    """Small panels on one scale, and all their numbers in one table."""

    panels: Sequence[tuple[str, charts.SafeString]]
    legend: tuple[str, str]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    sentence: str


def trend(moments: Sequence[Moment], content: Content, own: str, other: str) -> Trend | None:
    """How it went over assessments, oldest first. None with fewer than two: then there is nothing to compare."""
    if len(moments) < 2:
        return None
    domains = practice(content)
    days = [moment.day for moment in moments]
    marks = legend(both=bool(other))
    panels = [
        (one.title.split(":")[0], _panel(one, moments, days, *marks, top=len(content.scale)))
        for one in domains
    ]
    headings = [_("Assessment"), *(one.title.split(":")[0] for one in domains)]
    rows = []
    for moment in moments:
        rows.append([f"{moment.day}, {own}", *(number(moment.own.get(one.id)) for one in domains)])
        if other:
            rows.append([f"{moment.day}, {other}", *(number(moment.other.get(one.id)) for one in domains)])
    return Trend(panels, marks, headings, rows, _trend_sentence(moments, domains, own))


def _panel(
    domain: Domain, moments: Sequence[Moment], days: Sequence[str], own: str, other: str, *, top: int
) -> charts.SafeString:
    series = [charts.Series(own, "a", [_tenth(one.own.get(domain.id)) for one in moments])]
    if other:
        series.append(charts.Series(other, "b", [_tenth(one.other.get(domain.id)) for one in moments]))
    said = [f"{each.label}: {', '.join(number(value) for value in each.values)}" for each in series]
    title = _("%(domain)s over time") % {"domain": domain.title}
    return charts.trend(days, series, top=top, title=title, desc="; ".join(said))


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _trend_sentence(moments: Sequence[Moment], domains: Sequence[Domain], own: str) -> str:
    """Which own views moved most since the first time."""
    moved = []
    for one in domains:
        values = [value for moment in moments if (value := moment.own.get(one.id)) is not None]
        if len(values) > 1 and abs(values[-1] - values[0]) >= 0.5:
            moved.append((abs(values[-1] - values[0]), one, values[0], values[-1]))
    if not moved:
        return _("Since the first of these, the own view has stayed about the same in every domain.")
    _by, domain, first, last = max(moved, key=lambda item: item[0])
    return _(
        "Since the first of these, the own view of %(domain)s moved most: from %(first)s to %(last)s."
    ) % {
        "domain": words.join_names([domain.title.split(":")[0]]),
        "first": number(first),
        "last": number(last),
    }
