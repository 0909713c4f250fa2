"""What a result page shows: strengths first, then where the two views differ, either way, as something to explore (domain 10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from supervision.pages import charts
from supervision.pages.charts import Figure, Series

from ..library.shape import Content, Domain, Statement
from ..rating.marks import Mark, Marks, means
from . import sheets
from .anonymity import Band, domain_band, middle
from .sentences import BANDS, KINDS
from .sheets import Bands

FEWEST_AXES = 3
MOST_DIFFERING = 6  # shown first; each is with its domain as well
MOST_ROUNDS = 6  # in a trend: the newest


@dataclass(frozen=True)
class Row:
    """One statement: the band of the answers, None where it does not show, and one's own view."""

    number: int
    statement: Statement
    band: Band | None
    own: Mark
    own_label: str
    apart: int  # how many bands one's own view lies above theirs; 0 where either is not there

    @property
    def band_label(self) -> str:
        return str(BANDS[self.band]) if self.band else _("Does not show")

    @property
    def kind(self) -> str:
        return KINDS[self.band] if self.band else ""


@dataclass(frozen=True)
class Section:
    domain: Domain
    band: Band | None
    rows: list[Row]

    @property
    def band_label(self) -> str:
        return str(BANDS[self.band]) if self.band else _("Does not show")

    @property
    def kind(self) -> str:
        return KINDS[self.band] if self.band else ""


def sections(content: Content, bands: Bands, own: Marks) -> list[Section]:
    """The whole result, domain by domain, the statements counted through as on the form."""
    found, number = [], 0
    for domain in sheets.domains_of(content):
        rows = []
        for one in domain.statements:
            number += 1
            rows.append(_row(number, one, bands.get(one.id), own.get(one.id, Mark(None)), content))
        found.append(Section(domain, domain_band(row.band for row in rows), rows))
    return found


def _row(number: int, statement: Statement, band: Band | None, own: Mark, content: Content) -> Row:
    label = content.scale[own.point - 1].label if own.point else _("Can’t say yet")
    own_band = band_of_one(own, top=len(content.scale))
    apart = int(own_band) - int(band) if band and own_band else 0
    return Row(number, statement, band, own, label, apart)


def band_of_one(mark: Mark, *, top: int) -> Band | None:
    """In which third of the scale a single view lies, as the bands divide it."""
    if mark.point is None:
        return None
    above = 3 * (mark.point - 1)
    if above <= top - 1:
        return Band.EXPLORE
    return Band.STRONG if above > 2 * (top - 1) else Band.STEADY


def strengths(found: Iterable[Section]) -> list[Row]:
    return [row for section in found for row in section.rows if row.band == Band.STRONG]


def differing(found: Iterable[Section]) -> list[Row]:
    """Where the two views lie in different bands, the furthest apart first, either way."""
    rows = [row for section in found for row in section.rows if row.apart]
    return sorted(rows, key=lambda row: (-abs(row.apart), row.number))


# Drawings -----------------------------------------------------------------------------------------------------


def chart(content: Content, found: Sequence[Section], own: Marks) -> Figure:
    """One's own view beside theirs, each domain an axis. A band is drawn in its middle."""
    top = len(content.scale)
    domains = [section.domain for section in found]
    mine = means(own, domains)
    theirs = [middle(section.band, top=top) for section in found]
    names = [short(domain) for domain in domains]
    rows = [
        [domain.title, f"{value:.1f}" if value is not None else _("Can’t say yet"), section.band_label]
        for domain, value, section in zip(domains, mine, found, strict=True)
    ]
    caption = _("Your own view beside theirs, domain by domain")
    svg = charts.radar(
        names,
        [Series(_("You"), "a", mine), Series(_("The people you supervise"), "b", theirs)],
        top=top,
        title=caption,
        desc=_said(found),
    )
    return Figure(
        svg,
        caption,
        [_("Domain"), _("You, on average"), _("The people you supervise")],
        rows,
        number_columns=[1],
    )


def can_be_drawn(found: Sequence[Section]) -> bool:
    return len(found) >= FEWEST_AXES and any(section.band for section in found)


def _said(found: Sequence[Section]) -> str:
    return "; ".join(f"{section.domain.title}: {section.band_label}" for section in found)


def short(domain: Domain) -> str:
    """What an axis is called: "Informative" of "Informative: building the relationship"."""
    return domain.title.partition(":")[0]


def trend(rounds: Sequence[tuple[str, Sequence[Section]]]) -> list[Figure]:
    """A small panel for each domain of the newest; `rounds` are days and results of one framework, the oldest first."""
    shown = rounds[-MOST_ROUNDS:]
    by_id = [(day, {section.domain.id: section for section in found}) for day, found in shown]
    return [_panel(section.domain, by_id) for section in shown[-1][1]]


def _panel(domain: Domain, rounds: Sequence[tuple[str, dict[str, Section]]]) -> Figure:
    days = [day for day, _found in rounds]
    found = [sections.get(domain.id) for _day, sections in rounds]
    values = [float(one.band) if one and one.band else None for one in found]
    labels = [one.band_label if one else _("Does not show") for one in found]
    rows = [list(pair) for pair in zip(days, labels, strict=True)]
    title = short(domain)
    said = "; ".join(f"{day}: {label}" for day, label in rows)
    svg = charts.trend(days, [Series(title, "b", values)], top=len(Band), title=title, desc=said)
    return Figure(svg, title, [_("Round"), _("Band")], rows)
