"""Somebody who has left an arrangement reads what was signed while they took part, and nothing that came later."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements import operations
from agreements.models import Accession, Agreement, AgreementEnding, AgreementReview
from supervision.people.models import Participation, User
from supervision.portfolio import everything
from tests import factories
from tests.agreements import helpers
from tests.agreements.test_views import as_, text_of, url
from tests.cast import Cast

NOTE, REASON = "The walks help us both.", "We go on in another way."


@pytest.fixture
def gone(cast: Cast) -> User:
    """A second supervisor, who leaves."""
    return factories.person("Noor Haddad")


@pytest.fixture
def signed(cast: Cast, gone: User) -> Agreement:
    Participation.objects.create(
        arrangement=cast.arrangement, person=gone, part="supervisor", joined_on=helpers.in_days(-9)
    )
    return helpers.in_force(cast.arrangement, cast.supervisor, cast.worker, gone)


def they_left(gone: User, *, days_ago: int) -> None:
    Participation.objects.filter(person=gone).update(left_on=helpers.in_days(-days_ago))


def reviewed_later(cast: Cast, gone: User, agreement: Agreement) -> AgreementReview:
    they_left(gone, days_ago=1)
    return helpers.reviewed(agreement, cast.supervisor, cast.worker, note=NOTE)


def test_a_review_made_after_somebody_left_is_not_there_for_them(
    cast: Cast, gone: User, signed: Agreement
) -> None:
    review = reviewed_later(cast, gone, signed)
    for name in ("review_read", "review_pdf", "review_sign", "review_decline", "review_take_back"):
        assert as_(gone).get(url(name, review)).status_code == 404
    page = text_of(as_(gone).get(url("detail", signed)))
    assert "Looked at" not in page
    assert NOTE not in page
    assert as_(cast.worker).get(url("review_read", review)).status_code == 200


def test_a_review_of_their_days_stays_theirs(cast: Cast, gone: User, signed: Agreement) -> None:
    review = helpers.reviewed(signed, cast.supervisor, cast.worker, gone, note=NOTE)
    they_left(gone, days_ago=0)
    assert as_(gone).get(url("review_read", review)).status_code == 200
    assert "Looked at" in text_of(as_(gone).get(url("detail", signed)))


def test_why_it_ended_later_is_between_those_who_were_there(
    cast: Cast, gone: User, signed: Agreement
) -> None:
    they_left(gone, days_ago=1)
    operations.end(agreement=signed, ends_on=timezone.localdate(), reason=REASON, by=cast.worker)
    page = text_of(as_(gone).get(url("detail", signed)))
    assert REASON not in page
    assert "ended it" not in page
    assert REASON in text_of(as_(cast.supervisor).get(url("detail", signed)))


def test_it_says_that_they_took_part_and_not_how_the_others_go_on(
    cast: Cast, gone: User, signed: Agreement
) -> None:
    they_left(gone, days_ago=1)
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    for address in (url("detail", signed), reverse("agreements:list")):
        page = text_of(as_(gone).get(address, follow=True))
        assert "You took part until" in page
        assert "In force" not in page
        assert "Version 2" not in page


def test_the_archive_of_who_left_holds_nothing_newer(cast: Cast, gone: User, signed: Agreement) -> None:
    reviewed_later(cast, gone, signed)
    operations.end(agreement=signed, ends_on=timezone.localdate(), reason=REASON, by=cast.worker)
    for model in (AgreementReview, AgreementEnding):
        assert not everything.HELD[model].rows(gone).exists()
        assert everything.HELD[model].rows(cast.worker).exists()


def test_who_joined_a_group_after_somebody_left_is_not_told_to_them(cast: Cast) -> None:
    first, second = (factories.worker_in(cast.program) for _ in range(2))
    group = factories.arrangement(cast.program, [cast.supervisor], [first], structure="group")
    agreement = helpers.in_force(group, cast.supervisor, first)
    they_left(first, days_ago=1)
    Participation.objects.create(
        arrangement=group, person=second, part="supervisee", joined_on=timezone.localdate()
    )
    helpers.join(agreement, second)
    assert second.name not in text_of(as_(first).get(url("detail", agreement)))
    assert as_(first).get(url("accession_pdf", Accession.objects.get())).status_code == 404
