"""Public holidays of the country where the agency works: days on which nobody is expected to meet."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

import holidays
from django.utils.translation import gettext_lazy
from holidays.registry import COUNTRIES

from .models import Agency

_SMALL = {"of", "and", "the", "da", "del"}


@cache
def countries() -> list[tuple[str, Any]]:
    """(code, name) of every country whose holidays are known; the United States and “none” first."""
    names = {code: _name(module) for module, (_class, code, *_rest) in COUNTRIES.items()}
    first = [("US", names.pop("US")), ("", gettext_lazy("None: no day is skipped"))]
    return [*first, *sorted(names.items(), key=lambda pair: pair[1])]


def _name(module: str) -> str:
    return " ".join(word if word in _SMALL else word.capitalize() for word in module.split("_"))


def between(first: datetime.date, last: datetime.date) -> dict[datetime.date, str]:
    """The holidays from one day to another (both included), each with its name. One query."""
    code = Agency.objects.values_list("holiday_country", flat=True).first()
    if not code:
        return {}
    languages = holidays.utils.list_localized_countries().get(code, [])
    language = next((one for one in ("en_US", "en_GB") if one in languages), None)
    found = holidays.country_holidays(code, years=range(first.year, last.year + 1), language=language)
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}
