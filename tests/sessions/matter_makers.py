"""What is taken up, at every stage, made with the operations that people use."""

from __future__ import annotations

import uuid
from typing import Any

from supervision.sessions.matters import operations
from supervision.sessions.matters.models import Matter, MatterReply

TEXT = "Three days out of five went into driving people to the courthouse."
WISH = "A driver on Mondays, so that the peer group can meet."
ANSWER = "The van pool takes the Monday rides from March on."


def words(cast: Any, **given: Any) -> operations.Words:
    values: dict[str, Any] = {
        "kind": "barrier",
        "about": "tasks",
        "text": TEXT,
        "wish": WISH,
        "manager": cast.manager,
    }
    return operations.Words(**(values | given))


def proposed(cast: Any, *, by: Any = None, **given: Any) -> Matter:
    """Put by the worker before the supervisor, unless `by` says otherwise."""
    by = by or cast.worker
    other = cast.worker if by.pk == cast.supervisor.pk else cast.supervisor
    return operations.propose(
        cast.arrangement, by=by, other=other, words=words(cast, **given), key=uuid.uuid4()
    )


def sent(cast: Any, **given: Any) -> Matter:
    made = proposed(cast, **given)
    return operations.agree(made, by=made.other(made.proposed_by), version=made.version)


def declined(cast: Any) -> Matter:
    return operations.decline(proposed(cast), by=cast.supervisor, reason="Let us try it ourselves first.")


def left(cast: Any) -> Matter:
    return operations.withdraw(proposed(cast), by=cast.worker, reason="It was settled on Friday.")


def reply(cast: Any, made: Matter, **given: Any) -> MatterReply:
    values = {"by": cast.manager, "kind": "will", "text": ANSWER} | given
    return operations.reply(made, **values)


def replied(cast: Any) -> Matter:
    made = sent(cast)
    reply(cast, made)
    return made
