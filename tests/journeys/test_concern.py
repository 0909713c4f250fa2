"""A concern in the browser: from the words of the supervisor to what came of it, each step in its turn; and a letter."""

from __future__ import annotations

from django.utils import timezone

from tests.concerns import makers
from tests.sessions import makers as sessions

WORDS = "It was water, and I would like that to stand here too."


def test_a_concern_goes_its_way_and_everybody_reads_their_own_part(cast, visitor):
    lina = makers.line_manager(cast)
    draft = sessions.draft(cast)
    dana = visitor().enter(cast.supervisor).go(f"/sessions/{draft.pk}/")
    dana.follow("Did anything reach one of the limits?")
    dana.check_page_on_every_screen()
    dana.follow("A concern with Marisol Vega")
    dana.check_page_on_every_screen()
    assert dana.press("Keep it for now") == 422
    dana.sees("Choose which of the five limits it meets")
    dana.check_page_on_every_screen()
    dana.page.get_by_label("A serious worry about the safety").check()
    dana.fill("What are you worried about?", makers.TEXT)
    dana.fill("A name, only if nobody could act without it", makers.NAMED)
    dana.press("Keep it for now")
    dana.sees("Nobody has been told. Marisol hears it first.")
    dana.check_page_on_every_screen()
    here = dana.page.url.removeprefix(dana.address)

    marisol = visitor(size="phone").enter(cast.worker)
    assert marisol.go(here).status == 404

    dana.follow("I have told Marisol")
    dana.check_page_on_every_screen()
    dana.fill("When did you talk about it?", f"{timezone.localdate():%Y-%m-%d}")
    dana.press("Record that they were told")
    dana.sees("to take it further themself")
    dana.check_page_on_every_screen()

    marisol.go("/").follow("Read what Dana told you of")
    marisol.sees(makers.TEXT)
    marisol.check_page_on_every_screen()
    marisol.press("I have read this")
    marisol.follow("Add your own words")
    marisol.check_page_on_every_screen()
    marisol.fill("Your own words", WORDS)
    marisol.page.get_by_label("Also whoever it is shared with, if it is").check()
    marisol.press("Add them")
    marisol.sees("It stands beside the concern now.")

    _they_share_it(dana, marisol, here)

    lina_sees = visitor().enter(lina).go("/")
    lina_sees.follow("Read the concern that Dana shared with you")
    lina_sees.sees(makers.SHARED)
    lina_sees.sees(WORDS)
    lina_sees.sees(makers.NAMED)
    lina_sees.sees_not(makers.TEXT)
    lina_sees.check_page_on_every_screen()
    lina_sees.follow("Record what came of it")
    lina_sees.check_page_on_every_screen()
    lina_sees.fill("What came of it", "We agreed on a taxi account.")
    lina_sees.press("Record it")
    lina_sees.sees("With that it has ended.")
    marisol.go(here).sees("We agreed on a taxi account.")
    marisol.check_page_on_every_screen()
    dana.go("/concerns/").sees("Shared and answered")
    dana.check_page_on_every_screen()


def _they_share_it(dana, marisol, here) -> None:
    """The worker gives up their own time."""
    marisol.go(here).follow("I won’t or can’t take it further myself")
    marisol.check_page_on_every_screen()
    marisol.press("Say so")
    dana.go(here).follow("Marisol knows that I share it now")
    dana.check_page_on_every_screen()
    dana.press("Record that they know")
    dana.follow("Share it")
    dana.check_page_on_every_screen()
    dana.fill("The concern, as they will read it", makers.SHARED)
    dana.press("Share it")
    dana.sees("What Lina Ortega reads")
    dana.check_page_on_every_screen()


def test_a_letter_reaches_somebody_else_than_whoever_supervises(cast, visitor):
    marisol = visitor(size="phone").enter(cast.worker).go("/concerns/")
    marisol.check_page_on_every_screen()
    marisol.follow("Letters")
    marisol.check_page_on_every_screen()
    marisol.follow("Write about supervision with Dana Whitfield")
    assert marisol.press("Send it") == 422
    marisol.check_page_on_every_screen()
    marisol.page.get_by_label("Priya Raman").check()
    marisol.fill("What is not working", makers.LETTER)
    marisol.press("Send it")
    marisol.sees("Sent to Priya Raman.")
    marisol.check_page_on_every_screen()
    here = marisol.page.url.removeprefix(marisol.address)

    dana = visitor().enter(cast.supervisor)
    assert dana.go(here).status == 404

    priya = visitor().enter(cast.manager).go("/")
    priya.follow("Read the letter that Marisol wrote to you")
    priya.sees(makers.LETTER)
    priya.check_page_on_every_screen()
    priya.fill("Your answer", "Let us talk on Friday.")
    priya.press("Send it to Marisol")
    marisol.go(here).sees("Let us talk on Friday.")
    marisol.press("Let Dana read it")
    marisol.sees("Dana can read it now")
    dana.go(here).sees("Let us talk on Friday.")
    dana.check_page_on_every_screen()
    marisol.press("Take it back from Dana")
    assert dana.go(here).status == 404
    marisol.press("Close it")
    marisol.sees("Closed. What was written stays.")
