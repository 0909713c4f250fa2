"""Observations at every stage, made with the operations that people use."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from supervision.sessions.observations import operations
from supervision.sessions.observations.models import Observation

from . import makers

LOOK_FOR = "How the opening question lands with people who rarely speak."
STRENGTHS = "The heron story let two quiet people find their own words."
GROWTH = "Leave a silence before offering the next question."


def plan(**given: Any) -> operations.Plan:
    values: dict[str, Any] = {
        "kind": "practice",
        "day": timezone.localdate(),
        "setting": "The Tuesday group",
        "look_for": LOOK_FOR,
    }
    return operations.Plan(**(values | given))


def proposed(cast: Any, *, by: Any = None, **given: Any) -> Observation:
    """Proposed by the supervisor to the worker, unless `by` says otherwise."""
    by = by or cast.supervisor
    other = cast.worker if by.pk == cast.supervisor.pk else cast.supervisor
    return operations.propose(cast.arrangement, by=by, other=other, plan=plan(**given), key=uuid.uuid4())


def agreed(cast: Any, **given: Any) -> Observation:
    made = proposed(cast, **given)
    return operations.agree(made, by=made.other(made.proposed_by), version=made.version)


def declined_plan(cast: Any) -> Observation:
    made = proposed(cast)
    return operations.decline_proposal(made, by=cast.worker, reason="Not this week", version=made.version)


def called_off(cast: Any) -> Observation:
    return operations.withdraw(agreed(cast), by=cast.worker, reason="The group is on a break")


def draft(cast: Any, made: Observation | None = None, *, written: Any = None, **given: Any) -> Observation:
    made = made or agreed(cast, **given)
    return operations.write_up(made, by=cast.supervisor, written=written or words(), version=made.version)


def words(**given: Any) -> operations.Written:
    values: dict[str, Any] = {"held_on": timezone.localdate(), "strengths": STRENGTHS, "growth": GROWTH}
    return operations.Written(**(values | given))


def sent(cast: Any, made: Observation | None = None, **given: Any) -> Observation:
    """Signed by the supervisor, with the worker to answer."""
    made = draft(cast, made, **given)
    operations.sign_and_send(
        made, by=cast.supervisor, evidence=makers.evidence(cast.supervisor), version=made.version
    )
    return makers.fresh(made)


def sign(made: Observation, person: Any, **given: Any) -> None:
    made = makers.fresh(made)
    values = {"evidence": makers.evidence(person), "seen": made.open_offer.digest if made.open_offer else ""}
    operations.sign(made, by=person, **(values | given))


def sealed(cast: Any, **given: Any) -> Observation:
    made = sent(cast, **given)
    sign(made, cast.worker)
    return makers.fresh(made)
