"""From signing in to a signed record without a pointer, and always with a visible place to be."""

from __future__ import annotations

import pytest

from agreements import operations
from supervision.sessions import operations as sessions
from tests import factories
from tests.sessions import makers

# What of the focused element can be seen: its ring, and that nothing covers its middle.
SEEN = """() => {
  const box = document.activeElement;
  if (!box || box === document.body) return {name: "", ring: true, clear: true};
  const ring = getComputedStyle(box);
  const where = box.getBoundingClientRect();
  const [x, y] = [where.x + where.width / 2, where.y + where.height / 2];
  const top = document.elementFromPoint(x, y);
  const inside = x >= 0 && y >= 0 && x <= innerWidth && y <= innerHeight;
  const label = box.labels && box.labels[0];
  return {
    name: (label ? label.textContent : box.textContent || box.name || "").trim().replace(/\\s+/g, " "),
    ring: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2,
    clear: inside && (top === box || box.contains(top) || (top && top.contains(box)) || (label && label.contains(top))),
  };
}"""


def tab_to(person, name: str, *, most: int = 60, key: str = "Tab") -> None:
    """Tab on until the element of this name has the focus. Each stop on the way shows where one is."""
    for _ in range(most):
        person.page.keyboard.press(key)
        stop = person.page.evaluate(SEEN)
        assert stop["ring"], f"“{stop['name']}” on {person.page.url} shows no ring"
        assert stop["clear"], f"“{stop['name']}” on {person.page.url} is covered or out of sight"
        if stop["name"].startswith(name):
            return
    pytest.fail(f"Tab never came to “{name}” on {person.page.url}")


def enter(person, key: str = "Enter") -> None:
    with person.page.expect_navigation():
        person.page.keyboard.press(key)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_worker_signs_in_and_signs_a_record_with_the_keyboard_alone(cast, visitor, dark):
    makers.signed_by_recorder(cast)
    marisol = visitor(dark=dark).go("/accounts/login/")
    keys = marisol.page.keyboard
    tab_to(marisol, "E-mail")
    keys.type(cast.worker.email)
    tab_to(marisol, "Password")
    keys.type(factories.PASSWORD)
    enter(marisol)

    tab_to(marisol, "Skip to main content", most=1)
    keys.press("Enter")
    tab_to(marisol, "Read and sign", most=1)
    enter(marisol)

    tab_to(marisol, "I was there, for the time stated")
    keys.press("Space")
    tab_to(marisol, "This record reflects what we talked about", key="Shift+Tab")
    keys.press("Space")
    tab_to(marisol, "Type your full name")
    keys.type(cast.worker.name)
    tab_to(marisol, "Anything you want kept with your signature")
    keys.type("It was a start.")
    tab_to(marisol, "Sign", most=1)
    enter(marisol)
    marisol.sees("Sealed. It never changes")
    marisol.sees("It was a start.")


def test_escape_closes_the_account_menu_and_gives_the_focus_back(cast, visitor):
    dana = visitor().enter(cast.supervisor).go("/")
    tab_to(dana, "DW")
    dana.page.keyboard.press("Enter")
    menu = dana.page.locator("#account")
    assert menu.get_attribute("open") is not None
    tab_to(dana, "Your details", most=3)
    dana.page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert dana.page.evaluate(SEEN)["name"].startswith("DW")


def test_on_a_phone_the_menu_opens_and_closes_with_the_keyboard(cast, visitor):
    dana = visitor(size="phone").enter(cast.supervisor).go("/")
    tab_to(dana, "Menu", most=4)
    dana.page.keyboard.press("Enter")
    dana.page.get_by_role("link", name="Agreements").wait_for()
    dana.page.keyboard.press("Escape")
    assert not dana.page.get_by_role("link", name="Agreements").is_visible()
    assert dana.page.evaluate(SEEN)["name"] == "Menu"


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_every_stop_on_the_longest_form_can_be_seen(cast, visitor, size):
    session = makers.planned(cast)
    dana = visitor(size=size).enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    tab_to(dana, "Sign and send to Marisol", most=90)


def test_a_removed_row_gives_its_place_to_what_brings_it_back(cast, visitor):
    session = makers.planned(cast)
    dana = visitor().enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    dana.fill("What", "Ask about the room", within=dana.row("Next step 1"))
    dana.row("Next step 1").get_by_role("button", name="Remove").press("Enter")
    assert dana.page.evaluate(SEEN)["name"] == "Put it back"
    dana.page.keyboard.press("Enter")
    assert dana.page.evaluate(SEEN)["name"].startswith("Remove")
    assert dana.row("Next step 1").get_by_label("What").input_value() == "Ask about the room"


def test_a_part_of_an_agreement_is_suggested_and_taken_with_the_keyboard_alone(cast, visitor):
    draft = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    page, part = f"/agreements/{draft.pk}/", draft.clauses.get(key="purpose")
    marisol = visitor().enter(cast.worker).go(page)
    tab_to(marisol, f"Suggest other wording: {part.title}", most=90)
    enter(marisol)
    tab_to(marisol, "Your wording")
    marisol.page.keyboard.press("Control+A")
    marisol.page.keyboard.type("We learn from each other.")
    tab_to(marisol, "Why")
    marisol.page.keyboard.type("It is shorter.")
    tab_to(marisol, "Suggest this wording", most=3)
    enter(marisol)
    marisol.sees("Suggested. It is with Dana to answer.")

    dana = visitor(size="narrow").enter(cast.supervisor).go(page)
    tab_to(dana, "Use the wording of Marisol", most=90)
    enter(dana)
    dana.sees("You both agree to part 3.")
    dana.sees("We learn from each other.")


def test_a_topic_changes_its_place_with_the_keyboard_alone(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ahead(2))
    for text in ("The heron", "The egret"):
        sessions.add_item(session, by=cast.worker, text=text, share=True)
    dana = visitor().enter(cast.supervisor).go(f"/sessions/{session.pk}/")
    tab_to(dana, "Move up: The egret", most=40)
    enter(dana)
    listed = dana.page.locator("ol.panel > li").all_inner_texts()
    assert "The egret" in listed[0]
    assert "The heron" in listed[1]
