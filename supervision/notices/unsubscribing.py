"""Stopping the mails of a kind from the mail itself, with one press and without signing in (RFC 8058).

The link names a person and kinds, under a signature of the server. It can do nothing else than say how mails reach them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.urls import reverse

from supervision.people.models import User

from .kinds import CHOSEN, Kind

SALT = "notices.unsubscribing"


def address(person: User, kinds: Iterable[str]) -> str:
    """The address that stops these kinds for this person."""
    token = signing.Signer(salt=SALT).sign_object([person.pk.hex, [str(kind) for kind in kinds]])
    return f"{settings.SITE_URL}{reverse('notices:stop', args=[token])}"


def read(token: str) -> tuple[uuid.UUID, list[Kind]] | None:
    """Whom and what a link is about; None for one that this server did not make."""
    try:
        person, kinds = signing.Signer(salt=SALT).unsign_object(token)
        found = [Kind(kind) for kind in kinds if kind in CHOSEN]
        return uuid.UUID(person), found
    except (signing.BadSignature, ValueError, TypeError):
        return None


def headers(url: str) -> dict[str, str]:
    """What makes a mail program show its own button for it."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
