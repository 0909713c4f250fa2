"""The last weeks of one person as a row of letters: what `pages.charts.heat` draws. Pure functions over plain facts."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .expectation import DAY, WEEK, WEEKDAYS, Span, monday_of

WEEKS = 12
MET, MET_ANOTHER_DAY, AWAY, NONE = "h", "r", "a", "n"


@dataclass(frozen=True)
class Visit:
    """One session of the person: the day it was set for or took place, whether they met, whether it was changed.

    `changed` is for a session that was moved, cancelled or missed.
    """

    day: datetime.date
    met: bool
    changed: bool = False


def last_mondays(today: datetime.date, weeks: int = WEEKS) -> list[datetime.date]:
    """The Mondays of the last weeks that are over, oldest first."""
    this = monday_of(today)
    return [this - number * WEEK for number in range(weeks, 0, -1)]


def strip(
    visits: Sequence[Visit],
    *,
    takes_part: Sequence[Span],
    away: Sequence[Span],
    today: datetime.date,
    rhythm: int = 1,
    weeks: int = WEEKS,
) -> str:
    """One letter a week, oldest first: h met, r met on another day, n no session recorded, a away, not started or
    not due.

    `rhythm` is how many weeks lie between two sessions: after one, the next weeks are not due. The week that runs now
    is left out, since nobody can be late in it yet.
    """
    by_week: defaultdict[datetime.date, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_week[monday_of(visit.day)].append(visit)
    met = {monday for monday, these in by_week.items() if any(visit.met for visit in these)}
    return "".join(
        (MET_ANOTHER_DAY if any(visit.changed for visit in by_week[monday]) else MET)
        if monday in met
        else _letter(monday, met, takes_part, away, rhythm)
        for monday in last_mondays(today, weeks)
    )


def _letter(
    monday: datetime.date,
    met: Collection[datetime.date],
    takes_part: Sequence[Span],
    away: Sequence[Span],
    rhythm: int,
) -> str:
    """Of a week in which they did not meet. `met`: the Mondays of those in which they did."""
    if any(monday - before * WEEK in met for before in range(1, rhythm)):
        return AWAY
    days = [monday + offset * DAY for offset in range(WEEKDAYS)]
    was_there = [
        day
        for day in days
        if any(span.holds(day) for span in takes_part) and not any(span.holds(day) for span in away)
    ]
    return NONE if len(was_there) >= LEAST_DAYS_THERE else AWAY


LEAST_DAYS_THERE = (
    3  # as in expectation.py: a week of which most was away or before the start expects nothing
)
