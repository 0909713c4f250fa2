"""What is written into the access log when somebody opens what another person wrote: as what they may (decision 12)."""

from __future__ import annotations

from supervision.people.models import User
from supervision.records import audit

from .models import DescriptionDraft, JobDescription, PerformanceNote


def description(user: User, found: JobDescription, before: JobDescription | None = None) -> None:
    """Also for whoever wrote it: the person's replies stand beside it, and what the version `before` said."""
    if user.pk == found.person_id:
        why = "own job"
    elif user.pk == found.person.line_manager_id:
        why = "line manager"
    else:
        why = "supervisor or manager"
    audit.opened(user, [found, *([before] if before is not None else [])], why=why)


def draft(user: User, found: DescriptionDraft) -> None:
    if user.pk != found.saved_by_id:
        audit.opened(user, found, why="writer")


def note(user: User, found: PerformanceNote, *, action: str = "opened") -> None:
    audit.opened(user, found, why="party" if found.is_between(user) else "line manager", action=action)
