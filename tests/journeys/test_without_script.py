"""With script turned off in both browsers, everything is a form that is sent."""

from __future__ import annotations

import datetime

from .steps import add_topic, now_there, path_of, plan_session


def test_two_people_plan_record_and_sign_without_script(cast, visitor):
    dana = visitor(script=False).enter(cast.supervisor)
    marisol = visitor(script=False, size="narrow").enter(cast.worker)

    session = plan_session(dana, "Marisol", now_there(), "The quiet room")
    add_topic(marisol, session, "How to open the breakfast table")
    add_topic(marisol, session, "Kept to myself", private=True)
    marisol.press("Share it: Kept to myself")
    marisol.sees("Shared. Everybody who takes part sees it now.")

    _rows_are_added_and_removed_by_sending_the_form(dana, session)

    dana.fill("Type your full name to sign", cast.supervisor.name)
    assert dana.press("Sign and send to Marisol") == 200
    dana.sees("Sent to Marisol.")
    dana.sees("Read the duty list together")
    dana.sees_not("Nobody needs this step")

    marisol.go(session).page.get_by_label("I was there, for the time stated").check()
    marisol.page.get_by_label("This record reflects what we talked about").check()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.press("Sign")
    marisol.sees("Sealed. It never changes; what needs correcting is added beside it.")


def _rows_are_added_and_removed_by_sending_the_form(dana, session) -> None:
    dana.go(session).follow("Write up this session")
    dana.fill("Main points and decisions", "We start with the duty list.")
    dana.fill("Minutes", "5")  # they were quick: a record is sent when the session is over
    topics = dana.page.get_by_label("Topic", exact=True)
    before = topics.count()
    dana.press("Add a topic")
    assert topics.count() == before + 1
    dana.fill("Topic", "Who opens on Saturdays", within=dana.row(f"Topic {before + 1}"))

    dana.fill("What", "Nobody needs this step", within=dana.row("Next step 1"))
    dana.press("Add a next step")
    second = dana.row("Next step 2")
    dana.fill("What", "Read the duty list together", within=second)
    dana.fill("By when", (now_there() + datetime.timedelta(days=5)).strftime("%Y-%m-%d"), within=second)
    dana.press("Remove", within=dana.row("Next step 1"))
    assert not dana.row("Next step 1").is_visible()
    dana.press("Put it back")
    assert dana.row("Next step 1").get_by_label("What").input_value() == "Nobody needs this step"
    dana.press("Remove", within=dana.row("Next step 1"))

    # Every one of these was a whole page: what was typed is still on it.
    assert dana.page.get_by_label("Main points and decisions").input_value() == "We start with the duty list."
    kept = dana.row(f"Topic {before + 1}").get_by_label("Topic", exact=True).input_value()
    assert kept == "Who opens on Saturdays"


def test_an_action_is_ticked_and_undone_and_the_menus_work_without_script(cast, visitor):
    from tests.sessions import makers

    planned = makers.planned(cast, starts_at=makers.ago(24 * 7))
    makers.sealed(cast, planned, steps=[makers.step(cast.worker, "Ask about the room")])
    following = makers.planned(cast, starts_at=makers.ahead(1))
    marisol = visitor(script=False, size="phone").enter(cast.worker).go("/")
    marisol.press("Done: Ask about the room")
    assert path_of(marisol) == "/"
    marisol.go(f"/sessions/{following.pk}/").press("Undo: Ask about the room")
    marisol.go("/").sees("Ask about the room")

    marisol.follow("My agreement")
    marisol.page.locator("#account > summary").click()
    marisol.follow("Your details")
    marisol.page.get_by_label("Dark").check()
    marisol.press("Save")
    assert marisol.page.locator("html").get_attribute("data-theme") == "dark"
