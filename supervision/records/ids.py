"""Which id a form makes."""

from __future__ import annotations

import uuid
from typing import Any


def id_of(person: Any, key: uuid.UUID | None, kind: str) -> uuid.UUID | None:
    """The id of what a form with this key makes, so that the same form sent twice makes one. None without a key.

    It depends on the person and on `kind`: a key that somebody forged never names the row, and with it the key, of another record.
    """
    return uuid.uuid5(person.pk, f"{kind}:{key}") if key is not None else None
