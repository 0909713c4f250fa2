"""Pages of lists whose order is worked out here and not by the database: a place in the order, never a page number."""

from __future__ import annotations

import base64
import binascii
import bisect
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import QueryDict

from supervision.pages.keyset import PARAMETER, BadCursor

Item = TypeVar("Item")
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`older` and `newer` are query strings, as in `pages.keyset.Page`, so that the same links are drawn."""

    items: Sequence[Item]
    older: str
    newer: str


def page_of(
    items: Sequence[Item], params: QueryDict, *, key: Callable[[Item], Key], shape: Key, size: int = 25
) -> Page[Item]:
    """The page that `params` asks for of a list sorted by `key`. `shape` is a key of the same types. Keys are made only of the few
    items that are looked at.

    A place names the item it was measured from and the direction, so that a list which changed meanwhile neither
    repeats nor skips anybody. Raises BadCursor.
    """
    place = read_place(params.get(PARAMETER, ""), shape)
    if place is None:
        start = 0
    elif place[1]:
        start = max(bisect.bisect_left(items, place[0], key=key) - size, 0)
    else:
        start = bisect.bisect_right(items, place[0], key=key)
    shown = items[start : start + size]
    if not shown and items:
        return page_of(items, _without(params), key=key, shape=shape, size=size)
    newer = link(params, key(items[start]), newer=True) if start else ""
    older = link(params, key(shown[-1]), newer=False) if start + size < len(items) else ""
    return Page(shown, older, newer)


def link(params: QueryDict, key: Key, *, newer: bool) -> str:
    """The query string of the page beside `key`."""
    plain = json.dumps([list(key), int(newer)], separators=(",", ":"), default=str)
    query = _without(params)
    query[PARAMETER] = base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")
    return f"?{query.urlencode()}"


def read_place(text: str, shape: Key) -> tuple[Key, bool] | None:
    """The key and whether newer items are wanted. None when no place was given. Raises BadCursor."""
    if not text:
        return None
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        key, newer = json.loads(plain)
        if newer not in (0, 1) or not _fits(key, shape):
            raise ValueError(text)
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadCursor("This page address is not one of ours.") from error
    return tuple(key), bool(newer)


def _fits(key: Any, shape: Key) -> bool:
    return (
        isinstance(key, list)
        and len(key) == len(shape)
        and all(type(value) is type(like) for value, like in zip(key, shape, strict=True))
    )


def _without(params: QueryDict) -> QueryDict:
    query = params.copy()
    query.pop(PARAMETER, None)
    return query
