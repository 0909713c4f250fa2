"""A program looks at itself: a manager, a supervisor and three peer workers, from opening to what is done about it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest

from competencies.models import ProgramAssessment
from supervision.people.models import User
from tests.cast import Cast
from tests.competencies import program_makers as make

from .conftest import Visitor
from .steps import path_of

WHAT = "A course for new supervisors, twice a year"
FIRST = "New supervisors of peer workers are trained"


def rate(person: Visitor, point: str, *statements: str) -> None:
    """Choose the point of this name for the statements that begin so."""
    for words in statements:
        group = person.page.get_by_role("group", name=re.compile(re.escape(words)))
        group.get_by_label(re.compile(point)).check()


def check(person: Visitor, script: bool) -> None:
    if script:
        person.check_page_on_every_screen()


@pytest.mark.parametrize("script", [True, False])
def test_it_is_opened_answered_closed_compared_and_acted_on(
    cast: Cast, visitor: Callable[..., Visitor], script: bool
) -> None:
    make.framework()
    workers: list[User] = make.crew(cast)
    priya = visitor(script=script).enter(cast.manager)
    dana = visitor(script=script).enter(cast.supervisor)

    # The manager sees who would be asked, and opens it.
    priya.go("/program-self-assessment/")
    check(priya, script)
    priya.follow("Open one for Maple Street")
    priya.sees("Marisol Vega")
    check(priya, script)
    priya.fill("Last day to answer", "2020-01-01")
    assert priya.press("Open it and ask them") == 422
    check(priya, script)
    ahead = datetime.date.today() + datetime.timedelta(days=10)
    priya.fill("Last day to answer", ahead.isoformat())
    priya.press("Open it and ask them")
    priya.sees("Who has answered is shown to nobody.")
    check(priya, script)
    shown = path_of(priya)

    # Each finds it on their home page, reads who will see what, and rates as much as they can say.
    for number, worker in enumerate(workers):
        person = visitor(size="phone", script=script).enter(worker)
        person.go("/").follow("Say how Maple Street supports supervision")
        person.sees("Only you can see your ratings, now and later.")
        rate(person, "Not yet", FIRST)
        rate(person, "Established", "Supervision gives chances")
        if number == 0:
            rate(person, "say yet", "Questions about boundaries can be")
            check(person, script)
        person.press("Save")
        person.sees("and can change it until it closes.")
    dana.go("/").follow("Say how Maple Street supports supervision")
    rate(dana, "Mostly", FIRST)
    dana.page.get_by_label("Show my ratings under my name").check()
    dana.press("Save")
    priya.go(shown).follow("Rate the statements")
    rate(priya, "Established", FIRST, "Supervision gives chances")
    priya.press("Save")
    priya.sees_not("Dana Whitfield: Mostly")
    check(priya, script)

    # It closes. Nothing was shown before; now it is the same for all.
    make.close(ProgramAssessment.objects.get())
    dana.go(shown)
    check(dana, script)
    dana.press("Put the result together")
    dana.sees("Where views differ most")
    dana.sees("Dana Whitfield: Mostly")
    dana.sees("Priya Raman: Established")
    check(dana, script)

    # A manager notes what will be done; whoever does it says when it is.
    priya.go(shown).follow(re.compile(f"Note an action.*{FIRST}", re.S))
    priya.fill("What will be done", WHAT)
    priya.page.get_by_label("Who does it").select_option(str(cast.supervisor.pk))
    priya.fill("By when", ahead.isoformat())
    check(priya, script)
    priya.press("Save")
    priya.sees("Noted. Everybody who was asked can see it.")
    check(priya, script)
    action = path_of(priya)
    dana.go(action).follow("It is done")
    dana.fill("What came of it", "The first was in May.")
    check(dana, script)
    dana.press("Say that it is done")
    dana.sees("It is done.")
    marisol = visitor(size="narrow", dark=True, script=script).enter(cast.worker)
    marisol.go(shown).follow(WHAT)
    marisol.sees("The first was in May.")
    check(marisol, script)

    # Nobody else finds anything.
    for outside in (cast.administrator, cast.other_manager):
        stranger = visitor(script=script).enter(outside)
        assert stranger.go(shown).status == 404
        assert stranger.go(action).status == 404
