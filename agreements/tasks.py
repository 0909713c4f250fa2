"""The daily job of agreements."""

from __future__ import annotations

from supervision.jobs.queue import job

from . import operations


@job
def restate() -> None:
    """Versions signed ahead begin, and endings made ahead take effect."""
    operations.restate_what_a_day_changed()
