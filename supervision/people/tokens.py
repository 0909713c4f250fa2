"""Links in e-mails: signed, so that nothing of them is stored, and made again from an id when a job sends them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.urls import reverse

if TYPE_CHECKING:
    from .models import EmailChange, Invitation, PasswordReset, User

INVITATION = "people.invitation"
STOP_ADDRESS = "people.stop-address"
STOP_RESET = "people.stop-reset"


class ResetTokens(PasswordResetTokenGenerator):
    """Password reset links: void after one use, a sign-in, a change of address, a deactivation, or when they were stopped."""

    key_salt = "people.reset"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{user.links_voided}"


def invitation_link(invitation: Invitation) -> str:
    """The address where an invited person chooses a password. Whether it still works is kept on the invitation."""
    return _link("people:invitation", signing.dumps(str(invitation.pk), salt=INVITATION))


def stop_link(change: EmailChange) -> str:
    """The address where the holder of the old address stops a change of it."""
    return _link("people:address_stop", signing.dumps(str(change.pk), salt=STOP_ADDRESS))


def stop_reset_link(reset: PasswordReset) -> str:
    """The address where whoever holds a mailbox of the person stops a link for a new password."""
    return _link("people:reset_stop", signing.dumps(str(reset.pk), salt=STOP_RESET))


def reset_link(person: User) -> str:
    """The address where a person chooses a new password; works for PASSWORD_RESET_TIMEOUT seconds."""
    name = "account_reset_password_from_key"
    path = reverse(name, kwargs={"uidb36": person.pk.hex, "key": ResetTokens().make_token(person)})
    return settings.SITE_URL + path


def read(token: str, salt: str) -> uuid.UUID | None:
    """The id that a signed link carries, or None when it is not one of ours."""
    try:
        return uuid.UUID(signing.loads(token, salt=salt))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def _link(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, kwargs={"token": token})
