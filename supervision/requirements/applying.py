"""Which versions apply to whom on which days, and what comes out when all of them are asked."""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from supervision.pages.prepared import prepared

from .expectation import DAY
from .judging import Facts, Judgement, Progress, judge, progress
from .models import DEFAULT_KEY, InForce, RequirementSet


@dataclass(frozen=True)
class Applies:
    """A version, on the days from `first` to `last`, both included, of the period that was asked for."""

    of: RequirementSet
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True)
class Judged:
    """What one set says of one person: its newest version that applies, and what came out."""

    of: RequirementSet
    judgement: Judgement
    progress: Progress | None


def applying(programs: Iterable[uuid.UUID], first: datetime.date, last: datetime.date) -> list[list[Applies]]:
    """What applies in any of these programs in a period: for each set its versions with their days, oldest first. Two queries.

    What was confirmed for a program goes before what was confirmed for everywhere, on the days on which it applies.
    """
    wanted = frozenset(programs)
    return applying_in({wanted}, first, last)[wanted]


def applying_in(
    combinations: Iterable[frozenset[uuid.UUID]], first: datetime.date, last: datetime.date
) -> dict[frozenset[uuid.UUID], list[list[Applies]]]:
    """The same for each of some combinations of programs. Two queries, however many they are."""
    everywhere = [[Applies(default, first, last)] for default in _default_set()]
    rows = confirmed(first, last)
    return {programs: everywhere + confirmed_for(programs, rows, first, last) for programs in combinations}


@prepared
def _default_set() -> QuerySet[RequirementSet]:
    """What is always expected: what each two have agreed. None before the server was prepared."""
    return RequirementSet.objects.filter(key=DEFAULT_KEY, is_shipped=True).order_by("-number")[:1]


@prepared
def confirmed(first: datetime.date, last: datetime.date) -> QuerySet[InForce]:
    """What was confirmed, for programs or for everywhere, and applies on a day of a period. One query."""
    rows = InForce.objects.between(first, last).select_related("of")
    return rows.order_by("first_day", "confirmed_at")


def confirmed_for(
    programs: Iterable[uuid.UUID], rows: Iterable[InForce], first: datetime.date, last: datetime.date
) -> list[list[Applies]]:
    """Of what was confirmed, what applies in any of these programs, as `applying` says it. No query."""
    wanted = set(programs)
    found = [row for row in rows if row.program_id in {None, *wanted}]
    sets = [
        _pieces([row for row in found if row.of.key == key], first, last)
        for key in sorted({row.of.key for row in found})
    ]
    return [pieces for pieces in sets if pieces]


def _pieces(rows: Sequence[InForce], first: datetime.date, last: datetime.date) -> list[Applies]:
    """Cut at every day on which something begins or ends, then put together again where the same version goes on."""
    cuts = {first, last + DAY}
    for row in rows:
        cuts.add(max(row.first_day, first))
        cuts.add(min(row.last_day + DAY if row.last_day else last + DAY, last + DAY))
    days = sorted(cuts)
    pieces: list[Applies] = []
    for begin, after in itertools.pairwise(days):
        there = _on(rows, begin)
        if there is None:
            continue
        if pieces and pieces[-1].of == there.of and pieces[-1].last == begin - DAY:
            begin = pieces.pop().first
        pieces.append(Applies(there.of, begin, after - DAY))
    return pieces


def _on(rows: Sequence[InForce], day: datetime.date) -> InForce | None:
    there = [row for row in rows if row.first_day <= day and (row.last_day is None or day <= row.last_day)]
    return max(
        there, key=lambda row: (row.program_id is not None, row.first_day, row.confirmed_at), default=None
    )


def judged(pieces: Sequence[Applies], facts: Facts, as_of: datetime.date) -> Judged:
    """Measure one person by one set, whose version may change in the middle. A week belongs to the version of its last day."""
    found = [judge(piece.of.rules, facts, piece.first, piece.last, as_of) for piece in pieces]
    newest = pieces[-1]
    judgement = Judgement(
        first=pieces[0].first,
        last=newest.last,
        as_of=as_of,
        asked=sum(one.asked for one in found),
        shortfalls=tuple(short for one in found for short in one.shortfalls),
    )
    until = min(newest.last, as_of)
    return Judged(newest.of, judgement, progress(newest.of.rules, facts, until, as_of))
