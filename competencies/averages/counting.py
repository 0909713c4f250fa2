"""Which averages may be shown next, from those that were shown last. No database here.

A middle of a domain is over five people at least, and over a set of assessments that is the same as, or differs by five or more
from, every set it was ever shown over: so no two views of it tell what fewer than five people brought (domain 10).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True)
class Brought:
    """What one assessment brings: its id, and the middle of each domain that it has one for."""

    id: str
    middles: Mapping[str, float]


@dataclass(frozen=True)
class Shown:
    """Middles in tenths, and which assessments are in each, by domain."""

    values: Mapping[str, int]
    members: Mapping[str, frozenset[str]]


def following(brought: Sequence[Brought], earlier: Mapping[str, Collection[frozenset[str]]]) -> Shown | None:
    """What may be shown now. None where nothing may, or nothing is new. `earlier` is every set that each domain was shown over."""
    values, members, is_new = {}, {}, False
    for domain in sorted({key for one in brought for key in one.middles}):
        having = [one for one in brought if domain in one.middles]
        now, before = frozenset(one.id for one in having), earlier.get(domain, ())
        if len(having) < FEWEST or any(0 < len(now ^ one) < FEWEST for one in before):
            continue
        values[domain] = round(10 * sum(one.middles[domain] for one in having) / len(having))
        members[domain] = now
        is_new = is_new or now not in before
    return Shown(values, members) if is_new else None
