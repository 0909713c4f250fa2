"""Older and newer: every row once, in order, whatever shares its date, and whatever is typed into the address."""

import base64
import datetime
import json
import re
from urllib.parse import parse_qs

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from supervision.pages.keyset import BadCursor, Page, page_of

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def page(params: str = "", size: int = 3, queryset=None) -> Page:
    queryset = Session.objects.all() if queryset is None else queryset
    return page_of(
        queryset, QueryDict(params.lstrip("?")), size=size, date_field="expire_date", id_field="session_key"
    )


def fill(days: list[int]) -> list[str]:
    """A row for each number of days; returns the keys newest first."""
    rows = [
        Session(session_key=f"k{n:03}", session_data="x", expire_date=START + datetime.timedelta(days=day))
        for n, day in enumerate(days)
    ]
    Session.objects.bulk_create(rows)
    return [
        row.session_key
        for row in sorted(rows, key=lambda row: (row.expire_date, row.session_key), reverse=True)
    ]


def keys(found: Page) -> list[str]:
    return [row.session_key for row in found.items]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "days", [[], [1], [1, 1, 1], [1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 1, 1, 2, 2, 2, 2, 3], [5] * 9]
)
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_going_to_the_end_and_back_meets_every_row_once_in_order(days, size):
    expected = fill(days)
    found = page(size=size)
    assert found.newer == ""
    seen, turns = keys(found), 0
    while found.older:
        found = page(found.older, size)
        seen += keys(found)
        turns += 1
        assert turns < 20
    assert seen == expected
    back = keys(found)
    while found.newer:
        found = page(found.newer, size)
        back = keys(found) + back
    assert back == expected


@pytest.mark.django_db
def test_a_row_added_meanwhile_neither_repeats_nor_hides_another():
    expected = fill([1, 2, 3, 4, 5, 6])
    first = page()
    Session.objects.create(
        session_key="new", session_data="x", expire_date=START + datetime.timedelta(days=99)
    )
    assert keys(page(first.older)) == expected[3:]


@pytest.mark.django_db
def test_filters_stay_in_the_links():
    fill([1, 2, 3, 4])
    older = page("?team=maple+street&at=").older
    assert parse_qs(older.lstrip("?"))["team"] == ["maple street"]


@pytest.mark.django_db
def test_when_everything_on_that_side_is_gone_the_first_page_is_offered():
    fill([1, 2, 3, 4])
    older = page().older
    Session.objects.all().delete()
    found = page(older)
    assert found.items == []
    assert found.older == ""
    assert found.newer == "?"


@pytest.mark.django_db
def test_rows_of_values_work_too():
    expected = fill([1, 2, 3, 4])
    rows = Session.objects.values("expire_date", "session_key")
    second = page(page(queryset=rows).older, queryset=rows)
    assert [row["session_key"] for row in second.items] == expected[3:]


@pytest.mark.django_db
def test_a_page_is_one_query_without_offset_or_or():
    fill(list(range(9)))
    older = page().older
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page(older)
    assert len(caught) == 1
    sql = caught[0]["sql"].upper()
    assert "OFFSET" not in sql
    assert not re.search(r"\bOR\b", sql)


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "at",
    [
        "x",
        "%00",
        "=",
        "é",
        cursor("2026-01-01", "k1"),
        cursor("not a date", "k1", 0),
        cursor("2026-13-01T00:00:00+00:00", "k1", 0),
        cursor(5, "k1", 0),
        cursor("2026-01-01T00:00:00+00:00", None, 0),
        cursor("2026-01-01T00:00:00+00:00", "k\x00", 0),
        cursor("2026-01-01T00:00:00+00:00", "k1", 2),
        cursor("0001-01-01T00:00:00+14:00", "k1", []),
        cursor("0001-01-01T00:00:00+14:00", "k1", 0),  # a moment before the first that UTC can say
        cursor("9999-12-31T23:59:59-12:00", "k1", 1),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_an_address_changed_by_hand_is_refused(at):
    with pytest.raises(BadCursor):
        page(f"at={at}")


@pytest.mark.django_db
@given(st.text(max_size=60))
def test_no_address_breaks_the_page(at):
    params = QueryDict(mutable=True)
    params["at"] = at
    try:
        page_of(Session.objects.all(), params, date_field="expire_date", id_field="session_key")
    except BadCursor:
        return
    assert at == ""
