"""How far the making of a report has come, in people, and whether somebody still wants it."""

from __future__ import annotations

import time
import uuid

from . import operations

EVERY_SECONDS = 1.0


class Unwanted(Exception):
    """Nobody waits for it any more: it was cancelled, or is there already."""


class Progress:
    """Called with how many people are done, and of how many. Writes at most once a second. Raises Unwanted."""

    def __init__(self, report_id: uuid.UUID) -> None:
        self.report_id = report_id
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._next or done == total:
            self._next = now + EVERY_SECONDS
            if not operations.note_progress(report_id=self.report_id, done=done, total=total):
                raise Unwanted


def unseen(done: int, total: int) -> None:
    """For whoever counts without anybody waiting."""
