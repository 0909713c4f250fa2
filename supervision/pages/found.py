"""A page of those rows of a list that pass a test which the database cannot make, such as words that are encrypted there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.http import QueryDict

from .keyset import PARAMETER, Page, Place, _link, _read, _value, _write, nearest


def found_page(
    queryset: models.QuerySet[Any],
    params: QueryDict | Mapping[str, str],
    keep: Callable[[list[Any]], list[Any]],
    *,
    size: int = 25,
    date_field: str,
    id_field: str = "id",
    at_once: int = 1000,
) -> Page:
    """The page that `params` asks for, of the rows that `keep` leaves of those it is given.

    One query of `at_once` rows, however few of them pass. Where more rows are left to look at, `older` (or `newer`) leads on,
    also when nothing was found among these. Same order, cursors and errors as `keyset.page_of`.
    """
    text = params.get(PARAMETER, "")
    place = _read(text, queryset, date_field, id_field) if text else None
    newer = bool(place and place.newer)
    looked = list(nearest(queryset, place, date_field, id_field)[: at_once + 1])
    unseen, looked = len(looked) > at_once, looked[:at_once]
    passed = keep(looked)
    more, rows = len(passed) > size, passed[:size]
    last = rows[-1] if more else looked[-1] if looked and unseen else None

    def link(row: Any, to_newer: bool) -> str:
        return _link(params, _write(Place(_value(row, date_field), _value(row, id_field), to_newer)))

    onward = link(last, newer) if last is not None else ""
    if newer:
        rows = rows[::-1]
    if not place:
        back = ""
    else:
        back = link(rows[-1] if newer else rows[0], not newer) if rows else _link(params, "")
    return Page(rows, back if newer else onward, onward if newer else back)
