"""What a result gives away about one person: nothing. Every case of few people is tried, and many of more by chance (decision 16)."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competencies.programs import results
from competencies.programs.letters import Said
from competencies.programs.models import Group
from competencies.programs.results import Ballot, Raters
from competencies.rating.marks import Mark

PEOPLE = [uuid.UUID(int=n + 1) for n in range(12)]
NOTHING = 0  # no rating: left out, or can't say yet
Answers = tuple[int, ...]
Band = Callable[[Sequence[int], int], Any]


def ballot(number: int, points: dict[str, int], group: str = Group.WORKERS) -> Ballot:
    marks = {key: Mark(point) for key, point in points.items() if point != NOTHING}
    return Ballot(PEOPLE[number], f"Name {number}", group, Said(marks))


def ballots(*statements: Answers) -> list[Ballot]:
    """One ballot a person; each argument is what they all say to one statement."""
    return [
        ballot(person, {f"s{n}": given[person] for n, given in enumerate(statements)})
        for person in range(len(statements[0]))
    ]


def shown(given: list[Ballot], top: int = 4, earlier: Iterable[Raters] = ()) -> dict[str, int] | None:
    """What is shown of the peer workers."""
    content = results.put_together(
        given, top=top, earlier={"workers": list(earlier)}, as_group={Group.WORKERS, Group.SUPERVISORS}
    )
    return content["groups"].get("workers")


def fewest_left(worlds: Iterable[tuple[Any, Sequence[int]]]) -> int:
    """Of somebody who sees the first part and wonders about the second: how many answers they must reckon with at least, of
    whomever, whatever they see."""
    possible: dict[Any, list[set[int]]] = defaultdict(list)
    for view, answers in worlds:
        left = possible[view]
        for number, answer in enumerate(answers):
            if len(left) <= number:
                left.append(set())
            left[number].add(answer)
    return min(len(values) for left in possible.values() for values in left)


# One result -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "top"), [(3, 2), (3, 3), (3, 4), (3, 5), (3, 7), (4, 4), (5, 4), (6, 3)])
def test_who_knows_that_everybody_rated_must_still_reckon_with_every_point_of_each(
    people: int, top: int
) -> None:
    points = range(1, top + 1)
    worlds = ((results.band(answers, top), answers) for answers in itertools.product(points, repeat=people))
    assert fewest_left(worlds) == top


@pytest.mark.parametrize(("people", "top"), [(3, 4), (4, 4), (5, 3)])
def test_who_does_not_know_that_must_reckon_with_more(people: int, top: int) -> None:
    answers = itertools.product(range(top + 1), repeat=people)
    worlds = ((str(shown(ballots(one), top)), one) for one in answers)
    assert fewest_left(worlds) >= top


def test_two_statements_and_their_section_tell_no_more_than_each_alone() -> None:
    """Whoever left one statement out is in the group by the other: that gives nothing away either."""
    answers = list(itertools.product(range(3), repeat=3))  # a scale of two points, and nothing

    def view(one: Answers, two: Answers) -> str:
        bands = shown(ballots(one, two), 2) or {}
        return str((bands, results.of_section(bands, ["s0", "s1"])))

    worlds = ((view(one, two), (*one, *two)) for one in answers for two in answers)
    assert fewest_left(worlds) >= 2


def test_a_check_that_cannot_fail_would_be_worth_nothing() -> None:
    """Averages, or bands for two, would give single answers away, and this way of looking finds it."""
    everything = list(itertools.product(range(1, 5), repeat=3))
    assert fewest_left((sum(answers) / 3, answers) for answers in everything) == 1
    sharp = {4: "all at the top"}
    assert fewest_left((sharp.get(min(answers), ""), answers) for answers in everything) == 1


@given(st.integers(2, 7), st.data())
def test_any_band_of_any_three_or_more_leaves_every_point_possible(top: int, data: Any) -> None:
    answers = data.draw(st.lists(st.integers(1, top), min_size=3, max_size=40))
    band = results.band(answers, top)
    person = data.draw(st.integers(0, len(answers) - 1))
    point = data.draw(st.integers(1, top))
    others = len(answers) - 1
    sums = range(others, others * top + 1)  # whatever the others may add up to
    assert any(results.band([point, *_adding_up(total, others, top)], top) == band for total in sums), (
        f"person {person} cannot have said {point}"
    )


def _adding_up(total: int, people: int, top: int) -> list[int]:
    """That many points of the scale with this sum."""
    rest, given = total - people, []
    for _number in range(people):
        more = min(rest, top - 1)
        given.append(1 + more)
        rest -= more
    return given


@given(st.integers(2, 7), st.data())
def test_the_band_is_the_third_of_the_scale_in_which_the_middle_lies(top: int, data: Any) -> None:
    answers = data.draw(st.lists(st.integers(1, top), min_size=3, max_size=20))
    way = (sum(answers) / len(answers) - 1) / (top - 1)
    band = results.band(answers, top)
    assert {1: way <= 1 / 3 + 1e-9, 2: 1 / 3 < way < 2 / 3, 3: way >= 2 / 3 - 1e-9}[band]


# One result after another ------------------------------------------------------------------------------------------


def behind(who: Iterable[int]) -> Raters:
    people = frozenset(PEOPLE[number] for number in who)
    return Raters(people, {"s0": people})


def both_times(answers: Answers, before: Iterable[int], now: Iterable[int], top: int) -> str:
    """What is seen of two results, of people who say the same both times, as far as they answer."""
    given = [ballot(n, {"s0": answers[n]}) for n in before]
    first = results.raters(given, Group.WORKERS)
    second = shown([ballot(n, {"s0": answers[n]}) for n in now], top, [first] if first else [])
    return str((shown(given, top), second))


@pytest.mark.parametrize(("people", "top"), [(3, 3), (4, 3), (5, 2)])
def test_two_results_of_people_who_never_change_their_mind_pin_nobody_down(people: int, top: int) -> None:
    """Nobody is told who answers, so somebody who sees both must reckon with everybody's having answered or not, each time."""
    some = [who for size in range(people + 1) for who in itertools.combinations(range(people), size)]
    worlds = (
        (both_times(answers, before, now, top), answers)
        for answers in itertools.product(range(1, top + 1), repeat=people)
        for before in some
        for now in some
    )
    assert fewest_left(worlds) == top


def test_the_same_people_twice_pin_nobody_down_also_for_who_knows_them() -> None:
    for people in (3, 4, 5):
        worlds = (
            (both_times(answers, range(people), range(people), 3), answers)
            for answers in itertools.product((1, 2, 3), repeat=people)
        )
        assert fewest_left(worlds) == 3


def test_what_the_page_says_could_be_worked_out_can_be_in_rare_cases() -> None:
    """Known who answered each time, nobody having changed their mind, three others having joined: strong, then to explore."""
    worlds = (
        (both_times(answers, range(3), range(6), 3), answers)
        for answers in itertools.product((1, 2, 3), repeat=6)
    )
    assert fewest_left(worlds) == 1


@pytest.mark.parametrize("changed", range(1, 5))
def test_people_who_differ_by_one_or_two_are_not_shown(changed: int) -> None:
    before = behind(range(4))
    for leave in range(changed + 1):
        now = {*range(leave, 4), *range(4, 4 + changed - leave)}
        if len(now) < 3:
            continue
        given = [ballot(n, {"s0": 2}) for n in sorted(now)]
        assert (shown(given, earlier=[before]) is None) == (changed < 3)
    assert shown([ballot(n, {"s0": 2}) for n in range(4)], earlier=[before]) == {"s0": 1}


def test_a_statement_that_somebody_answered_alone_anew_is_left_out_of_a_group_that_shows() -> None:
    before = Raters(frozenset(PEOPLE[:4]), {"s0": frozenset(PEOPLE[:3]), "s1": frozenset(PEOPLE[:4])})
    assert shown(ballots((2, 2, 2, 2), (2, 2, 2, 2)), earlier=[before]) == {"s1": 1}


def test_every_earlier_result_counts_and_not_only_the_last() -> None:
    first, second = behind(range(3)), behind(range(3, 6))
    given = [ballot(n, {"s0": 2}) for n in range(4)]
    assert shown(given, earlier=[second]) is not None
    assert shown(given, earlier=[first, second]) is None


# Whatever is said -------------------------------------------------------------------------------------------------

SAID = st.lists(
    st.tuples(
        st.sampled_from([Group.WORKERS, Group.SUPERVISORS]),
        st.dictionaries(st.sampled_from(["s0", "s1", "s2"]), st.integers(1, 4)),
    ),
    max_size=9,
)


@given(SAID, st.randoms())
def test_only_bands_of_three_or_more_and_the_same_whoever_of_them_said_what(said: Any, chance: Any) -> None:
    given = [ballot(n, points, group) for n, (group, points) in enumerate(said)]
    groups = {Group.WORKERS, Group.SUPERVISORS}
    found = results.put_together(given, top=4, earlier={}, as_group=groups)
    assert found["named"] == []
    text = str(found)
    assert not any(str(one.person) in text or one.name in text for one in given)
    for group, bands in found["groups"].items():
        assert set(bands.values()) <= {1, 2, 3}
        for key in bands:
            assert sum(1 for one in given if one.group == group and key in one.said.points) >= 3
    # What they said, dealt out anew among those of each group, makes the same result: it knows no order and no person.
    anew = []
    for group in groups:
        of_group = [one for one in given if one.group == group]
        dealt = [one.said for one in of_group]
        chance.shuffle(dealt)
        anew += [Ballot(one.person, one.name, group, new) for one, new in zip(of_group, dealt, strict=True)]
    chance.shuffle(anew)
    assert results.put_together(anew, top=4, earlier={}, as_group=groups) == found


def test_a_section_is_worked_out_from_bands_that_show_and_needs_half_of_them() -> None:
    assert results.of_section({"a": 3, "b": 3, "c": 1}, ["a", "b", "c"]) == 2
    assert results.of_section({"a": 3}, ["a", "b"]) == 3
    assert results.of_section({"a": 3}, ["a", "b", "c"]) is None
    assert results.of_section({}, ["a"]) is None


def test_a_result_that_would_tell_by_itself_who_answered_is_withheld() -> None:
    a, b, c, d, e = (uuid.UUID(int=n) for n in range(1, 6))
    three, four, five = frozenset({a, b, c}), frozenset({a, b, c, d}), frozenset({a, b, c, d, e})
    assert not results.tells(three, three, [])
    assert not results.tells(four, four, [])
    assert results.tells(four, four, [three]), (
        "only the same three can be behind it: the fourth did not answer"
    )
    assert results.tells(three, three, [four]), "behind the first one were these three"
    assert not results.tells(three, three, [three])
    assert results.tells(four, three, []), "one of four has left, so all the others answered"
    assert not results.tells(five, five, [five])
