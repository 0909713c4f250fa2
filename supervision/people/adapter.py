"""What allauth asks of this project: no self sign-up, mails through jobs, secrets encrypted.

`User.email` is the only address there is: allauth's own table of addresses stays empty, so there is nothing to keep in step, and
no older address with which somebody could still sign in.
"""

from __future__ import annotations

import base64
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest

from supervision.records import encryption, evidence

from . import operations

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs themself up: people are invited (domain 2). No page waits for a mail server."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in is not asked for the same password at once. The time is that of signatures (decision 8)."""
        return context.request is None or evidence.needs_to_sign_in_again(context.request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """A change of address holds from its stored time, also when no job has run since."""
        operations.apply_addresses_that_are_due()
        return super().authenticate(request, **credentials)

    def clean_email(self, email: str) -> str:
        """Called when somebody asks for a new password."""
        operations.apply_addresses_that_are_due()
        return super().clean_email(email)

    def set_password(self, user: Any, password: str) -> None:
        operations.choose_password(user, password=password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Changes of a second factor are told by a job. Those of a password are by `set_password` already."""
        if template_prefix.startswith("mfa/"):
            operations.note_second_factor_change(user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail that this installation sends goes through a job; there is none of allauth's own."""
        logger.warning("A mail of allauth was not sent: %s", template_prefix)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        name = settings.KEYRING.current_master
        stored = encryption.encrypt(text.encode(), _key(name), b"second factor")
        return f"{name}:{base64.b64encode(stored).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        name, _, body = encrypted_text.partition(":")
        return encryption.decrypt(base64.b64decode(body), _key(name), b"second factor").decode()


def _key(master_id: str) -> bytes:
    master = settings.KEYRING.master[master_id]
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"second factor").derive(master)
