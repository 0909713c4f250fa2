"""Offer, answer, seal: what two people and a curious third may and may not do."""

from __future__ import annotations

import pytest

from supervision.records import signing
from supervision.records.errors import Denied, Invalid, Sealed, Stale, WrongState
from supervision.records.models import Answer, Offer, OfferClosed, Seal
from tests.records import helpers


def test_the_last_signature_seals_once(cast):
    offer = helpers.offered(cast)
    assert helpers.sign(offer, cast.supervisor).seal is None
    sealed = helpers.sign(offer, cast.worker).seal
    assert sealed is not None
    assert sealed.how == Seal.How.ALL_SIGNED
    assert signing.record_of(offer).is_sealed
    assert Seal.objects.count() == 1


def test_all_signers_sign_the_same_digest(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    helpers.sign(offer, cast.worker)
    assert set(Answer.objects.values_list("digest", flat=True)) == {offer.digest}


def test_the_same_words_offered_twice_have_different_digests(cast):
    record = helpers.agreement(cast)
    first = helpers.offered(cast, record)
    signing.take_back(first, by=cast.supervisor, reason="")
    second = helpers.offered(cast, record)
    assert first.digest != second.digest


def test_an_outsider_cannot_answer(cast):
    offer = helpers.offered(cast)
    for person in (cast.outsider, cast.manager, cast.administrator, cast.other_supervisor):
        with pytest.raises(Denied):
            helpers.sign(offer, person)


def test_nobody_signs_a_text_they_did_not_see(cast):
    offer = helpers.offered(cast)
    with pytest.raises(Stale):
        signing.answer(offer, by=cast.worker, kind="signed", evidence=helpers.evidence(), seen="0" * 64)


def test_a_second_press_is_refused_and_says_so(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.worker)
    with pytest.raises(WrongState, match="answered this already"):
        helpers.sign(offer, cast.worker)
    helpers.sign(offer, cast.supervisor)
    with pytest.raises(WrongState, match="answered this already"):
        helpers.sign(offer, cast.worker)


def test_taking_back_voids_signatures_and_keeps_them(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.worker)
    told = signing.take_back(offer, by=cast.supervisor, reason="A name was wrong.")
    assert told == [cast.worker]
    assert signing.record_of(offer).open_offer is None
    assert Answer.objects.filter(offer=offer).count() == 1
    with pytest.raises(WrongState, match="taken back or changed"):
        helpers.sign(offer, cast.supervisor)


def test_nothing_is_taken_back_after_the_last_signature(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    helpers.sign(offer, cast.worker)
    with pytest.raises(Sealed):
        signing.take_back(offer, by=cast.supervisor, reason="")


def test_a_record_on_offer_cannot_be_offered_again(cast):
    record = helpers.agreement(cast)
    helpers.offered(cast, record)
    with pytest.raises(WrongState):
        helpers.offered(cast, record)


def test_declining_an_agreement_returns_it_to_its_writers(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    outcome = helpers.decline(offer, cast.worker)
    assert outcome.closed is not None
    assert outcome.closed.why == OfferClosed.Why.DECLINED
    assert outcome.seal is None
    assert not signing.record_of(offer).is_sealed


def test_a_declined_session_record_is_still_a_record(cast):
    offer = helpers.offered(cast, rule=Offer.Rule.ALL_ANSWERED)
    helpers.decline(offer, cast.worker)
    sealed = helpers.sign(offer, cast.supervisor).seal
    assert sealed is not None
    assert sealed.how == Seal.How.DECLINED
    assert Answer.objects.get(person=cast.worker).reason == "Part 4 is not what we said."


def test_who_wrote_the_record_takes_it_back_instead_of_declining(cast):
    offer = helpers.offered(cast, rule=Offer.Rule.ALL_ANSWERED)
    with pytest.raises(WrongState, match="Take it back"):
        helpers.decline(offer, cast.supervisor)


def test_closing_needs_the_signature_of_who_wrote_it(cast):
    offer = helpers.offered(cast, rule=Offer.Rule.ALL_ANSWERED)
    with pytest.raises(WrongState, match="Sign it yourself"):
        signing.close_with_signatures_given(offer, by=cast.supervisor, reason="Left the agency.")
    helpers.sign(offer, cast.supervisor)
    seal = signing.close_with_signatures_given(offer, by=cast.supervisor, reason="Left the agency.")
    assert seal.how == Seal.How.CLOSED
    assert seal.reason == "Left the agency."


def test_an_agreement_is_never_closed_with_half_its_signatures(cast):
    offer = helpers.offered(cast)
    helpers.sign(offer, cast.supervisor)
    with pytest.raises(WrongState):
        signing.close_with_signatures_given(offer, by=cast.supervisor, reason="")


def test_a_signature_without_a_name_is_refused(cast):
    offer = helpers.offered(cast)
    with pytest.raises(Invalid, match="Type your full name"):
        signing.answer(
            offer, by=cast.worker, kind="signed", evidence=helpers.evidence("  "), seen=offer.digest
        )
    assert not Answer.objects.exists()


def test_a_letter_the_pdf_cannot_print_is_named_and_nothing_is_offered(cast):
    record = helpers.agreement(cast)
    with pytest.raises(Invalid, match=r"U\+13080"):
        helpers.offered(cast, record, text="An unprinted letter: \U00013080")
    assert not Offer.objects.exists()
    record.refresh_from_db()
    assert record.open_offer is None


def test_the_statement_is_bound_to_the_offer_and_voids_nobody(cast):
    offer = helpers.offered(cast, rule=Offer.Rule.ALL_ANSWERED)
    helpers.sign(offer, cast.supervisor)
    helpers.sign(offer, cast.worker, statement="I remember part two differently.")
    given = Answer.objects.get(person=cast.worker)
    assert given.statement == "I remember part two differently."
    assert given.digest == offer.digest
    assert signing.record_of(offer).is_sealed
