"""What people do in the browser, as steps that several journeys share."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

from django.utils import timezone

from supervision.people.models import User
from supervision.records.seal_pdf import validate_pdf

from .conftest import Visitor, apart

NEW_YORK = ZoneInfo("America/New_York")
INTENT = re.compile("I have read this agreement")


def now_there() -> datetime.datetime:
    """This minute, on the clock of the people in the tests."""
    return timezone.now().astimezone(NEW_YORK).replace(second=0, microsecond=0)


# Agreement ------------------------------------------------------------------------------------------------


def fill_blanks(person: Visitor, other: Visitor, draft: str) -> None:
    """Every part that still has a blank: one suggests what goes there, as the list beside the draft names them, the other takes it."""
    blanks = person.go(draft).part("Before you can sign").get_by_role("link", name=re.compile("fill in"))
    while blanks.count():
        number = re.findall(r"\d+", blanks.first.inner_text())[0]
        person.follow("Suggest other wording", within=person.page.locator(f"#part-{number}"))
        words = person.page.get_by_label("Your wording")
        words.fill(re.sub(r"\[[^\[\]\n]{1,60}\]", "Tuesdays, as we agreed", words.input_value()))
        person.press("Suggest this wording")
        person.sees("Suggested. It is with")
        other.go(draft).press("Use the wording of", within=other.page.locator(f"#part-{number}"))
        other.sees("You both agree to part")
        person.go(draft)


def agree_to_the_rest(*people: Visitor, draft: str) -> None:
    """Each says yes at once to every part as it stands."""
    for person in people:
        person.go(draft).press(re.compile("Agree to .* parts? as"))
        person.sees(re.compile("You agree to"))


def sign_agreement(person: Visitor, who: User) -> None:
    person.fill("Type your full name", who.name)
    person.page.get_by_label(INTENT).check()
    person.press("Sign this agreement")


# Sessions -------------------------------------------------------------------------------------------------


def plan_session(person: Visitor, name: str, when: datetime.datetime, place: str) -> str:
    """Plan a session from the list of sessions. Gives its address."""
    person.go("/sessions/").follow(f"Plan a session with {name}")
    person.fill("Date", when.strftime("%Y-%m-%d"))
    person.fill("Start time", when.strftime("%H:%M"))
    person.fill("Minutes", "60")
    person.page.get_by_label("In person").check()
    person.fill("Place or link", place)
    person.press("Plan it")
    return path_of(person)


def add_topic(person: Visitor, session: str, text: str, *, private: bool = False) -> None:
    person.go(session)
    person.fill("Topic", text)
    if private:
        person.page.get_by_label("Keep this to myself for now").check()
    person.press("Add to the agenda")


def path_of(person: Visitor) -> str:
    """The address of the page, without the server, query and place in the page."""
    return re.sub(r"[?#].*", "", person.page.url.removeprefix(person.address))


# Papers ---------------------------------------------------------------------------------------------------


def check_is_sealed_pdf(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-")
    found = apart(lambda: validate_pdf(pdf))
    assert found.bottom_line, found.problem
