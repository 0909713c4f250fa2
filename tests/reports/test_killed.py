"""Workers killed with SIGKILL while they make a report: it is made once, told once, and nothing is left running or waiting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from supervision.jobs.models import Lease
from supervision.notices.models import Reminder
from supervision.records.models import AuditEvent
from supervision.reports.models import Report
from tests.cast import make_cast
from tests.jobs.test_worker_process import database_url

from .test_asking import ask

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def start(*arguments: str, killed: str = "") -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        "KILLED": killed,
    }
    command = [sys.executable, "-m", "tests.reports.killed_worker", "--once", *arguments]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)


def state_of(report: Report) -> str:
    """The files are under a key that only the worker's process has."""
    return Report.objects.values_list("state", flat=True).get(pk=report.pk)


def assert_made_once(report: Report) -> None:
    assert state_of(report) == Report.State.READY
    assert AuditEvent.objects.filter(action="report made", record_id=report.pk).count() == 1
    assert Reminder.objects.filter(notice="report").count() == 1
    assert not Lease.objects.exists()
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


@pytest.mark.parametrize("killed", ["half made", "made", "kept"])
def test_a_killed_worker_leaves_nothing_running_and_nothing_done_twice(killed: str) -> None:
    report = ask(make_cast())
    assert start("--name", "first", killed=killed).wait(60) == -signal.SIGKILL
    assert state_of(report) == (Report.State.READY if killed == "kept" else Report.State.WAITING)
    assert start("--name", "second", "--replaces", "first").wait(60) == 0
    assert_made_once(report)


def test_several_workers_of_which_one_is_killed_make_it_once(settings: Any) -> None:
    report = ask(make_cast())
    workers = [start("--name", "doomed", killed="made"), *(start("--name", name) for name in ("b", "c"))]
    exits = [worker.wait(60) for worker in workers]
    assert exits[1:] == [0, 0]
    assert start("--name", "last", "--replaces", "doomed").wait(60) == 0
    assert_made_once(report)


def test_what_asks_for_it_is_killed_before_it_is_certain_and_nothing_is_asked() -> None:
    cast = make_cast()
    child = os.fork()
    if child == 0:  # as a web process that dies within the request
        from django.db import connection

        connection.connection = None  # this process opens its own
        with transaction.atomic():
            ask(cast)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert not Report.objects.exists()
    assert not DBTaskResult.objects.exists()
    assert ask(cast).state == Report.State.WAITING  # and nothing is left locked
