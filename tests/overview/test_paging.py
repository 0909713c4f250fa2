"""Pages of a list whose order is worked out in Python."""

from __future__ import annotations

import base64
import json

import pytest
from django.http import QueryDict

from supervision.overview import paging
from supervision.pages.keyset import BadCursor

SHAPE = (0, "", "")
ITEMS = sorted((rank, f"name {number:02}", str(number)) for number in range(60) for rank in [number % 3])


def page(query: str, items: list = ITEMS) -> paging.Page:
    return paging.page_of(items, QueryDict(query), key=lambda item: item, shape=SHAPE, size=25)


def walk(first: str, direction: str) -> list:
    seen, query = [], first
    while True:
        found = page(query)
        seen.append(list(found.items))
        query = getattr(found, direction).removeprefix("?")
        if not query:
            return seen


def test_older_pages_show_everybody_once_and_in_order():
    shown = walk("", "older")
    assert [item for part in shown for item in part] == ITEMS
    assert [len(part) for part in shown] == [25, 25, 10]


def test_newer_leads_back_to_the_same_page():
    first = page("")
    second = page(first.older.removeprefix("?"))
    assert list(page(second.newer.removeprefix("?")).items) == list(first.items)
    assert first.newer == ""


def test_somebody_new_in_between_is_neither_shown_twice_nor_skips_anybody():
    first = page("")
    grown = sorted([*ITEMS, (0, "name 00b", "new")])
    second = page(first.older.removeprefix("?"), grown)
    assert list(second.items) == ITEMS[25:50]


def test_other_filters_stay_in_the_address():
    assert "state=hand" in page("state=hand").older


def test_a_place_past_the_end_shows_the_first_page():
    beyond = base64.urlsafe_b64encode(json.dumps([[9, "z", "z"], 0]).encode()).decode()
    assert list(page(f"at={beyond}").items) == ITEMS[:25]


@pytest.mark.parametrize(
    "forged",
    ["!!", "bnVsbA", "W10", base64.b64encode(b'[["0","a","b"],0]').decode(), base64.b64encode(b'[[0,"a"],0]').decode(),
     base64.b64encode(b'[[0,"a","b"],7]').decode(), base64.b64encode(b'[[0,"a",{}],0]').decode(), "[" * 5000],
)  # fmt: skip
def test_a_forged_place_is_refused(forged: str) -> None:
    with pytest.raises(BadCursor):
        page(QueryDict(mutable=True).urlencode() + f"at={forged}")
