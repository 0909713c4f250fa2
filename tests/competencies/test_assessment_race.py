"""Both parts given at the same instant, or given while it is taken back, called off or ended, with real threads."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from competencies.assessments import operations
from competencies.models import Assessment
from supervision.records.errors import DomainError
from supervision.records.models import AuditEvent, Seal
from tests.sessions.makers import evidence
from tests.sessions.test_race import at_once, chain_holds

from . import assessment_makers as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 3


def giver(row: Assessment, by: Any) -> Any:
    version, what = make.version_of(row, by), make.filled(row, by)
    return lambda: operations.give_part(row, by=by, version=version, filled=what)


def test_given_at_the_same_instant_both_are_shown_once(cast: Any) -> None:
    for _round in range(ROUNDS):
        row = make.together(cast)
        results = at_once(*(giver(row, person) for person in (cast.worker, cast.supervisor)))
        assert not any(isinstance(one, DomainError) for one in results)
        row = make.fresh(row)
        assert row.shown_at is not None
        shown = AuditEvent.objects.filter(record_id=row.pk, action="assessment shown")
        assert shown.count() == 1
        assert row.parts.filter(given_at__lte=row.shown_at).count() == 2
    assert chain_holds()


def test_given_twice_at_once_from_two_windows_it_counts_once(cast: Any) -> None:
    row = make.together(cast)
    act = giver(row, cast.worker)
    results = at_once(act, act)
    assert sum(isinstance(one, DomainError) for one in results) == 1
    assert AuditEvent.objects.filter(record_id=row.pk, action="assessment part given").count() == 1


def test_taken_back_while_the_other_gives_it_is_either_shown_or_with_its_author(cast: Any) -> None:
    for _round in range(ROUNDS):
        row = make.give(make.together(cast), cast.worker)
        at_once(
            lambda row=row: operations.take_back_part(row, by=cast.worker),
            giver(row, cast.supervisor),
        )
        row = make.fresh(row)
        given = row.parts.filter(given_at__isnull=False).count()
        assert (row.shown_at is not None) == (given == 2)


def test_left_or_shown_alone_while_the_other_gives_one_of_them_holds(cast: Any) -> None:
    for act in (operations.withdraw_part, operations.release_alone):
        row = make.past_due(make.give(make.together(cast), cast.worker))
        at_once(lambda row=row, act=act: act(row, by=cast.worker), giver(row, cast.supervisor))
        row = make.fresh(row)
        theirs = row.parts.get(author=cast.supervisor)
        assert not (row.shown_at and row.ended_at)
        if row.shown_at is None:
            assert row.ended_how == "withdrawn"
            assert row.parts.get(author=cast.worker).given_at is None
        elif theirs.given_at is None:
            assert theirs.withdrawn_at is not None


def test_called_off_while_a_part_is_given_one_of_them_holds(cast: Any) -> None:
    for _round in range(ROUNDS):
        row = make.together(cast)
        at_once(lambda row=row: operations.call_off(row, by=cast.supervisor), giver(row, cast.worker))
        row = make.fresh(row)
        assert (row.ended_at is None) == row.parts.filter(given_at__isnull=False).exists()


def test_begun_three_times_at_once_by_one_form_it_is_one(cast: Any) -> None:
    pair, key, begun = make.pair_of(cast.supervisor, cast.worker), uuid.uuid4(), make.begun()
    at_once(*[lambda: operations.begin(pair, by=cast.supervisor, key=key, begun=begun)] * 3)
    assert Assessment.objects.get().parts.count() == 2


def test_signed_while_it_is_taken_back_it_is_sealed_or_a_draft(cast: Any) -> None:
    row = make.sent(cast)
    assert row.open_offer is not None
    seen = row.open_offer.digest
    at_once(
        lambda: operations.sign(row, by=cast.worker, evidence=evidence(cast.worker), seen=seen),
        lambda: operations.take_back(row, by=cast.supervisor),
    )
    now = make.fresh(row)
    assert (now.sealed_at is not None) == Seal.objects.filter(record_id=row.pk).exists()
    assert (now.open_offer is None) == (now.sealed_at is None)
    assert chain_holds()
