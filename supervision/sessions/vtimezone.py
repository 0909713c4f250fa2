"""What a calendar must know of a time zone: a VTIMEZONE (RFC 5545, 3.6.5) with its changes of the clock.

The library makes one from a zone as well, but gives the hour after the clocks have gone forward where the standard asks for the
hour before (3.6.5: the onset is a local time by the offset that it ends). So the onsets are found here, and the library writes them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY, SECOND = datetime.timedelta(days=1), datetime.timedelta(seconds=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Years shown on both sides of what is asked for, so that a rule shows itself as one.
BEFORE, AFTER = 1, 3


@dataclass(frozen=True)
class Clock:
    """How clocks are set: their distance from UTC, what that is called, and whether it is daylight saving time."""

    offset: datetime.timedelta
    name: str
    is_saving: bool


@dataclass(frozen=True)
class Change:
    before: Clock
    after: Clock


@lru_cache(maxsize=128)
def of_zone(name: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of a zone, right for every time in these years. Shared: do not change what it gives."""
    zone = ZoneInfo(name)
    start = datetime.datetime(first_year - BEFORE, 1, 1, tzinfo=datetime.UTC)
    end = datetime.datetime(last_year + AFTER, 1, 1, tzinfo=datetime.UTC)
    made = Timezone()
    made.add("TZID", name)
    onsets: dict[Change, list[datetime.datetime]] = defaultdict(list)
    for moment, change in _changes(zone, start, end):
        onsets[change].append((moment + change.before.offset).replace(tzinfo=None))
    first = _clock(zone, start)
    if not any(times[0].year < first_year for times in onsets.values()):
        made.add_component(_part(Change(first, first), [(start + first.offset).replace(tzinfo=None)], ""))
    for change, times in onsets.items():
        made.add_component(_part(change, times, _rule(times, end.year - start.year)))
    return made


def _clock(zone: ZoneInfo, moment: datetime.datetime) -> Clock:
    local = moment.astimezone(zone)
    return Clock(local.utcoffset() or datetime.timedelta(), local.tzname() or "", bool(local.dst()))


def _changes(
    zone: ZoneInfo, start: datetime.datetime, end: datetime.datetime
) -> Iterator[tuple[datetime.datetime, Change]]:
    """Each change of the clocks between two moments: the first second of the new time, and what changes."""
    before = _clock(zone, start)
    while start < end:
        after = _clock(zone, start + DAY)
        if after != before:
            yield _first_second(zone, start, before), Change(before, after)
        start, before = start + DAY, after


def _first_second(zone: ZoneInfo, low: datetime.datetime, before: Clock) -> datetime.datetime:
    """When, on the day that begins at `low`, the clocks first show something else."""
    high = low + DAY
    while high - low > SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _clock(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _rule(times: list[datetime.datetime], years: int) -> str:
    """The yearly rule that these times follow, such as the second Sunday of March; empty where they follow none.

    Some calendars understand rules only, so a rule is given wherever there is one.
    """
    if len({time.year for time in times}) != len(times) or len(times) != years:
        return ""
    if len({(time.month, time.weekday(), time.time()) for time in times}) != 1:
        return ""
    counts = {(time.day - 1) // 7 + 1 for time in times}
    if all((time + 7 * DAY).month != time.month for time in times):
        counts = {-1}
    if len(counts) != 1:
        return ""
    first = times[0]
    return f"{counts.pop()}{WEEKDAYS[first.weekday()]}"


def _part(
    change: Change, times: list[datetime.datetime], weekday: str
) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if change.after.is_saving else TimezoneStandard()
    part.add("DTSTART", times[0])
    part.add("TZOFFSETFROM", change.before.offset)
    part.add("TZOFFSETTO", change.after.offset)
    part.add("TZNAME", change.after.name)
    if weekday:
        part.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": times[0].month, "BYDAY": weekday})
    elif len(times) > 1:
        part.add("RDATE", times[1:])
    return part
