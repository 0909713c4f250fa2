"""How a job is marked and queued."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task

MAX_ATTEMPTS = 5

# A name, a date, a UUID, a dotted path; never a sentence.
_ID = re.compile(r"[A-Za-z0-9_.:+-]{1,100}")


class GiveUp(Exception):
    """Raised by a job that will never succeed. Its text is stored, so it must hold no record content."""


def job(function: Callable[..., None]) -> Task[..., None]:
    """Mark a module-level function as a job. It takes keyword arguments only and returns nothing."""
    return task(function)


def if_failed(dotted_task: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Name the job that is queued, with the same arguments, when this one has failed for good: it says so to whoever waits.

    Goes below `@job`. It is queued in the transaction that gives the job up, so nothing is left waiting for it.
    """

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        function.if_failed = dotted_task  # type: ignore[attr-defined]
        return function

    return mark


def enqueue(dotted_task: str, *, _delay: datetime.timedelta | None = None, **ids: Any) -> uuid.UUID:
    """Queue a job, as part of the transaction around the call, if there is one. Returns the id of the queued job.

    `_delay` holds it back. Raises ValueError for an argument that is not an id, ImportError or TypeError for a path
    that names no job.
    """
    found = import_string(dotted_task)
    if not isinstance(found, Task):
        raise TypeError(f"{dotted_task} is not marked as a job")
    arguments = {name: _as_id(name, value) for name, value in ids.items()}
    if _delay is not None:
        found = found.using(run_after=timezone.now() + _delay)
    with transaction.atomic():
        return uuid.UUID(found.enqueue(**arguments).id)


def _as_id(name: str, value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, (uuid.UUID, datetime.date)):
        value = str(value.isoformat() if isinstance(value, datetime.date) else value)
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise ValueError(f"A job carries ids only: {name} is not one")
