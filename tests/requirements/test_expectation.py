"""What is expected of one person, and whether it was met: by hand for the corners, by properties for the rest."""

from __future__ import annotations

import datetime
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.requirements import expectation
from supervision.requirements.expectation import (
    DAY,
    WEEK,
    Attended,
    Facts,
    Rhythm,
    Span,
    Version,
    evaluate,
    expected_minutes,
    local_day,
    membership,
    monday_of,
    rhythms_of,
    weeks_ending_in,
)

# March 2026: the 2nd is a Monday. The clocks go forward on Sunday the 8th.
MARCH, MARCH_END = date(2026, 3, 2), date(2026, 3, 29)
ALWAYS = (Span(date(2025, 1, 1)),)


def met_on(*days: int, minutes: int = 60) -> list[Attended]:
    return [Attended(date(2026, 3, day), minutes) for day in days]


def short_weeks(evaluation: expectation.Evaluation) -> list[tuple[date, int, int]]:
    return [(each.first, each.attended, each.expected) for each in evaluation.short]


CASES = [
    # what is tried, facts, the short weeks: (Monday, attended, expected)
    ("an hour every week", Facts(ALWAYS, attended=met_on(3, 10, 17, 24)), []),
    ("nothing at all", Facts(ALWAYS), [(date(2026, 3, d), 0, 60) for d in (2, 9, 16, 23)]),
    (
        "forty minutes once",
        Facts(ALWAYS, attended=[*met_on(3, 17, 24), *met_on(10, minutes=40)]),
        [(date(2026, 3, 9), 40, 60)],
    ),
    ("twice half an hour", Facts(ALWAYS, attended=[*met_on(3, 5, minutes=30), *met_on(10, 17, 24)]), []),
    ("Sunday belongs to the week before", Facts(ALWAYS, attended=met_on(8, 10, 17, 24)), []),
    (
        "Monday belongs to the new week",
        Facts(ALWAYS, attended=met_on(9, 10, 17, 24)),
        [(date(2026, 3, 2), 0, 60)],
    ),
    (
        "double in one week is not two weeks",
        Facts(ALWAYS, attended=met_on(3, 4, 17, 24)),
        [(date(2026, 3, 9), 0, 60)],
    ),
    (
        "away for a whole week",
        Facts(ALWAYS, away=[Span(date(2026, 3, 9), date(2026, 3, 13))], attended=met_on(3, 17, 24)),
        [],
    ),
    (
        "away on two days leaves three fifths",
        Facts(ALWAYS, away=[Span(date(2026, 3, 9), date(2026, 3, 10))], attended=met_on(3, 17, 24)),
        [(date(2026, 3, 9), 0, 36)],
    ),
    (
        "away on three days expects nothing",
        Facts(ALWAYS, away=[Span(date(2026, 3, 9), date(2026, 3, 11))], attended=met_on(3, 17, 24)),
        [],
    ),
    (
        "away at the weekend changes nothing",
        Facts(ALWAYS, away=[Span(date(2026, 3, 14), date(2026, 3, 15))], attended=met_on(3, 17, 24)),
        [(date(2026, 3, 9), 0, 60)],
    ),
    ("joined on a Thursday", Facts((Span(date(2026, 3, 12)),), attended=met_on(17, 24)), []),
    (
        "joined on a Wednesday",
        Facts((Span(date(2026, 3, 11)),), attended=met_on(17, 24)),
        [(date(2026, 3, 9), 0, 36)],
    ),
    ("left on a Tuesday", Facts((Span(date(2025, 1, 1), date(2026, 3, 17)),), attended=met_on(3, 10)), []),
    (
        "left and came back",
        Facts(
            (Span(date(2025, 1, 1), date(2026, 3, 8)), Span(date(2026, 3, 16))), attended=met_on(3, 17, 24)
        ),
        [],
    ),
    (
        "forty-five minutes were agreed",
        Facts(ALWAYS, [Rhythm(date(2025, 1, 1), None, 45, 7)], attended=met_on(3, 10, 17, 24, minutes=45)),
        [],
    ),
    (
        "the hour holds until an agreement begins",
        Facts(ALWAYS, [Rhythm(date(2026, 3, 16), None, 30, 7)], attended=met_on(3, 10, 17, 24, minutes=30)),
        [(date(2026, 3, 2), 30, 60), (date(2026, 3, 9), 30, 60)],
    ),
    (
        "the hour holds again after an agreement ends",
        Facts(
            ALWAYS,
            [Rhythm(date(2025, 1, 1), date(2026, 3, 15), 30, 7)],
            attended=met_on(3, 10, 17, 24, minutes=30),
        ),
        [(date(2026, 3, 16), 30, 60), (date(2026, 3, 23), 30, 60)],
    ),
]


@pytest.mark.parametrize(("name", "facts", "short"), CASES, ids=[case[0] for case in CASES])
def test_hand_made_table(name: str, facts: Facts, short: list[tuple[date, int, int]]) -> None:
    assert short_weeks(evaluate(facts, MARCH, MARCH_END)) == short, name


EVERY_TWO_WEEKS = [Rhythm(date(2025, 1, 1), None, 60, 14)]


def test_a_session_every_two_weeks_is_judged_over_two_weeks() -> None:
    odd = evaluate(Facts(ALWAYS, EVERY_TWO_WEEKS, attended=met_on(3, 17)), MARCH, MARCH_END)
    even = [Attended(date(2026, 2, 24), 60), *met_on(10, 24)]
    assert [(each.first, each.weeks) for each in odd.judged] == [
        (date(2026, 2, 23), 2),
        (date(2026, 3, 9), 2),
    ]
    assert odd.met
    assert evaluate(Facts(ALWAYS, EVERY_TWO_WEEKS, attended=even), MARCH, MARCH_END).met
    missed = evaluate(Facts(ALWAYS, EVERY_TWO_WEEKS), MARCH, MARCH_END)
    assert [each.expected for each in missed.short] == [60, 60]
    assert "2 weeks from March 9: 0 of 60 minutes" in missed.reason


def test_joining_in_the_second_of_two_weeks_expects_nothing_yet() -> None:
    joined = Facts((Span(date(2026, 3, 2)),), EVERY_TWO_WEEKS, attended=met_on(17))
    assert evaluate(joined, MARCH, MARCH_END).met


def test_a_week_belongs_to_the_period_in_which_it_ends() -> None:
    whole = Facts(ALWAYS)
    first = evaluate(whole, date(2026, 3, 1), date(2026, 3, 31))
    second = evaluate(whole, date(2026, 4, 1), date(2026, 4, 30))
    mondays = [each.first for each in (*first.stretches, *second.stretches)]
    assert mondays == [date(2026, 2, 23) + number * WEEK for number in range(9)]


def test_the_clocks_do_not_move_a_session_to_another_week() -> None:
    late_sunday = datetime.datetime(2026, 3, 9, 3, 30, tzinfo=datetime.UTC)  # 11:30 pm on Sunday in New York
    assert local_day(late_sunday, "America/New_York") == date(2026, 3, 8)
    before = datetime.datetime(2026, 11, 1, 5, 30, tzinfo=datetime.UTC)  # 1:30 am, the first of the two
    after = datetime.datetime(2026, 11, 1, 6, 30, tzinfo=datetime.UTC)
    assert local_day(before, "America/New_York") == local_day(after, "America/New_York") == date(2026, 11, 1)


def test_unsigned_attendance_counts_and_is_marked() -> None:
    found = evaluate(
        Facts(ALWAYS, attended=[Attended(date(2026, 3, 3), 60, signed=False)]), MARCH, date(2026, 3, 8)
    )
    assert found.met
    assert found.unsigned == 60


def test_a_further_arrangement_expects_nothing_without_its_own_agreement() -> None:
    assert evaluate(Facts(ALWAYS), MARCH, MARCH_END, default=None).expected == 0


# What is said ---------------------------------------------------------------------------------------------------


def test_the_reason_names_the_week_and_the_minutes() -> None:
    found = evaluate(Facts(ALWAYS, attended=[*met_on(3, minutes=40), *met_on(10, 17, 24)]), MARCH, MARCH_END)
    assert found.reason == "Short in 1 of 4: week of March 2: 40 of 60 minutes."


def test_the_reason_counts_what_it_does_not_list() -> None:
    assert evaluate(Facts(ALWAYS), MARCH, MARCH_END).reason.endswith("0 of 60 minutes; and 1 more.")


def test_the_reason_says_when_nothing_was_expected() -> None:
    facts = Facts((Span(date(2027, 1, 1)),))
    assert evaluate(facts, MARCH, MARCH_END).reason == "Nothing was expected in this period."
    assert evaluate(Facts(ALWAYS), MARCH, date(2026, 3, 5)).reason == "Nothing was expected in this period."


def test_the_reason_says_met() -> None:
    assert evaluate(Facts(ALWAYS, attended=met_on(3, 10, 17, 24)), MARCH, MARCH_END).reason == "Met."


# Versions ---------------------------------------------------------------------------------------------------------


def test_a_version_holds_from_its_last_signature_when_that_came_later() -> None:
    found = rhythms_of([Version(date(2026, 1, 1), date(2026, 1, 20), None, 60, 7)])
    assert found == [Rhythm(date(2026, 1, 20), None, 60, 7)]


def test_a_replaced_version_does_not_come_back_when_its_successor_ends() -> None:
    found = rhythms_of(
        [
            Version(date(2026, 1, 1), date(2026, 1, 1), None, 60, 7),
            Version(date(2026, 2, 1), date(2026, 2, 1), date(2026, 3, 1), 30, 7),
        ]
    )
    assert found == [
        Rhythm(date(2026, 1, 1), date(2026, 1, 31), 60, 7),
        Rhythm(date(2026, 2, 1), date(2026, 2, 28), 30, 7),
    ]


def test_membership_ends_with_whichever_ends_first() -> None:
    assert membership(date(2026, 2, 1), None, date(2026, 1, 1), date(2026, 6, 1)) == Span(
        date(2026, 2, 1), date(2026, 6, 1)
    )
    assert membership(date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 1), None) == Span(
        date(2026, 2, 1), date(2026, 3, 1)
    )


# Properties ------------------------------------------------------------------------------------------------------------

days = st.dates(date(2025, 6, 1), date(2026, 12, 31))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(days)
    return Span(first, draw(st.none() | st.integers(0, 200).map(lambda n: first + n * DAY)))


visits = st.builds(Attended, days, st.integers(1, 240), st.booleans())
rhythms = st.builds(
    Rhythm,
    days,
    st.none() | st.dates(date(2027, 1, 1), date(2027, 12, 31)),
    st.integers(15, 240),
    st.integers(1, 90),
)
cases = st.builds(
    Facts,
    st.lists(spans(), max_size=3),
    st.lists(rhythms, max_size=3),
    st.lists(spans(), max_size=3),
    st.lists(visits, max_size=30),
)
periods = st.tuples(days, st.integers(0, 370)).map(lambda pair: (pair[0], pair[0] + pair[1] * DAY))


@given(cases, periods)
def test_never_more_is_expected_of_somebody_who_is_away_more(facts: Facts, period: tuple[date, date]) -> None:
    longer_away = Facts(
        facts.takes_part, facts.rhythms, [*facts.away, Span(period[0], period[1])], facts.attended
    )
    assert evaluate(longer_away, *period).expected <= evaluate(facts, *period).expected


@given(cases, periods, visits)
def test_being_there_more_never_makes_it_worse(
    facts: Facts, period: tuple[date, date], one_more: Attended
) -> None:
    before = evaluate(facts, *period)
    after = evaluate(Facts(facts.takes_part, facts.rhythms, facts.away, [*facts.attended, one_more]), *period)
    assert {each.first for each in after.short} <= {each.first for each in before.short}
    assert after.expected == before.expected


@given(cases, days, st.integers(1, 150), st.integers(1, 150))
def test_two_periods_side_by_side_judge_every_stretch_once(
    facts: Facts, first: date, left: int, right: int
) -> None:
    middle, last = first + left * DAY, first + (left + right) * DAY
    together = evaluate(facts, first, last).stretches
    apart = evaluate(facts, first, middle).stretches + evaluate(facts, middle + DAY, last).stretches
    assert together == apart


@given(cases, periods)
def test_every_stretch_ends_in_the_period_and_holds_whole_weeks(
    facts: Facts, period: tuple[date, date]
) -> None:
    for each in evaluate(facts, *period).stretches:
        assert period[0] <= each.last <= period[1]
        assert each.first.weekday() == 0
        assert each.last.weekday() == 6
        assert 0 <= each.unsigned <= each.attended


@given(cases, periods)
def test_what_a_week_is_measured_by_does_not_depend_on_the_weeks_around_it(
    facts: Facts, period: tuple[date, date]
) -> None:
    alone = [
        each
        for monday in weeks_ending_in(*period)
        for each in evaluate(facts, monday, monday + 6 * DAY).stretches
    ]
    assert list(evaluate(facts, *period).stretches) == alone


@given(cases, periods)
def test_the_sentence_agrees_with_the_figures(facts: Facts, period: tuple[date, date]) -> None:
    found = evaluate(facts, *period)
    assert found.met == (not found.short)
    assert found.reason.startswith("Short in") == bool(found.short)


@given(days, st.integers(15, 240), st.integers(1, 90))
def test_a_full_week_expects_its_share_of_the_rhythm(day: date, minutes: int, every: int) -> None:
    facts = Facts((Span(date(2020, 1, 1)),), [Rhythm(date(2020, 1, 1), None, minutes, every)])
    assert expected_minutes(facts, monday_of(day)) == minutes * 7 // every


@given(periods)
def test_weeks_of_a_period_are_its_sundays(period: tuple[date, date]) -> None:
    first, last = period
    sundays = [first + n * DAY for n in range((last - first).days + 1) if (first + n * DAY).weekday() == 6]
    assert [monday + 6 * DAY for monday in weeks_ending_in(first, last)] == sundays
