"""A person's own notebook in the browser: from a session to a note, kept while typing, found, shared, taken back, deleted, back."""

from __future__ import annotations

import re

from tests.sessions import makers

WORDS = "I said it out loud, and nothing fell down."
HALF = "I said it out l"
KEPT = re.compile(r"What you type is kept for you, last at \d")


def test_from_a_session_to_a_note_that_is_shared_and_taken_back(cast, visitor):
    session = makers.sealed(cast)
    marisol = visitor(size="phone").enter(cast.worker).go(f"/sessions/{session.pk}/")
    marisol.follow("Write a private note about this session")
    marisol.page.get_by_label("Diary entry").check()
    marisol.fill("Your words", HALF)
    marisol.sees(KEPT)
    marisol.check_page_on_every_screen()
    marisol.page.close(run_before_unload=False)

    again = marisol.window().go("/notes/")
    again.sees("that is not saved yet")
    again.check_page_on_every_screen()
    again.follow("Go on writing")
    again.sees("This is what you had typed by")
    again.check_page_on_every_screen()
    again.fill("Your words", WORDS)
    again.press("Save")
    again.sees("Saved. Only you can see it.")
    again.sees("Session with Dana Whitfield")
    again.check_page_on_every_screen()

    dana = visitor().enter(cast.supervisor).go("/notes/")
    dana.sees_not(WORDS)
    again.follow("Share it with one person")
    again.check_page_on_every_screen()
    assert again.press("Share it") == 422
    again.sees("Choose a person")
    again.page.get_by_label("With whom").select_option(label="Dana Whitfield")
    again.press("Share it")
    again.sees("You and Dana Whitfield see this note.")
    again.check_page_on_every_screen()

    dana.go("/notes/").follow("A note by Marisol Vega")
    dana.sees(WORDS)
    dana.sees("Marisol has shared it with you since")
    dana.check_page_on_every_screen()
    here = dana.page.url.removeprefix(dana.address)
    dana.go("/notes/shared/").check_page_on_every_screen()
    again.press("Take it back")
    again.sees("Only you can see this note now.")
    assert dana.go(here).status == 404
    dana.sees_not(WORDS)


def test_finding_hiding_deleting_and_bringing_back(cast, visitor):
    marisol = visitor().enter(cast.worker).go("/notes/")
    marisol.sees("Nothing here yet")
    marisol.check_page_on_every_screen()
    for title in ("Heron by the river", "Wren in the hedge"):
        marisol.go("/notes/add/").fill("Title", title)
        marisol.fill("Your words", "Seen on the way to work.")
        marisol.press("Save")
    marisol.go("/notes/").fill("Find words", "wren")
    marisol.press("Find")
    marisol.sees("Wren in the hedge")
    marisol.sees_not("Heron by the river")
    assert "wren" not in marisol.page.url
    marisol.check_page_on_every_screen()
    marisol.follow("Show everything")
    marisol.page.get_by_role("button", name="Hide these for now").click()
    assert not marisol.page.get_by_text("Heron by the river").is_visible()
    marisol.page.get_by_role("button", name="Show them").click()
    marisol.follow("Heron by the river")
    marisol.press("Delete it")
    marisol.sees("you can bring it back")
    marisol.follow("Deleted notes")
    marisol.check_page_on_every_screen()
    marisol.press("Bring it back: Heron by the river")
    marisol.sees("It is back. Only you can see it.")
    marisol.press("Delete it")
    marisol.go("/notes/deleted/").follow("Remove it for good: Heron by the river")
    marisol.check_page_on_every_screen()
    marisol.press("Remove it for good")
    marisol.sees("Nothing deleted")


def test_two_windows_show_both_texts_and_go_on_by_choice(cast, visitor):
    marisol = visitor().enter(cast.worker).go("/notes/add/")
    marisol.fill("Your words", "Begun.")
    marisol.press("Save")
    marisol.follow("Change it")
    second = marisol.window().go(marisol.page.url.removeprefix(marisol.address))
    marisol.fill("Your words", "From the first window")
    marisol.press("Save")
    second.fill("Your words", "From the second window")
    assert second.press("Save") == 409
    second.sees("From the first window")
    assert second.page.get_by_label("Your words").input_value() == "From the second window"
    second.check_page_on_every_screen()
    assert second.press("Save") == 200
    second.sees("From the second window")


def test_a_note_is_written_without_script(cast, visitor):
    marisol = visitor(size="narrow", script=False).enter(cast.worker).go("/notes/add/")
    marisol.fill("Your words", WORDS)
    marisol.press("Save")
    marisol.sees(WORDS)
    marisol.press("Delete it")
    marisol.follow("Deleted notes")
    marisol.press("Bring it back")
    marisol.sees(WORDS)
