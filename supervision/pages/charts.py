"""Drawings made on the server: plain values in, SVG out, no script.

Colors are presentation attributes, so a PDF or a saved file is right on its own; every part also has a class
by which app.css colors it again for the dark theme. Series differ by dash and marker as well as by hue,
states by shape. `None` means "can't say yet": the point is left out and the line breaks there. Every drawing stands
beside a table with the same facts (`Figure`), and has a title and a description for whoever hears it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from math import cos, pi, sin

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

INK, INK_2, GRID, EDGE = "#17211e", "#434e49", "#d9dbd3", "#6c7872"
ONE, OTHER, GROUND = "#14524a", "#864000", "#ffffff"
FONT = "Atkinson Hyperlegible Next, Atkinson Next, Atkinson Hyperlegible, Helvetica, Arial, sans-serif"

SHORT_NAME = 3  # letters

Values = Sequence[float | None]
Point = tuple[float, float]


@dataclass(frozen=True)
class Figure:
    """A drawing with its words: components/figure.html shows both. `rows` hold one cell per heading."""

    svg: SafeString
    caption: str
    headings: Sequence[str | Promise]
    rows: Sequence[Sequence[object]]
    number_columns: Sequence[int] = field(default=())


@dataclass(frozen=True)
class Series:
    """One line of a radar or trend. `mark` is "a" (round, unbroken line) or "b" (square, dashed)."""

    label: str
    mark: str
    values: Values


# Small parts --------------------------------------------------------------------------------------


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def _uid(*words: str) -> str:
    return f"chart-{zlib.crc32(chr(0).join(words).encode()):08x}"


def _open(width: float, height: float, look: str, title: str, desc: str) -> str:
    uid = _uid(look, title, desc)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {look}" viewBox="0 0 {_n(width)} {_n(height)}"'
        f' width="{_n(width)}" height="{_n(height)}" role="img" aria-labelledby="{uid}-t {uid}-d" '
        f'font-family="{FONT}"><title id="{uid}-t">{escape(title)}</title>'
        f'<desc id="{uid}-d">{escape(desc)}</desc>'
    )


def _open_small(width: float, height: float, look: str, label: str) -> str:
    """For a strip or spark in a line of text or a table cell: one label says it all, no ids to collide."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {look}" viewBox="0 0 {_n(width)} {_n(height)}"'
        f' width="{_n(width)}" height="{_n(height)}" role="img" aria-label="{escape(label)}">'
    )


def _done(parts: Sequence[str]) -> SafeString:
    """Every text in `parts` has been through escape(); the rest is drawn here."""
    return SafeString("".join(parts) + "</svg>")


def _mark(point: Point, mark: str, radius: float = 4.5) -> str:
    x, y = point
    if mark == "a":
        return (
            f'<circle class="c-a" cx="{_n(x)}" cy="{_n(y)}" r="{radius}" fill="{ONE}" stroke="{GROUND}" '
            'stroke-width="1.5"/>'
        )
    side = radius * 1.8
    return (
        f'<rect class="c-b" x="{_n(x - side / 2)}" y="{_n(y - side / 2)}" '
        f'width="{_n(side)}" height="{_n(side)}"'
        f' fill="{GROUND}" stroke="{OTHER}" stroke-width="2.2"/>'
    )


def _line(points: Sequence[Point | None], mark: str, *, closed: bool = False) -> str:
    """A path through the points, broken wherever one is None. A closed one stays open at a gap."""
    steps: list[str] = []
    pen_up = True
    for point in points:
        if point is None:
            pen_up = True
            continue
        steps.append(f"{'M' if pen_up else 'L'}{_n(point[0])} {_n(point[1])}")
        pen_up = False
    whole = all(point is not None for point in points)
    if closed and whole:
        steps.append("Z")
    elif closed and points and points[0] and points[-1]:
        steps.append(f"L{_n(points[0][0])} {_n(points[0][1])}")
    path = " ".join(steps)
    dash, colour = (' stroke-dasharray="6 4"', OTHER) if mark == "b" else ("", ONE)
    area = ""
    if closed and whole and mark == "a":
        area = f'<path class="c-area" d="{path}" fill="{ONE}" fill-opacity="0.12"/>'
    return area + (
        f'<path class="c-{mark}-line" d="{path}" fill="none" stroke="{colour}" stroke-width="2.5" '
        f'stroke-linejoin="round" stroke-linecap="round"{dash}/>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    size: int = 14,
    anchor: str = "start",
    *,
    strong: bool = False,
    look: str = "",
    fill: str = "",
) -> str:
    look = look or ("c-strong" if strong else "c-text")
    fill = fill or (INK if strong else INK_2)
    return (
        f'<text class="{look}" x="{_n(x)}" y="{_n(y)}" font-size="{size}" '
        f'font-weight="{700 if strong else 400}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


def _halo(x: float, y: float, words: str) -> str:
    """A scale number that stays readable where lines cross it."""
    return (
        f'<text class="c-halo" x="{_n(x)}" y="{_n(y)}" font-size="12" text-anchor="end" fill="none" '
        f'stroke="{GROUND}" stroke-width="4" stroke-linejoin="round" aria-hidden="true">'
        f"{escape(words)}</text>" + _text(x, y, words, 12, "end")
    )


# Radar and trend ------------------------------------------------------------------------------------


def radar(
    axes: Sequence[str], series: Sequence[Series], *, top: int = 4, title: str, desc: str
) -> SafeString:
    """`axes` clockwise from 12 o'clock, at least three; at most two series, values 0 to `top`."""
    width, cx, cy, radius = 340.0, 170.0, 146.0, 112.0
    angles = [-pi / 2 + 2 * pi * i / len(axes) for i in range(len(axes))]

    def at(i: int, value: float) -> Point:
        return cx + radius * value / top * cos(angles[i]), cy + radius * value / top * sin(angles[i])

    parts = [_open(width, 284 + 26 * len(series), "chart-radar", title, desc)]
    for ring in range(1, top + 1):
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in (at(i, ring) for i in range(len(axes))))
        look, colour = ("c-edge", EDGE) if ring == top else ("c-grid", GRID)
        parts.append(
            f'<polygon class="{look}" points="{points}" fill="none" stroke="{colour}" stroke-width="1"/>'
        )
    for i in range(len(axes)):
        x, y = at(i, top)
        parts.append(
            f'<line class="c-grid" x1="{_n(cx)}" y1="{_n(cy)}" x2="{_n(x)}" y2="{_n(y)}" stroke="{GRID}" '
            'stroke-width="1"/>'
        )
    placed = [[None if v is None else at(i, v) for i, v in enumerate(each.values)] for each in series]
    parts += [_line(points, each.mark, closed=True) for each, points in zip(series, placed, strict=True)]
    parts += [
        _mark(point, each.mark)
        for each, points in zip(series, placed, strict=True)
        for point in points
        if point
    ]
    parts += [_halo(cx - 8, cy - radius * ring / top + 4.5, str(ring)) for ring in range(1, top + 1)]
    parts += [_axis_name(name, angles[i], at(i, top), width) for i, name in enumerate(axes)]
    for k, each in enumerate(series):
        y = 296 + 26 * k
        parts.append(
            _line([(4, y), (40, y)], each.mark) + _mark((22, y), each.mark) + _text(50, y + 5, each.label, 15)
        )
    return _done(parts)


def _axis_name(name: str, angle: float, end: Point, width: float) -> str:
    x, y = end
    if abs(cos(angle)) < 0.1:
        return _text(x, y - 13 if sin(angle) < 0 else y + 20, name, 15, "middle", strong=True)
    if len(name) < SHORT_NAME:  # a number stands at its corner
        return _text(x + 16 * cos(angle), y + 16 * sin(angle) + 5, name, 15, "middle", strong=True)
    if sin(angle) > 0:
        return _text(x + 14 * cos(angle), y + 20, name, 15, "middle", strong=True)
    if cos(angle) > 0:
        return _text(width - 1, y - 12, name, 15, "end", strong=True)
    return _text(1, y - 12, name, 15, "start", strong=True)


def trend(
    periods: Sequence[str], series: Sequence[Series], *, bottom: int = 1, top: int = 4, title: str, desc: str
) -> SafeString:
    """One small panel; several side by side share a scale. At most two series, values `bottom` to `top`."""
    width, height, x0, x1, y0, y1 = 220.0, 150.0, 20.0, 186.0, 14.0, 118.0

    def at(i: int, value: float) -> Point:
        across = (x1 - x0 - 8) * i / max(len(periods) - 1, 1)
        return x0 + 8 + across, y1 - (y1 - y0) * (value - bottom) / (top - bottom)

    parts = [_open(width, height, "chart-trend", title, desc)]
    for value in range(bottom, top + 1):
        y = at(0, value)[1]
        parts.append(
            f'<line class="c-grid" x1="{_n(x0)}" y1="{_n(y)}" x2="{_n(x1)}" y2="{_n(y)}" stroke="{GRID}" '
            'stroke-width="1"/>'
        )
        parts.append(_text(x0 - 8, y + 5, str(value), 13, "end"))
    if periods:
        parts.append(_text(x0, height - 8, periods[0], 13))
    if len(periods) > 1:
        parts.append(_text(x1 + 4, height - 8, periods[-1], 13, "end"))
    ends: list[tuple[float, str, float]] = []
    for each in series:
        points = [None if v is None else at(i, v) for i, v in enumerate(each.values)]
        parts.append(_line(points, each.mark))
        parts += [_mark(point, each.mark, 4) for point in points if point]
        if points and (last := points[-1]) and (value_now := each.values[-1]) is not None:
            ends.append((last[1], each.mark, value_now))
    parts += _end_labels(ends, x1 + 9)
    return _done(parts)


def _end_labels(ends: list[tuple[float, str, float]], x: float) -> list[str]:
    """The last value of each line beside it, kept 16 units apart so that they never overlap."""
    ends = sorted(ends)
    if len(ends) == 2 and ends[1][0] - ends[0][0] < 16:
        middle = (ends[0][0] + ends[1][0]) / 2
        ends = [(middle - 8, *ends[0][1:]), (middle + 8, *ends[1][1:])]
    return [
        _text(
            x, y + 5, f"{value:g}", 15, strong=True, look=f"c-{mark}-text", fill=ONE if mark == "a" else OTHER
        )
        for y, mark, value in ends
    ]


# Strips, sparks, bars --------------------------------------------------------------------------------

HEAT_STATES: Mapping[str, str | Promise] = {
    "h": _("met"),
    "r": _("met on another day"),
    "a": _("away, not started or not due"),
    "n": _("no session recorded"),
}


def heat(weeks: str, *, who: str = "") -> SafeString:
    """One cell a week, oldest first, from a string such as "hhrhahhn" (see HEAT_STATES); shape tells them apart."""
    counts = ", ".join(f"{weeks.count(key)} {said}" for key, said in HEAT_STATES.items() if key in weeks)
    label = ngettext("Last %(n)d week: %(counts)s", "Last %(n)d weeks: %(counts)s", len(weeks)) % {
        "n": len(weeks),
        "counts": counts,
    }
    return _strip(weeks, f"{who}: {label}" if who else label)


def heat_key() -> list[tuple[SafeString, str]]:
    """(drawing, words) for each state, for the line that explains the strip. Readers hear only the words."""
    drawings = (
        (_strip(key, "").replace('role="img" aria-label=""', 'aria-hidden="true"'), said)
        for key, said in HEAT_STATES.items()
    )
    return [(SafeString(drawing), _sentence(said)) for drawing, said in drawings]


def _sentence(said: str | Promise) -> str:
    return str(said)[:1].upper() + str(said)[1:]


CELL, GAP = 15, 4  # of a strip of weeks


def _strip(weeks: str, label: str) -> SafeString:
    width = max(len(weeks) * (CELL + GAP) - GAP, 0) + 2
    return _done([_open_small(width, CELL + 2, "chart-heat", label), _cells(weeks)])


@lru_cache(maxsize=512)
def _cells(weeks: str) -> str:
    """The same weeks are drawn again and again in a list."""
    cell, gap = CELL, GAP
    parts = []
    for i, state in enumerate(weeks):
        x = 1 + i * (cell + gap)
        box = f'x="{x}" y="1" width="{cell}" height="{cell}" rx="3"'
        if state == "h":
            parts.append(f'<rect class="c-a" {box} fill="{ONE}" stroke="{ONE}" stroke-width="1.5"/>')
        elif state == "r":
            parts.append(
                f'<rect class="h-open" {box} fill="none" stroke="{ONE}" stroke-width="1.5"/>'
                f'<rect class="c-a" x="{x}" y="8" width="{cell}" height="8" rx="2" fill="{ONE}"/>'
            )
        elif state == "a":
            parts.append(
                f'<line class="h-away" x1="{x + 3}" y1="8.5" x2="{x + cell - 3}" y2="8.5" stroke="{EDGE}" '
                'stroke-width="2"/>'
            )
        else:
            parts.append(
                f'<rect class="h-none" {box} fill="none" stroke="{OTHER}" stroke-width="1.75" '
                'stroke-dasharray="3 2"/>'
            )
    return "".join(parts)


def spark(values: Values, *, label: str, low: float = 0, high: float = 100) -> SafeString:
    """A line the height of a figure, ending in a dot. `label` says in words what it shows."""
    width, height = 150.0, 40.0
    span = (high - low) or 1

    def at(i: int, value: float) -> Point:
        held = min(max(value, low), high)
        return 4 + (width - 14) * i / max(len(values) - 1, 1), height - 6 - (height - 12) * (
            held - low
        ) / span

    points = [None if v is None else at(i, v) for i, v in enumerate(values)]
    seen = [point for point in points if point]
    parts = [_open_small(width, height, "chart-spark", label)]
    if seen:
        parts += [_line(points, "a"), _mark(seen[-1], "a")]
    return _done(parts)


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its number, and, where there is one, the number that was expected."""

    name: str
    value: float
    expected: float | None = None

    def said(self, unit: str) -> str:
        if self.expected is None:
            return f"{self.value:g}{unit}"
        return gettext("%(value)s of %(expected)s") % {
            "value": f"{self.value:g}",
            "expected": f"{self.expected:g}{unit}",
        }


def bars(
    items: Sequence[Bar], *, title: str, desc: str = "", top: float | None = None, unit: str = ""
) -> SafeString:
    """Lying bars with their names above them; a stroke marks what was expected.

    `top` is the full width; without it, the largest number. `unit` comes after each value ("%").
    """
    width, line, left = 360.0, 48.0, 1.0
    full = top or max([0.0, *(item.value for item in items), *(item.expected or 0 for item in items)]) or 1.0
    desc = desc or "; ".join(f"{item.name}: {item.said(unit)}" for item in items)
    parts = [_open(width, line * len(items) + 4, "chart-bars", title, desc)]
    room = width - 2 * left
    for i, item in enumerate(items):
        y = i * line
        value = min(max(item.value, 0.0), full)
        box = f'x="{_n(left)}" y="{_n(y + 24)}" height="14" rx="3"'
        parts.append(_text(left, y + 16, _shorten(item.name, 34), 14))
        parts.append(_text(width - left, y + 16, item.said(unit), 14, "end", strong=True))
        parts.append(
            f'<rect class="c-track" {box} width="{_n(room)}" fill="{GROUND}" stroke="{EDGE}" stroke-width="1"/>'
        )
        if value:
            length = max(room * value / full, 3)
            parts.append(f'<rect class="c-a" {box} width="{_n(length)}" fill="{ONE}"/>')
        if item.expected is not None:
            x = left + room * min(item.expected, full) / full
            parts.append(
                f'<line class="c-b-line" x1="{_n(x)}" y1="{_n(y + 20)}" x2="{_n(x)}" y2="{_n(y + 42)}" '
                f'stroke="{OTHER}" stroke-width="3"/>'
            )
    return _done(parts)


def _shorten(text: str, most: int) -> str:
    """Names in a drawing cannot wrap; the table beside it has them in full."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
