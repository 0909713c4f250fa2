"""Days and clock times, as people say them, to moments and back, in the time zone where the session takes place.

Twice a year the clocks change. A time that the clocks skip does not exist and is refused with a sentence; a time
that comes twice means the first of the two, the one before the clocks go back. Both are written out with the
abbreviation of the zone, so that nobody has to guess.
"""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people import choices
from supervision.records.errors import Invalid


def moment(
    day: datetime.date, clock: datetime.time, zone: ZoneInfo, *, field: str = "start"
) -> datetime.datetime:
    """The moment that a day and a clock time name in a zone, in UTC. Raises Invalid, naming `field`, for a time
    that does not exist there."""
    local = datetime.datetime.combine(day, clock.replace(tzinfo=None, fold=0), tzinfo=zone)
    utc = local.astimezone(datetime.UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid(
            _("The clocks go forward on %(day)s and %(time)s is skipped. Choose a time before or after that.")
            % {"day": words.day(day), "time": words.clock(clock)},
            field=field,
        )
    return utc


def same_time(after: datetime.datetime, days: int, zone: ZoneInfo) -> tuple[datetime.date, datetime.time]:
    """The day and clock time that is `days` later by the calendar: 2 pm stays 2 pm when the clocks change."""
    local = after.astimezone(zone)
    return local.date() + datetime.timedelta(days=days), local.time().replace(tzinfo=None, fold=0)


def zone_name(zone: ZoneInfo | str) -> str:
    """What the selects call a time zone, such as Eastern: New York."""
    named = (label for _group, options in choices.zones() for key, label in options if key == str(zone))
    return str(next(named, zone))


def spoken(moment: datetime.datetime, zone: ZoneInfo) -> str:
    """Tuesday, November 24, 2026, 2:00 pm (EST): in the zone given, always with the year."""
    local = moment.astimezone(zone)
    return f"{words.full_day(local.date())}, {words.clock(local.timetz())} ({local.tzname()})"


def spoken_span(start: datetime.datetime, end: datetime.datetime, zone: ZoneInfo) -> str:
    """Tuesday, November 24, 2026, 2:00 pm to 3:00 pm (EST)."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    return _("%(day)s, %(start)s to %(end)s (%(zone)s)") % {
        "day": words.full_day(first.date()),
        "start": words.clock(first.timetz()),
        "end": words.clock(last.timetz()),
        "zone": last.tzname(),
    }
