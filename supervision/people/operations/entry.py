"""Coming in: the first start of an installation, and accepting an invitation."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.records import audit, certificate
from supervision.records.errors import Invalid, NotFound, WrongState

from .. import notifications, policy
from ..models import Agency, Invitation, SetupToken, User
from .links import note_password_chosen
from .locking import changed_fields, lock


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def new_setup_token() -> str:
    """A token for the first visitor of an empty installation. Only its digest is kept; earlier ones stop working.

    Raises WrongState once there is an agency.
    """
    if Agency.objects.exists():
        raise WrongState(_("This installation has its agency already. Sign in as an administrator."))
    SetupToken.objects.filter(used_at=None).delete()
    token = secrets.token_urlsafe(24)
    SetupToken.objects.create(digest=_digest(token))
    return token


def setup_token_works(token: str) -> bool:
    """Whether this token opens the first page, now."""
    if Agency.objects.exists():
        return False
    return SetupToken.objects.filter(digest=_digest(token), used_at=None).exists()


@transaction.atomic
def make_agency(
    *, token: str, agency: dict[str, Any], name: str, email: str, password: str, time_zone: str = ""
) -> User:
    """Make the agency, its sealing certificate and its first administrator, once. Returns the administrator.

    `agency` holds the fields of Agency. Raises NotFound when the token is used, unknown, or there is an agency.
    """
    known = (
        SetupToken.objects.select_for_update(no_key=True).filter(digest=_digest(token), used_at=None).first()
    )
    if known is None or Agency.objects.exists():
        raise NotFound(_("This address has been used already."))
    known.used_at = timezone.now()
    known.save(update_fields=["used_at"])
    try:
        with transaction.atomic():
            made = Agency.objects.create(**agency)
            person = User(name=name, email=email.strip().lower(), time_zone=time_zone, is_administrator=True)
            person.set_password(password)
            person.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_("Somebody has this e-mail already."), "email") from None
    audit.record(person, "agency made", about=person)
    certificate.ensure_certificate(made.name)
    return person


@transaction.atomic
def edit_agency(agency: Agency, *, by: User, version: int, **facts: Any) -> Agency:
    """Change what the agency has settled. The other administrators are told. Raises Denied, Stale."""
    policy.check_can_administer(by)
    agency = lock(agency, version=version)
    if changed := changed_fields(agency, facts):
        agency.version += 1
        agency.save(update_fields=[*changed, "version"])
        audit.record(by, "agency edited", facts={"fields": sorted(changed)})
        for other in User.objects.working().filter(is_administrator=True).exclude(pk=by.pk):
            notifications.account_changed(other, "agency")
    return agency


@transaction.atomic
def accept_invitation(
    invitation: Invitation,
    *,
    password: str,
    preferred_name: str = "",
    pronouns: str = "",
    time_zone: str = "",
) -> User:
    """The invited person chooses a password and what to be called. The link is used up by it.

    Raises WrongState when it was used, replaced or has expired, or the account is closed or has a password already.
    """
    person = lock(invitation.person)
    row = lock(invitation)
    if not row.is_open or not person.is_active or person.has_usable_password():
        raise WrongState(_("This invitation does not work any more."))
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    person.preferred_name, person.pronouns, person.time_zone = preferred_name, pronouns, time_zone
    person.set_password(password)
    person.version += 1
    person.save(update_fields=["preferred_name", "pronouns", "time_zone", "password", "version"])
    note_password_chosen(person)
    audit.record(person, "invitation accepted", about=person)
    return person
