"""Hints while somebody writes: beside the field, said once, silenced in place, and never in the way."""

from __future__ import annotations

import re

from tests.sessions import makers

from .conftest import spoken

LABEL = "Main points and decisions"
CHORE = "Kit was asked to clean the bathrooms"
TITLE = "Work that nobody else is asked to do"
PAYEE = "The team wants Ben to be a payee"
MONEY = "Other people’s money"
SILENCED = "Not shown to you again."


def box(person, field_id):
    return person.page.locator(f"#div_id_{field_id} .hints")


def test_a_hint_comes_while_one_writes_and_goes_when_it_is_silenced(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ago(1))
    record = f"/sessions/{session.pk}/record/"
    dana = visitor().enter(cast.supervisor).go(record)
    dana.check_page_on_every_screen()
    dana.fill(LABEL, f"{CHORE}. {PAYEE}.")
    dana.sees("2 things to look at again, if you like")
    said = box(dana, "outcomes").get_by_role("status")
    assert (said.text_content() or "").startswith(f"{LABEL}: 2 things")
    assert dana.page.get_by_label(LABEL).evaluate("field => field === document.activeElement")
    dana.check_page_on_every_screen()

    button = dana.page.get_by_role("button", name=spoken(f"Don’t show this one again: {TITLE}"))
    button.press("Enter")
    dana.sees(SILENCED)
    assert TITLE not in box(dana, "outcomes").inner_text()
    assert MONEY in box(dana, "outcomes").inner_text()
    assert dana.page.get_by_label(LABEL).evaluate("field => field === document.activeElement")
    assert dana.page.get_by_label(LABEL).input_value() == f"{CHORE}. {PAYEE}."

    dana.fill(LABEL, "")
    said = box(dana, "outcomes").get_by_role("status")
    box(dana, "outcomes").locator("ul").wait_for(state="detached")
    assert said.text_content() == ""

    dana.page.get_by_role("button", name="Add a next step").click()
    step = dana.page.get_by_role("group", name="Next step 2", exact=True)
    step.get_by_label("What").fill(f"Speak with the team: {PAYEE}")
    step.get_by_text(f"{MONEY}.").wait_for()
    dana.check_page()
    dana.fill(LABEL, CHORE)
    assert dana.press("Save and finish later") == 200

    dana.follow("Read it through and send it")
    dana.sees("Before you send it")
    assert TITLE not in dana.text
    assert MONEY in dana.text
    dana.check_page_on_every_screen()

    dana.go("/your-details/")
    assert TITLE in dana.part("Hints you silenced").inner_text()
    dana.check_page_on_every_screen()
    dana.press(f"Show it again: {TITLE}")
    assert "None." in dana.part("Hints you silenced").inner_text()
    dana.go(record)
    assert TITLE in box(dana, "outcomes").inner_text()


def test_without_script_the_hint_comes_with_the_form_and_nothing_typed_is_lost(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ago(1))
    dana = visitor(size="phone", script=False).enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    dana.fill(LABEL, CHORE)
    dana.fill("Minutes", "9999")
    assert dana.press("Save and finish later") == 422
    dana.sees(TITLE)
    assert dana.press(f"Don’t show this one again: {TITLE}") == 200
    dana.sees(SILENCED)
    assert dana.page.get_by_label(LABEL).input_value() == CHORE
    assert box(dana, "outcomes").count() == 0


def test_a_lost_connection_or_sign_in_takes_no_word_away_and_says_nothing(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ago(1))
    dana = visitor().enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    dana.context.set_offline(True)
    dana.fill(LABEL, CHORE)
    dana.sees("You’re offline. Leave this page open")
    assert box(dana, "outcomes").locator("li").count() == 0
    dana.context.set_offline(False)
    dana.fill(LABEL, f"{CHORE} again")
    dana.sees(TITLE)
    dana.context.clear_cookies()
    dana.page.get_by_role("button", name=re.compile("Don’t show this one again")).click()
    dana.page.wait_for_timeout(500)
    assert box(dana, "outcomes").locator("li").count() == 1
    assert dana.page.get_by_label(LABEL).input_value() == f"{CHORE} again"


def test_the_page_of_all_guidance_reads_well(cast, visitor):
    kit = visitor().enter(cast.worker).go("/help/")
    kit.follow(re.compile("^Guidance"))
    kit.sees("Words to look at again")
    kit.check_page_on_every_screen()
