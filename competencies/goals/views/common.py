"""What the views of goals share: finding one for whoever may read it."""

from __future__ import annotations

import uuid

from supervision.people.models import User

from .. import policy
from ..models import Goal

METHODS = ["GET", "HEAD", "POST"]


def goal_for(user: User, pk: uuid.UUID) -> Goal:
    """One that this person may read. Raises NotFound."""
    rows = Goal.objects.visible_to(user).select_related("owner", "shared_as__arrangement__program")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise policy.no_such_goal()
    return found


def own_goal(user: User, pk: uuid.UUID) -> Goal:
    """One of this person's own. Raises NotFound."""
    rows = Goal.objects.of(user).select_related("owner", "shared_as__arrangement__program")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise policy.no_such_goal()
    return found
