"""Two windows, or two people, at the same instant, with real threads."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from competencies.models import EvidenceFile, TrainingEntry
from competencies.training import operations
from supervision.people.models import Credential
from supervision.records.errors import NotFound
from supervision.records.models import RecordKey
from tests.sessions.test_race import at_once, chain_holds

from . import training_makers as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 3


def test_the_same_entry_file_and_credential_sent_three_times_at_once_are_one_each(cast: Any) -> None:
    key = uuid.uuid4()
    at_once(*[lambda: operations.add(by=cast.worker, key=key, written=make.written())] * 3)
    at_once(*[lambda: operations.keep_credential(by=cast.worker, key=key, name="Coach")] * 3)
    entry = TrainingEntry.objects.get()
    at_once(*[lambda: make.evidence(entry, key=key)] * 3)
    assert (TrainingEntry.objects.count(), Credential.objects.count(), EvidenceFile.objects.count()) == (
        1,
        1,
        1,
    )
    assert chain_holds()


def test_no_more_files_than_there_is_room_for(cast: Any) -> None:
    entry = make.entry(cast.worker)
    make.evidence(entry)
    make.evidence(entry)
    results = at_once(*[lambda: make.evidence(entry)] * 3)
    assert [isinstance(one, EvidenceFile) for one in results].count(True) == 1
    assert entry.evidence.count() == 3


def test_saved_from_two_windows_one_is_kept_and_the_other_told(cast: Any) -> None:
    for _round in range(ROUNDS):
        entry = make.entry(cast.worker)
        results = at_once(
            *(
                lambda entry=entry, took=took: operations.change(
                    entry, by=cast.worker, version=1, written=make.written(took=took)
                )
                for took in ("One", "Two")
            )
        )
        assert [isinstance(one, TrainingEntry) for one in results].count(True) == 1


def test_removed_while_a_file_comes_nothing_is_left_behind(cast: Any) -> None:
    for _round in range(ROUNDS):
        entry = make.entry(cast.worker)
        results = at_once(
            lambda entry=entry: operations.remove(entry, by=cast.worker),
            lambda entry=entry: make.evidence(entry),
        )
        assert results[0] is None
        assert isinstance(results[1], EvidenceFile | NotFound)
        assert not EvidenceFile.objects.exists()
        assert not RecordKey.objects.filter(pk=entry.pk).exists()
    assert chain_holds()


def test_renewed_from_two_windows_there_is_one_that_renews_it(cast: Any) -> None:
    for _round in range(ROUNDS):
        row = make.credential(cast.worker, expires_on=make.day(9))
        results = at_once(*[lambda row=row: make.renewed(row)] * 2)
        assert [isinstance(one, Credential) for one in results].count(True) == 1
        assert Credential.objects.filter(renews=row).count() == 1
    assert chain_holds()


def test_two_workers_of_the_daily_job_tell_once(cast: Any) -> None:
    row = make.credential(cast.worker, expires_on=make.day(9))
    at_once(*[operations.tell_of_expiry] * 2)
    assert Credential.objects.get(pk=row.pk).told_for == make.day(9)
