"""Concerns and letters at every step, made with the operations that people use."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from supervision.concerns.letters import operations as letters
from supervision.concerns.models import Concern, Letter
from supervision.concerns.raising import operations
from supervision.people.models import User
from tests import factories

TEXT = "Drove somebody home after a drink."
NAMED = "Rosalind Quill"
SHARED = "A person was driven home by a worker who had been drinking."
LETTER = "We cancel every second session, and I am told to be flexible."


def words(**given: Any) -> operations.Words:
    return operations.Words(**({"limit": "safety", "text": TEXT, "named": NAMED} | given))


def line_manager(cast: Any, person: User | None = None) -> User:
    """Lina is the line manager of Marisol from now on."""
    lina = person or factories.person("Lina Ortega")
    cast.worker.line_manager = lina
    User.objects.filter(pk=cast.worker.pk).update(line_manager=lina)
    return lina


def fresh(concern: Concern) -> Concern:
    return Concern.objects.get(pk=concern.pk)


def stated(cast: Any, **given: Any) -> Concern:
    return operations.state(cast.arrangement, cast.worker, by=cast.supervisor, words=words(**given))


def told(cast: Any, concern: Concern | None = None, **given: Any) -> Concern:
    made = concern or stated(cast)
    return operations.tell(made, by=cast.supervisor, version=fresh(made).version, **given)


def declined(cast: Any) -> Concern:
    return operations.decline(told(cast), by=cast.worker, reason="I can’t face it.")


def told_again(cast: Any) -> Concern:
    made = declined(cast)
    return operations.tell_again(made, by=cast.supervisor, version=fresh(made).version)


def shared(cast: Any, receiver: User | None = None) -> Concern:
    """Shared in its order with Lina, or with whoever is named."""
    receiver = receiver or line_manager(cast)
    made = told_again(cast)
    return operations.share(
        made, by=cast.supervisor, receiver=receiver, text=SHARED, version=fresh(made).version
    )


def shared_out_of_order(cast: Any) -> Concern:
    """Before the worker could be told."""
    receiver = line_manager(cast)
    made = stated(cast)
    return operations.share_out_of_order(
        made,
        by=cast.supervisor,
        receiver=receiver,
        text=SHARED,
        reason="Somebody was about to drive again.",
        version=fresh(made).version,
    )


def taken(cast: Any, *, person: User | None = None, may_ask: bool = False) -> Concern:
    return operations.say_taken(
        told(cast),
        by=cast.worker,
        on=timezone.localdate(),
        person=person,
        name="" if person else "My own team",
        may_ask=may_ask,
    )


def answered(cast: Any) -> Concern:
    made = shared(cast)
    return operations.answer(made, by=made.shared_with, outcome="We agreed on a taxi account.")


def letter(cast: Any, to: User | None = None) -> Letter:
    return letters.write(cast.arrangement, by=cast.worker, recipient=to or cast.manager, text=LETTER)


def at(day: str, time: str = "15:00", zone: str = "America/New_York") -> datetime.datetime:
    """A moment as a clock on the wall showed it."""
    return datetime.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone))
