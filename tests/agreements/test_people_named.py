"""Whom an agreement names beside its parties: to turn to, and to hear a concern where the line manager can't (D 2.100, 2.118)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agreements import content
from agreements.models import Agreement
from supervision.people.models import Standing, User
from supervision.records import verify
from supervision.records.errors import Invalid
from tests import factories

from . import helpers

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(cast: Any) -> Agreement:
    return helpers.complete_draft(cast.arrangement, cast.supervisor)


def name(agreement: Agreement, cast: Any, **terms: Any) -> None:
    helpers.change(agreement, "difficulties", by=cast.worker, terms={k: v and v.pk for k, v in terms.items()})
    agreement.refresh_from_db()


def put_in_force(agreement: Agreement, cast: Any) -> None:
    agreement.refresh_from_db()
    helpers.operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    for person in (cast.supervisor, cast.worker):
        helpers.sign(agreement, person)


def said(agreement: Agreement) -> str:
    found = content.build(content.rows_of(agreement))
    part = next(one for one in found["clauses"] if one["key"] == "difficulties")
    return " ".join(block.get("text", "") for block in part["paragraphs"])


def test_what_is_agreed_is_said_in_the_text_signed_and_known_from_then_on(
    cast: Any, agreement: Agreement
) -> None:
    name(agreement, cast, turn_to_id=cast.other_manager, hears_instead_id=cast.manager)
    assert "Marisol can write to Otto Manager at any time" in said(agreement)
    assert "Where the line manager can’t hear a concern, Priya Raman does." in said(agreement)
    standing = Standing.objects.get(arrangement=cast.arrangement)
    assert standing.turn_to_id is None  # not before it holds
    put_in_force(agreement, cast)
    standing.refresh_from_db()
    assert (standing.turn_to_id, standing.hears_instead_id) == (cast.other_manager.pk, cast.manager.pk)
    assert verify.run() == []


def test_a_suggestion_shows_both_wordings_and_can_be_taken_back_to_nobody(
    cast: Any, agreement: Agreement
) -> None:
    name(agreement, cast, turn_to_id=cast.manager)
    name(agreement, cast, turn_to_id=None)
    assert agreement.turn_to_id is None
    assert "can write to" not in said(agreement)


def test_nobody_who_takes_part_and_nobody_without_a_lead_can_be_named(
    cast: Any, agreement: Agreement
) -> None:
    for person in (cast.supervisor, cast.worker, cast.outsider, cast.other_worker):
        with pytest.raises(Invalid) as refusal:
            name(agreement, cast, turn_to_id=person)
        assert refusal.value.field == "turn_to_id"


def test_the_form_offers_them_and_keeps_what_was_chosen(cast: Any, agreement: Agreement) -> None:
    part = helpers.clause(agreement, "difficulties")
    url = reverse("agreements:clause", args=[agreement.pk, part.pk])
    client = Client()
    client.force_login(cast.worker)
    form = client.get(url).context["form"]
    offered = [label for _key, label in form.fields["turn_to_id"].choices]
    assert "Priya Raman" in offered
    assert "Dana Whitfield" not in offered
    given = {
        "version": part.turn_count,
        "text": part.text,
        "turn_to_id": str(cast.manager.pk),
        "hears_instead_id": "",
        "reason": "",
    }
    assert client.post(url, given | {"turn_to_id": str(cast.worker.pk)}).status_code == 422
    assert client.post(url, given).status_code == 302
    helpers.take(helpers.clause(agreement, "difficulties").suggestion, cast.supervisor)
    agreement.refresh_from_db()
    assert agreement.turn_to_id == cast.manager.pk


def test_the_next_version_names_them_still_but_not_whoever_has_left(cast: Any, agreement: Agreement) -> None:
    gone: User = factories.manager_of(cast.other_program, "Gone Soon")
    name(agreement, cast, turn_to_id=cast.manager, hears_instead_id=gone)
    put_in_force(agreement, cast)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    following = helpers.operations.draft(arrangement=cast.arrangement, by=cast.worker, because="workload")
    assert (following.turn_to_id, following.hears_instead_id) == (cast.manager.pk, None)
