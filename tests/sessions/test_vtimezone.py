"""What a calendar file says of a time zone is what the zone's clocks do, on every day and both nights of a change."""

from __future__ import annotations

import datetime
import uuid
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.sessions import calendar, vtimezone

from . import strict_ics

ZONES = [
    "America/New_York",
    "America/Phoenix",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/Dublin",  # its winter counts as the exception
    "Africa/Casablanca",  # changes with Ramadan, which no rule tells
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Auckland",
    "UTC",
]
HOUR = datetime.timedelta(hours=1)


def entry(moment: datetime.datetime, zone: str, minutes: int = 60) -> calendar.Entry:
    return calendar.Entry(uuid.uuid4(), 0, uuid.uuid4(), moment, minutes, zone, called_off=False)


def begins(moment: datetime.datetime, zone: str) -> datetime.datetime:
    """When an entry begins, as a reader of the file works it out."""
    whole = strict_ics.read(calendar.feed([entry(moment, zone)]))
    return strict_ics.starts_at(whole.parts[-1], whole)


@pytest.mark.parametrize("name", [zone for zone in ZONES if zone != "UTC"])
def test_the_clocks_are_right_in_every_hour_of_two_years(name: str) -> None:
    start = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)
    whole = strict_ics.read(calendar.feed([entry(start, name), entry(start + 500 * 24 * HOUR, name)]))
    (zone,) = whole.named("VTIMEZONE")
    changes = strict_ics.onsets(zone, 2030)
    moment = datetime.datetime(2027, 1, 1, 12)
    while moment.year < 2029:
        offset = [offset for onset, offset in changes if onset <= moment][-1]
        assert offset == moment.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(name)).utcoffset(), moment
        moment += HOUR


def test_the_clocks_change_at_the_time_that_they_show_before() -> None:
    """2 am in New York, not the 3 am to which they go forward (RFC 5545, 3.6.5)."""
    text = vtimezone.of_zone("America/New_York", 2027, 2028).to_ical().decode()
    assert "DTSTART:20260308T020000\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3" in text
    assert "DTSTART:20261101T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11" in text


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("before the clocks go forward", (2027, 3, 14, 6, 59)),
        ("as they go forward", (2027, 3, 14, 7, 0)),
        ("in the hour that comes twice, first", (2027, 11, 7, 5, 30)),
        ("in the hour that comes twice, second", (2027, 11, 7, 6, 30)),
        ("after it", (2027, 11, 7, 7, 0)),
    ],
)
def test_a_session_on_the_night_of_a_change_begins_when_it_does(said: str, moment: tuple[int, ...]) -> None:
    when = datetime.datetime(*moment, tzinfo=datetime.UTC)
    assert begins(when, "America/New_York") == when, said


def test_a_session_over_the_change_is_as_long_as_it_is() -> None:
    """From 1:30 for an hour, as the clocks go back: an end of 1:30 would be no time at all."""
    file = calendar.feed(
        [entry(datetime.datetime(2027, 11, 7, 5, 30, tzinfo=datetime.UTC), "America/New_York")]
    )
    assert strict_ics.read(file).parts[-1].value("DURATION") == "PT1H"


@given(
    moment=st.datetimes(datetime.datetime(2024, 1, 1), datetime.datetime(2034, 12, 31)),
    zone=st.sampled_from(ZONES),
)
def test_any_moment_in_any_zone_reads_back_as_itself(moment: datetime.datetime, zone: str) -> None:
    when = moment.replace(second=0, microsecond=0, tzinfo=datetime.UTC)
    assert begins(when, zone) == when
