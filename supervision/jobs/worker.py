"""The loop that `manage.py work` runs: it takes jobs, keeps its leases, returns the jobs of killed workers, queues the daily ones.

One worker runs one job at a time; start several for more. An idle worker makes one small read four times a second.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from . import operations

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
RENEW_SECONDS = operations.LEASE.total_seconds() / 4
UPKEEP_SECONDS = 15
PAUSE_AFTER_DATABASE_ERROR = 2


class StopNow(BaseException):
    """A second signal to stop came while a job was running."""


class Worker:
    """Runs jobs until it is told to stop.

    `name` must be unique among running workers. `replaces` is the name of a worker known to be dead, whose jobs return to the
    queue at once instead of when its leases run out. `with_parent` ends the loop when the parent process is gone.
    """

    def __init__(self, *, name: str = "", replaces: str = "", with_parent: bool = False) -> None:
        self.name = name or f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self.replaces = replaces
        self._parent = os.getppid() if with_parent else None
        self._stop = threading.Event()
        self._running_job = False
        self._upkeep_due = 0.0

    def listen_to_signals(self) -> None:
        """SIGTERM and SIGINT finish the running job and stop; a second one hands it back and stops at once."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stop.is_set() and self._running_job:
            raise StopNow
        self._stop.set()

    def run(self) -> None:
        """Work until told to stop."""
        logger.info("Worker %s started", self.name)
        while not self._should_stop():
            try:
                worked = self._turn()
            except StopNow:
                break
            except DatabaseError as error:
                logger.error("Worker %s: %s from the database; trying again", self.name, type(error).__name__)
                connection.close()
                self._stop.wait(PAUSE_AFTER_DATABASE_ERROR)
                continue
            if not worked:
                self._stop.wait(POLL_SECONDS)
        logger.info("Worker %s stopped", self.name)

    def run_until_empty(self) -> int:
        """Run what is due now, and what that queues in turn, then return the number of jobs run."""
        self._upkeep()
        count = 0
        while self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Run the job that is due next. False if there was none."""
        if not operations.something_is_ready():
            return False
        claimed = operations.claim(worker=self.name)
        if claimed is None:
            return False
        self._run(claimed)
        return True

    def _should_stop(self) -> bool:
        orphaned = self._parent is not None and os.getppid() != self._parent
        return orphaned or self._stop.is_set()

    def _turn(self) -> bool:
        if time.monotonic() >= self._upkeep_due:
            close_old_connections()
            self._upkeep()
        return self.run_one()

    def _upkeep(self) -> None:
        returned = 0
        if self.replaces:
            returned += operations.reap(dead_worker=self.replaces)
            self.replaces = ""
        if operations.reaping_needed():
            returned += operations.reap()
        if returned:
            logger.warning("Worker %s returned %d jobs of killed workers to the queue", self.name, returned)
        with agency_days():
            operations.queue_daily_jobs()
        self._upkeep_due = time.monotonic() + UPKEEP_SECONDS

    def _run(self, claimed: DBTaskResult) -> None:
        self._running_job = True
        try:
            with _kept_lease(claimed.pk, self.name), agency_days():
                given = claimed.args_kwargs
                claimed.task.call(*given["args"], **given["kwargs"])
        except StopNow:
            operations.hand_back(job_id=claimed.pk, worker=self.name)
            raise
        except Exception as error:
            self._report(claimed, error)
            operations.stumble(job_id=claimed.pk, worker=self.name, error=error)
        else:
            if not operations.finish(job_id=claimed.pk, worker=self.name):
                logger.warning("Job %s was taken over while it ran", claimed.pk)
        finally:
            self._running_job = False

    def _report(self, claimed: DBTaskResult, error: BaseException) -> None:
        # The message of an error may hold what people wrote: only its class and its places go to the log.
        places = operations.places_of(error).replace("\n", " > ")
        logger.error("Job %s (%s): %s at %s", claimed.pk, claimed.task_path, type(error).__name__, places)


def agency_days() -> AbstractContextManager[None]:
    """Nobody's browser says where a job is: its days are those of `settings.JOBS_ZONE`."""
    zone: Callable[[], ZoneInfo] = import_string(settings.JOBS_ZONE)
    return timezone.override(zone())


@contextmanager
def _kept_lease(job_id: uuid.UUID, worker: str) -> Iterator[None]:
    """Renew the lease from a second thread, with its own connection, for as long as the block runs."""
    done = threading.Event()

    def keep() -> None:
        try:
            while not done.wait(RENEW_SECONDS):
                _renew_or_report(job_id, worker)
        finally:
            connection.close()

    thread = threading.Thread(target=keep, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew_or_report(job_id: uuid.UUID, worker: str) -> None:
    try:
        operations.renew(job_id=job_id, worker=worker)
    except DatabaseError as error:
        logger.error("The lease on job %s could not be renewed: %s", job_id, type(error).__name__)
