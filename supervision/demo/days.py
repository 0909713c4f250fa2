"""On which days the people of an arrangement meet, counted from the day the demo is made."""

from __future__ import annotations

import datetime

from .cast import AWAYS
from .plans import Plan
from .world import DAY, World


def days_of(world: World, plan: Plan) -> list[datetime.date]:
    """The days on which sessions are set in a plan, oldest first."""
    every = plan.every * DAY
    last = world.workday(plan.ago) - plan.over_for * 7 * DAY
    first = world.today - min(plan.weeks, world.weeks - plan.later) * 7 * DAY
    found = [last]
    while found[0] - every >= first:
        found.insert(0, found[0] - every)
    return [*_when_here(world, plan, found[:-1]), last]


def next_day(world: World, plan: Plan, last: datetime.date) -> datetime.date | None:
    """The day of the session to come, once whoever is away is back. None where the arrangement is over."""
    if plan.over_for:
        return None
    day = last + plan.every * DAY
    while day < world.today or not _when_here(world, plan, [day]):
        day += 7 * DAY
    return day


def _when_here(world: World, plan: Plan, days: list[datetime.date]) -> list[datetime.date]:
    """The days on which nobody is away whom the session needs."""
    everybody = (*plan.leaders, *plan.others)
    needed = everybody if len(everybody) <= 3 else plan.leaders
    away = [(world.day(first), world.day(last)) for key, first, last in AWAYS if key in needed]
    return [day for day in days if not any(first <= day <= last for first, last in away)]
