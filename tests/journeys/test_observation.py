"""An observation in the browser: proposed, put differently, agreed, written up, signed by both, on the next agenda, in the log."""

from __future__ import annotations

from tests.sessions import makers
from tests.sessions import observation_makers as make

LOOK_FOR = "How long we let silences be."


def test_two_people_agree_on_it_and_both_sign_what_was_seen(cast, visitor, run_jobs):
    session = makers.planned(cast, starts_at=makers.ahead())
    marisol = visitor(size="phone").enter(cast.worker).go("/sessions/")
    marisol.follow("Observations")
    marisol.check_page_on_every_screen()
    marisol.follow("Propose one with Dana Whitfield")
    marisol.check_page_on_every_screen()
    assert marisol.press("Propose it to Dana") == 422
    marisol.sees("Enter a date")
    marisol.check_page_on_every_screen()
    marisol.fill("Date", f"{make.plan().day:%Y-%m-%d}")
    marisol.fill("Where, and in what kind of work", "The Tuesday group")
    marisol.fill("What to look for", make.LOOK_FOR)
    marisol.press("Propose it to Dana")
    marisol.sees("With Dana to answer.")
    marisol.check_page_on_every_screen()
    here = marisol.page.url.removeprefix(marisol.address)

    dana = visitor().enter(cast.supervisor).go("/sessions/observations/")
    dana.sees("Your answer")
    dana.go(here).sees("It takes place only if you agree.")
    dana.check_page_on_every_screen()
    dana.follow("Put it differently")
    dana.check_page_on_every_screen()
    dana.fill("What to look for", LOOK_FOR)
    dana.press("Propose it to Marisol")
    dana.sees("Marisol is asked to agree.")
    marisol.go(here).sees(LOOK_FOR)
    marisol.press("I agree")
    marisol.sees("You both agree.")
    marisol.check_page_on_every_screen()

    _written_up(dana, here)
    marisol.go(here).sees("being written up by Dana")
    marisol.sees_not(make.STRENGTHS)
    dana.fill("Type your full name", cast.supervisor.name)
    dana.press("Sign and send to Marisol")
    dana.sees("Signed, and sent to Marisol.")
    dana.check_page_on_every_screen()

    marisol.go("/").follow("Read and sign the record of an observation with Dana")
    marisol.sees(make.GROWTH)
    marisol.check_page_on_every_screen()
    marisol.fill("Type your full name", cast.worker.name)
    marisol.press("Sign")
    marisol.sees("Sealed. It never changes")
    run_jobs()
    marisol.go(here).check_page_on_every_screen()
    assert marisol.download("Download the PDF").startswith(b"%PDF")
    marisol.go(f"/sessions/{session.pk}/").sees("The observation on")

    priya = visitor().enter(cast.manager).go("/sessions/observations/log/")
    priya.sees("Marisol Vega")
    priya.sees_not(LOOK_FOR)
    priya.check_page_on_every_screen()
    assert priya.go(here).status == 403


def _written_up(dana, here) -> None:
    dana.go(here).follow("Write it up")
    dana.sees("What you agreed")
    dana.fill("Strengths you saw", make.STRENGTHS)
    dana.check_page_on_every_screen()
    assert dana.press("Save and read it through") == 422
    dana.sees("Name one growth point")
    dana.check_page_on_every_screen()
    dana.fill("One growth point", make.GROWTH)
    dana.press("Save and read it through")
    dana.sees("This is what Marisol will read.")
    dana.check_page_on_every_screen()


def test_something_is_added_to_the_sealed_record_and_all_of_it_is_found_again(cast, visitor, run_jobs):
    made = make.sealed(cast)
    here = f"/sessions/observations/{made.pk}/"
    marisol = visitor(size="phone").enter(cast.worker).go(here)
    marisol.follow("Add to the record")
    marisol.check_page_on_every_screen()
    assert marisol.press("Sign it and send it") == 422
    marisol.sees("Say what should stand beside the record")
    marisol.check_page_on_every_screen()
    marisol.fill("Why you are adding to the record", "The room was another one")
    marisol.fill("What should stand beside it", "We were in the blue room, with the window open.")
    marisol.fill("Type your full name to sign", cast.worker.name)
    marisol.press("Sign it and send it")
    marisol.sees("Added to the record. Dana can now read and sign it.")
    marisol.sees("Close it with the signatures given")
    marisol.check_page_on_every_screen()

    dana = visitor().enter(cast.supervisor).go("/")
    dana.follow("Read the addendum to the record of an observation with Marisol")
    dana.follow("Read and answer it")
    dana.sees("You and Marisol see it, and what is answered.")
    dana.check_page_on_every_screen()
    dana.fill("Type your full name", cast.supervisor.name)
    dana.press("Sign")
    dana.sees("Signed.")
    run_jobs()
    dana.go(here).check_page_on_every_screen()

    dana.go("/sessions/").fill("Words in it", "blue room")
    dana.press("Find")
    dana.sees("with the window open")
    dana.check_page_on_every_screen()
    dana.go("/sessions/observations/?found=1").sees("Only those that are like what you looked for")
    dana.check_page_on_every_screen()

    priya = visitor().enter(cast.manager)
    assert priya.go(here).status == 403
    priya.sees_not("blue room")


def test_without_script_it_is_declined_called_off_and_sent_back(cast, visitor):
    declined, agreed, sent = make.proposed(cast), make.agreed(cast), make.sent(cast)
    marisol = visitor(script=False, size="narrow").enter(cast.worker)
    base = "/sessions/observations/"
    marisol.go(f"{base}{declined.pk}/").follow("Decline it")
    assert marisol.press("Decline it") == 422
    marisol.fill("Why not, or not now", "I am new in this group.")
    marisol.press("Decline it")
    marisol.sees("You declined this.")
    marisol.sees("I am new in this group.")

    marisol.go(f"{base}{agreed.pk}/").follow("Call it off")
    marisol.press("Call it off")
    marisol.sees("You called this off.")

    marisol.go(f"{base}{sent.pk}/").follow("Ask for a change instead")
    marisol.fill("What would you like changed?", "It was the second half.")
    marisol.press("Send it back to Dana")
    dana = visitor(script=False).enter(cast.supervisor).go(f"{base}{sent.pk}/")
    dana.sees("It was the second half.")
    dana.fill("Type your full name", cast.supervisor.name)
    dana.press("Sign and send to Marisol")
    dana.sees("Signed, and sent to Marisol.")
