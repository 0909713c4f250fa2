"""Which averages may be shown next, from those that were shown last. No database here.

A middle of a domain is over five people at least, and over a set of assessments that is the same as, or differs by five people
or more from, every set it was ever shown over: so no two views of it tell what fewer than five people brought (domain 10).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 5
Members = frozenset[tuple[str, str]]  # the person and the assessment


@dataclass(frozen=True)
class Brought:
    """What one assessment brings: whose and which it is, and the middle of each domain that it has one for."""

    person: str
    id: str
    middles: Mapping[str, float]


@dataclass(frozen=True)
class Shown:
    """Middles in tenths, and which assessments are in each, by domain."""

    values: Mapping[str, int]
    members: Mapping[str, Members]


def people_in(members: Members) -> int:
    """How many people: somebody assessed anew is one person, with an assessment less and one more."""
    return len({person for person, _id in members})


def following(brought: Sequence[Brought], earlier: Mapping[str, Collection[Members]]) -> Shown | None:
    """What may be shown now. None where nothing may, or nothing is new. `earlier` is every set that each domain was shown over."""
    values, members, is_new = {}, {}, False
    for domain in sorted({key for one in brought for key in one.middles}):
        having = [one for one in brought if domain in one.middles]
        now = frozenset((one.person, one.id) for one in having)
        before = earlier.get(domain, ())
        if len(having) < FEWEST or any(0 < people_in(now ^ one) < FEWEST for one in before):
            continue
        values[domain] = round(10 * sum(one.middles[domain] for one in having) / len(having))
        members[domain] = now
        is_new = is_new or now not in before
    return Shown(values, members) if is_new else None
