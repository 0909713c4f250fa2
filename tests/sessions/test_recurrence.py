"""The days of a rhythm, whatever day it begins on."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.sessions import recurrence

dates = st.dates(datetime.date(2020, 1, 1), datetime.date(2090, 12, 31))
lengths = st.integers(min_value=0, max_value=800)
rhythms = st.sampled_from([key for key, _label in recurrence.EVERY])
fixed = st.sampled_from(["7", "14", "21", "28"])


def days(first: datetime.date, length: int, every: str) -> list[datetime.date]:
    return list(recurrence.days(first, first + datetime.timedelta(days=length), every))


@given(dates, lengths, rhythms)
def test_it_begins_on_the_first_day_stays_within_and_keeps_the_weekday(
    first: datetime.date, length: int, every: str
) -> None:
    found = days(first, length, every)
    assert found[0] == first
    assert found[-1] <= first + datetime.timedelta(days=length)
    assert {day.weekday() for day in found} == {first.weekday()}
    assert all(one < other for one, other in itertools.pairwise(found))


@given(dates, lengths, fixed)
def test_days_are_as_far_apart_as_was_said_and_none_is_missing(
    first: datetime.date, length: int, every: str
) -> None:
    found = days(first, length, every)
    assert len(found) == length // int(every) + 1
    assert {(b - a).days for a, b in itertools.pairwise(found)} <= {int(every)}


@given(dates, lengths)
def test_once_in_every_month_in_the_same_place_or_the_last(first: datetime.date, length: int) -> None:
    found = days(first, length, recurrence.MONTHLY)
    months = [day.year * 12 + day.month for day in found]
    assert months == list(range(months[0], months[0] + len(months)))
    for day in found:
        place, last = (day.day - 1) // 7, (day + datetime.timedelta(days=7)).month != day.month
        assert place == (first.day - 1) // 7 or (last and (first.day - 1) // 7 == 4)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (datetime.date(2026, 12, 8), datetime.date(2027, 1, 12)),  # second Tuesday, over the new year
        (datetime.date(2026, 9, 29), datetime.date(2026, 10, 27)),  # fifth Tuesday, then the last
    ],
)
def test_monthly_as_people_mean_it(first: datetime.date, second: datetime.date) -> None:
    assert days(first, 40, recurrence.MONTHLY)[1] == second
