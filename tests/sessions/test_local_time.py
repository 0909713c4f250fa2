"""Clock times where the session takes place, also on the two nights a year when the clocks change."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.records.errors import Invalid
from supervision.sessions import local_time

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "UTC",
    "America/Sao_Paulo",
]
DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2032, 12, 31))
CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def test_a_time_that_the_clocks_skip_is_refused_in_words() -> None:
    with pytest.raises(Invalid) as refused:
        local_time.moment(datetime.date(2027, 3, 14), datetime.time(2, 30), NEW_YORK)
    assert refused.value.field == "start"
    assert "2:30 am" in refused.value.message


def test_a_time_that_comes_twice_means_the_first() -> None:
    found = local_time.moment(datetime.date(2027, 11, 7), datetime.time(1, 30), NEW_YORK)
    assert found == datetime.datetime(2027, 11, 7, 5, 30, tzinfo=datetime.UTC)
    assert "EDT" in local_time.spoken(found, NEW_YORK)


def test_the_usual_time_stays_the_same_on_the_clock_across_a_change() -> None:
    before = datetime.datetime(2027, 3, 10, 19, 0, tzinfo=datetime.UTC)  # 2 pm in winter
    day, clock = local_time.same_time(before, 7, NEW_YORK)
    assert (day, clock) == (datetime.date(2027, 3, 17), datetime.time(14, 0))
    assert local_time.moment(day, clock, NEW_YORK).hour == 18


def test_a_span_names_the_zone_and_the_year() -> None:
    start = datetime.datetime(2026, 11, 24, 19, 0, tzinfo=datetime.UTC)
    said = local_time.spoken_span(start, start + datetime.timedelta(minutes=60), NEW_YORK)
    assert said == "Tuesday, November 24, 2026, 2:00 pm to 3:00 pm (EST)"


@given(day=DAYS, clock=CLOCKS, zone=st.sampled_from(ZONES))
def test_what_is_accepted_reads_back_as_it_was_typed(
    day: datetime.date, clock: datetime.time, zone: str
) -> None:
    try:
        found = local_time.moment(day, clock, ZoneInfo(zone))
    except Invalid:
        return
    back = found.astimezone(ZoneInfo(zone))
    assert (back.date(), back.time().replace(fold=0)) == (day, clock)
    assert found.utcoffset() == datetime.timedelta(0)
