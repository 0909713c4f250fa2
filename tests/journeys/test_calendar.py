"""From a planned session to the calendar on somebody's own phone, and out of it again."""

from __future__ import annotations

import datetime
import urllib.request
from urllib.error import HTTPError

import pytest

from supervision.sessions import operations
from tests.sessions import makers, strict_ics

from .steps import plan_session


def fetch(address: str) -> strict_ics.Part:
    """What a calendar gets: no browser, nobody signed in."""
    with urllib.request.urlopen(address) as answer:
        return strict_ics.read(answer.read())


def test_a_session_finds_its_way_into_a_calendar_and_out_again(cast, visitor):
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)
    when = makers.ahead(1 / 24).astimezone(datetime.UTC)
    local = when.astimezone(cast.supervisor.zone)
    here = plan_session(dana, "Marisol", local, "The quiet room")

    # The file of one session.
    marisol.go(here)
    file = strict_ics.read(marisol.download("Put it in your calendar"))
    assert strict_ics.starts_at(file.parts[-1], file) == when

    # The address for a calendar, made on the phone.
    marisol.go("/your-details/").follow("Set up your calendar")
    marisol.sees("You have no address yet.")
    marisol.check_page_on_every_screen()
    marisol.look("phone")
    marisol.press("Make an address")
    marisol.check_page_on_every_screen()
    marisol.look("phone")
    address = marisol.page.get_by_label("Address for your calendar").input_value()
    path = address.removeprefix("http://127.0.0.1:8000")
    subscribe = marisol.page.get_by_role("link", name="Open it in my calendar").get_attribute("href")
    assert subscribe == address.replace("http:", "webcal:")
    feed = f"{marisol.address}{path}"
    whole = fetch(feed)
    (event,) = whole.named("VEVENT")
    uid = event.value("UID")

    # Moved, and called off: the same entry, each time with more to say.
    dana.go(here).follow("Move it to another time")
    dana.fill("Start time", f"{local + datetime.timedelta(minutes=10):%H:%M}")
    dana.fill("Date", f"{local + datetime.timedelta(minutes=10):%Y-%m-%d}")
    dana.press("Move it")
    whole = fetch(feed)
    (event,) = whole.named("VEVENT")
    assert (event.value("UID"), event.value("SEQUENCE")) == (uid, "1")
    assert strict_ics.starts_at(event, whole) == when + datetime.timedelta(minutes=10)
    dana.follow("Cancel it")
    dana.page.get_by_label("Away").check()
    dana.press("Cancel the session")
    (event,) = fetch(feed).named("VEVENT")
    assert (event.value("UID"), event.value("SEQUENCE"), event.value("STATUS")) == (uid, "2", "CANCELLED")

    # Stopped.
    marisol.go("/your-details/calendar/").sees("It cannot be shown again.")
    marisol.sees_not(path)
    marisol.check_page_on_every_screen()
    marisol.look("phone")
    marisol.press("Stop the address")
    marisol.sees("Stopped. The address does not work any more.")
    with pytest.raises(HTTPError, match="404"):
        fetch(feed)


def test_the_month_and_the_week_by_keyboard_and_on_every_screen(cast, visitor):
    now = makers.ahead(0)
    operations.cancel(makers.planned(cast, starts_at=now), by=cast.worker, why="work")
    session = makers.planned(cast, starts_at=now)
    marisol = visitor().enter(cast.worker)
    marisol.go("/sessions/").follow("Month")
    marisol.check_page_on_every_screen()

    table = marisol.page.get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts()[0] == "Monday"
    assert not marisol.page.get_by_role("list").filter(has_text="Dana Whitfield").first.is_visible()
    link = table.locator(f'a[href*="{session.pk}"]')
    link.focus()
    with marisol.page.expect_navigation():
        marisol.page.keyboard.press("Enter")
    assert str(session.pk) in marisol.page.url

    marisol.go("/sessions/month/").look("phone")
    assert not table.is_visible()
    assert marisol.page.get_by_role("listitem").filter(has_text="Dana Whitfield").first.is_visible()

    marisol.follow("Week by week")
    marisol.sees("Week of")
    marisol.check_page_on_every_screen()
    heading = marisol.page.get_by_role("heading", level=1)
    this_week = heading.inner_text()
    marisol.page.get_by_role("navigation", name="Other weeks").get_by_role("link").last.click()
    marisol.sees("No sessions in this week.")
    assert heading.inner_text() != this_week
    marisol.follow("Today")
    assert heading.inner_text() == this_week
    marisol.follow("The whole month")
    assert marisol.page.url.count("/sessions/month/")
