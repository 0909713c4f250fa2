"""The jobs' own jobs."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks.base import Task

from . import operations
from .queue import GiveUp, job


@job
def run_daily(*, name: str) -> None:
    """Call one function of `settings.DAILY_JOBS`, and nothing else."""
    if name not in settings.DAILY_JOBS:
        raise GiveUp("It is not among the daily jobs of the settings any more.")
    found = import_string(name)
    if isinstance(found, Task):
        found.call()
    else:
        found()


def tidy() -> None:
    """Daily: delete the rows of jobs that ended long ago."""
    operations.tidy()
