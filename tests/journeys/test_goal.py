"""A goal of one's own: written for oneself, shared, talked about, ended. Every page on every screen."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from supervision.sessions import operations as sessions
from tests.cast import Cast

from .conftest import Visitor
from .steps import now_there, path_of

TITLE = "Sit with silence in the group"
STEP = "Count to ten before I speak"


@pytest.mark.parametrize("script", [True, False])
def test_a_goal_is_written_for_oneself_shared_talked_about_and_ended(
    cast: Cast, visitor: Callable[..., Visitor], script: bool
) -> None:
    session: Any = sessions.plan(
        cast.arrangement,
        by=cast.supervisor,
        starts_at=now_there() + datetime.timedelta(days=2),
        zone="America/New_York",
    )
    marisol = visitor(script=script).enter(cast.worker)
    dana = visitor(size="phone", script=script).enter(cast.supervisor)

    # She writes it for herself: nobody else finds anything.
    marisol.go("/").follow("Goals")
    marisol.sees("No goal at the moment")
    check(marisol, script)
    marisol.follow("Write down a goal")
    marisol.sees("Only you can see this.")
    assert marisol.press("Save") == 422
    check(marisol, script)
    marisol.fill("What I want to get better at", TITLE)
    marisol.fill("Why it matters to me", "I fill every pause, and some people need it.")
    marisol.fill("What", STEP, within=marisol.row("Step 1"))
    marisol.press("Save")
    marisol.sees("Saved. Only you can see it.")
    check(marisol, script)
    goal = path_of(marisol)
    assert dana.go(goal).status == 404
    dana.go(f"/sessions/{session.pk}/").sees_not(TITLE)

    # She shares it, seeing before who would read it; it comes up for the next agenda.
    marisol.follow("Share it")
    marisol.sees("Dana Whitfield, who supervises you in Maple Street")
    check(marisol, script)
    marisol.page.get_by_role("radio").first.check()
    marisol.press("Share it")
    marisol.sees("You and Dana Whitfield see this goal.")
    check(marisol, script)
    dana.go(f"/sessions/{session.pk}/").press(
        "Add to the agenda", within=dana.part("You could also talk about")
    )
    dana.part("Agenda").get_by_text(TITLE).first.wait_for()

    # The supervisor finds it, and adds a note.
    dana.go("/goals/shared/")
    check(dana, script)
    dana.follow(TITLE)
    dana.sees("Marisol Vega and you see this goal.")
    check(dana, script)
    dana.follow("Add a progress note")
    check(dana, script)
    dana.fill("How it goes", "You waited on Tuesday, and Lee spoke.")
    dana.press("Save")

    # She ticks the step, reads the note, and ends it.
    marisol.go(goal).sees("You waited on Tuesday, and Lee spoke.")
    marisol.press("Done", within=marisol.part("Steps"))
    marisol.part("Steps").get_by_role("button", name="Undo").wait_for()
    check(marisol, script)
    marisol.follow("End it")
    check(marisol, script)
    marisol.page.get_by_label("Reached").check()
    marisol.fill("In a few words", "The quiet ones spoke.")
    marisol.press("End it")
    marisol.sees("The quiet ones spoke.")
    check(marisol, script)
    marisol.go("/goals/ended/").sees(TITLE)
    check(marisol, script)

    # Taken back, it is hers alone again.
    marisol.follow(TITLE)
    marisol.press("Take it back")
    marisol.sees("Only you can see this.")
    assert dana.go(goal).status == 404


def check(person: Visitor, script: bool) -> None:
    """Axe needs script of its own."""
    if script:
        person.check_page_on_every_screen()
