"""The days of a rhythm such as “every Tuesday until June”. Pure; by the calendar, so 2 pm stays 2 pm when the clocks change."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.utils.translation import gettext_lazy

MONTHLY = "month"
EVERY = (
    ("7", gettext_lazy("Every week")),
    ("14", gettext_lazy("Every 2 weeks")),
    ("21", gettext_lazy("Every 3 weeks")),
    ("28", gettext_lazy("Every 4 weeks")),
    (MONTHLY, gettext_lazy("Every month, such as each second Tuesday")),
)


def days(first: datetime.date, until: datetime.date, every: str) -> Iterator[datetime.date]:
    """The days from `first` to `until` (both included). `every` is a key of EVERY: days apart, or MONTHLY.

    Monthly keeps the weekday and its place in the month; who begins on a fifth Tuesday meets on each last one.
    """
    day = first
    while day <= until:
        yield day
        day = _month_later(first, day) if every == MONTHLY else day + datetime.timedelta(days=int(every))


def _month_later(first: datetime.date, day: datetime.date) -> datetime.date:
    """The day in the next month with the weekday of the first and its place: first, second … or last."""
    start = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    on = start + datetime.timedelta(days=(first.weekday() - start.weekday()) % 7)
    place = (first.day - 1) // 7
    found = on + datetime.timedelta(days=7 * place)
    return found if found.month == start.month else found - datetime.timedelta(days=7)
