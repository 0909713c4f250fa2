"""Daily: what closed gets its result."""

from __future__ import annotations

from .models import ProgramAssessment
from .operations import put_together


def put_together_what_closed() -> int:
    """Put the result of every self-assessment together that has closed since. Safe to repeat. Returns how many."""
    waiting = list(ProgramAssessment.objects.without_result().order_by("opened_at", "id"))
    for assessment in waiting:
        put_together(assessment, by=None)
    return len(waiting)
