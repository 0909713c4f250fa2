"""What somebody throws away or removes for good: a second press says that it is gone, and nobody else learns that it was ever there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from competencies.models import EvidenceFile
from tests.overview.builders import signed_in

from . import assessment_makers as assessments
from . import training_makers as make

pytestmark = pytest.mark.django_db
KINDS = ("assessment", "entry", "credential", "evidence")


def made(cast: Any, kind: str) -> tuple[str, str]:
    """The page that asks before something of the worker's goes, and where it leads."""
    if kind == "assessment":
        row: Any = assessments.alone(cast.worker)
        return reverse("competencies:assessment_throw_away", args=[row.pk]), reverse(
            "competencies:assessments"
        )
    if kind == "entry":
        row = make.entry(cast.worker)
        return reverse("training:entry_remove", args=[row.pk]), reverse("training:log")
    if kind == "credential":
        row = make.credential(cast.worker)
        return reverse("training:credential_remove", args=[row.pk]), reverse("training:credentials")
    entry = make.entry(cast.worker)
    file = make.evidence(entry)
    assert isinstance(file, EvidenceFile)
    return reverse("training:evidence_remove", args=[file.pk]), reverse("training:entry", args=[entry.pk])


def hidden_in(client: Client, address: str) -> dict[str, str]:
    page = client.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_press_leads_on_and_says_that_it_is_gone(cast: Any, kind: str) -> None:
    address, then = made(cast, kind)
    client = signed_in(cast.worker)
    sent = hidden_in(client, address)
    for _press in range(2):
        answer = client.post(address, sent)
        assert (answer.status_code, answer["Location"]) == (302, then)
    assert "It is gone." in client.get(then).content.decode()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_can_tell_it_from_what_never_was_there(cast: Any, kind: str) -> None:
    address, _then = made(cast, kind)
    client, other = signed_in(cast.worker), signed_in(cast.other_worker)
    sent = hidden_in(client, address)
    assert other.post(address, sent).status_code == 404
    client.post(address, sent)
    for forged in (sent, {"gone": sent["gone"][:-1]}, {"gone": "x:y:z"}, {}):
        assert other.post(address, forged).status_code == 404
    elsewhere, _then = made(cast, kind)
    assert client.post(elsewhere, hidden_in(client, elsewhere)).status_code == 302
    assert client.post(elsewhere, sent).status_code == 404  # the mark is of another one
