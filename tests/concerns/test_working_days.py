"""The worker's time is counted in working days of the agency, right across clock changes, holidays and days away."""

from __future__ import annotations

import datetime
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.concerns.models import Concern
from supervision.people import working_days
from supervision.people.models import Agency, Away
from supervision.people.working_days import end_of
from supervision.people.zones import end_of as after

from . import makers

DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2031, 12, 31))
ZONES = st.sampled_from(
    [
        "America/New_York",
        "America/Los_Angeles",
        "Europe/London",
        "Africa/Cairo",
        "Asia/Beirut",
        "America/Havana",
        "UTC",
    ]
)


@given(told=DAYS, days=st.integers(1, 30), free=st.sets(DAYS, max_size=5))
def test_exactly_so_many_working_days_lie_between(told: datetime.date, days: int, free: set[Any]) -> None:
    last = end_of(told, days, free=free, away=[])
    between = [told + datetime.timedelta(days=n) for n in range(1, (last - told).days + 1)]
    working = [day for day in between if day.weekday() < 5 and day not in free]
    assert (len(working), working[-1]) == (days, last)


@given(told=DAYS, days=st.integers(1, 30), more=st.integers(1, 5))
def test_more_days_and_a_later_day_never_end_earlier(told: datetime.date, days: int, more: int) -> None:
    assert end_of(told, days + more, free=set(), away=[]) > end_of(told, days, free=set(), away=[])
    assert end_of(told + datetime.timedelta(days=1), days, free=set(), away=[]) >= end_of(
        told, days, free=set(), away=[]
    )


@given(day=DAYS, zone=ZONES)
def test_a_day_is_over_at_the_first_moment_of_the_next_also_when_clocks_change(
    day: datetime.date, zone: str
) -> None:
    over = after(day, ZoneInfo(zone))
    before = over - datetime.timedelta(microseconds=1)
    assert over.astimezone(ZoneInfo(zone)).date() == day + datetime.timedelta(days=1)
    assert before.astimezone(ZoneInfo(zone)).date() == day


@given(told=DAYS, first=st.integers(0, 20), length=st.integers(0, 20), days=st.integers(1, 10))
def test_days_away_do_not_count(told: datetime.date, first: int, length: int, days: int) -> None:
    start = told + datetime.timedelta(days=first)
    away = [(start, start + datetime.timedelta(days=length))]
    last = end_of(told, days, free=set(), away=away)
    assert not away[0][0] <= last <= away[0][1]
    assert last >= end_of(told, days, free=set(), away=[])


def test_whoever_is_away_for_good_gets_an_answer_and_not_an_endless_count() -> None:
    away = [(datetime.date(2026, 1, 1), datetime.date(2099, 1, 1))]
    with pytest.raises(working_days.NoWorkingDays):
        end_of(datetime.date(2026, 5, 1), 3, free=set(), away=away)


# Through the operation -------------------------------------------------------------------------------------------


def _told_at(cast: Any, moment: datetime.datetime) -> datetime.datetime:
    with mock.patch("django.utils.timezone.now", return_value=moment):
        found = makers.told(cast).may_share_from
    assert found is not None
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "zone", "over"),
    [
        # three working days; Thanksgiving (Thursday November 26) does not count
        ("2026-11-23T15:00", "America/New_York", "2026-11-28T00:00"),
        # over the weekend on which clocks go back: the hour is there twice, the days are three
        ("2026-10-29T15:00", "America/New_York", "2026-11-04T00:00"),
        # and forward
        ("2027-03-11T15:00", "America/New_York", "2027-03-17T00:00"),
        # late at night in the agency's zone it is already the next day elsewhere
        ("2026-11-16T23:30", "America/New_York", "2026-11-20T00:00"),
    ],
)
def test_three_working_days(cast: Any, told: str, zone: str, over: str) -> None:
    Agency.objects.update(time_zone=zone, concern_days=3)
    day, time = told.split("T")
    over_day, over_time = over.split("T")
    assert _told_at(cast, makers.at(day, time, zone)) == makers.at(over_day, over_time, zone)


@pytest.mark.django_db
def test_days_away_that_are_known_are_skipped_and_what_is_frozen_stays(cast: Any) -> None:
    Agency.objects.update(time_zone="America/New_York", concern_days=2)
    Away.objects.create(
        person=cast.worker, first_day=datetime.date(2027, 5, 4), last_day=datetime.date(2027, 5, 7)
    )
    over = _told_at(cast, makers.at("2027-05-03"))
    assert over == makers.at("2027-05-12", "00:00")
    Away.objects.all().delete()
    Agency.objects.update(concern_days=1)

    assert Concern.objects.get().may_share_from == over
