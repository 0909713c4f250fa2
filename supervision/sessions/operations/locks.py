"""Everything that changes a session waits its turn, one arrangement at a time.

The arrangement is locked first, before the session, its actions or the audit chain, by every operation: so no two of
them can each hold what the other waits for. Two people of one arrangement wait for each other for milliseconds.
"""

from __future__ import annotations

import uuid
from typing import TypeVar

from supervision.people.models import Arrangement
from supervision.records import signing

from ..added import Added
from ..models import Action, Observation, Session

Sealable = TypeVar("Sealable", bound=Session | Observation)
Addition = TypeVar("Addition", bound=Added)


def arrangement(pk: uuid.UUID) -> Arrangement:
    """The arrangement as it is now, locked until the transaction ends. Rows that point at it may still be added."""
    return Arrangement.objects.select_for_update(no_key=True).get(pk=pk)


def session(row: Session, *, version: int | None = None) -> Session:
    """The session as it is now, locked. Raises Stale when `version` is not the current one."""
    arrangement(row.arrangement_id)
    return signing.lock(row, version=version)


def record(row: Sealable) -> Sealable:
    """The record that something is added to, as it is now, locked."""
    arrangement(row.arrangement_id)
    return signing.lock(row)


def addendum(row: Addition) -> Addition:
    arrangement(row.record.arrangement_id)
    return signing.lock(row)


def action(row: Action) -> Action:
    arrangement(row.arrangement_id)
    return Action._base_manager.select_for_update(no_key=True).get(pk=row.pk)
