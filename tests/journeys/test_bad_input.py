"""What somebody sees who left something out: a summary with the focus, links that lead to the fields, everything still there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agreements import helpers as agreements
from tests.sessions import makers

from .steps import now_there

TEXT = "A conversation with שלום in it, 🌱 and <b>no markup</b>."


def check_says_what_to_fix(person: Any, *errors: str) -> None:
    """The title says so, the summary has the focus, and each of its links puts the focus on its field."""
    assert person.page.title().startswith("Error")
    summary = person.page.locator(".error-summary")
    assert summary.evaluate("box => box === document.activeElement")
    said = summary.inner_text()
    for error in errors:
        assert error in said
    for link in summary.get_by_role("link").all():
        target = str(link.get_attribute("href"))[1:]
        link.click()
        focused = person.page.evaluate("document.activeElement.id || document.activeElement.name")
        group = person.page.locator(f"[id='{target}']")
        inside = group.evaluate(
            "box => box === document.activeElement || box.contains(document.activeElement)"
        )
        assert inside, f"“{link.inner_text()}” leads to {target}, but {focused} has the focus"
    person.check_page_on_every_screen()


def test_a_record_with_gaps_says_what_to_fix_and_keeps_everything(cast, visitor):
    session = makers.planned(cast)
    dana = visitor().enter(cast.supervisor).go(f"/sessions/{session.pk}/record/")
    dana.fill("Strengths and what went well", TEXT)
    dana.fill("Date", "")
    dana.fill("Start time", "14:00")
    dana.fill("Or end time", "13:00")
    dana.fill("By when", now_there().strftime("%Y-%m-%d"), within=dana.row("Next step 1"))
    assert dana.press("Sign and send to Marisol") == 422
    check_says_what_to_fix(
        dana,
        "Enter the date you met",
        "Add at least one main point or decision",
        "Say what will be done, or remove this row",
        "Type your full name to sign, or send it without signing yet",
    )
    assert dana.page.get_by_label("Strengths and what went well").input_value() == TEXT
    assert dana.page.get_by_label("Or end time").input_value() == "13:00"
    row = dana.row("Next step 1")
    assert row.get_by_label("By when").input_value() == now_there().strftime("%Y-%m-%d")

    when = makers.ago().astimezone(session.zone)
    dana.fill("Date", when.strftime("%Y-%m-%d"))
    dana.fill("Main points and decisions", TEXT)
    dana.fill("What", TEXT, within=row)
    dana.fill("Type your full name to sign", cast.supervisor.name)
    assert dana.press("Sign and send to Marisol") == 422
    check_says_what_to_fix(dana, "The session ends before it starts. Check both times.")
    dana.fill("Or end time", "")
    dana.press("Sign and send to Marisol")
    dana.sees("Sent to Marisol.")
    dana.sees(TEXT)


def test_a_plan_in_the_past_or_without_a_time_is_not_made(cast, visitor):
    marisol = visitor().enter(cast.worker).go(f"/sessions/plan/{cast.arrangement.pk}/")
    marisol.fill("Date", "2020-02-03")
    marisol.fill("Start time", "")
    marisol.fill("Minutes", "0")
    marisol.fill("Place or link", TEXT)
    assert marisol.press("Plan it") == 422
    check_says_what_to_fix(marisol, "Enter a start time")
    assert marisol.page.get_by_label("Place or link").input_value() == TEXT
    marisol.fill("Start time", "10:00")
    marisol.fill("Minutes", "60")
    assert marisol.press("Plan it") == 422
    check_says_what_to_fix(marisol, "This time has passed.")


def test_a_signature_without_name_or_tick_is_not_given(cast, visitor):
    session = makers.signed_by_recorder(cast)
    marisol = visitor().enter(cast.worker).go(f"/sessions/{session.pk}/")
    marisol.fill("Anything you want kept with your signature", TEXT)
    assert marisol.press("Sign") == 422
    check_says_what_to_fix(
        marisol, "Type your full name. That is your signature.", "Tick what you are signing"
    )
    assert marisol.page.get_by_label("Anything you want kept with your signature").input_value() == TEXT

    agreement = agreements.offered(cast.arrangement, cast.supervisor)
    marisol.go(f"/agreements/{agreement.pk}/sign/").fill("Anything you want kept with your signature", TEXT)
    assert marisol.press("Sign this agreement") == 422
    check_says_what_to_fix(marisol, "Type your full name. That is your signature.", "Tick the sentence")
    assert marisol.page.get_by_label("Anything you want kept with your signature").input_value() == TEXT


def test_a_topic_without_words_is_said_on_the_agenda(cast, visitor):
    session = makers.planned(cast, starts_at=makers.ahead(3))
    marisol = visitor().enter(cast.worker).go(f"/sessions/{session.pk}/")
    assert marisol.press("Add to the agenda") == 422
    check_says_what_to_fix(marisol, "Say what you would like to talk about")


FORMS = {
    "addendum": ("worker", "/sessions/{sealed}/addendum/", "Sign it and send it"),
    "decline": ("worker", "/sessions/{sent}/decline/", "Do not sign, and keep my reason"),
    "ask for a change": ("worker", "/sessions/{sent}/ask-for-a-change/", "Send it back to Dana"),
    "cancel": ("supervisor", "/sessions/{planned}/cancel/", "Cancel the session"),
    "report": ("manager", "/reports/ask/", "Prepare the report"),
    "person": ("administrator", "/people/add/", "Add"),
    "arrangement": ("administrator", "/arrangements/add/", "Make the arrangement"),
    "away": ("worker", "/your-details/away/", "Add"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_sent_empty_says_what_to_fix(cast, visitor, form):
    role, path, button = FORMS[form]
    records = {
        "sealed": lambda: makers.sealed(cast),
        "sent": lambda: makers.signed_by_recorder(cast),
        "planned": lambda: makers.planned(cast, starts_at=makers.ahead(3)),
    }
    for name, make in records.items():
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", str(make().pk))
    person = visitor().enter(getattr(cast, role)).go(path)
    for box in person.page.locator("main form input[type=date]").all():
        box.fill("")
    for box in person.page.locator("main form input[type=checkbox]:checked").all():
        box.uncheck()
    assert person.press(button, within=person.page.get_by_role("main")) == 422
    check_says_what_to_fix(person)


def test_a_file_that_is_no_file_is_said_plainly(cast, visitor):
    somebody = visitor().go("/verify/")
    assert somebody.press("Check this file") == 422
    check_says_what_to_fix(somebody, "Choose the PDF file that you want to check")
