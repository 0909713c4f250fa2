"""Which id a form makes, so that the same form sent twice makes one."""

from __future__ import annotations

import uuid
from typing import Any


def made_by(person: Any, key: uuid.UUID, kind: str) -> uuid.UUID:
    """The id of what a form with this key makes.

    It depends on the person and on `kind`: a key of somebody else's tells nothing, and one that somebody forged never names the row,
    and with it the key, of another record.
    """
    return uuid.uuid5(person.pk, f"{kind}:{key}")


def id_of(person: Any, key: uuid.UUID | None, kind: str) -> uuid.UUID | None:
    """The same where a form may come without a key: None then."""
    return made_by(person, key, kind) if key is not None else None
