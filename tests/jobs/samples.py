"""Jobs for the tests. They leave their trace in the file that the environment names, so that other processes can too."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from supervision.jobs import GiveUp, enqueue, job
from supervision.jobs.models import DailyRun


def trace() -> Path:
    """A file for each process of the suite: two of them run at once."""
    return (
        Path(os.environ["COMMON_HOUR_TEST_DIR"]) / f"jobs-trace-{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    )


def leave_trace(line: str) -> None:
    with trace().open("a") as file:
        file.write(line + "\n")


def what_day() -> None:
    leave_trace(str(timezone.localdate()))


@job
def greet(*, number: int) -> None:
    leave_trace(f"greet {number}")


@job
def greet_by_position(number: int) -> None:
    leave_trace(f"greet {number}")


@job
def hang_at_first(*, number: int) -> None:
    """Hangs when it runs for the first time, which is when the test kills the worker."""
    before = trace().read_text().splitlines() if trace().exists() else []
    leave_trace(f"start {number}")
    if f"start {number}" not in before:
        time.sleep(60)
    leave_trace(f"done {number}")


@job
def take_a_while(*, number: int) -> None:
    leave_trace(f"start {number}")
    time.sleep(0.7)
    leave_trace(f"done {number}")


@job
def fail_with_words(*, record_id: str) -> None:
    secret_words = "She told me about the night her brother died."
    raise ValueError(f"cannot parse {secret_words!r} of {uuid.UUID(record_id)}")


@job
def know_better() -> None:
    raise GiveUp("The record was withdrawn.")


def once_a_day() -> None:
    leave_trace("daily")


@job
def once_a_day_as_a_job() -> None:
    leave_trace("daily")


@job
def queue_another() -> None:
    enqueue("tests.jobs.samples.greet", number=2)


@job
def lose_its_lease(*, number: int) -> None:
    """As if this process had been stopped for longer than its lease, and another worker had taken over."""
    from supervision.jobs.models import Lease

    with transaction.atomic():
        Lease.objects.update(worker="somebody-else")


@job
def write_half_then_fail() -> None:
    with transaction.atomic():
        DailyRun.objects.create(name="half", day="2026-01-01")
        raise RuntimeError("half way")
