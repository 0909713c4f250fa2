"""What may be shown of the answers of a round (decision 16). No database here: these rules are tested by enumeration.

The promise: whoever is no rater finds, for every answer of every worker, at least two values that fit with everything they see.
A band is wide enough for that from three answers on. It still says in which direction all of them lean: if all agree, it shows.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

FEWEST = 3  # people who are asked, who answered, and answers to a statement
DECOUPLED = (
    8  # asked at once: so many that a round tells nothing of who answered in the ones before and after
)


class Band(enum.IntEnum):
    """Where the answers to a statement lie, the lowest first. What pages call it is in sentences.py."""

    EXPLORE = 1
    STEADY = 2
    STRONG = 3


def band(points: Sequence[int], *, top: int) -> Band | None:
    """The band of these points of a scale from 1 to `top`; None where there are fewer than three of them.

    The middle of the answers decides: the lower third of the scale, with its end, the middle third with its end, the upper one.
    No band is reached by extreme answers alone, so an end of the scale never shows. A scale of two points has no middle
    third for three answers; there the upper one takes its end in.
    """
    count = len(points)
    if count < FEWEST:
        return None
    lowest_is_zero, most = sum(points) - count, count * (top - 1)
    if 3 * lowest_is_zero <= most:
        return Band.EXPLORE
    is_strong = 3 * lowest_is_zero > 2 * most or (top == 2 and 3 * lowest_is_zero == 2 * most)
    return Band.STRONG if is_strong else Band.STEADY


def domain_band(bands: Iterable[Band | None]) -> Band | None:
    """The band of a domain, from the bands of its statements that show and from nothing else, by the same rule."""
    return band([one for one in bands if one is not None], top=len(Band))


def middle(found: Band | None, *, top: int) -> float | None:
    """Where a band is drawn on a scale from 1 to `top`: in its middle, whatever the answers were."""
    return None if found is None else 1 + (top - 1) * (2 * found - 1) / 6


def is_enough(answered: frozenset[object], before: frozenset[object] | None) -> bool:
    """Whether a round has a result: three answered at least, and `before`, who answered in the last round that had one, are
    the same people, or differ by three or more. With one or two the difference would be somebody's own answers."""
    if len(answered) < FEWEST:
        return False
    return before is None or _can_follow(answered, before)


def _can_follow(answered: frozenset[object], before: frozenset[object]) -> bool:
    return len(answered ^ before) not in (1, 2)


# Who is asked ---------------------------------------------------------------------------------------------------


def tells_who_answered(asked: Sequence[frozenset[object]]) -> bool:
    """Whether a result would tell, by these rules alone, that somebody did answer or did not.

    `asked` are the people of each round that had a result, in order, and last those of a round that could have one; who is
    asked is known. After a round of three, for example, a result for these three and a fourth would tell that the fourth did
    not answer. Where exactly three are asked a result always tells that all have, and the page says so beforehand.
    """
    return any(_some_are_told(chain) for chain in _chains(asked))


def _chains(asked: Sequence[frozenset[object]]) -> Iterator[list[frozenset[object]]]:
    """The rounds that lie between larger ones.

    Of eight people seven can have answered in any way beside one whose part is given. 128 ways, less 29 that differ too little
    from the round before, 29 from the one after and 29 in which too few answered, leave some: nothing is told across.
    """
    chain: list[frozenset[object]] = []
    for people in asked:
        if len(people) >= DECOUPLED:
            yield chain
            chain = []
        else:
            chain.append(people)
    yield chain


def _some_are_told(chain: Sequence[frozenset[object]]) -> bool:
    forth = _possible(chain)
    back = _possible(chain[::-1])[::-1]
    for people, one, other in zip(chain, forth, back, strict=True):
        possible = one & other
        always = frozenset.intersection(*possible) if possible else people
        ever = frozenset().union(*possible)
        if len(people) > FEWEST and (always or ever != people):
            return True
        if not possible:  # no result can come of it, so nobody should be asked
            return True
    return False


def _possible(chain: Sequence[frozenset[object]]) -> list[set[frozenset[object]]]:
    """For each round, who may have answered, as far as it and the ones before it tell."""
    found: list[set[frozenset[object]]] = []
    for people in chain:
        ways = {
            frozenset(some)
            for size in range(FEWEST, len(people) + 1)
            for some in combinations(sorted(people, key=str), size)
        }
        if found:
            ways = {one for one in ways if any(_can_follow(one, before) for before in found[-1])}
        found.append(ways)
    return found
