"""What is asked of somebody, measured: each set that applies to them, met or short and exactly why, as known on a day."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from supervision.requirements import counting
from supervision.requirements.applying import Judged, applying_in, judged
from supervision.requirements.counting import Meeting
from supervision.requirements.expectation import Span
from supervision.requirements.needed import needed_for
from supervision.requirements.rules import Rules

from .expected import Place
from .facts import Known, by_person, known_of, programs_in


@dataclass(frozen=True)
class Measured:
    """One person in a period, as known on a day: what came out of each set that applies, and the facts it rests on."""

    first: datetime.date
    last: datetime.date
    as_of: datetime.date
    known: Known
    sets: list[Judged]

    @property
    def met(self) -> bool:
        return all(one.judgement.met for one in self.sets)

    @property
    def was_asked(self) -> bool:
        """Whether anything was asked at all."""
        return any(one.judgement.asked for one in self.sets)

    def meetings(self) -> list[Meeting]:
        """Those of the period, newest first."""
        there = [one for one in self.known.facts.meetings if self.first <= one.day <= self.last]
        return there[::-1]


def measure(
    places: Sequence[Place], first: datetime.date, last: datetime.date, as_of: datetime.date
) -> dict[uuid.UUID, Measured]:
    """Measure whoever is supported in these places by the sets that apply in their programs.

    Two queries, and those of `known_of` for what these sets ask.
    """
    if not places:
        return {}
    period = Span(first, last)
    programs = {person: frozenset(programs_in(there, period)) for person, there in by_person(places).items()}
    sets = applying_in(set(programs.values()), first, last)
    asked = {(piece.of.rules, piece.first) for found in sets.values() for pieces in found for piece in pieces}
    known = known_of(places, last, needed_for(asked, first))
    return {
        person: Measured(
            first,
            last,
            as_of,
            facts,
            [judged(pieces, facts.facts, as_of) for pieces in sets[programs[person]]],
        )
        for person, facts in known.items()
    }


@dataclass(frozen=True)
class Line:
    """A meeting, and why it does not count: nothing where it does."""

    meeting: Meeting
    why_not: str


def lines_of(meetings: Iterable[Meeting], rules: Rules, as_of: datetime.date) -> list[Line]:
    return [Line(one, counting.why_not(one, rules, as_of)) for one in meetings]
