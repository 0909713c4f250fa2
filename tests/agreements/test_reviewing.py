"""Looking at an agreement again and leaving it as it is: recorded by one, signed by all, and the day of the next look moves."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements import operations, policy
from agreements.models import AgreementReview, in_force, next_review
from supervision.notices.models import Suggestion
from supervision.people.models import Standing
from supervision.records import snapshot
from supervision.records.errors import Denied, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.records.models import Answer, Offer, Opening, Seal
from tests.agreements import helpers
from tests.agreements.test_views import as_, text_of, url
from tests.cast import Cast

CANARY = "canary-5e1b"


@pytest.fixture
def agreement(cast: Cast):
    return helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)


def review_url(name: str, review: AgreementReview) -> str:
    return url(f"review_{name}", review)


def form(**given: str) -> dict[str, str]:
    days = {"looked_on": str(helpers.in_days(0)), "next_on": str(helpers.in_days(180))}
    return days | {"note": "", "typed_name": "Dana Whitfield", "intent": "on"} | given


def test_a_review_holds_when_everybody_has_signed_it_and_not_before(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor, note="The goals are reached.")
    assert next_review(agreement) == agreement.review_on
    assert not review.is_sealed
    helpers.sign_review(review, cast.worker)
    assert next_review(agreement) == helpers.in_days(180)
    assert Standing.objects.get(pk=cast.arrangement.pk).review_on == helpers.in_days(180)
    assert in_force(cast.arrangement) == agreement


def test_it_names_the_version_by_its_digest_and_says_what_was_decided(cast: Cast, agreement) -> None:
    helpers.reviewed(agreement, cast.supervisor, cast.worker, note="The goals are reached.")
    seal = Seal.objects.get(record_id=agreement.pk)
    content = snapshot.read(Offer.objects.get(record_label="agreements.agreementreview").content)
    assert content["agreement"] == {"id": str(agreement.pk), "version": 1, "digest": seal.digest}
    assert content["note"] == "The goals are reached."
    assert "stays as it is: version 1" in " ".join(content["said"])


def test_the_agenda_asks_for_the_next_look_thirty_days_before_it(cast: Cast, agreement) -> None:
    review = helpers.reviewed(agreement, cast.supervisor, cast.worker)
    assert Suggestion.objects.get(source_id=agreement.pk, kind="review").dismissed_at is not None
    following = Suggestion.objects.get(source_id=review.pk)
    assert following.from_day == review.next_on - datetime.timedelta(days=30)


def test_the_others_are_asked_and_told(cast: Cast, agreement) -> None:
    told = len(helpers.told())
    review = helpers.review(agreement, cast.worker)
    assert helpers.told()[told:] == [(cast.supervisor, "sign")]
    helpers.sign_review(review, cast.supervisor)
    assert helpers.told()[-1] == (cast.worker, "in_force")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"looked_on": helpers.in_days(1)}, "looked_on"),
        ({"looked_on": helpers.in_days(-3)}, "looked_on"),  # before it was in force
        ({"next_on": helpers.in_days(0)}, "next_on"),
        ({"next_on": helpers.in_days(2000)}, "next_on"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_days_that_make_no_sense_are_refused(cast: Cast, agreement, given, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        helpers.review(agreement, cast.supervisor, **given)
    assert refused.value.field == field
    assert not AgreementReview.objects.exists()


def test_one_review_waits_at_a_time_and_after_a_no_another_can_be_recorded(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor)
    with pytest.raises(WrongState, match="waits to be signed"):
        helpers.review(agreement, cast.worker)
    operations.decline_review(
        review=review,
        seen=Offer.objects.of(review).first().digest,
        evidence=helpers.evidence(cast.worker),
        reason=f"Part 5 should change, {CANARY}.",
        by=cast.worker,
    )
    assert next_review(agreement) == agreement.review_on
    assert CANARY in text_of(as_(cast.supervisor).get(url("history", agreement)))
    again = helpers.review(agreement, cast.worker, next_on=helpers.in_days(90))
    assert again.pk == review.pk
    helpers.sign_review(again, cast.supervisor)
    assert next_review(agreement) == helpers.in_days(90)


def test_whoever_recorded_it_can_take_it_back_until_the_last_signature(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor)
    with pytest.raises(Denied):
        operations.take_back_review(review=review, reason="Wrong day.", by=cast.worker)
    operations.take_back_review(review=review, reason="Wrong day.", by=cast.supervisor)
    with pytest.raises(WrongState):
        helpers.sign_review(review, cast.worker)
    done = helpers.reviewed(agreement, cast.supervisor, cast.worker)
    with pytest.raises(Sealed):
        operations.take_back_review(review=done, reason="Too late.", by=cast.supervisor)


def test_a_review_that_waits_is_closed_when_another_version_is_signed(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor)
    second = helpers.next_offered(cast.arrangement, cast.worker)
    helpers.sign(second, cast.supervisor)
    assert Offer.objects.of(review).open().exists(), "the version before holds until the last signature"
    helpers.sign(second, cast.worker)
    assert not Offer.objects.of(review).open().exists()
    with pytest.raises(WrongState, match="taken back"):
        helpers.sign_review(review, cast.worker)
    page = as_(cast.worker).get(review_url("sign", review), follow=True)
    assert page.status_code == 200
    assert AgreementReview.objects.get(pk=review.pk).open_offer is None


def test_a_review_that_waits_is_closed_when_the_agreement_ends(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor)
    operations.end(agreement=agreement, ends_on=timezone.localdate(), reason="Done.", by=cast.worker)
    assert not Offer.objects.of(review).open().exists()
    assert "to sign" not in text_of(as_(cast.worker).get(url("detail", agreement)))


def test_a_signed_review_never_changes(cast: Cast, agreement) -> None:
    review = helpers.reviewed(agreement, cast.supervisor, cast.worker)
    for change in ({"next_on": helpers.in_days(3)}, {"looked_on": helpers.in_days(-3)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AgreementReview.objects.filter(pk=review.pk).update(**change)


def test_nobody_signs_another_text_than_the_one_on_the_page(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor)
    with pytest.raises(Stale):
        helpers.sign_review(review, cast.worker, seen="0" * 64)
    with pytest.raises(WrongState, match="answered this already"):
        helpers.sign_review(review, cast.supervisor)


def test_a_version_that_is_not_in_force_is_not_reviewed(cast: Cast, agreement) -> None:
    operations.end(agreement=agreement, ends_on=timezone.localdate(), reason="Done.", by=cast.worker)
    with pytest.raises(WrongState):
        helpers.review(agreement, cast.supervisor)


@pytest.mark.parametrize("role", ["administrator", "outsider", "other_supervisor", "other_manager"])
def test_for_outsiders_no_review_exists(cast: Cast, agreement, role: str) -> None:
    review = helpers.review(agreement, cast.supervisor)
    person = getattr(cast, role)
    for check in (
        policy.check_can_read_review,
        policy.check_can_sign_review,
        policy.check_can_take_back_review,
    ):
        with pytest.raises(NotFound):
            check(person, review)


def test_a_manager_reads_a_signed_review_and_none_that_waits(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor, note=CANARY)
    manager = as_(cast.manager)
    assert manager.get(review_url("read", review)).status_code == 403
    assert CANARY not in text_of(manager.get(url("detail", agreement)))
    helpers.sign_review(review, cast.worker)
    page = manager.get(review_url("read", review))
    assert CANARY in text_of(page)
    assert Opening.objects.filter(by=cast.manager, record_id=review.pk).exists()


def test_recording_and_signing_through_the_pages(cast: Cast, agreement) -> None:
    dana, marisol = as_(cast.supervisor), as_(cast.worker)
    page = text_of(dana.get(url("review", agreement)))
    assert page.count('id="part-') == 12, "the whole text is on the page that is signed"
    assert dana.post(url("review", agreement), form(intent="", note=CANARY)).status_code == 422
    wrong = dana.post(url("review", agreement), form(next_on="2020-01-01", note=CANARY))
    assert wrong.status_code == 422
    assert CANARY in text_of(wrong)
    assert dana.post(url("review", agreement), form())["Location"] == url("detail", agreement)
    review = AgreementReview.objects.get()
    assert "A review waits to be signed" in text_of(marisol.get(url("detail", agreement)))
    assert marisol.get(url("review", agreement))["Location"] == review_url("sign", review)
    page = text_of(marisol.get(review_url("sign", review)))
    assert page.count('id="part-') == 12
    sign = {
        "seen": Offer.objects.of(review).first().digest,
        "typed_name": "Marisol Vega",
        "intent": "on",
    }
    assert marisol.post(review_url("sign", review), sign | {"typed_name": ""}).status_code == 422
    assert marisol.post(review_url("sign", review), sign)["Location"] == url("detail", agreement)
    again = marisol.post(review_url("sign", review), sign, follow=True)
    assert again.status_code == 200, "a double click"
    assert "no change" in text_of(dana.get(url("detail", agreement)))
    assert Answer.objects.filter(record_id=review.pk).count() == 2


def test_an_old_login_is_asked_again_and_nothing_typed_is_lost(cast: Cast, agreement) -> None:
    client = as_(cast.supervisor, minutes_ago=30)
    asked = client.post(url("review", agreement), form(note=CANARY))
    assert "/accounts/" in asked["Location"]
    assert not AgreementReview.objects.exists()
    assert CANARY in text_of(client.get(url("review", agreement)))


def test_saying_no_through_the_page_keeps_the_agreement(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor)
    client = as_(cast.worker)
    seen = Offer.objects.of(review).first().digest
    assert client.post(review_url("decline", review), {"reason": "", "seen": seen}).status_code == 422
    done = client.post(review_url("decline", review), {"reason": "Part 5.", "seen": seen}, follow=True)
    assert "start a new version" in text_of(done)
    assert in_force(cast.arrangement) == agreement


def looks_suggested() -> int:
    return Suggestion.objects.filter(kind="review", dismissed_at=None, taken_at=None).count()


def test_one_look_at_a_time_is_suggested_for_the_agenda_and_none_once_it_is_over(
    cast: Cast, agreement
) -> None:
    helpers.reviewed(agreement, cast.supervisor, cast.worker)
    helpers.reviewed(agreement, cast.worker, cast.supervisor)
    assert looks_suggested() == 1
    second = helpers.next_offered(cast.arrangement, cast.worker)
    assert looks_suggested() == 0, "while it is written anew, nobody has to look at it again"
    for person in (cast.supervisor, cast.worker):
        helpers.sign(second, person)
    assert looks_suggested() == 1
    second.refresh_from_db()
    operations.end(agreement=second, ends_on=timezone.localdate(), reason="Done.", by=cast.worker)
    assert looks_suggested() == 0


def test_why_a_review_was_not_signed_is_on_the_page_of_the_agreement_for_the_parties(
    cast: Cast, agreement
) -> None:
    review = helpers.review(agreement, cast.supervisor)
    seen = Offer.objects.of(review).first().digest
    as_(cast.worker).post(review_url("decline", review), {"reason": f"Part 5, {CANARY}.", "seen": seen})
    page = text_of(as_(cast.supervisor).get(url("detail", agreement)))
    assert "that it should not stay as it is." in page
    assert CANARY in page
    assert CANARY not in text_of(as_(cast.manager).get(url("detail", agreement)))
    helpers.reviewed(agreement, cast.supervisor, cast.worker)
    assert CANARY not in text_of(as_(cast.supervisor).get(url("detail", agreement)))


def test_a_review_that_was_taken_back_is_told_and_said(cast: Cast, agreement) -> None:
    review = helpers.review(agreement, cast.supervisor)
    operations.take_back_review(review=review, reason="The wrong day.", by=cast.supervisor)
    assert helpers.told()[-1] == (cast.worker, "changed")
    page = text_of(as_(cast.worker).get(url("detail", agreement)))
    assert "took the review back" in page
    assert "The wrong day." in page
