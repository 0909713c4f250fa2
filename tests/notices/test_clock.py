"""When a mail may go: never in somebody's quiet hours, never more than a day late, whatever the clocks do."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.notices.clock import Clock

DAY = datetime.timedelta(hours=25, minutes=30)  # of 25 hours in autumn, and half an hour on Lord Howe Island
ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
    "UTC",
)
times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
moments = st.datetimes(datetime.datetime(2025, 1, 1), datetime.datetime(2027, 12, 31)).map(
    lambda at: at.replace(tzinfo=datetime.UTC)
)


def clock(daily: str = "08:00", quiet: str = "21:00-07:00", zone: str = "America/New_York") -> Clock:
    start, _, end = quiet.partition("-")
    hours = (datetime.time.fromisoformat(start), datetime.time.fromisoformat(end)) if quiet else None
    return Clock(ZoneInfo(zone), datetime.time.fromisoformat(daily), hours)


def local(text: str, fold: int = 0) -> datetime.datetime:
    at = datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"), fold=fold)
    return at.astimezone(datetime.UTC)


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        ("2026-11-27T20:59", "2026-11-27T20:59"),
        ("2026-11-27T21:00", "2026-11-28T07:00"),
        ("2026-11-28T02:00", "2026-11-28T07:00"),
        ("2026-11-28T06:59", "2026-11-28T07:00"),
        ("2026-11-28T07:00", "2026-11-28T07:00"),
    ],
)
def test_quiet_hours_over_midnight_hold_a_mail_until_they_end(now: str, goes: str) -> None:
    assert clock().at_once(local(now)) == local(goes)


def test_without_quiet_hours_every_hour_will_do() -> None:
    assert clock(quiet="").at_once(local("2026-11-28T03:00")) == local("2026-11-28T03:00")


@pytest.mark.parametrize(
    ("daily", "now", "goes"),
    [
        ("08:00", "2026-11-28T07:59", "2026-11-28T08:00"),
        ("08:00", "2026-11-28T08:00", "2026-11-29T08:00"),
        ("06:00", "2026-11-28T05:00", "2026-11-28T07:00"),  # in the quiet hours: after them
    ],
)
def test_the_daily_mail_goes_at_its_hour(daily: str, now: str, goes: str) -> None:
    assert clock(daily).daily(local(now)) == local(goes)


def test_an_hour_that_comes_twice_is_taken_as_it_comes_next() -> None:
    nights = clock(quiet="00:30-01:30")
    assert nights.at_once(local("2026-11-01T01:10")) == local("2026-11-01T01:30")
    assert nights.at_once(local("2026-11-01T01:10", fold=1)) == local("2026-11-01T01:30", fold=1)


def test_an_hour_that_is_skipped_in_spring_comes_an_hour_later() -> None:
    assert clock("02:30", quiet="").daily(local("2026-03-08T00:00")) == local("2026-03-08T03:30")


@given(now=moments, daily=times, start=times, end=times, zone=st.sampled_from(ZONES))
def test_no_mail_goes_in_quiet_hours_and_none_waits_for_more_than_them(
    now: datetime.datetime, daily: datetime.time, start: datetime.time, end: datetime.time, zone: str
) -> None:
    if start == end:
        return
    theirs = Clock(ZoneInfo(zone), daily, (start, end))
    at_once, once_a_day = theirs.at_once(now), theirs.daily(now)
    assert now <= at_once <= now + DAY
    assert now < once_a_day <= now + 2 * DAY
    assert not theirs.is_quiet(at_once)
    assert not theirs.is_quiet(once_a_day)
    assert at_once == now or theirs.is_quiet(now)
