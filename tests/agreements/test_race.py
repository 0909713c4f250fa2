"""Two people at the same instant, with real threads and real transactions: one outcome or a clear refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from agreements import operations
from agreements.models import Agreement, Clause, in_force
from supervision.people.models import Standing
from supervision.records.errors import DomainError, Sealed, Stale, WrongState
from supervision.records.models import Answer, Offer, Seal
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


def test_an_offer_and_an_edit_at_once_never_offer_a_text_that_nobody_saw(cast: Cast) -> None:
    agreement = helpers.complete_draft(cast.arrangement, cast.supervisor)
    for turn in range(ROUNDS):
        place = helpers.clause(agreement, "place")
        edited, offer = at_once(
            lambda p=place, t=turn: operations.change_clause(
                clause=p, text=f"In room {t}.", version=p.version, by=cast.worker
            ),
            lambda a=agreement: operations.offer(agreement=a, version=a.version, by=cast.supervisor),
        )
        agreement.refresh_from_db()
        if isinstance(offer, Offer):
            assert isinstance(edited, WrongState)
            assert Clause.objects.get(pk=place.pk).text == place.text
            operations.take_back(agreement=agreement, reason="Next round.", by=cast.supervisor)
            agreement.refresh_from_db()
        else:
            assert isinstance(offer, Stale)
            assert Clause.objects.get(pk=place.pk).text == f"In room {turn}."


def test_two_edits_of_one_clause_at_once_keep_one_and_refuse_the_other(cast: Cast) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    for _ in range(ROUNDS):
        place = helpers.clause(agreement, "place")
        outcomes = at_once(
            lambda p=place: operations.change_clause(
                clause=p, text=f"Mine {p.version}.", version=p.version, by=cast.supervisor
            ),
            lambda p=place: operations.change_clause(
                clause=p, text=f"Theirs {p.version}.", version=p.version, by=cast.worker
            ),
        )
        assert len(refused(outcomes)) == 1
        assert isinstance(refused(outcomes)[0], Stale)
        kept = Clause.objects.get(pk=place.pk)
        assert kept.version == place.version + 1
        assert kept.text.startswith(("Mine", "Theirs"))


def test_two_people_starting_at_once_start_one_version(cast: Cast) -> None:
    outcomes = at_once(
        lambda: operations.draft(arrangement=cast.arrangement, by=cast.supervisor),
        lambda: operations.draft(arrangement=cast.arrangement, by=cast.worker),
    )
    assert len(refused(outcomes)) == 1
    assert isinstance(refused(outcomes)[0], WrongState)
    assert Agreement.objects.filter(arrangement=cast.arrangement).count() == 1
