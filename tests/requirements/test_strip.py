"""The row of the last twelve weeks."""

from __future__ import annotations

from datetime import date

from supervision.requirements.expectation import DAY, WEEK, Span
from supervision.requirements.strip import Visit, last_mondays, strip

TODAY = date(2026, 11, 18)  # a Wednesday
MONDAYS = last_mondays(TODAY)
ALWAYS = [Span(date(2020, 1, 1))]


def row(visits: list[Visit], takes_part: list[Span] = ALWAYS, away: list[Span] | None = None) -> str:
    return strip(visits, takes_part=takes_part, away=away or [], today=TODAY)


def test_twelve_weeks_that_are_over_oldest_first():
    assert len(MONDAYS) == 12
    assert MONDAYS[0] == date(2026, 8, 24)
    assert MONDAYS[-1] == date(2026, 11, 9)


def test_a_week_with_a_session_is_met():
    assert row([Visit(MONDAYS[0], met=True)]) == "h" + 11 * "n"
    assert row([Visit(MONDAYS[-1] + 6 * DAY, met=True)]) == 11 * "n" + "h"


def test_a_session_that_was_moved_within_its_week_is_met_on_another_day():
    moved = [Visit(MONDAYS[3], met=False, changed=True), Visit(MONDAYS[3] + 2 * DAY, met=True)]
    assert row(moved)[3] == "r"


def test_a_cancelled_session_alone_is_no_session_recorded():
    assert row([Visit(MONDAYS[3], met=False, changed=True)])[3] == "n"


def test_weeks_before_the_start_and_weeks_away_are_not_held_against_anybody():
    assert row([], takes_part=[Span(MONDAYS[2] + 3 * DAY)]) == "aaa" + 9 * "n"
    assert row([], away=[Span(MONDAYS[5], MONDAYS[5] + 4 * DAY)])[5] == "a"


def test_a_session_in_a_week_away_still_shows():
    assert row([Visit(MONDAYS[5], met=True)], away=[Span(MONDAYS[5], MONDAYS[5] + 4 * DAY)])[5] == "h"


def test_the_week_that_runs_now_is_left_out():
    assert row([Visit(TODAY, met=True), Visit(TODAY + WEEK, met=True)]) == 12 * "n"


def test_weeks_between_two_sessions_of_a_longer_rhythm_are_not_due():
    every_other = [Visit(MONDAYS[number], met=True) for number in (0, 2, 4)]
    found = strip(every_other, takes_part=ALWAYS, away=[], today=TODAY, rhythm=2)
    assert found == "hahaha" + 6 * "n"
    before = [Visit(MONDAYS[0] - WEEK, met=True)]
    assert strip(before, takes_part=ALWAYS, away=[], today=TODAY, rhythm=4).startswith("aaan")
