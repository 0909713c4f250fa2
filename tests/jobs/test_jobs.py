"""Queueing, running, failing and trying again, without a second process."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from supervision import settings as real_settings
from supervision.jobs import MAX_ATTEMPTS, enqueue, operations
from supervision.jobs.models import DailyRun, Lease
from supervision.jobs.worker import Worker
from tests import factories

from . import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_trace(settings: Any) -> Iterator[None]:
    settings.DAILY_JOBS = []
    samples.trace().unlink(missing_ok=True)
    yield
    samples.trace().unlink(missing_ok=True)


def traced() -> list[str]:
    return samples.trace().read_text().splitlines() if samples.trace().exists() else []


def only_job() -> DBTaskResult:
    return DBTaskResult.objects.get()


def make_due() -> None:
    with transaction.atomic():
        DBTaskResult.objects.update(run_after=timezone.now())


# Queueing -----------------------------------------------------------------------------------------------------


def test_a_job_runs_with_the_ids_it_was_given() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    assert Worker().run_until_empty() == 1
    assert traced() == ["greet 1"]
    assert only_job().status == TaskResultStatus.SUCCESSFUL
    assert not Lease.objects.exists()


def test_a_job_queued_through_the_library_itself_runs_too() -> None:
    with transaction.atomic():
        samples.greet_by_position.enqueue(7)
    Worker().run_until_empty()
    assert traced() == ["greet 7"]


def test_a_job_vanishes_with_the_transaction_that_queued_it() -> None:
    with transaction.atomic():
        enqueue("tests.jobs.samples.greet", number=1)
        transaction.set_rollback(True)
    assert Worker().run_until_empty() == 0
    assert traced() == []


@pytest.mark.parametrize(
    "value",
    ["She told me about her brother.", "a\nb", "x" * 101, "", {"a": 1}, ["a"], 1.5, b"bytes", "naïve"],
)
def test_words_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="ids only"):
        enqueue("tests.jobs.samples.greet", number=value)
    assert not DBTaskResult.objects.exists()


def test_ids_of_every_kind_are_taken() -> None:
    some_id = uuid.uuid4()
    enqueue(
        "tests.jobs.samples.greet", a=some_id, b=3, c=True, d=None, e="sealed", f=datetime.date(2026, 11, 24)
    )
    assert only_job().args_kwargs["kwargs"] == {
        "a": str(some_id),
        "b": 3,
        "c": True,
        "d": None,
        "e": "sealed",
        "f": "2026-11-24",
    }


@pytest.mark.parametrize("path", ["tests.jobs.samples.trace", "tests.jobs.samples.missing", "nowhere.at.all"])
def test_only_a_job_can_be_queued(path: str) -> None:
    with pytest.raises((ImportError, TypeError)):
        enqueue(path)


def test_a_delayed_job_waits() -> None:
    enqueue("tests.jobs.samples.greet", number=1, _delay=datetime.timedelta(hours=1))
    assert Worker().run_until_empty() == 0
    make_due()
    assert Worker().run_until_empty() == 1


def test_a_job_may_queue_another() -> None:
    enqueue("tests.jobs.samples.queue_another")
    assert Worker().run_until_empty() == 2
    assert traced() == ["greet 2"]


def test_jobs_queued_in_bulk_let_new_ones_go_first() -> None:
    for number in (1, 2):
        enqueue("tests.jobs.samples.greet", number=number)
    assert operations.let_new_jobs_go_first() == 2
    enqueue("tests.jobs.samples.greet", number=3)
    Worker().run_until_empty()
    assert traced() == ["greet 3", "greet 1", "greet 2"]


# Failing --------------------------------------------------------------------------------------------------------


def test_a_failing_job_is_tried_again_after_growing_pauses_and_then_failed() -> None:
    enqueue("tests.jobs.samples.fail_with_words", record_id=uuid.uuid4())
    pauses = []
    for _ in range(MAX_ATTEMPTS - 1):
        make_due()
        assert Worker().run_until_empty() == 1
        assert only_job().status == TaskResultStatus.READY
        pauses.append(only_job().run_after - timezone.now())
    make_due()
    Worker().run_until_empty()

    assert pauses == sorted(pauses)
    assert pauses[0] > datetime.timedelta(seconds=5)
    assert only_job().status == TaskResultStatus.FAILED
    assert Worker().run_until_empty() == 0


def test_what_an_error_said_is_neither_stored_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    enqueue("tests.jobs.samples.fail_with_words", record_id=uuid.uuid4())
    Worker().run_until_empty()

    stored = only_job()
    assert stored.exception_class_path == "builtins.ValueError"
    assert "samples.py" in stored.traceback
    assert "fail_with_words" in stored.traceback
    assert "fail_with_words" in caplog.text
    for told in (stored.traceback, caplog.text):
        assert "brother" not in told
        assert "parse" not in told


def test_a_job_that_knows_better_fails_at_once_with_its_reason() -> None:
    enqueue("tests.jobs.samples.know_better")
    Worker().run_until_empty()
    assert only_job().status == TaskResultStatus.FAILED
    assert only_job().traceback == "The record was withdrawn."


def test_a_job_whose_code_is_gone_fails_like_any_other() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    with transaction.atomic():
        DBTaskResult.objects.update(task_path="tests.jobs.samples.renamed")
    Worker().run_until_empty()
    assert only_job().exception_class_path == "builtins.ImportError"


def test_half_a_change_is_undone() -> None:
    enqueue("tests.jobs.samples.write_half_then_fail")
    Worker().run_until_empty()
    assert not DailyRun.objects.exists()
    assert only_job().exception_class_path == "builtins.RuntimeError"


# Leases -----------------------------------------------------------------------------------------------------------


def claim(worker: str) -> DBTaskResult:
    claimed = operations.claim(worker=worker)
    assert claimed is not None
    return claimed


def let_leases_run_out() -> None:
    with transaction.atomic():
        Lease.objects.update(runs_out_at=timezone.now() - datetime.timedelta(seconds=1))


def test_a_claimed_job_is_not_taken_by_another_worker() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    claim("first")
    assert operations.claim(worker="second") is None
    assert operations.reap() == 0


def test_a_job_whose_lease_ran_out_returns_to_the_queue() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    claim("killed")
    let_leases_run_out()
    assert Worker().run_until_empty() == 1
    assert traced() == ["greet 1"]
    assert len(only_job().worker_ids) == 2


def test_a_renewed_lease_is_kept() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    claimed = claim("slow")
    let_leases_run_out()
    assert operations.renew(job_id=claimed.pk, worker="slow")
    assert operations.reap() == 0


def test_jobs_of_a_worker_known_to_be_dead_return_at_once() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    enqueue("tests.jobs.samples.greet", number=2)
    claim("dead")
    claim("alive")
    assert Worker(replaces="dead").run_until_empty() == 1
    assert Lease.objects.get().worker == "alive"


def test_a_job_that_kills_every_worker_is_failed_with_a_plain_reason() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    for attempt in range(MAX_ATTEMPTS):
        claim(f"worker {attempt}")
        let_leases_run_out()
        operations.reap()
    assert operations.claim(worker="one more") is None
    assert only_job().status == TaskResultStatus.FAILED
    assert only_job().traceback == "The worker stopped before the job was done (5 of 5)."


def test_a_worker_that_lost_its_lease_does_not_write_the_result() -> None:
    enqueue("tests.jobs.samples.lose_its_lease", number=1)
    Worker(name="woken too late").run_one()
    assert only_job().status == TaskResultStatus.RUNNING
    assert Lease.objects.get().worker == "somebody-else"


def test_a_job_handed_back_does_not_count_as_tried() -> None:
    enqueue("tests.jobs.samples.greet", number=1)
    claimed = claim("stopping")
    operations.hand_back(job_id=claimed.pk, worker="stopping")
    assert only_job().status == TaskResultStatus.READY
    assert only_job().worker_ids == []


# Daily jobs, tidying ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["once_a_day", "once_a_day_as_a_job"])
def test_a_daily_job_runs_once_a_day(settings: Any, name: str) -> None:
    settings.DAILY_JOBS = [f"tests.jobs.samples.{name}"]
    Worker().run_until_empty()
    Worker().run_until_empty()
    assert traced() == ["daily"]

    with transaction.atomic():
        DailyRun.objects.update(day=timezone.localdate() - datetime.timedelta(days=1))
    Worker().run_until_empty()
    assert traced() == ["daily", "daily"]


def test_the_days_of_jobs_are_those_of_the_agency(settings: Any) -> None:
    """Wherever on earth it is now, one of these two has another day than UTC."""
    settings.DAILY_JOBS = ["tests.jobs.samples.what_day"]
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        factories.agency(time_zone=zone)
        Worker().run_until_empty()
        assert traced()[-1] == str(timezone.localdate(timezone=ZoneInfo(zone)))
    assert len(traced()) == 2  # they are never on the same day
    assert {str(day) for day in DailyRun.objects.values_list("day", flat=True)} == set(traced())


def test_a_daily_job_that_left_the_settings_is_not_called(settings: Any) -> None:
    settings.DAILY_JOBS = ["tests.jobs.samples.once_a_day"]
    operations.queue_daily_jobs()
    settings.DAILY_JOBS = []
    Worker().run_until_empty()
    assert traced() == []
    assert only_job().status == TaskResultStatus.FAILED


def test_every_daily_job_of_the_settings_runs_on_an_empty_database(settings: Any) -> None:
    settings.DAILY_JOBS = real_settings.DAILY_JOBS
    Worker().run_until_empty()
    assert DBTaskResult.objects.successful().count() == len(real_settings.DAILY_JOBS)


def test_old_results_are_tidied_away_and_young_ones_kept() -> None:
    for _ in range(2):
        enqueue("tests.jobs.samples.greet", number=1)
    enqueue("tests.jobs.samples.know_better")
    Worker().run_until_empty()
    old = DBTaskResult.objects.successful()[0]
    with transaction.atomic():
        DBTaskResult.objects.filter(pk=old.pk).update(finished_at=timezone.now() - datetime.timedelta(days=8))
        DBTaskResult.objects.failed().update(finished_at=timezone.now() - datetime.timedelta(days=8))

    operations.tidy()
    assert not DBTaskResult.objects.filter(pk=old.pk).exists()
    assert DBTaskResult.objects.successful().count() == 1
    assert DBTaskResult.objects.failed().count() == 1
