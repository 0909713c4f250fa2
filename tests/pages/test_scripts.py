"""The small modules in a real browser, under the real Content-Security-Policy. No server: pages come from templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from playwright.sync_api import Browser, Dialog, Page, Route

from supervision.middleware import CONTENT_SECURITY_POLICY
from supervision.pages.forms import DateField, LineField, PlainForm, Rows, TextField

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://pages.test"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class Step(PlainForm):
    what = TextField(label="What", rows=1)
    who = forms.ChoiceField(label="Who", choices=[("k", "Kit"), ("d", "Dana")])
    by = DateField(label="By when", required=False)


class Steps(Rows):
    form_class = Step
    prefix = "steps"
    one = "next step"
    max_rows = 3


class Record(PlainForm):
    place = LineField(label="Place")
    outcomes = TextField(label="Main points")


PAGE = """{% extends "base.html" %}{% load static crispy_forms_tags %}{% block title %}Log a session{% endblock %}
{% block main %}{% include "components/page_head.html" with title="Log a session" lead="With Kit." only %}
<form method="post" action="/sent" id="log" novalidate data-unsaved data-draft="/draft" data-saved="Draft saved at %s"
 data-retry="Not saved yet" data-offline="You are offline">{% include "components/default_button.html" with name="later" value="1" only %}
{% error_summary form steps %}
{% sees "session.plan" names="Kit" %}
{{ form.place|as_crispy_field }}{{ form.outcomes|as_crispy_field }}
{% include "components/rows.html" with rows=steps look="steps" add_label="Add a next step" %}
<button class="btn btn-primary" type="submit" name="send" value="1">Sign and send</button>
{% include "components/draft_bar.html" with later=False only %}</form>
<section class="panel panel-private" aria-labelledby="private"><h2 id="private">Private</h2>
<button class="btn btn-quiet" type="button" hidden data-hide="Show them" aria-controls="list" aria-expanded="true">Hide these</button>
<ul class="plain" id="list"><li>The quiet after group</li></ul></section>{% endblock %}
{% block scripts %}<script type="module" src="{% static "js/drafts.js" %}"></script>{% endblock %}"""


def html(*, form: PlainForm | None = None, steps: Steps | None = None, theme: str = "light") -> str:
    places = ["This week", "People", "Sessions"]
    context = {
        "user": Thing(is_authenticated=True),
        "csrf_token": "t",
        "me": Thing(name="Dana Whitfield", initials="DW", role="Supervisor"),
        "nav": [Thing(label=name, url="#", current=name == "Sessions") for name in places],
        "agency_name": "Riverbend",
        "theme": theme,
        "form": form or Record(initial={"place": "Maple Street"}),
        "steps": steps or Steps(initial=[{"what": "Call Priya", "who": "d"}]),
    }
    return Template(PAGE).render(Context(context))


def with_errors() -> dict[str, Any]:
    rows = QueryDict("steps-TOTAL_FORMS=2&steps-0-what=&steps-0-who=d&steps-1-what=Gone&steps-1-DELETE=on")
    return {"form": Record(QueryDict("place=Maple")), "steps": Steps(rows)}


Opener = Callable[..., Any]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Opens a page; at the end, nothing may have been blocked or gone wrong in any of them."""
    contexts, faults = [], []

    def open_page(text: str | None = None, *, width: int = 1280, script: bool = True) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
        contexts.append(context)
        page: Any = context.new_page()
        page.sent = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        body = text or html()

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(SITE).split("?")[0]
            file = ROOT / path.lstrip("/")
            if route.request.method == "POST":
                page.sent.append((path, route.request.post_data or ""))
                route.fulfill(status=204)
            elif path.startswith("/static/"):
                route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
            else:
                headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
                route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

        page.route("**/*", answer)
        page.goto(SITE)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.className"))


def removed(page: Page) -> list[str]:
    marks = page.locator(".rows [name$=-DELETE]")
    return [marks.nth(n).input_value() for n in range(marks.count())]


def test_a_page_with_errors_starts_at_its_summary_and_leads_to_the_field(opened):
    page = opened(html(**with_errors()))
    assert focused(page) == "error-summary"
    page.get_by_role("link", name="Fill in “Main points”").click()
    assert focused(page) == "outcomes"
    page.get_by_role("link", name="Next step 1: Fill in “What”").click()
    assert focused(page) == "steps-0-what"


def test_a_row_is_added_at_once_named_and_focused(opened):
    page = opened()
    page.get_by_role("button", name="Add a next step").click()
    assert focused(page) == "steps-1-what"
    assert page.locator("[name=steps-TOTAL_FORMS]").input_value() == "2"
    assert page.get_by_role("group", name="Next step 2").get_by_label("Who").count() == 1
    assert page.sent == []


def test_a_row_beyond_the_limit_is_left_to_the_server_which_answers_in_words(opened):
    page = opened()
    more = page.get_by_role("button", name="Add a next step")
    more.click()
    more.click()
    assert page.sent == []
    with page.expect_request(f"{SITE}/sent"):
        more.click()
    assert page.locator(".row-item").count() == 3


def test_removing_is_undone_in_place_and_focus_follows(opened):
    page = opened()
    page.get_by_role("button", name="Remove next step 1").click()
    assert removed(page) == ["on"]
    assert not page.get_by_role("group", name="Next step 1").is_visible()
    page.keyboard.press("Enter")
    assert removed(page) == [""]
    assert focused(page) == "remove"


def test_a_row_removed_before_the_page_was_sent_can_be_put_back(opened):
    page = opened(html(**with_errors()))
    page.get_by_role("button", name="Put it back").click()
    assert removed(page) == ["", ""]
    assert page.get_by_label("What").nth(1).input_value() == "Gone"


def test_enter_in_a_field_saves_and_never_removes_a_row(opened):
    page = opened()
    with page.expect_request(f"{SITE}/sent") as caught:
        page.get_by_label("Place").press("Enter")
    body = caught.value.post_data or ""
    assert "later=1" in body
    assert "remove" not in body


def test_without_script_the_row_buttons_are_sent(opened):
    page = opened(script=False)
    for button, expected in (("Add a next step", "add=steps"), ("Remove next step 1", "remove=steps-0")):
        with page.expect_request(f"{SITE}/sent") as caught:
            page.get_by_role("button", name=button).click()
        assert expected in (caught.value.post_data or "")


def test_the_menu_folds_on_a_phone_and_escape_gives_the_focus_back(opened):
    page = opened(width=390)
    menu = page.get_by_role("navigation", name="Main")
    assert not menu.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert menu.is_visible()
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert focused(page) == "nav-toggle"


def test_without_script_every_destination_is_in_sight(opened):
    page = opened(width=390, script=False)
    assert page.get_by_role("link", name="People").is_visible()
    assert not page.get_by_role("button", name="Menu").is_visible()


def test_the_account_menu_closes_by_escape_and_by_a_click_elsewhere(opened):
    page = opened()
    way_out = page.get_by_role("button", name="Sign out")
    page.get_by_text("Dana Whitfield").click()
    assert way_out.is_visible()
    page.keyboard.press("Escape")
    assert not way_out.is_visible()
    page.get_by_text("Dana Whitfield").click()
    page.get_by_role("heading", name="Log a session").click()
    assert not way_out.is_visible()


def test_titles_can_be_hidden_at_once_where_script_runs(opened):
    page = opened()
    page.get_by_role("button", name="Hide these").click()
    assert not page.get_by_text("The quiet after group").is_visible()
    page.get_by_role("button", name="Show them").click()
    assert page.get_by_text("The quiet after group").is_visible()
    assert not opened(script=False).get_by_role("button", name="Hide these").is_visible()


def leaving_asks(page: Page) -> bool:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    return asked == ["beforeunload"]


def test_leaving_with_words_that_were_not_sent_asks_first(opened):
    page = opened()
    page.get_by_label("Main points").press_sequentially("A good week")
    assert leaving_asks(page)


def test_leaving_with_nothing_typed_does_not_ask(opened):
    page = opened()
    page.get_by_label("Main points").click()
    assert not leaving_asks(page)


def test_a_draft_is_saved_when_typing_stops_and_said_once(opened):
    page = opened()
    page.clock.install()
    page.reload()
    page.get_by_label("Main points").press_sequentially("A good week")
    assert page.sent == []
    with page.expect_request(f"{SITE}/draft"):
        page.clock.run_for(2100)
    page.get_by_text("Draft saved at").first.wait_for()
    assert "A good week" in page.sent[0][1]
    assert not leaving_asks(page)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (320, "dark")])
def test_the_form_and_its_errors_are_accessible_at_every_width(opened, width, theme):
    page = opened(html(theme=theme, **with_errors()), width=width)
    if width < 960:
        page.get_by_role("button", name="Menu").click()
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_accessibility_check_sees_a_planted_fault(opened):
    page = opened(html().replace("<main", '<img src="/static/img/mark.svg"><main', 1))
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert "image-alt" in {rule["id"] for rule in found}
