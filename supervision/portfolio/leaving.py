"""The way in of somebody whose account is closed: a link from their mail, their password, and their second factor if they have one.

It opens the pages of this app about themself, for an hour, and nothing else: they are not signed in.
"""

from __future__ import annotations

import time
import uuid

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from supervision.people.models import User

from .models import LeavingLink

SALT = "portfolio.leaving"
IN_SESSION = "leaving"
SECONDS = 3600


def address_of(link: LeavingLink) -> str:
    """Where the link leads; signed, so that nothing of it is stored."""
    token = signing.dumps(str(link.pk), salt=SALT)
    return settings.SITE_URL + reverse("portfolio:leaving", kwargs={"token": token})


def read(token: str) -> LeavingLink | None:
    """The link of a token, if it still lets its person in."""
    try:
        pk = uuid.UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    link = LeavingLink.objects.select_related("person").filter(pk=pk).first()
    return link if link is not None and link.is_open else None


def is_them(person: User, password: str, code: str) -> bool:
    """Whether the password is theirs, and the code where they set up a second factor. A recovery code works once."""
    factors = list(Authenticator.objects.filter(user=person))
    if not person.check_password(password):
        return False
    return not factors or any(_proves(factor, code) for factor in factors)


def _proves(factor: Authenticator, code: str) -> bool:
    if factor.type == Authenticator.Type.TOTP:
        return bool(TOTP(factor).validate_code(code))
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return bool(RecoveryCodes(factor).validate_code(code))
    return False


def has_passkeys_alone(person: User) -> bool:
    """Whether their second factor can't be shown on the leaver's pages, which know codes. Their account is opened for it."""
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return bool(kinds) and not kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}


def let_out(request: HttpRequest) -> None:
    """They are done in this browser. The link of their mail stays."""
    request.session.pop(IN_SESSION, None)


def needs_code(person: User) -> bool:
    return Authenticator.objects.filter(user=person).exists()


def let_in(request: HttpRequest, link: LeavingLink) -> None:
    """Remember in this browser that they have shown that it is them."""
    request.session.cycle_key()
    request.session[IN_SESSION] = {"link": str(link.pk), "at": time.time()}


def person_in(request: HttpRequest) -> tuple[User, LeavingLink] | None:
    """Whoever came by a link within the last hour, as long as it is open."""
    found = request.session.get(IN_SESSION)
    if not found or time.time() - found["at"] > SECONDS:
        return None
    link = LeavingLink.objects.select_related("person").filter(pk=uuid.UUID(found["link"])).first()
    return (link.person, link) if link is not None and link.is_open else None
