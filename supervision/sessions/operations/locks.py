"""Everything that changes a session waits its turn, one arrangement at a time.

The arrangement is locked first, before the session, its actions or the audit chain, by every operation: so no two of
them can each hold what the other waits for. Two people of one arrangement wait for each other for milliseconds.
"""

from __future__ import annotations

import uuid

from supervision.people.models import Arrangement
from supervision.records import signing

from ..models import Action, Addendum, Session


def arrangement(pk: uuid.UUID) -> Arrangement:
    """The arrangement as it is now, locked until the transaction ends. Rows that point at it may still be added."""
    return Arrangement.objects.select_for_update(no_key=True).get(pk=pk)


def session(row: Session, *, version: int | None = None) -> Session:
    """The session as it is now, locked. Raises Stale when `version` is not the current one."""
    arrangement(row.arrangement_id)
    return signing.lock(row, version=version)


def addendum(row: Addendum) -> Addendum:
    arrangement(row.session.arrangement_id)
    return signing.lock(row)


def action(row: Action) -> Action:
    arrangement(row.arrangement_id)
    return Action._base_manager.select_for_update(no_key=True).get(pk=row.pk)
