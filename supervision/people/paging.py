"""Pages of a list in the order of names, at the same cost however long the list is (see supervision.pages.keyset)."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.http import QueryDict

from supervision.pages.keyset import BadCursor, Page
from supervision.pages.prepared import Text

PARAMETER = "at"


def page_by_name(
    queryset: models.QuerySet[Any], params: QueryDict, *, field: str = "name", size: int = 25
) -> Page:
    """The page that `params` (request.GET) asks for, A to Z. One query of at most size + 1 rows.

    `older` of the page leads to later names, `newer` to earlier ones. Rows have UUIDs. Raises BadCursor (400).
    """

    def ask(name: Text | None, key: uuid.UUID | None, back: bool) -> list[Any]:
        return list(rows_at(queryset, name, key, back, field=field, size=size))

    return page_by_asking(ask, params, size=size)


def page_by_asking(
    ask: Callable[[Text | None, uuid.UUID | None, bool], list[Any]], params: QueryDict, *, size: int = 25
) -> Page:
    """The same of a question that is put together with `rows_at`, which may be a prepared one."""
    text = params.get(PARAMETER, "")
    place = _read(text) if text else None
    back = bool(place and place[2])
    rows = ask(*place) if place else ask(None, None, False)
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page([], "", _link(params, "") if place else "")
    has_earlier, has_later = (more, True) if back else (bool(place), more)
    later = _link(params, _write(rows[-1], back=False)) if has_later else ""
    earlier = _link(params, _write(rows[0], back=True)) if has_earlier else ""
    return Page(rows, later, earlier)


def rows_at(
    queryset: models.QuerySet[Any],
    name: Text | None,
    key: uuid.UUID | None,
    back: bool,
    *,
    field: str = "name",
    size: int = 25,
) -> models.QuerySet[Any]:
    """A page of rows and one more, after the place of this name and key, or before it (`back`); without a name the first ones."""
    rows = _from(queryset.annotate(sort_name=Lower(field)), name, key, back)
    return rows[: size + 1]


def _from(
    queryset: models.QuerySet[Any], name: Text | None, key: uuid.UUID | None, back: bool
) -> models.QuerySet[Any]:
    if name is None:
        return queryset.order_by("sort_name", "id")
    side, beside = ("lte", "gte") if back else ("gte", "lte")
    rest = queryset.filter(**{f"sort_name__{side}": name}).exclude(
        **{"sort_name": name, f"id__{beside}": key}
    )
    return rest.order_by("-sort_name", "-id") if back else rest.order_by("sort_name", "id")


def _link(params: QueryDict, cursor: str) -> str:
    query = params.copy()
    query.pop(PARAMETER, None)
    if cursor:
        query[PARAMETER] = cursor
    return f"?{query.urlencode()}"


def _write(row: Any, *, back: bool) -> str:
    plain = json.dumps([row.sort_name, str(row.pk), int(back)], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read(text: str) -> tuple[Text, uuid.UUID, bool]:
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        name, key, back = json.loads(plain)
        if not isinstance(name, str) or "\x00" in name or back not in (0, 1):
            raise ValueError(text)
        name.encode()
        return Text(name), uuid.UUID(key), bool(back)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise BadCursor("This page address is not one of ours.") from error
