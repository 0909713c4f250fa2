"""Dates, times, names and lengths as they are spoken. Pure functions; the template filters call them."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

Moment = datetime.date | datetime.datetime


def local(value: Moment) -> Moment:
    """The same moment in the current time zone; dates and naive times are left alone."""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _as_date(value: Moment) -> datetime.date:
    value = local(value)
    return value.date() if isinstance(value, datetime.datetime) else value


def _is_this_year(value: datetime.date) -> bool:
    return value.year == timezone.localdate().year


def _written(value: datetime.date, form: str) -> str:
    return _written_in(get_language(), value, form)


@lru_cache(maxsize=2048)
def _written_in(_language: str | None, value: datetime.date, form: str) -> str:
    """The same days come again and again in a list, and on the next page."""
    return date_format(value, form)


def day(value: Moment) -> str:
    """Tuesday, November 24; with the year when it is not the current one."""
    return day_this_year(value) if _is_this_year(_as_date(value)) else full_day(value)


def day_this_year(value: Moment) -> str:
    return _written(_as_date(value), "l, F j")


def full_day(value: Moment) -> str:
    """Tuesday, November 24, 2026: always with the year, for whatever is signed or printed."""
    return _written(_as_date(value), "l, F j, Y")


def short_day(value: Moment) -> str:
    """Nov 24; with the year when it is not the current one."""
    date = _as_date(value)
    return _written(date, "M j" if _is_this_year(date) else "M j, Y")


def dated(value: Moment) -> str:
    """Nov 24, 2026: short, and always with the year."""
    return _written(_as_date(value), "M j, Y")


def month_and_day(value: Moment) -> str:
    """November 24: where the year is said beside it."""
    return _written(_as_date(value), "F j")


def month(value: Moment) -> str:
    """November 2026."""
    return _written(_as_date(value), "F Y")


def clock(value: datetime.datetime | datetime.time) -> str:
    """2:00 pm."""
    if isinstance(value, datetime.datetime):
        value = local(value)  # type: ignore[assignment]
    return _clock_in(get_language(), value.hour, value.minute)


@lru_cache(maxsize=2048)
def _clock_in(_language: str | None, hour: int, minute: int) -> str:
    suffix = gettext("am") if hour < 12 else gettext("pm")
    return gettext("%(hour)d:%(minute)02d %(suffix)s") % {
        "hour": hour % 12 or 12,
        "minute": minute,
        "suffix": suffix,
    }


def initials(name: str) -> str:
    """Two letters for the round badge: first and last word. Works for one-word and right-to-left names."""
    words = [word for word in unicodedata.normalize("NFC", name).split() if word]
    letters = [next((char for char in word if char.isalnum()), word[0]) for word in words]
    if len(letters) > 2:
        letters = [letters[0], letters[-1]]
    return "".join(letters).upper()


def join_names(names: Iterable[Any]) -> str:
    """Amina, Joe and Kit."""
    found = [str(name) for name in names]
    if len(found) < 2:
        return "".join(found)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(found[:-1]), "last": found[-1]}


def minutes_words(minutes: int) -> str:
    """A length in minutes as words: 45 minutes, 1 hour, 1 hour 30 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    return " ".join(parts)


# In this order: many browsers also name the ones they are built like.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def browser(user_agent: str) -> str:
    """ "Firefox on Windows", from what a browser says of itself. A claim, good enough to know one's own devices by."""
    name = next((name for mark, name in _BROWSERS.items() if mark in user_agent), gettext("A browser"))
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    if not system:
        return name
    return gettext("%(browser)s on %(system)s") % {"browser": name, "system": system}
