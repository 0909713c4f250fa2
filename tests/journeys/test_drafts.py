"""Writing a record when something gets in the way: the browser closes, the sign-in runs out, the network goes."""

from __future__ import annotations

import re

from competencies.goals import operations as goals
from supervision.sessions import operations
from tests.competencies import makers as goal_makers
from tests.sessions import makers

HALF = "We began with what went well, and then"
LABEL = "Main points and decisions"


def writing(cast, visitor, size: str = "wide"):
    session = makers.planned(cast, starts_at=makers.ago(1))
    dana = visitor(size=size).enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    dana.fill(LABEL, HALF)
    dana.sees(re.compile(r"What you type is kept for you, last at \d"))
    return dana, session


def test_a_closed_browser_loses_nothing(cast, visitor):
    dana, session = writing(cast, visitor)
    dana.page.close(run_before_unload=False)
    again = visitor(size="phone").enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    again.sees("This is what you had typed by")
    assert again.page.get_by_label(LABEL).input_value() == HALF
    again.check_page_on_every_screen()
    assert again.press("Save and finish later") == 200
    again.go(f"/sessions/{session.pk}/record/").sees_not("This is what you had typed by")
    assert again.page.get_by_label(LABEL).input_value() == HALF


def test_one_who_was_signed_out_is_told_and_finds_the_words_again(cast, visitor):
    dana, session = writing(cast, visitor)
    dana.context.clear_cookies()
    dana.fill(LABEL, f"{HALF} more")
    dana.sees("You were signed out, so what you type now is not kept.")
    assert dana.press("Save and finish later") == 403
    dana.sees(f"{HALF} more")
    dana.check_page_on_every_screen()
    dana.enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    assert dana.page.get_by_label(LABEL).input_value() == HALF


def test_a_lost_connection_is_said_and_made_up_for(cast, visitor):
    dana, session = writing(cast, visitor)
    dana.context.set_offline(True)
    dana.fill(LABEL, f"{HALF} more")
    dana.sees("You’re offline. Leave this page open")
    dana.context.set_offline(False)
    dana.sees(re.compile(r"What you type is kept for you, last at \d"))
    again = dana.window().go(f"/sessions/{session.pk}/record/")
    assert again.page.get_by_label(LABEL).input_value() == f"{HALF} more"


def test_a_page_whose_record_was_saved_from_another_window_says_so(cast, visitor):
    first, session = writing(cast, visitor)
    second = first.window().go(f"/sessions/{session.pk}/record/")
    assert second.press("Send it, sign later") == 200
    first.fill(LABEL, f"{HALF} more")
    first.sees("This record was saved or sent from another window.")
    assert first.page.get_by_label(LABEL).evaluate("field => field === document.activeElement")
    first.check_page()


# Every other form with room for words ---------------------------------------------------------------------------------

KEPT = re.compile(r"What you type is kept for you, last at \d")


def test_a_reason_half_typed_is_there_again_in_another_browser_and_gone_once_it_is_sent(cast, visitor):
    record = makers.sent(cast)
    address = f"/sessions/{record.pk}/ask-for-a-change/"
    marisol = visitor(size="phone").enter(cast.worker).go(address)
    box = "What would you like changed?"
    marisol.fill(box, HALF)
    marisol.sees(KEPT)
    marisol.check_page_on_every_screen()
    marisol.page.close(run_before_unload=False)
    again = visitor().enter(cast.worker).go(address)
    again.sees("This is what you had typed by")
    assert again.page.get_by_label(box).input_value() == HALF
    again.check_page_on_every_screen()
    dana = visitor().enter(cast.supervisor).go(f"/sessions/{record.pk}/")
    dana.sees_not(HALF)
    again.press("Send it back to Dana")
    again.go(f"/sessions/{record.pk}/")
    dana.go(f"/sessions/{record.pk}/").sees(HALF)
    left = again.page.request.get(f"{again.address}/typed/?form={address}")
    assert left.status == 204


def test_what_one_does_not_want_any_more_is_left(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ahead())
    marisol = visitor().enter(cast.worker).go(f"/sessions/{session.pk}/")
    marisol.fill("Topic", HALF)
    marisol.sees(KEPT)
    marisol.page.reload()
    marisol.sees("This is what you had typed by")
    assert marisol.page.get_by_label("Topic").first.input_value() == HALF
    with marisol.page.expect_navigation():
        marisol.page.get_by_role("button", name="Leave it, and start from what is saved").click()
    marisol.page.wait_for_load_state("networkidle")
    assert marisol.page.get_by_label("Topic").first.input_value() == ""
    marisol.sees_not("This is what you had typed by")


def test_what_was_typed_comes_back(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ahead())
    item = operations.add_item(session, by=cast.worker, text="Night shifts")
    address = f"/sessions/agenda/{item.pk}/"
    marisol = visitor().enter(cast.worker).go(address)
    field = marisol.page.locator("main form textarea, main form input[name=text]").first
    field.fill("Night shifts, and who covers them")
    marisol.sees(KEPT)
    marisol.page.close(run_before_unload=False)
    again = visitor().enter(cast.worker).go(address)
    again.sees("This is what you had typed by")
    again.press(re.compile("^Save"))
    item.refresh_from_db()
    assert item.text == "Night shifts, and who covers them"


def test_typed_into_an_older_version_it_is_shown_beside_the_newer_one(cast, visitor):
    goal = goal_makers.goal(cast.worker)
    address = f"/goals/{goal.pk}/end/"
    marisol = visitor().enter(cast.worker).go(address)
    marisol.fill("In a few words", HALF)
    marisol.sees(KEPT)
    marisol.page.close(run_before_unload=False)
    goals.change(goal, by=cast.worker, version=goal.version, written=goals.Written(title="Another goal"))
    again = visitor(size="phone").enter(cast.worker).go(address)
    again.sees("This was saved anew since then")
    again.sees(HALF)
    assert again.page.get_by_label("In a few words").input_value() == ""
    again.check_page_on_every_screen()
    again.page.get_by_label("Let go").check()
    again.press("End it")
    again.sees("This goal is among those that have ended.")


def test_words_for_a_text_that_was_sent_again_can_be_sent_with_the_new_one(cast, visitor):
    record = makers.sent(cast)
    marisol = visitor().enter(cast.worker).go(f"/sessions/{record.pk}/")
    box = marisol.page.locator("#sign textarea").first
    box.fill(HALF)
    marisol.sees(KEPT)
    marisol.page.evaluate("document.querySelector('#sign [name=seen]').defaultValue = 'another text'")
    box.fill(f"{HALF} more")
    with marisol.page.expect_response("**/typed/"):
        pass
    marisol.page.reload()
    marisol.sees("This is what you had typed by")
    assert marisol.page.locator("#sign textarea").first.input_value() == f"{HALF} more"
    seen = marisol.page.locator("#sign [name=seen]").first.input_value()
    record.refresh_from_db()
    assert seen.startswith(record.open_offer.digest)


def test_who_types_before_the_kept_words_come_keeps_both(cast, visitor):
    record = makers.sent(cast)
    address = f"/sessions/{record.pk}/ask-for-a-change/"
    marisol = visitor().enter(cast.worker).go(address)
    marisol.fill("What would you like changed?", HALF)
    marisol.sees(KEPT)
    held = []
    marisol.page.route("**/typed/?form=*", lambda route: held.append(route))
    marisol.page.reload(wait_until="commit")
    box = marisol.page.get_by_label("What would you like changed?")
    marisol.page.wait_for_load_state("domcontentloaded")
    box.press_sequentially("And the date.")
    held[0].continue_()
    marisol.sees("This is what you had typed by")
    assert box.input_value() == f"{HALF}\nAnd the date."


def test_looked_at_again_and_sent_it_is_not_there_on_the_page_it_came_from(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ahead())
    marisol = visitor().enter(cast.worker).go(f"/sessions/{session.pk}/")
    marisol.fill("Topic", HALF)
    marisol.sees(KEPT)
    marisol.page.get_by_label("Topic").first.evaluate("field => { field.value = ' ' }")
    assert marisol.press("Add to the agenda") == 422
    marisol.fill("Topic", "Night shifts")
    marisol.press("Add to the agenda")
    marisol.go(f"/sessions/{session.pk}/").sees("Night shifts")
    marisol.page.wait_for_load_state("networkidle")
    marisol.sees_not("This is what you had typed by")
