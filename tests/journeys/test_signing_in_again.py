"""When the login is older than the agency allows for a signature, what was typed on the way waits until it is proved again."""

from __future__ import annotations

from tests import factories
from tests.agreements import helpers as agreements
from tests.sessions import makers

from .steps import INTENT

WORDS = "I would call it a start, not a result."


def prove_it(person) -> None:
    person.sees("Is it still you?")
    person.sees("What you were doing waits for you.")
    person.fill("Password", factories.PASSWORD)
    person.press("Go on")


def test_what_the_worker_typed_on_the_signing_page_is_still_there(cast, visitor):
    session = makers.signed_by_recorder(cast)
    marisol = visitor().enter(cast.worker, minutes_ago=60).go(f"/sessions/{session.pk}/")
    marisol.page.get_by_label("I was there, for the time stated").check()
    marisol.page.get_by_label("This record reflects what we talked about").check()
    marisol.fill("Type your full name", "Marisol A. Vega")
    marisol.fill("Anything you want kept with your signature", WORDS)
    marisol.press("Sign")

    prove_it(marisol)
    assert marisol.page.get_by_label("Type your full name").input_value() == "Marisol A. Vega"
    assert marisol.page.get_by_label("Anything you want kept with your signature").input_value() == WORDS
    assert marisol.page.get_by_label("I was there, for the time stated").is_checked()
    assert marisol.page.get_by_label("This record reflects what we talked about").is_checked()
    assert "Error" not in marisol.page.title()
    marisol.press("Sign")
    marisol.sees("Sealed.")
    marisol.sees(WORDS)


def test_a_wrong_password_on_the_way_loses_nothing_either(cast, visitor):
    session = makers.signed_by_recorder(cast)
    marisol = visitor(script=False).enter(cast.worker, minutes_ago=60).go(f"/sessions/{session.pk}/")
    marisol.page.get_by_label("This record reflects what we talked about").check()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.fill("Anything you want kept with your signature", WORDS)
    marisol.press("Sign")
    marisol.fill("Password", "not the password")
    assert marisol.press("Go on") == 422
    prove_it(marisol)
    assert marisol.page.get_by_label("Anything you want kept with your signature").input_value() == WORDS


def test_the_whole_record_that_a_supervisor_was_about_to_sign_is_still_there(cast, visitor):
    session = makers.planned(cast)
    dana = visitor().enter(cast.supervisor, minutes_ago=60).go(f"/sessions/{session.pk}/record/")
    dana.fill("Strengths and what went well", makers.STRENGTHS)
    dana.fill("Main points and decisions", makers.OUTCOMES)
    dana.fill("Topic", "Who opens on Saturdays", within=dana.row("Topic 1"))
    dana.fill("What", "Ask about the room", within=dana.row("Next step 1"))
    dana.fill("Type your full name to sign", cast.supervisor.name)
    dana.press("Sign and send to Marisol")

    prove_it(dana)
    assert dana.page.get_by_label("Strengths and what went well").input_value() == makers.STRENGTHS
    assert dana.page.get_by_label("Main points and decisions").input_value() == makers.OUTCOMES
    assert dana.row("Topic 1").get_by_label("Topic", exact=True).input_value() == "Who opens on Saturdays"
    assert dana.row("Next step 1").get_by_label("What").input_value() == "Ask about the room"
    dana.press("Sign and send to Marisol")
    dana.sees("Sent to Marisol.")
    dana.sees("Ask about the room")


def test_what_was_typed_to_sign_an_agreement_is_still_there(cast, visitor):
    agreement = agreements.offered(cast.arrangement, cast.supervisor)
    marisol = visitor().enter(cast.worker, minutes_ago=60).go(f"/agreements/{agreement.pk}/sign/")
    marisol.fill("Type your full name", cast.worker.name)
    marisol.page.get_by_label(INTENT).check()
    marisol.fill("Anything you want kept with your signature", WORDS)
    marisol.press("Sign this agreement")

    prove_it(marisol)
    marisol.sees("What you typed is still here, below the text.")
    assert marisol.page.get_by_label("Type your full name").input_value() == cast.worker.name
    assert marisol.page.get_by_label(INTENT).is_checked()
    assert marisol.page.get_by_label("Anything you want kept with your signature").input_value() == WORDS
    marisol.press("Sign this agreement")
    marisol.sees("Signed. It holds when everybody has signed.")


def test_a_fresh_login_is_not_asked_again(cast, visitor):
    session = makers.signed_by_recorder(cast)
    marisol = visitor().enter(cast.worker).go(f"/sessions/{session.pk}/")
    marisol.page.get_by_label("This record reflects what we talked about").check()
    marisol.page.get_by_label("I was there, for the time stated").check()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.press("Sign")
    marisol.sees("Sealed.")
