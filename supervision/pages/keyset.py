"""Older and newer pages of a list, at the same cost however long the list is.

Ordered by (date desc, id desc). The next page is `date <= D` without the rows of D that were
already shown; the usual `date < D OR (date = D AND id < I)` makes both databases read everything before it.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone

PARAMETER = "at"


class BadCursor(BadRequest):
    """The address of a page was changed by hand. Django answers 400."""


@dataclass(frozen=True)
class Page:
    """`older` and `newer` are query strings such as "?status=open&at=…"; empty when there is no such page."""

    items: list[Any]
    older: str
    newer: str


@dataclass(frozen=True)
class Place:
    """A place between two rows: the row it was measured from, and which way to read."""

    date: Any
    id: Any
    newer: bool


def page_of(
    queryset: models.QuerySet[Any],
    params: QueryDict | Mapping[str, str],
    *,
    size: int = 25,
    date_field: str,
    id_field: str = "id",
) -> Page:
    """The page that `params` (request.GET) asks for. One query of at most size + 1 rows.

    `date_field` must never be null and, with `id_field`, should be indexed in this order. Raises BadCursor.
    """
    text = params.get(PARAMETER, "")
    place = _read(text, queryset, date_field, id_field) if text else None
    rows = list(nearest(queryset, place, date_field, id_field)[: size + 1])
    return _cut(rows, place, params, size, (date_field, id_field))


def page_read(
    read: Callable[[Place | None], list[Any]],
    model: type[models.Model],
    params: QueryDict | Mapping[str, str],
    *,
    size: int,
    date_field: str,
) -> Page:
    """The same where the rows are read by a prepared question: at most size + 1 of them, `nearest` to a place. Raises BadCursor."""
    text = params.get(PARAMETER, "")
    place = _read(text, model._default_manager.all(), date_field, "id") if text else None
    return _cut(read(place), place, params, size, (date_field, "id"))


def first_page(
    rows: list[Any],
    params: QueryDict | Mapping[str, str],
    *,
    size: int = 25,
    date_field: str,
    id_field: str = "id",
) -> Page:
    """The first page, of rows that are asked for otherwise (`pages.prepared`): size + 1 of them, in the same order."""
    return _cut(rows, None, params, size, (date_field, id_field))


def _cut(
    rows: list[Any],
    place: Place | None,
    params: QueryDict | Mapping[str, str],
    size: int,
    fields: tuple[str, str],
) -> Page:
    date_field, id_field = fields
    newer = bool(place and place.newer)
    more, rows = len(rows) > size, rows[:size]
    if newer:
        rows.reverse()
    has_newer = more if newer else bool(place)
    has_older = bool(place and rows) if newer else more

    def link(row: Any, to_newer: bool) -> str:
        return _link(params, _write(Place(_value(row, date_field), _value(row, id_field), to_newer)))

    if not rows:  # everything on that side is gone since; offer the first page rather than a dead end
        return Page([], "", _link(params, "") if place else "")
    return Page(rows, link(rows[-1], False) if has_older else "", link(rows[0], True) if has_newer else "")


def nearest(
    queryset: models.QuerySet[Any], place: Place | None, date_field: str, id_field: str = "id"
) -> models.QuerySet[Any]:
    """In the order of the way that is read, from that place on."""
    if place is None:
        return queryset.order_by(f"-{date_field}", f"-{id_field}")
    side, beside = ("gte", "lte") if place.newer else ("lte", "gte")
    rest = queryset.filter(**{f"{date_field}__{side}": place.date}).exclude(
        **{date_field: place.date, f"{id_field}__{beside}": place.id}
    )
    sign = "" if place.newer else "-"
    return rest.order_by(f"{sign}{date_field}", f"{sign}{id_field}")


def _value(row: Any, path: str) -> Any:
    if isinstance(row, Mapping):
        return row[path]
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def _link(params: QueryDict | Mapping[str, str], cursor: str) -> str:
    query = params.copy() if isinstance(params, QueryDict) else QueryDict(mutable=True)
    if not isinstance(params, QueryDict):
        query.update(params)
    query.pop(PARAMETER, None)
    if cursor:
        query[PARAMETER] = cursor
    return f"?{query.urlencode()}"


def _write(place: Place) -> str:
    plain = json.dumps([place.date.isoformat(), str(place.id), int(place.newer)], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read(text: str, queryset: models.QuerySet[Any], date_field: str, id_field: str) -> Place:
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        date, key, newer = json.loads(plain)
        if not isinstance(date, str) or not isinstance(key, str) or newer not in (0, 1):
            raise ValueError(text)
        return Place(_typed(queryset, date_field, date), _typed(queryset, id_field, key), bool(newer))
    except (ValueError, TypeError, RecursionError, OverflowError, binascii.Error, ValidationError) as error:
        raise BadCursor("This page address is not one of ours.") from error


def _typed(queryset: models.QuerySet[Any], path: str, text: str) -> Any:
    if "\x00" in text:
        raise ValueError(path)
    value = _field(queryset, path).to_python(text)
    if hasattr(value, "utcoffset") and value.utcoffset() is None:
        value = timezone.make_aware(value)
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.UTC)  # as the database is asked; no moment beyond what that can say
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(path)
    return value


def _field(queryset: models.QuerySet[Any], path: str) -> models.Field[Any, Any]:
    if path in queryset.query.annotations:
        return queryset.query.annotations[path].output_field
    model: Any = queryset.model
    field: Any = None
    for part in path.split("__"):
        field = model._meta.get_field(part)
        model = field.related_model
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(path)
    return field
