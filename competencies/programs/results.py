"""What may be shown of a closed self-assessment. Pure functions over who said what (decision 16).

Peer workers and supervisors are shown as a group, statement by statement, as one of three bands. A statement shows only where at
least three gave it a point. Of a scale with k steps a group is in the lowest band when, on average, it is not more than a third of
the way up, in the highest when not more than a third is missing. With three people or more each of them can then have chosen any
point there is, whatever band is shown: one high and two low ones make the same band as three low ones. So no band tells what
anybody chose, not even where all agree (tests/competencies/test_program_results.py tries every case).

Whose ratings differ from those shown before by one or two people are not shown at all: what changed would be what these said. Who
knew exactly who answered both times, and that nobody changed their mind, could still work something out where three or more
differ; who answered is told to nobody, and the page says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..rating.answered import FEWEST as FEWEST
from ..rating.answered import can_follow, is_narrowed, tells_who_answered
from .letters import Said
from .models import Group

TO_EXPLORE, STEADY, STRONG = 1, 2, 3
AS_GROUPS = (Group.WORKERS, Group.SUPERVISORS)  # managers answer by name, as those who are responsible
People = frozenset[uuid.UUID]


@dataclass(frozen=True)
class Ballot:
    """What one person said, in the group in whose name they were asked."""

    person: uuid.UUID
    name: str
    group: str
    said: Said


@dataclass(frozen=True)
class Raters:
    """Who is behind what is shown of one group: everybody who gave any point, and those of each statement that shows.

    Worked out when it is needed and never stored.
    """

    everybody: People
    of_statement: Mapping[str, People]


def band(points: Sequence[int], top: int) -> int:
    """The third of the scale in which these points lie on average; a border belongs to the outer third."""
    steps, room = sum(points) - len(points), len(points) * (top - 1)
    if 3 * steps <= room:
        return TO_EXPLORE
    return STRONG if 3 * (room - steps) <= room else STEADY


def raters(ballots: Iterable[Ballot], group: str, earlier: Collection[Raters] = ()) -> Raters | None:
    """Who is behind what may be shown of a group; None when nothing may. `earlier` are those of what was shown of it before."""
    rated = {one.person: one.said.points for one in ballots if one.group == group and one.said.points}
    everybody = frozenset(rated)
    if not _may_show(everybody, [one.everybody for one in earlier]):
        return None
    named = dict.fromkeys(key for points in rated.values() for key in points)
    sets = {key: frozenset(person for person in rated if key in rated[person]) for key in named}
    shown = {
        key: who
        for key, who in sets.items()
        if _may_show(who, [one.of_statement[key] for one in earlier if key in one.of_statement])
    }
    return Raters(everybody, shown) if shown else None


def _may_show(now: People, before: Iterable[People]) -> bool:
    """At least three, and either the same people as any time before or at least three others."""
    return len(now) >= FEWEST and all(can_follow(now, then) for then in before)


def behind(ballots: Iterable[Ballot], group: str, statements: Iterable[str]) -> Raters:
    """Who is behind what was shown of a group: of which statements it was, the stored result says."""
    rated = {one.person: one.said.points for one in ballots if one.group == group and one.said.points}
    sets = {key: frozenset(person for person in rated if key in rated[person]) for key in statements}
    return Raters(frozenset(rated), sets)


def tells(asked: People, able: People, before: Sequence[People]) -> bool:
    """Whether a result of a group would tell that somebody did or did not answer.

    `asked` are the people of the group, `able` those of them who can answer still, `before` who could each time it showed. Each of
    these is looked at by itself as well: every one is compared with, and a large one between hides none of the others.
    """
    chains = [list(before), *([one] for one in before)]
    return any(tells_who_answered([*chain, asked]) or is_narrowed(asked, able, chain) for chain in chains)


def put_together(
    ballots: Sequence[Ballot],
    *,
    top: int,
    earlier: Mapping[str, Collection[Raters]],
    as_group: Collection[str],
    withheld: Collection[str] = (),
) -> dict[str, Any]:
    """What is stored and shown: bands of the groups, and what is under somebody's name.

    `as_group` are the groups of which enough people were asked; `earlier` says, by group, who was behind what was shown before;
    `withheld` are groups of which nothing may show although enough answered.
    """
    groups = {}
    for group in AS_GROUPS:
        behind = (
            raters(ballots, group, earlier.get(group, ()))
            if group in as_group and group not in withheld
            else None
        )
        if behind is not None:
            groups[str(group)] = _bands(ballots, behind, top)
    named = [
        {"person": str(one.person), "name": one.name, "group": one.group, "said": _plain(one)}
        for one in sorted(ballots, key=lambda one: (one.name, str(one.person)))
        if is_named(one.group, as_group) and one.said.marks and may_be_named(one)
    ]
    return {"groups": groups, "named": named}


def is_named(group: str, as_group: Collection[str]) -> bool:
    """Whether what people of this group say shows under their names: managers always, supervisors where they are too few."""
    return group == Group.MANAGERS or (group == Group.SUPERVISORS and group not in as_group)


def may_be_named(one: Ballot) -> bool:
    """Managers answer by name. Of supervisors who are too few, those who said so."""
    return one.group == Group.MANAGERS or one.said.by_name


def _plain(one: Ballot) -> dict[str, int | None]:
    return {key: mark.point for key, mark in one.said.marks.items()}


def _bands(ballots: Sequence[Ballot], behind: Raters, top: int) -> dict[str, int]:
    points = {one.person: one.said.points for one in ballots}
    return {
        key: band([points[person][key] for person in who], top)
        for key, who in sorted(behind.of_statement.items())
    }


def of_section(bands: Mapping[str, int], statements: Sequence[str]) -> int | None:
    """The band of a section: the middle of the bands that show, and of nothing else, where at least half of its statements do.

    So it tells nothing that they do not tell. Halfway counts as steady.
    """
    shown = [bands[key] for key in statements if key in bands]
    return round(sum(shown) / len(shown)) if shown and 2 * len(shown) >= len(statements) else None
