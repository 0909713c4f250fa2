"""Whatever people do in whatever order: nobody but those whom the record names ever knows of it, and sealed stays sealed."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.people.models import User
from supervision.performance.models import PerformanceNote
from supervision.performance.notes import operations
from supervision.records import encryption, snapshot
from supervision.records.errors import DomainError

from . import makers as make

pytestmark = pytest.mark.django_db
ACTS = (
    "write",
    "send",
    "sign",
    "decline",
    "ask",
    "take_back",
    "withdraw",
    "close",
    "other_line_manager",
    "no_longer",
)
WHO = ("supervisor", "worker", "line_manager", "manager", "other_supervisor")


def act(work: Any, made: PerformanceNote, what: str, who: Any) -> None:
    row = make.fresh(made)
    seen = row.open_offer.digest if row.open_offer else ""
    match what:
        case "write":
            operations.write(
                row, by=who, written=make.words("note", facts=f"By {who.name}"), version=row.version
            )
        case "send":
            make.send(row, by=who, evidence=make.evidence(who))
        case "sign":
            operations.sign(row, by=who, evidence=make.evidence(who), seen=seen)
        case "decline":
            operations.decline(row, by=who, evidence=make.evidence(who), seen=seen, reason="No")
        case "ask":
            operations.ask_for_change(row, by=who, seen=seen, reason="Please")
        case "take_back":
            operations.take_back(row, by=who)
        case "withdraw":
            operations.withdraw(row, by=who)
        case "close":
            operations.close(row, by=who, reason="No answer")
        case "other_line_manager":
            User.objects.filter(pk=work.worker.pk).update(line_manager=who if who != work.worker else None)
        case "no_longer":
            work.arrangement.participations.filter(person=work.supervisor).update(left_on=make.today(-1))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(WHO)), max_size=9))
def test_every_order_of_steps_keeps_it_between_those_it_names(
    work: Any, steps: list[tuple[str, str]]
) -> None:
    with transaction.atomic(), encryption.unlocked_keys():
        made = make.draft(work)
        sealed: Any = None
        for what, name in steps:
            with contextlib.suppress(DomainError):
                act(work, made, what, getattr(work, name))
            row = PerformanceNote.objects.filter(pk=made.pk).first()
            if row is None:
                break
            named = {row.author_id}
            if row.first_sent_at is not None:
                named |= {row.worker_id, row.line_manager_id}
            for person in User.objects.all():
                knows = PerformanceNote.objects.visible_to(person).filter(pk=row.pk).exists()
                assert knows == (person.pk in named), (what, name, person.name)
            if row.open_offer is not None:
                offered = snapshot.read(row.open_offer.content)
                said = dict(map(tuple, offered["facts"]))["Also read by"]
                assert said.startswith(row.line_manager.name if row.line_manager else "Nobody else")
            if sealed is not None:
                assert (row.facts, row.line_manager_id, row.sealed_at) == sealed
            elif row.is_sealed:
                sealed = (row.facts, row.line_manager_id, row.sealed_at)
        transaction.set_rollback(True)
