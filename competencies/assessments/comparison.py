"""Two views beside each other: strengths first, then where they differ most, either way, as something to explore (domain 10).

No database and no words for the page here; only who marked what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..library.shape import Content, Domain, Statement
from ..rating import marks as marking
from ..rating.marks import Mark, Marks

CLOSE = 0.5  # of two middles: nearer than this is called close


@dataclass(frozen=True)
class Line:
    """One statement with both views. A view that is missing or can't say yet has no point."""

    number: int
    statement: Statement
    domain: Domain
    own: Mark | None
    other: Mark | None

    @property
    def own_point(self) -> int | None:
        return self.own.point if self.own else None

    @property
    def other_point(self) -> int | None:
        return self.other.point if self.other else None

    @property
    def apart(self) -> int | None:
        """How many points the other view lies above the own; below is negative."""
        if self.own_point is None or self.other_point is None:
            return None
        return self.other_point - self.own_point


@dataclass(frozen=True)
class DomainLine:
    """One domain with the middle of each view."""

    domain: Domain
    own: float | None
    other: float | None

    @property
    def apart(self) -> float | None:
        return None if self.own is None or self.other is None else self.other - self.own

    @property
    def is_close(self) -> bool:
        return self.apart is not None and abs(self.apart) < CLOSE


@dataclass(frozen=True)
class Comparison:
    lines: Sequence[Line]
    domains: Sequence[DomainLine]
    strengths: Sequence[Line]
    differences: Sequence[Line]
    one_cannot_say: Sequence[Line]

    def of_domain(self, domain: Domain) -> list[Line]:
        return [line for line in self.lines if line.domain.id == domain.id]


def compare(content: Content, own: Marks | None, other: Marks | None) -> Comparison:
    """Both views of every statement. Either may be missing: then nothing differs, and strengths are of the one there is."""
    own, other = own or {}, other or {}
    lines = list(_lines(content, own, other))
    middle = (1 + len(content.scale)) / 2
    strengths = [line for line in lines if _is_strength(line, middle)]
    differences = [line for line in lines if line.apart and line not in strengths]
    return Comparison(
        lines,
        [
            DomainLine(one, marking.mean(own, one.statements), marking.mean(other, one.statements))
            for one in content.domains
        ],
        sorted(strengths, key=lambda line: (-_together(line), line.number)),
        sorted(differences, key=lambda line: (-abs(line.apart or 0), line.number)),
        [
            line
            for line in lines
            if line.own
            and line.other
            and line not in strengths
            and (line.own_point is None) != (line.other_point is None)
        ],
    )


def _lines(content: Content, own: Marks, other: Marks) -> Any:
    number = 0
    for domain in content.domains:
        for one in domain.statements:
            number += 1
            yield Line(number, one, domain, own.get(one.id), other.get(one.id))


def _is_strength(line: Line, middle: float) -> bool:
    """Every view there is lies in the upper half. Views two points apart are something to explore first."""
    points = [point for point in (line.own_point, line.other_point) if point is not None]
    return bool(points) and min(points) > middle and abs(line.apart or 0) < 2


def _together(line: Line) -> float:
    points = [point for point in (line.own_point, line.other_point) if point is not None]
    return sum(points) / len(points)


def where_they_agree(comparison: Comparison) -> Mapping[str, Mark]:
    """What both marked the same: the beginning of what is settled. The rest is for the two to talk about."""
    return {
        line.statement.id: Mark(line.own.point)
        for line in comparison.lines
        if line.own is not None and line.other is not None and line.own.point == line.other.point
    }
