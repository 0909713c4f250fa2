"""A day begins once, also where the clocks skip midnight, repeat it, or leave out the whole day."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from supervision.people import zones


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/New_York", "2026-03-08", "2026-03-08T05:00"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00"),
        ("Asia/Beirut", "2024-03-31", "2024-03-30T22:00"),  # from midnight to one
        ("America/Havana", "2024-11-03", "2024-11-03T04:00"),  # midnight comes twice
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),  # there was no such day
    ],
)
def test_the_first_moment_of_a_day_is_the_end_of_the_one_before(zone: str, day: str, begins: str) -> None:
    there, date = ZoneInfo(zone), datetime.date.fromisoformat(day)
    expected = datetime.datetime.fromisoformat(begins).replace(tzinfo=datetime.UTC)
    assert zones.begin_of(date, there) == expected
    assert zones.end_of(date - datetime.timedelta(days=1), there) == expected
    moment = datetime.timedelta(seconds=1)
    assert (expected - moment).astimezone(there).date() < date <= expected.astimezone(there).date()
