"""Two people at the same instant, with real threads: one answer counts, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from supervision.notices.models import Suggestion
from supervision.records.models import Answer, Offer, Seal
from supervision.sessions.observations import operations
from supervision.sessions.observations.models import Observation

from . import makers
from . import observation_makers as make
from .test_race import at_once, chain_holds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 4


def test_yes_and_no_and_another_plan_at_once_are_one_of_them(cast: Any) -> None:
    for _round in range(ROUNDS):
        made = make.proposed(cast)
        version = made.version
        results = at_once(
            lambda made=made, version=version: operations.agree(made, by=cast.worker, version=version),
            lambda made=made, version=version: operations.decline_proposal(
                made, by=cast.worker, reason="No", version=version
            ),
            lambda made=made, version=version: operations.change_plan(
                made, by=cast.supervisor, plan=make.plan(kind="together"), version=version
            ),
            lambda made=made: operations.withdraw(made, by=cast.supervisor),
        )
        after = makers.fresh(made)
        done = [one for one in results if isinstance(one, Observation)]
        assert done, "somebody came first"
        # Calling off what was just agreed is no contradiction; two answers would be.
        assert len(done) == 1 or after.state == "withdrawn"
        assert not isinstance(results[0], Observation) or not isinstance(results[1], Observation)
    assert chain_holds()


def test_agreeing_against_another_plan_never_agrees_to_words_not_seen(cast: Any) -> None:
    for _round in range(ROUNDS):
        made = make.proposed(cast)
        version = made.version
        at_once(
            lambda made=made, version=version: operations.agree(made, by=cast.worker, version=version),
            lambda made=made, version=version: operations.change_plan(
                made, by=cast.supervisor, plan=make.plan(look_for="Something else"), version=version
            ),
        )
        after = makers.fresh(made)
        assert after.state == "proposed" or after.look_for == make.LOOK_FOR


def test_sent_three_times_is_offered_once_and_the_last_answer_seals_once(cast: Any) -> None:
    for _round in range(ROUNDS):
        made = make.draft(cast)

        def send(made: Observation = made) -> Any:
            return operations.sign_and_send(
                made, by=cast.supervisor, evidence=makers.evidence(cast.supervisor), version=made.version
            )

        assert sum(isinstance(one, Offer) for one in at_once(send, send, send)) == 1
        digest = makers.fresh(made).open_offer.digest

        def answer(verb: str, made: Observation = made, seen: str = digest) -> Callable[[], None]:
            given: dict[str, Any] = {"reason": "No"} if verb == "decline" else {}
            act = getattr(operations, verb)
            return lambda: act(
                makers.fresh(made), by=cast.worker, evidence=makers.evidence(cast.worker), seen=seen, **given
            )

        results = at_once(answer("sign"), answer("decline"), answer("sign"))
        assert sum(one is None for one in results) == 1
        assert Seal.objects.filter(record_id=made.pk).count() == 1
        assert Answer.objects.filter(record_id=made.pk).count() == 2
        assert Suggestion.objects.filter(source_id=made.pk).count() == 1
    assert chain_holds()


def test_the_last_signature_against_taking_back(cast: Any) -> None:
    for _round in range(ROUNDS):
        made = make.sent(cast)
        digest = made.open_offer.digest
        signed, back = at_once(
            lambda made=made, digest=digest: operations.sign(
                makers.fresh(made), by=cast.worker, evidence=makers.evidence(cast.worker), seen=digest
            ),
            lambda made=made: operations.take_back(makers.fresh(made), by=cast.supervisor),
        )
        assert (signed is None) != (back is None), "exactly one of the two happened"
        assert makers.fresh(made).is_sealed == (signed is None)
    assert chain_holds()
