"""What may be shown of the answers of a round (decision 16). No database here: these rules are tested by enumeration.

The promise: whoever is no rater finds, for every answer of every worker, at least two values that fit with everything they see.
A band is wide enough for that from three answers on. It still says in which direction all of them lean: if all agree, it shows.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

from ..rating.answered import FEWEST, can_follow


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
    return before is None or can_follow(answered, before)
