"""The frame, the refusals and the components stand on their own: no context, no database, no surprise."""

import re
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from supervision.pages.forms import LineField, PlainForm, Rows, VersionField, render_form
from supervision.pages.responses import conflict

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["400", "403", "404", "409", "500", "503", "csrf_failure"])
def test_a_refusal_is_a_whole_page_even_with_no_context_at_all(name):
    html = render_to_string(f"{name}.html")
    assert html.count("<h1>") == 1
    assert re.search(r"<title>[^·<]+ · Common Hour</title>", html)
    assert "{{" not in html


def frame(**context: object) -> str:
    return render_to_string("404.html", {"user": Thing(is_authenticated=True), "csrf_token": "t", **context})


def test_the_frame_marks_the_current_place_and_switches_roles():
    html = frame(
        me=Thing(name="Dana <b>", initials="DW", role="Supervisor"),
        nav=[
            Thing(label="People", url="/people/", current=False),
            Thing(label="Sessions", url="/s/", current=True),
        ],
        roles=[Thing(label="Peer worker", url="/role/worker/")],
        theme="dark",
    )
    assert '<a href="/s/" aria-current="page">Sessions</a>' in html
    switch = re.search(r'<form method="post" action="/role/worker/">(.*?)</form>', html, flags=re.DOTALL)
    assert switch
    assert "csrfmiddlewaretoken" in switch[1]
    assert "Switch to Peer worker" in switch[1]
    assert 'data-theme="dark"' in html
    assert "Dana &lt;b&gt;" in html


def test_signing_out_is_a_post_with_a_token():
    html = frame()
    way_out = re.escape(reverse("account_logout"))
    form = re.search(rf'<form method="post" action="{way_out}">(.*?)</form>', html, flags=re.DOTALL)
    assert form
    assert "csrfmiddlewaretoken" in form[1]


def test_a_theme_that_is_not_ours_is_not_written_into_the_page():
    assert "data-theme" not in frame(theme='"><script>')


def test_a_signed_out_visitor_sees_no_menu():
    html = render_to_string("404.html")
    assert "nav-toggle" not in html
    assert "account" not in html


def test_nothing_on_a_page_comes_from_another_host():
    html = frame()
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


class Note(PlainForm):
    topic = LineField(label="Topic")
    area = forms.ChoiceField(label="Area", choices=[("p", "Practice"), ("g", "Growth")])


class Versioned(Note):
    version = VersionField()


class Notes(Rows):
    form_class = Note
    prefix = "notes"


def test_an_invalid_form_answers_422_and_its_title_says_error():
    form = Note(QueryDict("area=p"))
    response = render_form(
        RequestFactory().post("/"), "confirm_page.html", {"form": form, "title": "Add"}, invalid=True
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Add" in html
    assert 'class="error-summary" role="alert" tabindex="-1"' in html
    assert '<a href="#id_topic">Fill in “Topic”</a>' in html
    assert 'aria-describedby="id_topic_error"' in html
    assert 'id="id_topic_error"' in html
    assert html.index('id="id_topic_error"') < html.index('name="topic"')


def test_the_summary_is_shown_once_though_crispy_asks_for_it_again():
    form = Note(QueryDict("area=p"))
    source = "{% load ui crispy_forms_tags %}{% error_summary form %}{{ form|crispy }}"
    html = _render(source, form=form)
    assert html.count("error-summary") == 1


def test_a_form_alone_still_shows_its_summary():
    assert (
        _render("{% load crispy_forms_tags %}{{ form|crispy }}", form=Note(QueryDict("area=p"))).count(
            "error-summary"
        )
        == 1
    )


def _render(source: str, **context: object) -> str:
    from django.template import Context, Template

    return Template(source).render(Context(context))


def test_a_conflict_keeps_what_was_typed_in_words_the_person_knows():
    form = Note(QueryDict("topic=Travel+<b>time&area=g"))
    rows = Notes(
        QueryDict("notes-TOTAL_FORMS=2&notes-0-topic=One&notes-0-area=p&notes-1-topic=Gone&notes-1-DELETE=on")
    )
    response = conflict(
        RequestFactory().post("/"), what="Kit added a topic.", url="/now/", forms=[form, rows]
    )
    html = response.content.decode()
    assert response.status_code == 409
    for words in ("Kit added a topic.", "Travel &lt;b&gt;time", "Growth", "One", 'href="/now/"'):
        assert words in html
    assert "Gone" not in html


def test_a_conflict_shows_what_is_saved_beside_what_was_typed_where_it_knows_a_newer_version():
    saved = {"version": 3, "topic": "Travel time, and who pays", "area": "g"}
    pages = {}
    for version in ("2", "3"):
        form = Versioned(QueryDict(f"topic=Travel&area=g&version={version}"), initial=saved)
        answer = conflict(RequestFactory().post("/"), what="Kit changed it.", url="/now/", forms=[form])
        pages[version] = answer.content.decode()
    assert "Travel time, and who pays" in pages["2"]
    assert pages["2"].count("Growth") == 1, "what is the same is said once"
    assert "Travel time, and who pays" not in pages["3"]


def test_a_table_says_the_heading_of_each_cell_for_the_cards_of_a_phone():
    html = render_to_string(
        "components/table.html", {"caption": "Held", "headings": ["Program", "Held"], "rows": [["Maple", 42]]}
    )
    assert '<th scope="row" role="rowheader">Maple</th>' in html
    assert '<td role="cell" data-label="Held">42</td>' in html


def test_every_component_is_described_for_its_users():
    described = (ROOT / "docs/pages.md").read_text()
    inner = {"row.html", "error_summary.html", "messages.html", "mark.html", "passkey.html"}
    names = {path.name for path in (ROOT / "templates/components").glob("*.html")} - inner
    assert {name for name in names if f"`{name}`" not in described} == set()


def test_every_icon_a_template_asks_for_exists():
    from supervision.pages.icons import PATHS

    asked = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"""\{% icon ["'](\w+)["']""", path.read_text())
    }
    assert asked <= set(PATHS)


PAGES_FOR_ANYBODY = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_inactive",
]


ALONE = [
    "account_change_password",
    "mfa_index",
    "mfa_list_webauthn",
    "account_reauthenticate",
    "usersessions_list",
]


def assert_is_ours(html: str) -> None:
    assert "css/app.css" in html
    assert html.count("<h1>") == 1
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
    assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=", html)


@pytest.mark.parametrize("name", PAGES_FOR_ANYBODY)
def test_sign_in_pages_wear_the_look_and_nothing_inline(client, cast, name):
    assert_is_ours(client.get(reverse(name)).content.decode())


@pytest.mark.parametrize("name", ALONE)
def test_the_pages_of_an_account_wear_the_look_and_nothing_inline(client, cast, name):
    client.force_login(cast.supervisor)
    assert_is_ours(client.get(reverse(name)).content.decode())


def test_signing_in_with_nothing_says_what_to_type(client, cast):
    html = client.post(reverse("account_login"), {"login": "", "password": ""}).content.decode()
    assert "Fill in “E-mail address”" in html
    assert "<title>Error: Sign in" in html
    assert "placeholder" not in html
