"""Which id a form makes."""

from __future__ import annotations

import uuid

from supervision.people.models import User


def id_of(person: User, key: uuid.UUID, kind: str) -> uuid.UUID:
    """The id of what a form with this key makes. It depends on the person: a key of somebody else's tells nothing.

    `kind` is part of it: what one form makes never has the id, and with it the key, of what another made.
    """
    return uuid.uuid5(person.pk, f"{kind}:{key}")
