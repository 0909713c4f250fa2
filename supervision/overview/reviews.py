"""When people planned to look at their agreement again, said to them and to managers. Pure functions over days.

A day that has passed is a flag and no fault: the agreement holds all the same (domain 3).
"""

from __future__ import annotations

import datetime

from django.utils.translation import gettext, ngettext

from supervision.pages import words

NOTICE_DAYS = 30  # from then on it is on everybody's page
LAST_DAYS = 7


def is_near(next_on: datetime.date | None, today: datetime.date) -> bool:
    """Whether the day is close, today, or past."""
    return next_on is not None and (next_on - today).days <= NOTICE_DAYS


def said_to_managers(next_on: datetime.date | None, today: datetime.date) -> str:
    """The state in a few words; nothing while there is time."""
    if next_on is None or not is_near(next_on, today):
        return ""
    if next_on == today:
        return gettext("Review due today")
    if next_on < today:
        return gettext("Review overdue since %(day)s") % {"day": words.short_day(next_on)}
    within = LAST_DAYS if is_pressing(next_on, today) else NOTICE_DAYS
    return ngettext("Review in %(n)s day or less", "Review in %(n)s days or less", within) % {"n": within}


def said_to_both(names: str, next_on: datetime.date, today: datetime.date) -> str:
    """Why it is on the page of somebody who agreed with `names`: the words change at 30 days, 7 days, on the day and after."""
    days = (next_on - today).days
    values = {"names": names, "day": words.day(next_on), "short_day": words.short_day(next_on)}
    if days < 0:
        return (
            gettext(
                "You planned to look at your agreement with %(names)s again by %(short_day)s. It holds all the same."
            )
            % values
        )
    if days == 0:
        return gettext("Today is the day by which you planned to.")
    if days <= LAST_DAYS:
        return ngettext(
            "You planned to by %(day)s, which is tomorrow.",
            "You planned to by %(day)s, which is in %(n)s days.",
            days,
        ) % (values | {"n": days})
    return gettext("You planned to by %(day)s. One of your next sessions is a good time for it.") % values


def is_pressing(next_on: datetime.date, today: datetime.date) -> bool:
    """Whether it is in its last days, or past."""
    return (next_on - today).days <= LAST_DAYS
