"""The rules of what may show, by going through every case there is (decision 16)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence

import pytest

from competencies.rating.answered import is_narrowed, tells_who_answered
from competencies.rounds import anonymity
from competencies.rounds.anonymity import Band, band, domain_band, is_enough, middle

SCALES = range(2, 8)  # as long as a framework's scale can be
UNSURE = None


def people(names: str) -> frozenset[object]:
    return frozenset(names)


def _all_points(top: int, count: int) -> Iterable[tuple[int, ...]]:
    return itertools.product(range(1, top + 1), repeat=count)


# One round ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("top", SCALES)
@pytest.mark.parametrize("count", [3, 4, 5])
def test_every_band_leaves_two_values_for_everybodys_answer(top: int, count: int) -> None:
    possible: dict[Band | None, list[set[int]]] = defaultdict(lambda: [set() for _ in range(count)])
    for points in _all_points(top, count):
        for values, point in zip(possible[band(points, top=top)], points, strict=True):
            values.add(point)
    assert None not in possible
    assert len(possible) >= 2
    assert min(len(values) for each in possible.values() for values in each) >= 2


@pytest.mark.parametrize("top", SCALES)
@pytest.mark.parametrize("count", [3, 4, 5])
def test_no_band_is_reached_by_one_way_of_answering_alone(top: int, count: int) -> None:
    """Also when all chose the end of the scale: the band holds other ways, and in them somebody chose something else."""
    for end in (1, top):
        alike = band((end,) * count, top=top)
        ways = [points for points in _all_points(top, count) if band(points, top=top) is alike]
        assert len(ways) > count


@pytest.mark.parametrize("answered", [3, 4, 5])
def test_with_cant_say_yet_among_them_two_values_are_left_as_well(answered: int) -> None:
    """What a supervisor sees of a statement: a band, or that it does not show. Each of those who answered may also have chosen
    "can't say yet"."""
    values = (UNSURE, 1, 2, 3, 4)
    possible: dict[Band | None, list[set[int | None]]] = defaultdict(lambda: [set() for _ in range(answered)])
    for marks in itertools.product(values, repeat=answered):
        seen = band([mark for mark in marks if mark is not UNSURE], top=4)
        for found, mark in zip(possible[seen], marks, strict=True):
            found.add(mark)
    assert set(possible) == {None, *Band}
    assert min(len(found) for each in possible.values() for found in each) >= 2


def test_fewer_than_three_points_show_nothing() -> None:
    assert all(band(points, top=4) is None for count in range(3) for points in _all_points(4, count))


def test_the_words_fit_the_scale() -> None:
    """All “Building” is to explore, all “Steady” is steady, all “Leading” is strong."""
    assert [band([point] * 3, top=4) for point in (1, 2, 3, 4)] == [
        Band.EXPLORE,
        Band.EXPLORE,
        Band.STEADY,
        Band.STRONG,
    ]


@pytest.mark.parametrize("top", SCALES)
def test_a_better_answer_never_makes_the_band_worse(top: int) -> None:
    for points in _all_points(top, 3):
        if points[0] < top:
            better, before = band((points[0] + 1, *points[1:]), top=top), band(points, top=top)
            assert better is not None
            assert before is not None
            assert better >= before


def test_a_domain_says_nothing_that_its_statements_do_not_say() -> None:
    """It is made from the bands that show, and from nothing else."""
    assert domain_band([Band.STRONG, Band.STRONG, None]) is None
    assert domain_band([Band.STRONG, None, Band.STRONG, Band.STRONG]) is Band.STRONG
    assert domain_band([Band.STEADY] * 3) is Band.STEADY
    assert domain_band([Band.EXPLORE, Band.EXPLORE, Band.STEADY]) is Band.EXPLORE


def test_a_band_is_drawn_in_its_middle_whatever_was_answered() -> None:
    assert [middle(one, top=4) for one in Band] == [1.5, 2.5, 3.5]
    assert middle(None, top=4) is None


# Several rounds -----------------------------------------------------------------------------------------------


def test_a_result_needs_three_and_nobody_more_or_fewer_than_before() -> None:
    assert is_enough(people("abc"), None)
    assert not is_enough(people("ab"), None)
    assert is_enough(people("abc"), people("abc"))
    assert not is_enough(people("abcd"), people("abc"))
    assert not is_enough(people("abd"), people("abc"))
    assert not is_enough(people("abcde"), people("abc"))
    assert is_enough(people("abcdef"), people("abc"))
    assert is_enough(people("ade"), people("abc"))


def _possible_histories(asked: Sequence[frozenset[object]]) -> list[tuple[frozenset[object], ...]]:
    """Who may have answered in each of these rounds, if all of them had a result. Found by trying everything."""

    def ways(names: frozenset[object]) -> list[frozenset[object]]:
        some = itertools.chain.from_iterable(itertools.combinations(names, n) for n in range(len(names) + 1))
        return [frozenset(one) for one in some]

    found = []
    for history in itertools.product(*(ways(names) for names in asked)):
        befores = (None, *history[:-1])
        if all(is_enough(now, before) for now, before in zip(history, befores, strict=True)):
            found.append(history)
    return found


TWO_ROUNDS = [
    (first, second)
    for first in ("abc", "abcd", "abcde")
    for size in (3, 4, 5)
    for second in map("".join, itertools.combinations("abcdefg", size))
]


@pytest.mark.parametrize("asked", [*TWO_ROUNDS, ("abc", "abcde", "abcd"), ("abcd", "abcd", "abce")])
def test_no_round_is_opened_whose_result_would_tell_who_answered(asked: tuple[str, ...]) -> None:
    rounds = [people(names) for names in asked]
    histories = _possible_histories(rounds)
    told = not histories or any(
        len({person in history[number] for history in histories}) < 2
        for number, names in enumerate(rounds)
        for person in names
        if len(names) > anonymity.FEWEST
    )
    assert tells_who_answered(rounds) == told


Rounds = Sequence[tuple[frozenset[object], frozenset[object]]]  # who was asked, and who of them could answer


def _allowed(rounds: Rounds, seen: Sequence[frozenset[object]]) -> bool:
    """Whether the last of these is opened, and may have a result; `seen` stands for the people of those before it."""
    asked, able = rounds[-1]
    return not tells_who_answered([*seen, asked]) and not is_narrowed(asked, able, seen)


def _tells(rounds: Rounds) -> bool:
    """Whether somebody who knows who could answer is told of one, by all of these having a result. Found by trying everything."""
    histories = _possible_histories([able for _asked, able in rounds])
    return not histories or any(
        len({person in history[number] for history in histories}) < 2
        for number, (asked, able) in enumerate(rounds)
        for person in able
        if len(asked) > anonymity.FEWEST
    )


def _with_leavers(names: str) -> Iterable[tuple[frozenset[object], frozenset[object]]]:
    """These asked, with everybody able, and with one or two of them having left since."""
    for size in (len(names), len(names) - 1, len(names) - 2):
        for able in itertools.combinations(names, size):
            yield people(names), people("".join(able))


FIRST = [one for names in ("abc", "abcd", "abcde") for one in _with_leavers(names) if _allowed([one], [])]
SECOND = [
    one
    for size in (3, 4, 5)
    for names in map("".join, itertools.combinations("abcdef", size))
    for one in _with_leavers(names)
]


def test_whoever_could_not_answer_is_reckoned_with_in_the_round_and_in_those_after_it() -> None:
    """Also of two rounds in which some could not answer, such as after they left, nobody is told of who could."""
    allowed = [
        [first, second] for first in FIRST for second in SECOND if _allowed([first, second], [first[1]])
    ]
    assert any(asked != able for rounds in allowed for asked, able in rounds)
    assert [rounds for rounds in allowed if _tells(rounds)] == []


def test_reckoned_by_who_was_asked_alone_somebody_would_be_told_of() -> None:
    """The check would notice: that is how it was done before who could answer was kept."""
    by_asked = [
        [first, second] for first in FIRST for second in SECOND if _allowed([first, second], [first[0]])
    ]
    assert any(_tells(rounds) for rounds in by_asked)


def test_a_large_round_tells_nothing_of_the_ones_beside_it() -> None:
    """Why chains end there: whoever answered before and after it, anybody in it may have answered, or not."""
    names = "abcdefgh"
    ways = [frozenset(one) for n in range(3, 9) for one in itertools.combinations(names, n)]
    for before, after in [("abcdefgh", "abc"), ("abc", "def"), ("abcd", "efgh"), ("defgh", "abc")]:
        between = [one for one in ways if is_enough(one, people(before)) and is_enough(people(after), one)]
        assert all({name in one for one in between} == {True, False} for name in names)


def test_a_fourth_who_joins_three_would_be_told_of() -> None:
    """With three as before, the result would tell that the fourth did not answer; with the fourth there is none."""
    assert tells_who_answered([people("abc"), people("abcd")])
    assert not tells_who_answered([people("abc"), people("abc")])
    assert not tells_who_answered([people("abcdef"), people("abcdefg")])


@pytest.mark.parametrize("count", [3, 4])
def test_also_whoever_believes_that_nobody_changes_their_mind_learns_no_answer(count: int) -> None:
    """Two rounds of the same people, who answer the same twice, but for saying "can't say yet" in one of them."""
    marked = [one for one in itertools.product((True, False), repeat=count) if sum(one) >= 3]
    possible: dict[tuple[Band | None, Band | None], list[set[int]]] = defaultdict(
        lambda: [set() for _ in range(count)]
    )
    for points in _all_points(4, count):
        for first, second in itertools.product(marked, repeat=2):
            seen = tuple(
                band([point for point, says in zip(points, one, strict=True) if says], top=4)
                for one in (first, second)
            )
            for values, point in zip(possible[seen], points, strict=True):  # type: ignore[index]
                values.add(point)
    assert min(len(values) for each in possible.values() for values in each) >= 2
