"""What a review of records of two found: the second press of a button that gives a record back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.sessions.pages import client_of

from . import makers as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("what", ["take_back", "ask_for_change"])
def test_a_second_press_is_no_conflict(work: Any, what: str) -> None:
    note = make.sent(work)
    client = client_of(note.author if what == "take_back" else note.worker)
    address = reverse(f"performance:note_{what}", args=[note.pk])
    assert client.post(address, {"reason": "one more word"}).status_code == 302
    assert client.post(address, {"reason": "one more word"}).status_code == 302
