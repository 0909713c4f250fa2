"""The one table of a run, from its results. Standard library only."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"
GROWS = {"list": 1.25, "detail": 1.25, "form": 1.25, "overview": 1.5, "agency": 1.5}
NAMES = {
    "list": "Lists",
    "detail": "One record, person or program",
    "form": "Forms",
    "overview": "First pages and overviews of a team",
    "agency": "Overviews of all of the agency",
}
BUDGETS = {  # as pages.py has them, which needs Django
    "list": (45, 8, 12),
    "detail": (40, 12, 20),
    "form": (70, 10, 20),
    "overview": (60, 15, 20),
    "agency": (120, 15, 20),
}

Row = tuple[str, str, str, str]
Grown = tuple[float, float, str]  # median and first quartile of the growth of a page, and its name


def verdict(*, ok: bool) -> str:
    return "within" if ok else "**over**"


def rows(found: dict[str, Any]) -> Iterator[Row]:
    """What, measured, budget, verdict."""
    sizes = sorted(found["pages"], key=float)
    largest = found["pages"][sizes[-1]]
    for kind in NAMES:
        yield from _of_kind(kind, [page for page in largest["pages"] if page["kind"] == kind])
    for smaller, bigger in itertools.pairwise(sizes):
        yield from _growth(found, smaller, bigger)
    if "memory" in found:
        yield from _memory(found["memory"])
    if "heavy" in found:
        yield from _heavy(found["heavy"], largest["unit_ms"][1])
    for database, runs in found.get("at_once", {}).items():
        yield from _at_once(database, runs)


def _of_kind(kind: str, pages: list[dict[str, Any]]) -> Iterator[Row]:
    if not pages:
        return
    units, statements, kilobytes = BUDGETS[kind]
    name = f"{NAMES[kind]} ({len(pages)} pages as somebody)"
    worst = max(pages, key=lambda page: page["median"])
    over = [page for page in pages if page["median"] > units]
    middle = statistics.median(page["median"] for page in pages)
    said = (
        f"{middle:.0f} U; most {worst['median']:.0f} ({worst['q1']:.0f}–{worst['q3']:.0f}), {_named(worst)}"
    )
    yield f"{name}: CPU", said, f"{units} U", "within" if not over else f"**{len(over)} over**"
    for key, what, limit in (("sql", "statements", statements), ("kb", "kB of HTML, compressed", kilobytes)):
        worst = max(pages, key=lambda page: page[key])
        over = [page for page in pages if page[key] > limit]
        said = f"{statistics.median(page[key] for page in pages):.0f}; most {worst[key]:.0f}, {_named(worst)}"
        yield f"{name}: {what}", said, str(limit), "within" if not over else f"**{len(over)} over**"


def _named(page: dict[str, Any]) -> str:
    return f"{page['name']} as {page['role']}"


def _growth(found: dict[str, Any], smaller: str, bigger: str) -> Iterator[Row]:
    """The same page of the same team with more records: for those who see the team alone. Round by round, since a round of one size
    follows that of the other. As the performance goals say it: over where even the first quartile is, perhaps where the median is."""
    small = {(page["name"], page["role"]): page for page in found["pages"][smaller]["pages"]}
    grown: dict[str, list[Grown]] = {}
    others: list[str] = []
    for page in found["pages"][bigger]["pages"]:
        before = small.get((page["name"], page["role"]))
        if before is None or page["role"] in ("director", "administrator"):
            continue
        if page["sql"] > before["sql"]:
            others.append(f"{_named(page)} {before['sql']} → {page['sql']}")
        group = "overview" if page["kind"] == "overview" else "list"
        pairs = zip(page["samples"], before["samples"], strict=True)
        first, middle, _third = statistics.quantiles([now / then for now, then in pairs], n=4)
        grown.setdefault(group, []).append((middle, first, _named(page)))
    for group, pages in sorted(grown.items()):
        what = "first pages and overviews" if group == "overview" else "all others"
        name = f"Growth from ×{float(smaller):g} to ×{float(bigger):g}, one team: {what} ({len(pages)} pages as somebody)"
        yield name, *_said_of_growth(pages, GROWS[group])
    name = f"Growth from ×{float(smaller):g} to ×{float(bigger):g}: pages with more statements"
    yield name, f"{len(others)} {'; '.join(others[:2])}".strip(), "0", verdict(ok=not others)


def _said_of_growth(pages: list[Grown], limit: float) -> tuple[str, str, str]:
    """Measured, budget, verdict."""
    most = max(pages)
    over = [page for page in pages if page[1] > limit]
    perhaps = [page for page in pages if page[0] > limit >= page[1]]
    said = f"×{statistics.median(page[0] for page in pages):.2f}; most ×{most[0]:.2f} (from {most[1]:.2f}), {most[2]}"
    judged = f"**{len(over)} over**" if over else "within"
    return said, f"×{limit}", f"{judged}, {len(perhaps)} perhaps" if perhaps else judged


def _memory(found: dict[str, Any]) -> Iterator[Row]:
    drift = found["late"] - found["early"]
    name = f"Memory of a web process after {found['requests']} requests"
    yield name, f"{found['late']:.0f} MB", "120 MB", verdict(ok=found["late"] <= 120)
    yield "Of that since a tenth of them", f"{drift:+.1f} MB", "5 MB", verdict(ok=drift <= 5)


def _heavy(found: dict[str, Any], unit_ms: float) -> Iterator[Row]:
    report, pdf = found["report"], found["pdf"]
    units = 1000 * report["cpu"] / unit_ms
    name = "Report of a year of the whole agency"
    yield f"{name}: CPU", f"{units:.0f} U ({report['seconds']:.1f} s)", "2500 U", verdict(ok=units <= 2500)
    yield f"{name}: statements", str(report["statements"]), "10", verdict(ok=report["statements"] <= 10)
    yield f"{name}: memory besides", f"{report['mb']:.0f} MB", "100 MB", verdict(ok=report["mb"] <= 100)
    yield f"{name}, as a sealed PDF", f"{report['pdf_seconds']:.1f} s, {report['pdf_kb']:.0f} kB", "", "told"
    yield "Sealed PDFs of session records, warm", f"{pdf['per_minute']:.0f} a minute, {pdf['kb']:.0f} kB each", "", "told"  # fmt: skip
    yield "Sealed reports of one program, warm", f"{found['small_report']['per_minute']:.0f} a minute", "", "told"  # fmt: skip


def _at_once(database: str, runs: list[dict[str, Any]]) -> Iterator[Row]:
    one = runs[0]["per_second"]
    for run in runs:
        name = f"{run['people']:.0f} people at once, {database}, {run['processes']} process{'es' if run['processes'] > 1 else ''}"
        said = f"{run['errors']:.0f} errors in {run['reads'] + run['saves'] + run['signatures']:.0f} ({run['signatures']:.0f} signed)"
        ratio = run["per_second"] / one
        said += f"; {run['per_second']:.0f} requests/s, ×{ratio:.2f}; {run['rss']:.0f} MB a process; load {run['load']:.1f}"
        yield name, said, "0 errors", verdict(ok=run["errors"] == 0)


def markdown(found: dict[str, Any]) -> str:
    """The table and what to know of the machine."""
    sizes = sorted(found["pages"], key=float)
    largest = found["pages"][sizes[-1]]
    made = found["made"][sizes[-1]]
    load = "–".join(f"{value:.1f}" for value in largest["load"])
    unit = "{1:.2f} ms, {0:.2f}–{2:.2f}".format(*largest["unit_ms"])
    about = (
        f"{found['machine']}. {made['user']:,} people, {made['session']:,} sessions, {made['answer']:,} signatures, on SQLite. "
        f"U is the CPU time of a bare page through the same middleware ({unit}); medians of {largest['rounds']} shuffled "
        f"rounds. Others worked on the machine meanwhile: its load was {load}."
    )
    lines = [
        about,
        "",
        "| What | Measured | Budget | |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {' | '.join(row)} |" for row in rows(found)]
    return "\n".join(lines)


def every_page(found: dict[str, Any]) -> str:
    """All pages at every size, the slowest first."""
    lines = []
    for size in sorted(found["pages"], key=float):
        lines += [f"size {size}, unit {found['pages'][size]['unit_ms'][1]:.2f} ms"]
        for page in sorted(found["pages"][size]["pages"], key=lambda one: -one["median"]):
            lines.append(
                f"{page['kind']:<9}{page['name']:<36}{page['role']:<14}{page['median']:>7.1f}{page['q1']:>7.1f}{page['q3']:>7.1f}"
                f"{page['sql']:>4}{page['kb']:>6.1f}  {page['verdict']}"
            )
    return "\n".join(lines) + "\n"


def into(readme: Path, found: dict[str, Any]) -> None:
    """Put the table between its two marks."""
    text = readme.read_text()
    before, _mark, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n{markdown(found)}\n{END}{after}")
