"""What is asked of somebody, measured: each set that applies to them, met or short and exactly why, as known on a day."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from supervision.people.models import Arrangement
from supervision.requirements import counting
from supervision.requirements.applying import Applies, Judged, applying, judged
from supervision.requirements.counting import Meeting
from supervision.requirements.expectation import Span
from supervision.requirements.rules import Rules

from .facts import Known, known_of


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
    people: Iterable[uuid.UUID],
    scope: QuerySet[Arrangement],
    first: datetime.date,
    last: datetime.date,
    as_of: datetime.date,
) -> dict[uuid.UUID, Measured]:
    """Measure these people by the sets that apply in their programs, in these arrangements. Whoever was never supported there is left out.

    Sixteen queries, and two for each further combination of programs.
    """
    found = known_of(people, scope, last)
    by_programs: dict[frozenset[uuid.UUID], list[list[Applies]]] = {}
    measured = {}
    for person, known in found.items():
        programs = frozenset(known.programs_in(Span(first, last)))
        if programs not in by_programs:
            by_programs[programs] = applying(programs, first, last)
        sets = [judged(pieces, known.facts, as_of) for pieces in by_programs[programs]]
        measured[person] = Measured(first, last, as_of, known, sets)
    return measured


@dataclass(frozen=True)
class Line:
    """A meeting, and why it does not count: nothing where it does."""

    meeting: Meeting
    why_not: str


def lines_of(meetings: Iterable[Meeting], rules: Rules, as_of: datetime.date) -> list[Line]:
    return [Line(one, counting.why_not(one, rules, as_of)) for one in meetings]
