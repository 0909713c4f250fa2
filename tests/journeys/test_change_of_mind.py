"""Declining, asking for a change, taking back: signatures given before no longer count, and everybody is told on the page."""

from __future__ import annotations

import re

from tests.agreements import helpers as agreements
from tests.sessions import makers

from .steps import sign_agreement

REASON = "The second point reads harsher than we meant it."


def test_a_record_goes_back_for_a_change_and_is_signed_anew(cast, visitor):
    session = makers.signed_by_recorder(cast)
    here = f"/sessions/{session.pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)

    marisol.go(here).follow("Ask for a change")
    marisol.sees("Signatures given so far no longer count, and the people who gave them are told.")
    marisol.fill("What would you like changed?", REASON)
    marisol.press("Send it back to Dana")

    for person in (dana, marisol):
        person.go(here).sees(re.compile("Marisol asked for a change on"))
        person.sees("Signatures given before that no longer count.")
        person.sees(REASON)
    marisol.sees("This session is being written up by Dana.")
    marisol.sees_not(makers.OUTCOMES)

    dana.follow("Go on writing")
    dana.fill("Main points and decisions", "Notes can say what the person chose.")
    dana.fill("Type your full name to sign", cast.supervisor.name)
    dana.press("Sign and send to Marisol")
    marisol.go(here).sees("Notes can say what the person chose.")
    marisol.page.get_by_label("I was there, for the time stated").check()
    marisol.page.get_by_label("This record reflects what we talked about").check()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.press("Sign")
    marisol.sees("Sealed.")
    history = marisol.part("How it came together").inner_text()
    assert re.search("Marisol.* asked for a change", history)
    assert history.count("sent it") == 2


def test_taking_a_record_back_voids_the_signature_of_the_other_and_says_so(cast, visitor):
    session = makers.sent(cast)
    makers.sign(session, cast.worker)
    here = f"/sessions/{session.pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)

    dana.go(here).follow("Take it back")
    dana.fill("What you want to change", "I left out a topic.")
    dana.press("Take it back")
    assert dana.page.url.endswith("/record/")
    marisol.go(here).sees(re.compile("Dana took the record back on"))
    marisol.sees("Signatures given before that no longer count.")
    marisol.sees("I left out a topic.")

    dana.press("Sign and send to Marisol")  # without a name: it says so, and nothing is sent
    dana.sees("Type your full name to sign, or send it without signing yet")
    dana.press("Send it, sign later")
    waits = marisol.go("/").part("Needs you")
    assert "Dana" in waits.inner_text()
    marisol.go(here).sees("Your turn")


def test_a_record_that_the_worker_declines_is_kept_with_the_reason_beside_it(cast, visitor):
    session = makers.signed_by_recorder(cast)
    here = f"/sessions/{session.pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)

    marisol.go(here).follow("Do not sign it")
    marisol.sees("A record that somebody declines is still a record")
    marisol.fill("Why you do not sign", REASON)
    marisol.page.get_by_label("I was there, for the time stated").check()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.press("Do not sign, and keep my reason")
    marisol.sees("Your answer is kept beside the record.")

    for person in (dana, marisol):
        person.go(here).sees("Did not sign")
        person.sees(REASON)
        attended = person.part("Attendance").inner_text()
        assert "Marisol Vega: signed" in attended
    manager = visitor().enter(cast.manager)
    manager.go(f"{here}facts/").sees("Did not sign")
    manager.sees_not(REASON)


def test_an_agreement_that_is_declined_or_sent_back_clears_the_signatures_given(cast, visitor):
    agreement = agreements.offered(cast.arrangement, cast.supervisor)
    here = f"/agreements/{agreement.pk}/"
    dana, marisol = visitor().enter(cast.supervisor), visitor(size="phone").enter(cast.worker)

    # Asked for a change, on the signing page.
    sign_agreement(dana.go(here), cast.supervisor)
    marisol.go(here).press("Ask for a change instead")
    marisol.fill("What should read differently", "Every two weeks is more than I can do.")
    marisol.press("Ask for this change")
    dana.go(here).sees(re.compile("Marisol asked for a change on"))
    dana.sees("You had signed; that signature no longer counts.")
    dana.sees("Every two weeks is more than I can do.")

    # Declined.
    _send_again(dana, here)
    sign_agreement(dana, cast.supervisor)
    marisol.go(here).follow("Decline to sign")
    marisol.fill("Why you don’t sign", "Not before we have talked.")
    marisol.press("Decline to sign")
    for person in (dana, marisol):
        person.go(here).sees(re.compile("Marisol declined to sign on"))
        person.sees("Not before we have talked.")
    dana.sees("You had signed; that signature no longer counts.")

    # Taken back by the one who sent it, after the other has signed.
    _send_again(dana, here)
    sign_agreement(marisol.go(here), cast.worker)
    dana.go(here).sees("Ask for a change instead")
    dana.go(f"{here}take-back/").fill("Why you take it back", "The day is wrong.")
    dana.press("Take it back")
    marisol.go(here).sees(re.compile("Dana took it back on"))
    marisol.sees("You had signed; that signature no longer counts.")

    # And the version that both sign in the end is the one that holds.
    _send_again(dana, here)
    for person, who in ((dana, cast.supervisor), (marisol, cast.worker)):
        sign_agreement(person.go(here), who)
    marisol.sees("Signed by everybody.")


def _send_again(dana, here) -> None:
    dana.go(here).follow("Send it to be signed")
    dana.press("Send it to be signed")
    dana.sees("Sent to be signed.")
