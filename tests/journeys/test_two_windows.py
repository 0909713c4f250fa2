"""Two windows at the same thing: whoever is second sees both, and nothing that anybody wrote is lost."""

from __future__ import annotations

import re

from tests.agreements import helpers as agreements
from tests.sessions import makers

from .steps import add_topic

HERS = "We meet on Mondays at nine, in the garden room."
MINE = "We meet on Fridays at four, by video."


def test_two_people_write_the_same_part_and_the_second_sees_both(cast, visitor):
    draft = agreements.operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    here = f"/agreements/{draft.pk}/parts/{agreements.clause(draft, 'place').pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)
    dana.go(here).fill("Your wording", MINE)
    marisol.go(here).fill("Your wording", HERS)
    assert marisol.press("Suggest this wording") == 200

    assert dana.press("Suggest this wording") == 409
    dana.sees("Somebody answered this part while you were writing.")
    dana.sees("What Marisol suggests")
    assert "Mondays at nine" in dana.text
    assert dana.page.get_by_label("Your wording").input_value() == MINE
    dana.check_page_on_every_screen()

    # She may leave it at Marisol's, or knowingly answer with her own. Marisol then sees both.
    dana.press("Send mine as an answer")
    marisol.go(f"/agreements/{draft.pk}/").sees("Dana suggests a change")
    marisol.press("Use the wording of Dana")
    marisol.sees(MINE)
    marisol.go(f"/agreements/{draft.pk}/history/").sees(re.compile("Mondays at nine"))


def test_two_people_choose_the_numbers_and_the_second_sees_both(cast, visitor):
    draft = agreements.operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    here = f"/agreements/{draft.pk}/parts/{agreements.clause(draft, 'privacy').pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(script=False).enter(cast.worker)
    dana.go(here).fill("Working days to raise a concern yourself", "4")
    marisol.go(here).fill("Working days to raise a concern yourself", "9")
    marisol.press("Suggest this wording")
    assert dana.press("Suggest this wording") == 409
    dana.sees("Somebody answered this part while you were writing.")
    assert "9 working days" in dana.text
    assert dana.page.get_by_label("Working days to raise a concern yourself").input_value() == "4"


def test_a_record_open_in_two_windows_keeps_the_words_of_both(cast, visitor):
    session = makers.planned(cast)
    here = f"/sessions/{session.pk}/record/"
    first = visitor().enter(cast.supervisor).go(here)
    second = first.window().go(here)
    marisol = visitor(size="phone").enter(cast.worker)
    add_topic(marisol, f"/sessions/{session.pk}/", "How to open the breakfast table")

    first.fill("Main points and decisions", HERS)
    first.fill("What", "Bring the duty list", within=first.row("Next step 1"))
    # The topic that Marisol added meanwhile comes into the form, with everything typed.
    assert first.press("Save and finish later") == 409
    first.sees("New on the agenda:")
    assert first.page.get_by_label("Main points and decisions").input_value() == HERS
    topics = [box.input_value() for box in first.page.get_by_label("Topic", exact=True).all()]
    assert "How to open the breakfast table" in topics
    assert first.press("Save and finish later") == 200
    first.sees("Draft saved. Only you can see it until you send it.")

    second.fill("Main points and decisions", MINE)
    assert second.press("Save and finish later") == 409
    second.sees("Saved meanwhile, where it differs from yours:")
    second.sees(HERS)
    assert second.page.get_by_label("Main points and decisions").input_value() == MINE
    steps = [box.input_value() for box in second.page.get_by_label("What", exact=True).all()]
    assert "Bring the duty list" in steps
    second.check_page_on_every_screen()


def test_a_record_sent_from_one_window_shows_what_the_other_had_typed(cast, visitor):
    session = makers.draft(cast)
    here = f"/sessions/{session.pk}/record/"
    first = visitor().enter(cast.supervisor).go(here)
    second = first.window().go(here)
    second.fill("Main points and decisions", MINE)
    first.press("Send it, sign later")
    first.sees("Sent to Marisol.")
    assert second.press("Save and finish later") == 409
    second.sees("Nothing was overwritten")
    second.sees(MINE)
    second.check_page_on_every_screen()


def test_a_signature_given_while_the_record_was_taken_back_is_refused_with_its_words_kept(cast, visitor):
    session = makers.signed_by_recorder(cast)
    marisol = visitor(size="phone").enter(cast.worker).go(f"/sessions/{session.pk}/")
    makers.operations.take_back(session, by=cast.supervisor, reason="A topic was left out.")
    marisol.page.get_by_label("This record reflects what we talked about").check()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.fill("Anything you want kept with your signature", "I would put it differently.")
    assert marisol.press("Sign") == 409
    marisol.sees("I would put it differently.")
    marisol.check_page()


def test_pressing_sign_twice_signs_once(cast, visitor):
    session = makers.signed_by_recorder(cast)
    marisol = visitor().enter(cast.worker).go(f"/sessions/{session.pk}/")
    again = marisol.window().go(f"/sessions/{session.pk}/")
    for window in (marisol, again):
        window.page.get_by_label("This record reflects what we talked about").check()
        window.page.get_by_label("I was there, for the time stated").check()
        window.fill("Type your full name", cast.worker.name)
    marisol.press("Sign")
    marisol.sees("Sealed.")
    assert again.press("Sign") < 500
    again.go(f"/sessions/{session.pk}/")
    assert again.part("How it came together").inner_text().count("Marisol Vega signed") == 1
    assert again.trouble == []
