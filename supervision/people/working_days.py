"""Working days of the agency: Monday to Friday, without public holidays and without days on which somebody is away.

Pure, from stored times: no job has to run for a deadline to pass.
"""

from __future__ import annotations

import datetime

from . import public_holidays, zones
from .models import Away, User

SATURDAY = 5
LOOKED_AHEAD = datetime.timedelta(days=400)  # as far as holidays and absences are asked for
Spans = list[tuple[datetime.date, datetime.date]]


class NoWorkingDays(ValueError):
    """So many days do not come in the time that is looked at."""


def end_of(told: datetime.date, days: int, *, free: set[datetime.date], away: Spans) -> datetime.date:
    """The last of so many working days that begin after the day of telling; that day itself where it is none.

    `free` are public holidays, `away` first and last days of absence. Raises NoWorkingDays.
    """
    day, left = told, days
    while left:
        day += datetime.timedelta(days=1)
        if day - told > LOOKED_AHEAD:
            raise NoWorkingDays
        left -= is_working(day, free=free, away=away)
    return day


def is_working(day: datetime.date, *, free: set[datetime.date], away: Spans) -> bool:
    """Whether the person is expected to work on that day."""
    if day.weekday() >= SATURDAY or day in free:
        return False
    return not any(first <= day <= last for first, last in away)


def time_for(person: User, days: int, *, now: datetime.datetime) -> datetime.datetime:
    """Until when a person who is told something now has so many working days. With none, that is now.

    Holidays and absences count as they are known now. Three queries. Raises NoWorkingDays.
    """
    if not days:
        return now
    zone = zones.of_agency()
    told = now.astimezone(zone).date()
    free = set(public_holidays.between(told, told + LOOKED_AHEAD))
    away = list(Away.objects.filter(person=person, last_day__gt=told).values_list("first_day", "last_day"))
    return zones.end_of(end_of(told, days, free=free, away=away), zone)
