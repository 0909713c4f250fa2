"""Everybody presses at the same instant: one sealed record or a clear refusal, on either database."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction

from agreements.models import Agreement, Clause
from supervision.records import drafts, signing, verify
from supervision.records.errors import DomainError
from supervision.records.models import Answer, AuditEvent, Offer, OfferClosed, Seal
from tests.records import helpers

ROUNDS = int(os.environ.get("RACE_ROUNDS", "25"))


def _at_once(*acts: Callable[[], object]) -> Counter[str]:
    """Run every act in a thread of its own from one start; count what came of them."""
    start, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            results.append("done")
        except DomainError as refusal:
            results.append(type(refusal).__name__)
        except Exception as error:  # anything else is a failure of the test below
            results.append(f"crashed: {type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == len(acts), "an act never came back"
    return Counter(results)


@transaction.atomic
def _edit(record_id: object) -> None:
    """Somebody changes a word, as an operation would: lock, check, save."""
    record = signing.lock(Agreement.objects.get(pk=record_id))
    record.check_editable()
    clause = Clause.objects.get(agreement=record)
    clause.text = "Changed while the others were signing."
    clause.save()


@pytest.mark.django_db(transaction=True)
def test_sign_sign_double_click_edit_and_take_back_at_once(cast):
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        offer = helpers.offered(cast)
        results = _at_once(
            lambda offer=offer: helpers.sign(offer, cast.supervisor),
            lambda offer=offer: helpers.sign(offer, cast.worker),
            lambda offer=offer: helpers.sign(offer, cast.worker),
            lambda offer=offer: _edit(offer.record_id),
            lambda offer=offer: signing.take_back(offer, by=cast.supervisor, reason=""),
        )
        assert not [r for r in results if r.startswith("crashed")], results
        record = Agreement.objects.get(pk=offer.record_id)
        seals = Seal.objects.filter(offer=offer).count()
        closed = OfferClosed.objects.filter(offer=offer).count()
        assert seals + closed == 1, "sealed or taken back, never both, never neither"
        assert record.is_sealed == bool(seals)
        assert Answer.objects.filter(offer=offer, person=cast.worker).count() <= 1
        if seals:
            assert record.clauses.get().text == helpers.WORDS
            assert Answer.objects.filter(offer=offer, kind="signed").count() == 2
        outcomes["sealed" if seals else "taken back"] += 1
    assert sum(outcomes.values()) == ROUNDS
    assert verify.run() == []


@pytest.mark.django_db(transaction=True)
def test_both_press_sign_and_it_is_sealed_exactly_once(cast):
    for _ in range(ROUNDS):
        offer = helpers.offered(cast)
        results = _at_once(
            lambda offer=offer: helpers.sign(offer, cast.supervisor),
            lambda offer=offer: helpers.sign(offer, cast.worker),
            lambda offer=offer: helpers.sign(offer, cast.worker),
        )
        assert results == {"done": 2, "AlreadyDone": 1}
        assert Seal.objects.filter(offer=offer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_offers_of_one_record_at_once_make_one(cast):
    for _ in range(ROUNDS // 2):
        record = helpers.agreement(cast)
        results = _at_once(*(lambda record=record: helpers.offered(cast, record) for _ in range(3)))
        assert results["done"] == 1
        assert results["WrongState"] == 2
        assert Offer.objects.filter(record_id=record.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_writers_keep_the_chain_whole(cast):
    """Twelve pairs sign at once: nobody is told that the database is locked, and no link is lost or doubled."""
    offers = [helpers.offered(cast) for _ in range(6)]
    acts = [lambda o=o, p=p: helpers.sign(o, p) for o in offers for p in (cast.supervisor, cast.worker)]
    assert _at_once(*acts) == {"done": 12}
    assert Seal.objects.count() == 6
    sequence = list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True))
    assert sequence == list(range(1, len(sequence) + 1))
    assert verify.run() == []


@pytest.mark.django_db(transaction=True)
def test_words_that_are_kept_while_their_page_is_saved_do_not_come_back(cast):
    outcomes: Counter[str] = Counter()
    for number in range(ROUNDS):
        about, page = f"form {number}", f"page {number}"
        outcomes += _at_once(
            partial(drafts.keep, cast.supervisor, about, {"text": "words"}, page=page),
            partial(drafts.keep, cast.supervisor, about, {"text": "other words"}, page=page),
            partial(drafts.forget, cast.supervisor, about, page=page),
        )
        assert drafts.kept(cast.supervisor, about) is None
    assert set(outcomes) == {"done"}
