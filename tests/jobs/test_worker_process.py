"""The real worker, as a process that is killed, stopped and replaced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from supervision.jobs import enqueue
from supervision.jobs.models import Lease

from . import samples

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def database_url() -> str:
    """The address of the test database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host = quote(database["HOST"], safe="")
    return f"postgresql://{database['USER']}:{quote(database['PASSWORD'])}@{host}:{database['PORT']}/{database['NAME']}"


@pytest.fixture
def start_worker() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    samples.trace().unlink(missing_ok=True)

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        }
        command = [sys.executable, "manage.py", "work", *arguments]
        started.append(
            subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    samples.trace().unlink(missing_ok=True)


def wait_for(what: Callable[[], Any]) -> None:
    """Wait until it is true; a generous limit that only a hang reaches."""
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)


def traced() -> list[str]:
    return samples.trace().read_text().splitlines() if samples.trace().exists() else []


def status() -> str:
    return DBTaskResult.objects.get().status


def test_a_job_of_a_killed_worker_is_done_by_the_next(
    start_worker: Callable[..., subprocess.Popen[bytes]],
) -> None:
    enqueue("tests.jobs.samples.hang_at_first", number=1)
    first = start_worker("--name", "first")
    wait_for(lambda: traced() == ["start 1"])
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert status() == TaskResultStatus.RUNNING
    assert Lease.objects.get().worker == "first"

    start_worker("--name", "second", "--replaces", "first")
    wait_for(lambda: status() == TaskResultStatus.SUCCESSFUL)
    assert traced() == ["start 1", "start 1", "done 1"]
    assert not Lease.objects.exists()


def test_a_worker_told_to_stop_finishes_its_job_first(
    start_worker: Callable[..., subprocess.Popen[bytes]],
) -> None:
    enqueue("tests.jobs.samples.take_a_while", number=1)
    enqueue("tests.jobs.samples.greet", number=2)
    worker = start_worker()
    wait_for(lambda: traced() == ["start 1"])
    worker.terminate()
    assert worker.wait(60) == 0
    assert traced() == ["start 1", "done 1"]
    assert DBTaskResult.objects.ready().count() == 1


def test_a_worker_told_twice_to_stop_hands_its_job_back(
    start_worker: Callable[..., subprocess.Popen[bytes]],
) -> None:
    enqueue("tests.jobs.samples.hang_at_first", number=1)
    worker = start_worker()
    wait_for(lambda: traced() == ["start 1"])
    worker.terminate()
    while worker.poll() is None:
        time.sleep(0.05)
        worker.terminate()
    assert status() == TaskResultStatus.READY
    assert not Lease.objects.exists()


def test_many_workers_run_each_job_once(start_worker: Callable[..., subprocess.Popen[bytes]]) -> None:
    for number in range(40):
        enqueue("tests.jobs.samples.greet", number=number)
    workers = [start_worker("--once") for _ in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    assert sorted(traced()) == sorted(f"greet {number}" for number in range(40))


def test_a_worker_stops_when_whoever_started_it_is_gone(
    start_worker: Callable[..., subprocess.Popen[bytes]],
) -> None:
    # The shell starts a worker in the background and dies; nobody is left to stop it.
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
    }
    shell = subprocess.Popen(
        ["sh", "-c", f"{sys.executable} manage.py work --with-parent & echo $!; sleep 60"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert shell.stdout is not None
    worker = int(shell.stdout.readline())
    enqueue("tests.jobs.samples.greet", number=1)
    wait_for(lambda: traced() == ["greet 1"])
    shell.kill()
    shell.wait()
    wait_for(lambda: not _is_running(worker))
    shell.stdout.close()


def _is_running(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
