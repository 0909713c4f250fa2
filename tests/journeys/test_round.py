"""A round: a supervisor asks three workers how they see the supervision they get, and looks at what came of it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from unittest import mock

import pytest
from django.utils import timezone

from competencies.library import operations as library
from competencies.models import Round
from supervision.people.models import User
from tests.cast import Cast
from tests.competencies import round_makers as make

from .conftest import Visitor
from .steps import path_of


@pytest.mark.parametrize("script", [True, False])
def test_three_workers_say_how_they_see_it_and_the_supervisor_sees_what_came_of_it(
    cast: Cast, visitor: Callable[..., Visitor], script: bool
) -> None:
    library.bring_in(library.shipped())
    people = make.team(cast)
    dana = visitor(script=script).enter(cast.supervisor)
    priya = visitor(script=False).enter(cast.manager)

    # The supervisor opens it, seeing who is asked and what comes of it.
    dana.go("/rounds/")
    dana.sees("No round so far")
    check(dana, script)
    dana.follow("Open a round")
    dana.sees("You never see anybody’s answers, who has answered, or how many have.")
    check(dana, script)
    dana.page.get_by_label(re.compile("five domains")).check()
    dana.fill("The last day to answer", "2020-01-01")
    assert dana.press("Open the round") == 422
    check(dana, script)
    day = timezone.localdate() + datetime.timedelta(days=14)
    dana.fill("The last day to answer", day.isoformat())
    dana.press("Open the round")
    dana.sees("Nothing shows before it has closed and your own part is in.")
    check(dana, script)
    address = path_of(dana)
    found = Round.objects.get()

    # Each of the three reads who sees what, and answers. Nobody sees that they did.
    for number, person in enumerate(people):
        _answers(visitor(size="phone", script=script).enter(person), script, is_first=number == 0)
        dana.go(address).sees_not("have answered this")
        assert priya.go(address).status == 404

    # Her own part; then, once it has closed, what came of it.
    dana.go(address).follow("Begin your own part")
    dana.sees("It is shown to you beside the result, and to nobody else.")
    check(dana, script)
    _choose(dana, "2. Building")
    dana.press(re.compile("^Send$"))
    dana.sees("Your own part is in.")
    dana.sees_not("Strengths")
    with mock.patch(
        "django.utils.timezone.now", return_value=found.closes_at + datetime.timedelta(minutes=1)
    ):
        dana.enter(cast.supervisor).go(address)
        dana.sees("The round has closed, and your own part is in.")
        check(dana, script)
        dana.press("Show what came of it")
        dana.sees("Strengths")
        dana.sees("Where you see it differently")
        check(dana, script)
        assert priya.enter(cast.manager).go(address).status == 404

    # One of them would rather say something openly.
    kit = visitor(script=script).enter(people[1])
    kit.go(address).follow("Write to Dana")
    check(kit, script)
    kit.fill("How I see the supervision I get", "You listen. I would like more time.")
    kit.press("Send it under my name")
    kit.sees("You and Dana Whitfield can see this.")
    check(kit, script)
    dana.enter(cast.supervisor).go("/rounds/by-name/")
    check(dana, script)
    dana.follow("From Kit Ng")
    dana.sees("You listen. I would like more time.")


def _answers(person: Visitor, script: bool, *, is_first: bool) -> None:
    person.go("/").follow("Say how you see the supervision you get from Dana")
    person.sees("Only you ever see them. They are ratings, without words.")
    if is_first:
        check(person, script)
    person.follow("Begin")
    assert person.press(re.compile("^Send$")) == 422
    if is_first:
        check(person, script)
    _choose(person, "4. Leading")
    person.press(re.compile("^Send$"))
    person.sees("You have answered.")
    if is_first:
        check(person, script)
        person.press("Take them back")
        person.sees("Begun, not sent yet.")
        person.follow("Go on")
        person.press(re.compile("^Send$"))
        person.sees("You have answered.")


def _choose(person: Visitor, label: str) -> None:
    """This point for every statement."""
    for choice in person.page.get_by_label(label, exact=True).all():
        choice.check()


def test_what_is_chosen_keeps_itself_and_the_keyboard_is_enough(
    cast: Cast, visitor: Callable[..., Visitor]
) -> None:
    people: list[User] = make.team(cast)
    found = make.opened(cast)
    kit = visitor().enter(people[1])
    kit.go(f"/rounds/{found.pk}/answer/")
    kit.page.get_by_label("1. Starting", exact=True).first.focus()
    kit.page.keyboard.press("ArrowRight")
    kit.page.keyboard.press("Tab")
    kit.page.keyboard.press("Space")
    kit.page.locator(".saved[data-state=ok]:not([hidden])").first.wait_for()
    kit.go(f"/rounds/{found.pk}/answer/")
    kit.sees("What you chose so far is kept for you alone.")
    assert kit.page.locator("input:checked").count() == 2
    kit.check_page()


def check(person: Visitor, script: bool) -> None:
    """Axe needs script of its own."""
    if script:
        person.check_page_on_every_screen()
