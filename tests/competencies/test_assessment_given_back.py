"""A formal assessment that is given back before it is sealed: of which text, once, and who then sees what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from competencies.assessments import operations
from competencies.models import Assessment
from supervision.records.errors import AlreadyDone, Stale
from supervision.records.models import OfferClosed
from tests.sessions.pages import client_of

from . import assessment_makers as make

pytestmark = pytest.mark.django_db
WORDS = "canary-plover: not the first sentence, please."


def address(name: str, row: Assessment) -> str:
    return reverse(f"competencies:assessment_{name}", args=[row.pk])


def hidden_in(client: Client, url: str) -> dict[str, str]:
    page = client.get(url).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


@pytest.mark.parametrize("what", ["take_back", "ask_for_change"])
def test_a_second_press_is_no_conflict(cast: Any, what: str) -> None:
    row = make.sent(cast)
    client = client_of(row.other if what == "take_back" else row.person)
    for _press in range(2):
        answer = client.post(address(what, row), {"reason": WORDS})
        assert (answer.status_code, answer["Location"]) == (
            302,
            reverse("competencies:assessment", args=[row.pk]),
        )
    assert OfferClosed.objects.filter(record_id=row.pk).count() == 1


def test_closing_it_twice_is_no_conflict(cast: Any) -> None:
    row = make.sent(cast)
    row.person.is_active = False
    row.person.save()
    operations.close(make.fresh(row), by=row.other, reason="She has left.")
    with pytest.raises(AlreadyDone):
        operations.close(make.fresh(row), by=row.other, reason="She has left.")


def test_what_somebody_else_gave_back_is_no_second_press(cast: Any) -> None:
    """The other one’s words would be lost without a word: they are shown, and that it changed meanwhile."""
    row = make.sent(cast)
    operations.take_back(row, by=row.other, reason="")
    answer = client_of(row.person).post(address("ask_for_change", row), {"reason": WORDS})
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()


def test_a_change_is_asked_of_the_version_that_was_read(cast: Any) -> None:
    """A page from before it was taken back and sent anew: what was said was about the other text."""
    row = make.sent(cast)
    client = client_of(row.person)
    hidden = hidden_in(client, address("ask_for_change", row))
    operations.take_back(row, by=row.other, reason="")
    anew = make.sent(cast, make.written_up(cast, make.fresh(row), strengths="Other words."))
    answer = client.post(address("ask_for_change", row), {**hidden, "reason": WORDS})
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()
    assert make.fresh(anew).open_offer_id is not None
    with pytest.raises(Stale):
        operations.ask_for_change(anew, by=row.person, seen=hidden["seen"], reason=WORDS)
    hidden = hidden_in(client, address("ask_for_change", row))
    assert client.post(address("ask_for_change", row), {**hidden, "reason": WORDS}).status_code == 302
    assert make.fresh(anew).open_offer_id is None


def test_taken_back_the_page_says_that_both_views_stay_shown(cast: Any) -> None:
    row = make.sent(cast)
    page = client_of(row.other).post(address("take_back", row), {"reason": ""}, follow=True).content.decode()
    assert "Both views stay shown to both of you." in page
    assert (
        make.OTHER_WORDS
        in client_of(row.person).get(reverse("competencies:assessment", args=[row.pk])).content.decode()
    )
