"""The page of all guidance, and silencing a hint for oneself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from supervision.guidance import current, operations
from supervision.guidance.models import SilencedHint
from supervision.records.errors import NotFound
from supervision.records.models import AuditEvent

SILENCE, AGAIN, DETAILS, PAGE = (
    reverse(name)
    for name in ("guidance:silence", "guidance:show_again", "people:your_details", "guidance:page")
)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_lists_every_prompt_and_hint_with_its_source(cast):
    text = client_of(cast.outsider).get(PAGE).content.decode()
    book = current.book()
    for prompt in book.prompts:
        assert escape(prompt.title) in text
        assert all(escape(item.text) in text for item in prompt.items)
    for hint in book.hints.values():
        assert escape(hint.why) in text
        assert escape(hint.instead) in text
    assert "Café TA Center, Peer Supervision 2.135" in text
    assert all(escape(name) in text for name in book.sources.values())


def test_the_help_page_leads_to_it(cast):
    assert f'href="{PAGE}"' in client_of(cast.worker).get(reverse("overview:help")).content.decode()


def test_a_silenced_hint_is_ones_own_is_listed_and_comes_back(cast):
    client, other = client_of(cast.supervisor), client_of(cast.other_supervisor)
    for _press in range(2):
        answer = client.post(SILENCE, {"silence": "role-money", "next": DETAILS}, follow=True)
        assert answer.redirect_chain == [(DETAILS, 302)]
    listed = answer.content.decode()
    title = escape(current.book().hints["role-money"].title)
    assert "Not shown to you again." in listed
    assert title in listed
    assert title not in other.get(DETAILS).content.decode()
    assert "You silenced this one." in client.get(PAGE).content.decode()
    other.post(AGAIN, {"hint": "role-money"})
    assert SilencedHint.objects.get().person == cast.supervisor
    assert client.post(AGAIN, {"hint": "role-money", "next": DETAILS}).url == DETAILS
    assert title not in client.get(DETAILS).content.decode()
    assert not SilencedHint.objects.exists()


def test_a_hint_that_is_no_hint_cannot_be_silenced(cast):
    for forged in ("", "nothing-of-ours", "x" * 5000, "\x00"):
        assert client_of(cast.worker).post(SILENCE, {"silence": forged}).status_code == 404
    with pytest.raises(NotFound):
        operations.silence("nothing-of-ours", by=cast.worker)
    assert not SilencedHint.objects.exists()


def test_the_way_back_stays_on_this_site(cast):
    client = client_of(cast.worker)
    for forged in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        assert client.post(SILENCE, {"silence": "role-money", "next": forged}).url == PAGE
        assert client.post(AGAIN, {"hint": "role-money", "next": forged}).url == PAGE


def test_what_somebody_silenced_is_in_no_log(cast):
    before = AuditEvent.objects.count()
    client_of(cast.worker).post(SILENCE, {"silence": "role-money"})
    assert AuditEvent.objects.count() == before


def test_a_form_without_its_token_is_refused(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.supervisor)
    for address, values in (
        (SILENCE, {"silence": "role-money"}),
        (reverse("sessions:hints"), {"text": "meds"}),
    ):
        assert client.post(address, values).status_code == 403
    assert not SilencedHint.objects.exists()


def test_silencing_needs_no_more_questions_the_more_is_silenced(cast):
    client = client_of(cast.worker)

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    little = [asked(DETAILS), asked(PAGE)]
    for key in current.book().hints:
        operations.silence(key, by=cast.worker)
    assert [asked(DETAILS), asked(PAGE)] == little
