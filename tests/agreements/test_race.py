"""Two people at the same instant, with real threads and real transactions: one outcome or a clear refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from agreements import operations
from agreements.membership import signed_by
from agreements.models import Agreement, AgreementReview, Clause, Turn, in_force
from supervision.people.models import Standing
from supervision.records.errors import DomainError, Invalid, Sealed, Stale, WrongState
from supervision.records.models import Answer, Offer, Seal
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 6


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    """Start all of them at the same moment; what each returned, or the refusal it met."""
    outcomes: list[Any] = [None] * len(doings)
    gate = threading.Barrier(len(doings))

    def run(place: int, doing: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[place] = doing()
        except DomainError as refusal:
            outcomes[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def refused(outcomes: list[Any]) -> list[Any]:
    return [one for one in outcomes if isinstance(one, DomainError)]


def test_both_sign_at_once_and_it_is_sealed_exactly_once(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    for _ in range(ROUNDS):
        outcomes = at_once(
            lambda a=agreement: helpers.sign(a, cast.supervisor),
            lambda a=agreement: helpers.sign(a, cast.worker),
            lambda a=agreement: helpers.sign(a, cast.worker),  # a double click
        )
        assert len(refused(outcomes)) == 1
        assert isinstance(refused(outcomes)[0], WrongState)
        assert Answer.objects.filter(offer__record_id=agreement.pk).count() == 2
        assert Seal.objects.filter(record_id=agreement.pk).count() == 1
        assert in_force(cast.arrangement) == agreement
        assert Standing.objects.get(pk=cast.arrangement.pk).agreement_id == agreement.pk
        agreement = helpers.next_offered(cast.arrangement, cast.worker)


def test_a_signature_and_a_request_for_a_change_at_once_leave_one_of_the_two(cast: Cast) -> None:
    agreement = helpers.offered(cast.arrangement, cast.supervisor)
    for _ in range(ROUNDS):
        helpers.sign(agreement, cast.supervisor)
        signed, asked = at_once(
            lambda a=agreement: helpers.sign(a, cast.worker),
            lambda a=agreement: operations.ask_for_change(
                agreement=a, reason="Part 5, please.", by=cast.supervisor
            ),
        )
        agreement.refresh_from_db()
        if isinstance(asked, Sealed):
            assert signed.seal is not None
            assert agreement.is_sealed
            agreement = helpers.next_offered(cast.arrangement, cast.worker)
        else:
            assert asked == [cast.supervisor] or set(asked) == {cast.supervisor, cast.worker}
            assert isinstance(signed, WrongState)
            assert not agreement.is_sealed
            assert agreement.open_offer_id is None
            operations.offer(agreement=agreement, version=agreement.version, by=cast.worker)
            agreement.refresh_from_db()


def test_an_offer_and_a_suggestion_at_once_never_offer_a_text_that_somebody_wants_changed(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    for turn in range(ROUNDS):
        place = helpers.clause(agreement, "place")
        suggested, offer = at_once(
            lambda p=place, t=turn: operations.suggest(
                clause=p, seen=p.turn_count, text=f"In room {t}.", by=cast.worker
            ),
            lambda a=agreement: operations.offer(agreement=a, version=a.version, by=cast.supervisor),
        )
        agreement.refresh_from_db()
        if isinstance(offer, Offer):
            assert isinstance(suggested, WrongState)
            assert helpers.clause(agreement, "place").suggestion is None
            operations.take_back(agreement=agreement, reason="Next round.", by=cast.supervisor)
            agreement.refresh_from_db()
        else:
            assert isinstance(offer, Invalid)
            operations.withdraw(suggestion=suggested, by=cast.worker)


def test_an_offer_and_a_taken_wording_at_once_never_offer_a_text_that_nobody_saw(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    for turn in range(ROUNDS):
        text = f"In room {turn}."
        suggestion = helpers.suggest(agreement, "place", text, by=cast.worker)
        taken, offer = at_once(
            lambda s=suggestion: operations.take(suggestion=s, by=cast.supervisor),
            lambda a=agreement: operations.offer(agreement=a, version=a.version, by=cast.supervisor),
        )
        assert isinstance(taken, Clause)
        assert isinstance(offer, Stale | Invalid)
        assert not Offer.objects.exists()
        agreement.refresh_from_db()


def test_two_suggestions_for_one_part_at_once_keep_one_and_refuse_the_other(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    for turn in range(ROUNDS):
        place = helpers.clause(agreement, "place")
        outcomes = at_once(
            lambda p=place, t=turn: operations.suggest(
                clause=p, seen=p.turn_count, text=f"Mine {t}.", by=cast.supervisor
            ),
            lambda p=place, t=turn: operations.suggest(
                clause=p, seen=p.turn_count, text=f"Theirs {t}.", by=cast.worker
            ),
        )
        assert len(refused(outcomes)) == 1
        assert isinstance(refused(outcomes)[0], Stale)
        kept = helpers.clause(agreement, "place")
        assert kept.turn_count == place.turn_count + 1
        assert kept.suggestion.after["text"].startswith(("Mine", "Theirs"))


def test_taking_and_answering_one_suggestion_at_once_settle_it_once(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    for turn in range(ROUNDS):
        suggestion = helpers.suggest(agreement, "place", f"In room {turn}.", by=cast.worker)
        place = helpers.clause(agreement, "place")
        outcomes = at_once(
            lambda s=suggestion: operations.take(suggestion=s, by=cast.supervisor),
            lambda s=suggestion: operations.take(suggestion=s, by=cast.supervisor),  # a double click
            lambda s=suggestion: operations.withdraw(suggestion=s, by=cast.worker),
            lambda p=place, t=turn: operations.suggest(
                clause=p, seen=p.turn_count, text=f"Elsewhere {t}.", by=cast.supervisor
            ),
        )
        assert all(isinstance(one, Stale | WrongState) for one in refused(outcomes))
        assert Turn.objects.filter(answers=suggestion).count() == 1
        waiting = helpers.clause(agreement, "place").suggestion
        if waiting is not None:
            operations.withdraw(suggestion=waiting, by=cast.supervisor)


def test_both_record_a_review_at_once_and_one_is_asked_to_be_signed(cast: Cast) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    for _ in range(ROUNDS):
        outcomes = at_once(
            lambda a=agreement: helpers.review(a, cast.supervisor),
            lambda a=agreement: helpers.review(a, cast.worker),
        )
        assert len(refused(outcomes)) == 1
        (made,) = [one for one in outcomes if isinstance(one, AgreementReview)]
        signer = helpers.other_than(agreement, made.started_by)
        signed = at_once(
            lambda r=made, p=signer: helpers.sign_review(r, p),
            lambda r=made, p=signer: helpers.sign_review(r, p),
        )
        assert len(refused(signed)) == 1
        assert Seal.objects.filter(record_id=made.pk).count() == 1


def test_members_of_a_group_sign_at_once_and_it_is_sealed_exactly_once(cast: Cast) -> None:
    members = [factories.worker_in(cast.program) for _ in range(3)]
    group = factories.arrangement(cast.program, [cast.supervisor], members, structure="group")
    agreement = helpers.offered(group, cast.supervisor)
    digest = Offer.objects.get().digest

    def sign(person: Any) -> Any:
        try:
            return helpers.sign(agreement, person)
        except WrongState:  # sealed by the others meanwhile: then it is joined
            return operations.join(
                agreement=agreement, seen=digest, evidence=helpers.evidence(person), by=person
            )

    outcomes = at_once(*(lambda p=person: sign(p) for person in (cast.supervisor, *members)))
    assert refused(outcomes) == []
    assert Seal.objects.filter(record_id=agreement.pk).count() == 1
    assert set(signed_by(agreement)) == {cast.supervisor.pk, *(person.pk for person in members)}


def test_two_people_starting_at_once_start_one_version(cast: Cast) -> None:
    outcomes = at_once(
        lambda: operations.draft(arrangement=cast.arrangement, by=cast.supervisor),
        lambda: operations.draft(arrangement=cast.arrangement, by=cast.worker),
    )
    assert len(refused(outcomes)) == 1
    assert isinstance(refused(outcomes)[0], WrongState)
    assert Agreement.objects.filter(arrangement=cast.arrangement).count() == 1
