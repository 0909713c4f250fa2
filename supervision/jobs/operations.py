"""Every write that moves a job from one state to the next. Each is one short transaction."""

from __future__ import annotations

import datetime
import os
import traceback
import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.base import TASK_MIN_PRIORITY, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import DailyRun, Lease
from .queue import MAX_ATTEMPTS, GiveUp, enqueue

LEASE = datetime.timedelta(seconds=60)
PAUSES = [datetime.timedelta(seconds=s) for s in (10, 60, 300, 1800)]
KEEP_DONE = datetime.timedelta(days=7)
KEEP_FAILED = datetime.timedelta(days=90)

WORKER_KILLED = "supervision.jobs.WorkerKilled"


def something_is_ready() -> bool:
    """Whether a job waits to be run: a plain read of an indexed row, cheap enough to ask several times a second."""
    return DBTaskResult.objects.ready().exists()


def is_queued(dotted_task: str, **ids: Any) -> bool:
    """Whether such a job, with these arguments as they are kept, waits to be run or is being run."""
    live = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    rows = DBTaskResult.objects.filter(task_path=dotted_task, status__in=live)
    return rows.filter(args_kwargs__kwargs=ids).exists()


@transaction.atomic
def claim(*, worker: str) -> DBTaskResult | None:
    """Take the job that is due next, with a lease on it. None if there is none, or another worker was quicker."""
    found = DBTaskResult.objects.ready().get_locked()
    if found is None:
        return None
    found.claim(worker)
    Lease.objects.update_or_create(
        job_id=found.pk, defaults={"worker": worker, "runs_out_at": timezone.now() + LEASE}
    )
    return found


@transaction.atomic
def renew(*, job_id: uuid.UUID, worker: str) -> bool:
    """Keep the lease. False when it was lost: somebody else may be running the job by now."""
    held = Lease.objects.filter(job_id=job_id, worker=worker)
    return held.update(runs_out_at=timezone.now() + LEASE) == 1


@transaction.atomic
def finish(*, job_id: uuid.UUID, worker: str) -> bool:
    """The job is done. False, and nothing written, when the lease was lost meanwhile."""
    if not _let_go(job_id, worker):
        return False
    DBTaskResult.objects.filter(pk=job_id).update(
        status=TaskResultStatus.SUCCESSFUL,
        finished_at=timezone.now(),
        return_value=None,
        exception_class_path="",
        traceback="",
    )
    return True


@transaction.atomic
def stumble(*, job_id: uuid.UUID, worker: str, error: BaseException) -> bool:
    """The job raised. Queue it again after a pause, or fail it. False when the lease was lost meanwhile."""
    if not _let_go(job_id, worker):
        return False
    result = DBTaskResult.objects.get(pk=job_id)
    again = len(result.worker_ids) < MAX_ATTEMPTS and not isinstance(error, GiveUp)
    result.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    result.traceback = str(error) if isinstance(error, GiveUp) else places_of(error)
    _again_or_failed(result, again=again, pause=PAUSES[min(len(result.worker_ids), len(PAUSES)) - 1])
    return True


@transaction.atomic
def hand_back(*, job_id: uuid.UUID, worker: str) -> None:
    """The worker is told to stop before the job is done: queue it again at once, not counting this attempt."""
    if _let_go(job_id, worker):
        result = DBTaskResult.objects.get(pk=job_id)
        result.worker_ids = result.worker_ids[:-1]
        _again_or_failed(result, again=True, pause=datetime.timedelta())


@transaction.atomic
def reap(*, dead_worker: str | None = None) -> int:
    """Return the jobs of killed workers to the queue. Returns how many.

    A worker counts as killed when its lease has run out, or at once when whoever started it names it (`dead_worker`).
    """
    orphans = Lease.objects.filter(worker=dead_worker) if dead_worker else _run_out()
    orphan_ids = list(orphans.select_for_update(skip_locked=True).values_list("job_id", flat=True))
    Lease.objects.filter(job_id__in=orphan_ids).delete()
    abandoned = DBTaskResult.objects.running().filter(pk__in=orphan_ids)
    for result in abandoned.select_for_update():
        result.exception_class_path = WORKER_KILLED
        result.traceback = (
            f"The worker stopped before the job was done ({len(result.worker_ids)} of {MAX_ATTEMPTS})."
        )
        _again_or_failed(result, again=len(result.worker_ids) < MAX_ATTEMPTS, pause=datetime.timedelta())
    return len(orphan_ids)


def reaping_needed() -> bool:
    """Whether any lease has run out: a plain read."""
    return _run_out().exists()


def queue_daily_jobs() -> list[str]:
    """Queue the functions of `settings.DAILY_JOBS` that today has not seen yet. Returns their dotted paths."""
    today = timezone.localdate()
    names = list(settings.DAILY_JOBS)
    seen = set(DailyRun.objects.filter(day=today, name__in=names).values_list("name", flat=True))
    return [name for name in names if name not in seen and _queue_for_day(name, today)]


@transaction.atomic
def _queue_for_day(name: str, day: datetime.date) -> bool:
    _, new = DailyRun.objects.get_or_create(name=name, day=day)
    if new:
        enqueue("supervision.jobs.tasks.run_daily", name=name)
    return new


@transaction.atomic
def let_new_jobs_go_first() -> int:
    """Put everything that waits behind what comes from now on: for work that was queued in bulk. Returns how many."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(priority=TASK_MIN_PRIORITY)


@transaction.atomic
def tidy() -> int:
    """Delete the rows of jobs that ended long ago. Returns how many."""
    now = timezone.now()
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_DONE)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED)
    DailyRun.objects.filter(day__lt=timezone.localdate() - KEEP_DONE).delete()
    # A lease without a running job can be left behind by a database that was restored from a backup.
    running = DBTaskResult.objects.running().filter(pk=OuterRef("job_id"))
    _run_out().filter(~Exists(running)).delete()
    return done.delete()[0] + failed.delete()[0]


def places_of(error: BaseException) -> str:
    """Where an error came from, without what it said: messages and local values may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(
        f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in frames
        if not frame.filename.startswith("<frozen")
    )


def _run_out() -> models.QuerySet[Lease]:
    return Lease.objects.filter(runs_out_at__lt=timezone.now())


def _let_go(job_id: uuid.UUID, worker: str) -> bool:
    deleted, _ = Lease.objects.filter(job_id=job_id, worker=worker).delete()
    return deleted == 1


def _again_or_failed(result: DBTaskResult, *, again: bool, pause: datetime.timedelta) -> None:
    now = timezone.now()
    result.status = TaskResultStatus.READY if again else TaskResultStatus.FAILED
    result.run_after = now + pause if again else result.run_after
    result.finished_at = None if again else now
    result.return_value = None
    result.save()
    if not again:
        _tell_of_failure(result)


def _tell_of_failure(result: DBTaskResult) -> None:
    """Queue what the job names for this (see `if_failed`). A job of an older release may not be there any more."""
    try:
        follows = getattr(import_string(result.task_path).func, "if_failed", "")
    except ImportError:
        return
    if follows:
        enqueue(follows, **result.args_kwargs["kwargs"])
