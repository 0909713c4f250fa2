"""Whether a result tells who answered, from who was asked and that it shows (decision 16). No database here; tested by enumeration."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

FEWEST = 3  # people who are asked, who answered, and answers to a statement
DECOUPLED = (
    8  # asked at once: so many that a result tells nothing of who answered in the ones before and after
)


def can_follow(answered: frozenset[object], before: frozenset[object]) -> bool:
    """The same people, or others by three and more: with one or two the difference would be somebody's own answers."""
    return len(answered ^ before) not in (1, 2)


def is_narrowed(
    asked: frozenset[object], able: frozenset[object], before: Sequence[frozenset[object]]
) -> bool:
    """Whether somebody who was asked is known not to have been able to answer, and a result would so tell of the others.

    `before` are those who could answer in each that had a result.
    """
    if able == asked:
        return False
    return len(able) <= FEWEST or tells_who_answered([*before, able])


# Who could answer is kept with each result, encrypted and shown to nobody, since it cannot be found out later: one letter for each
# who was asked, in the order of their ids, so that it is as long whoever could.
ABLE, NOT_ABLE = "1", "0"


def able_written(asked: Collection[uuid.UUID], able: Collection[uuid.UUID]) -> str:
    """What is stored. `able_read` gives it back the same."""
    return "".join(ABLE if person in able else NOT_ABLE for person in sorted(asked))


def able_read(letters: str, asked: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Who of these could answer. Of a result from before this was kept: everybody who was asked."""
    if not letters:
        return frozenset(asked)
    pairs = zip(sorted(asked), letters, strict=True)
    return frozenset(person for person, letter in pairs if letter == ABLE)


def tells_who_answered(asked: Sequence[frozenset[object]]) -> bool:
    """Whether a result would tell, by these rules alone, that somebody did answer or did not.

    `asked` are the people of each round that had a result, in order, and last those of a round that could have one; who is
    asked is known. Of those that had a result they are who could answer: whoever could not is known as well. After a round of
    three, for example, a result for these three and a fourth would tell that the fourth did not answer. Where exactly three are
    asked a result always tells that all have, and the page says so beforehand.
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
            ways = {one for one in ways if any(can_follow(one, before) for before in found[-1])}
        found.append(ways)
    return found
