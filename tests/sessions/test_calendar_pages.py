"""Month and week of a person's own sessions, and what each page of the calendar asks of the database."""

from __future__ import annotations

import datetime
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.people import operations as people
from supervision.people.models import Away
from supervision.sessions import operations

from . import makers
from .pages import body, client_of, url
from .test_calendar_feed import made
from .test_queries import DETAIL, LIST, asked

NEW_YORK = ZoneInfo("America/New_York")


def in_three_months() -> datetime.date:
    """The first of a month that is ahead, whatever today is."""
    return (timezone.localdate().replace(day=1) + datetime.timedelta(days=95)).replace(day=1)


def at(day: datetime.date, hour: int, zone: ZoneInfo = NEW_YORK) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), zone)


def month_of(person: Any, day: datetime.date) -> str:
    return body(client_of(person).get(f"/sessions/month/?month={day:%Y-%m}"))


def cells(page: str) -> dict[str, str]:
    """The day cells of the table, by their ISO date."""
    found = re.findall(r"<td[^>]*><p class=\"month-day\"><time datetime=\"([^\"]+)\">(.*?)</td>", page, re.S)
    return dict(found)


# Month ------------------------------------------------------------------------------------------------------------


def test_the_month_is_a_table_with_a_session_on_its_day(cast: Any) -> None:
    day = in_three_months() + datetime.timedelta(days=9)
    session = makers.planned(cast, starts_at=at(day, 14))
    page = month_of(cast.worker, day)
    found = cells(page)
    assert (
        len(found)
        == (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1).toordinal()
        - day.replace(day=1).toordinal()
    )
    assert url("detail", session) in found[day.isoformat()]
    assert "Dana Whitfield" in found[day.isoformat()]
    assert "2:00 pm" in found[day.isoformat()]
    assert sum("<a " in cell for cell in found.values()) == 1
    assert re.findall(r'<th scope="col">(\w+)</th>', page)[0] == "Monday"


def test_a_session_is_on_the_day_that_it_is_where_the_reader_is(cast: Any) -> None:
    """Nine in the evening in New York is the next morning in Berlin, which may be another month."""
    last = in_three_months() - datetime.timedelta(days=1)
    makers.planned(cast, starts_at=at(last, 21))
    cast.worker.time_zone = "Europe/Berlin"
    cast.worker.save()
    first = last + datetime.timedelta(days=1)
    assert "<a " in cells(month_of(cast.supervisor, last))[last.isoformat()]
    assert "<a " in cells(month_of(cast.worker, first))[first.isoformat()]
    assert "No sessions in this month." in month_of(cast.worker, last)
    assert "No sessions in this month." in month_of(cast.supervisor, first)


@pytest.mark.parametrize("name", ["month", "week"])
def test_only_one_s_own_sessions_are_shown(cast: Any, name: str) -> None:
    makers.planned(cast, starts_at=makers.ahead(0))
    for who, sees in (
        ("worker", 1),
        ("supervisor", 1),
        ("manager", 0),
        ("administrator", 0),
        ("outsider", 0),
    ):
        page = body(client_of(getattr(cast, who)).get(reverse(f"sessions:{name}")))
        assert bool(re.search(r"/sessions/[0-9a-f-]{36}/", page)) == bool(sees), who


def test_earlier_and_later_lead_through_the_months_and_today_back(cast: Any) -> None:
    page = body(client_of(cast.worker).get("/sessions/month/?month=2027-01"))
    assert re.search(r'href="\?month=|month=2026-12" rel="prev">.*?December 2026', page)
    assert re.search(r'month=2027-02" rel="next">February 2027', page)
    assert 'href="/sessions/month/">Today' in page
    assert ">Today</a>" not in body(client_of(cast.worker).get("/sessions/month/"))


@pytest.mark.parametrize("query", ["month=2027-13", "month=0000-00", "month=9999-12", "month=%00", "month=x"])
def test_a_month_that_is_none_is_this_one(cast: Any, query: str) -> None:
    page = client_of(cast.worker).get(f"/sessions/month/?{query}")
    assert page.status_code == 200
    assert f"<h1>{timezone.localdate(timezone=NEW_YORK):%B %Y}</h1>" in body(page)


def test_the_links_end_somewhere(cast: Any) -> None:
    client = client_of(cast.worker)
    assert 'rel="next"' not in body(client.get("/sessions/month/?month=2100-12"))
    assert 'rel="prev"' not in body(client.get("/sessions/month/?month=2000-01"))
    assert client.get("/sessions/week/?day=2000-01-01").status_code == 200
    assert client.get("/sessions/week/?day=2100-12-31").status_code == 200


def test_what_became_of_a_session_is_said_beside_it(cast: Any) -> None:
    day = in_three_months()
    off = makers.planned(cast, starts_at=at(day, 9))
    operations.cancel(off, by=cast.worker, why="work")
    moved = makers.planned(cast, starts_at=at(day, 10))
    operations.move(moved, by=cast.worker, starts_at=at(day + datetime.timedelta(days=1), 10))
    found = cells(month_of(cast.worker, day))
    assert "Cancelled" in found[day.isoformat()]
    assert "Moved" in found[day.isoformat()]
    assert "tag" not in found[(day + datetime.timedelta(days=1)).isoformat()]


def test_times_away_are_one_s_own(cast: Any) -> None:
    day = in_three_months()
    Away.objects.create(person=cast.worker, first_day=day, last_day=day)
    assert "Away" in cells(month_of(cast.worker, day))[day.isoformat()]
    assert "Away" not in month_of(cast.supervisor, day)
    week = body(client_of(cast.worker).get(f"/sessions/week/?day={day}"))
    assert f"{day:%A} {day.day}, away" in week


def test_a_large_group_is_said_in_few_words(cast: Any) -> None:
    group, _members = makers.group(cast, 8)
    day = in_three_months()
    operations.plan(group, by=cast.supervisor, starts_at=at(day, 9))
    assert "and 7 others" in cells(month_of(cast.worker, day))[day.isoformat()]


# Week ---------------------------------------------------------------------------------------------------------------


def test_the_week_of_any_day_begins_on_its_monday_and_shows_the_weekend_when_something_is_there(
    cast: Any,
) -> None:
    monday = in_three_months()
    monday += datetime.timedelta(days=-monday.weekday() % 7)
    client = client_of(cast.worker)

    def days(day: datetime.date) -> list[str]:
        page = body(client.get(f"/sessions/week/?day={day}"))
        assert f"Week of {monday:%B} {monday.day}, {monday.year}" in page
        return re.findall(r"<h3>(\w+)", page)

    assert days(monday + datetime.timedelta(days=6)) == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
    ]
    makers.planned(cast, starts_at=at(monday + datetime.timedelta(days=6), 11))
    assert days(monday)[-1] == "Sunday"


def test_the_calendar_can_be_found_from_the_list_and_the_session(cast: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(6))
    client = client_of(cast.worker)
    page = body(client.get("/sessions/"))
    for address in ("/sessions/month/", "/sessions/week/", "/your-details/calendar/"):
        assert f'href="{address}"' in page
    assert "Put it in your calendar" in body(client.get(url("detail", session)))
    operations.cancel(session, by=cast.worker, why="work")
    assert "Take it out of your calendar" in body(client.get(url("detail", session)))


# Questions to the database --------------------------------------------------------------------------------------------


def test_every_page_of_the_calendar_asks_as_much_for_a_little_as_for_a_lot(cast: Any) -> None:
    day = in_three_months()
    client = client_of(cast.supervisor)
    secret = made(cast.supervisor)

    def fill(first: int, count: int) -> Any:
        for number in range(first, first + count):
            session = makers.planned(
                cast, starts_at=at(day + datetime.timedelta(days=number % 6), 8 + number)
            )
            if number % 3 == 1:
                session = operations.move(
                    session, by=cast.worker, starts_at=session.starts_at + datetime.timedelta(minutes=5)
                )
                session = operations.move(
                    session, by=cast.worker, starts_at=session.starts_at + datetime.timedelta(minutes=5)
                )
        Away.objects.create(person=cast.supervisor, first_day=day, last_day=day) if first == 0 else None
        makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(100 + 10 * first)))
        return session

    def counts(session: Any) -> dict[str, int]:
        pages = {
            "month": (f"/sessions/month/?month={day:%Y-%m}", LIST),
            "week": (f"/sessions/week/?day={day}", LIST),
            "ics": (url("ics", session), DETAIL),
            "setup": (reverse("people:calendar"), LIST),
            "feed": (reverse("calendar:feed", args=[secret]), DETAIL),
        }
        found = {}
        for name, (address, most) in pages.items():
            found[name], queries = asked(client, address)
            own = [query for query in queries if '"cache"' not in query]
            found[name] = len(own)
            assert found[name] <= most, f"{name} asks {found[name]}:\n" + "\n".join(q[:150] for q in own)
        return found

    little = counts(fill(0, 2))
    assert little == counts(fill(2, 12))


def test_a_feed_is_stopped_by_its_own_person_alone(cast: Any) -> None:
    made(cast.worker)
    people.stop_calendar_feed(by=cast.supervisor)
    assert cast.worker.calendar_feed.digest
