"""A form that could not be taken shows what was typed into it, whatever the reason, and never a password."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.factories import PASSWORD

WORDS = "What I wrote for an hour <b>&"
SHOWN = "What I wrote for an hour &lt;b&gt;&amp;"
NOWHERE = "/sessions/00000000-0000-0000-0000-000000000000/record/"


def said(response) -> str:
    return response.content.decode()


def test_a_form_after_the_sign_in_ran_out_shows_its_words_and_leads_back(client: Client, cast: Cast) -> None:
    response = client.post(
        "/your-details/",
        {"pronouns": WORDS, "theme": "dark"},
        headers={"Referer": "http://testserver/your-details/?a=b"},
    )
    assert response.status_code == 403
    assert SHOWN in said(response)
    assert "/accounts/login/?next=%2Fyour-details%2F%3Fa%3Db" in said(response)
    assert "dark" not in said(response).split("What you wrote")[1]


def test_another_site_can_not_choose_where_the_sign_in_leads(client: Client, cast: Cast) -> None:
    response = client.post(
        "/your-details/", {"pronouns": WORDS}, headers={"Referer": "https://evil.example/x"}
    )
    assert "evil" not in said(response)
    assert "next=%2Fyour-details%2F" in said(response)


def test_a_form_without_words_goes_straight_to_the_sign_in(client: Client, cast: Cast) -> None:
    assert client.post("/your-details/", {"theme": "dark"}).status_code == 302


def test_nothing_here_and_not_open_to_you_show_the_words(client: Client, cast: Cast) -> None:
    client.force_login(cast.worker)
    gone = client.post(NOWHERE, {"outcomes": WORDS, "password": "My own secret"})
    assert gone.status_code == 404
    assert SHOWN in said(gone)
    assert "My own secret" not in said(gone)
    closed = client.post("/people/add/", {"name": WORDS})
    assert closed.status_code == 403
    assert SHOWN in said(closed)


def test_a_form_whose_token_is_too_old_shows_the_words(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.worker)
    response = client.post("/your-details/", {"pronouns": WORDS})
    assert response.status_code == 403
    assert SHOWN in said(response)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/reauthenticate/"])
def test_a_password_is_never_shown(path: str, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(path, {"login": "dana@example.org", "password": PASSWORD})
    assert response.status_code == 403
    assert PASSWORD not in said(response)
