"""What the views of rounds share: finding a round and one's own sheet in it."""

from __future__ import annotations

import uuid

from supervision.people.models import User

from .. import policy
from ..models import Sheet

METHODS = ["GET", "HEAD", "POST"]


def own_sheet(user: User, pk: uuid.UUID) -> Sheet:
    """One's own sheet in this round, with the round. Raises NotFound for whoever has no part in it."""
    rows = Sheet.objects.of(user).filter(round_id=pk)
    found = rows.select_related("round__supervisor", "round__framework_version").first()
    if found is None:
        raise policy.no_such_round()
    return found
