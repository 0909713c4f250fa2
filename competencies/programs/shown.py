"""What the page of a result shows, made from what was put together: sections, strengths, differences, and how it was before.

Nothing here knows more than the stored result: bands of groups, and what is under somebody's name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..library.shape import Content, Domain, Statement
from . import results, sentences
from .models import Group, ProgramAction, ProgramAssessment
from .sentences import COLUMNS

MOST_DIFFERENCES = 5


@dataclass(frozen=True)
class Named:
    """What one person showed under their name."""

    name: str
    group: str
    said: Mapping[str, int | None]


@dataclass(frozen=True)
class Outcome:
    """One result: the bands by group and statement, and what is under a name. `content` is its framework as frozen."""

    content: Content
    bands: Mapping[str, Mapping[str, int]]
    named: Sequence[Named]

    def band(self, group: str, statement: str) -> int | None:
        """Where a group stands. Of managers, who answer by name, their own ratings make it."""
        return self.all_bands.get(group, {}).get(statement)

    @property
    def all_bands(self) -> dict[str, Mapping[str, int]]:
        """Also of those who answered by name, so that they can be laid beside the groups."""
        points: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for one in self.named:
            for key, point in one.said.items():
                if point is not None:
                    points[one.group][key].append(point)
        top = len(self.content.scale)
        of_named = {
            group: {key: results.band(given, top) for key, given in by_statement.items()}
            for group, by_statement in points.items()
        }
        return {**of_named, **self.bands}

    def of_section(self, group: str, statements: Sequence[str]) -> int | None:
        return results.of_section(self.all_bands.get(group, {}), statements)


@dataclass(frozen=True)
class Cell:
    """How one group sees one statement or section."""

    group: str
    label: str
    band: int | None
    by_name: Sequence[str] = ()

    @property
    def words(self) -> str:
        return sentences.band(self.band)

    @property
    def kind(self) -> str:
        return sentences.KINDS[self.band] if self.band is not None else ""

    @property
    def is_named(self) -> bool:
        """Whether it stands under names, so that a word for it would say less than they do."""
        return bool(self.by_name)


@dataclass(frozen=True)
class Item:
    """One statement with how each group sees it, and what is done about it."""

    number: int
    statement: Statement
    cells: Sequence[Cell]
    actions: Sequence[ProgramAction] = field(default=())

    @property
    def bands(self) -> list[int]:
        return [cell.band for cell in self.cells if cell.band is not None]

    @property
    def gap(self) -> int:
        """How far the groups are apart; 0 where fewer than two show."""
        return max(self.bands) - min(self.bands) if len(self.bands) > 1 else 0

    @property
    def is_strength(self) -> bool:
        """Strong in the eyes of every group that shows, with at least two of them or the peer workers alone."""
        if not self.bands or min(self.bands) < results.STRONG:
            return False
        workers = next((cell for cell in self.cells if cell.group == Group.WORKERS), None)
        return len(self.bands) > 1 or (workers is not None and workers.band is not None)

    @property
    def said(self) -> str:
        """ "Peer workers: To explore; Managers: Strong"."""
        return "; ".join(f"{cell.label}: {cell.words}" for cell in self.cells if cell.band is not None)


@dataclass(frozen=True)
class Section:
    number: int
    domain: Domain
    cells: Sequence[Cell]
    items: Sequence[Item]


def outcome(assessment: ProgramAssessment) -> Outcome:
    """The stored result of one that has it."""
    content = assessment.result.content
    named = [Named(one["name"], one["group"], one["said"]) for one in content["named"]]
    return Outcome(assessment.framework_version.body, content["groups"], named)


def sections(
    found: Outcome, asked: Mapping[str, int], actions: Iterable[ProgramAction] = ()
) -> list[Section]:
    """Section by section, statement by statement, with a cell for every group of which anybody was asked."""
    done_about: dict[str, list[ProgramAction]] = defaultdict(list)
    for action in actions:
        done_about[action.statement].append(action)
    groups = [group for group in COLUMNS if asked.get(group)]
    made, number = [], 0
    for place, domain in enumerate(found.content.domains, start=1):
        items = []
        for one in domain.statements:
            number += 1
            cells = [_cell(found, group, one.id) for group in groups]
            items.append(Item(number, one, cells, done_about[one.id]))
        ids = [one.id for one in domain.statements]
        totals = [Cell(group, sentences.group(group), found.of_section(group, ids)) for group in groups]
        made.append(Section(place, domain, totals, items))
    return made


def _cell(found: Outcome, group: str, statement: str) -> Cell:
    by_name = [
        f"{one.name}: {_point(found.content, one.said[statement])}"
        for one in found.named
        if one.group == group and statement in one.said
    ]
    return Cell(group, sentences.group(group), found.band(group, statement), by_name)


def _point(content: Content, point: int | None) -> str:
    return content.scale[point - 1].label if point is not None else _("Can’t say yet")


def strengths(made: Sequence[Section]) -> list[Item]:
    return [item for section in made for item in section.items if item.is_strength]


def differences(made: Sequence[Section]) -> list[Item]:
    """Where the groups are furthest apart, either way, as something to explore; at most MOST_DIFFERENCES."""
    apart = [item for section in made for item in section.items if item.gap]
    return sorted(apart, key=lambda item: (-item.gap, item.number))[:MOST_DIFFERENCES]


def missing(made: Outcome, asked: Mapping[str, int]) -> list[str]:
    """What is said of each group that was asked and is not shown as one."""
    return [
        sentences.not_shown(group, asked[group])
        for group in (Group.WORKERS, Group.SUPERVISORS)
        if asked.get(group) and group not in made.bands
    ]


def in_a_sentence(made: Sequence[Section]) -> str:
    """What the page opens with, as it could be spoken."""
    strong, apart = len(strengths(made)), sum(1 for section in made for item in section.items if item.gap)
    if not any(item.bands for section in made for item in section.items):
        return _("There is nothing to show this time.")
    first = (
        ngettext(
            "On %(n)d statement everybody shown here sees the program as strong.",
            "On %(n)d statements everybody shown here sees the program as strong.",
            strong,
        )
        % {"n": strong}
        if strong
        else _("No statement is seen as strong by everybody shown here.")
    )
    second = (
        ngettext(
            "On %(n)d the groups see it differently: something to talk about.",
            "On %(n)d the groups see it differently: something to talk about.",
            apart,
        )
        % {"n": apart}
        if apart
        else _("Nowhere do the groups see it differently.")
    )
    return f"{first} {second}"
