"""Everything written about one person's work waits its turn: their row is locked first, before anything of theirs."""

from __future__ import annotations

from supervision.people.models import User
from supervision.people.operations.locking import lock
from supervision.records import signing

from .models import PerformanceNote


def person(row: User) -> User:
    """The person as they are now, with who their line manager is, until the transaction ends."""
    return lock(row)


def note(row: PerformanceNote, *, version: int | None = None) -> PerformanceNote:
    """The record as it is now, locked after the person it is about. Raises Stale."""
    worker = User._base_manager.get(pk=row.worker_id)
    found_worker = person(worker)
    found = signing.lock(row, version=version)
    found.worker = found_worker
    return found
