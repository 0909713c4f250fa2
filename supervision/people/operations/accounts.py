"""Accounts: made, edited, invited, closed and opened again. Never deleted (domain 1)."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import Invalid, WrongState
from supervision.records.models import RecordKey

from .. import notifications, policy
from ..models import Credential, EmailChange, Invitation, Management, Program, User
from .calendar import take_calendar_feed_away
from .locking import changed_fields, lock, one_role_change_at_a_time
from .programs import place_person, stop_managing

INVITATION_DAYS = 7


@transaction.atomic
def add_person(
    *,
    by: User,
    name: str,
    email: str,
    id: uuid.UUID | None = None,
    program: Program | None = None,
    supervised: bool = True,
    invite_now: bool = True,
    **facts: Any,
) -> User:
    """Make an account that cannot be signed in to until its person accepts an invitation.

    `id` comes from the form, so that a double click makes one person. `facts` are fields of User such as job_title. Raises
    Denied, or Invalid for an address that somebody has.
    """
    policy.check_can_administer(by)
    email = email.strip().lower()
    if id is not None and (made := User.objects.filter(pk=id, email=email).first()):
        return made
    _check_dates(facts)
    check_address_is_free(email, besides=id)
    if program is not None:
        program = lock(program)  # before the audit chain: see locking
    person = User(pk=id or uuid.uuid4(), name=name, email=email, **facts)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:  # the other click, or somebody else, was quicker
        if made := User.objects.filter(pk=person.pk, email=email).first():
            return made
        raise Invalid(_("Somebody has this e-mail already."), "email") from None
    audit.record(by, "person added", about=person)
    if program is not None:
        place_person(program, by=by, person=person, supervised=supervised)
    if invite_now:
        invite(person, by=by)
    return person


def check_address_is_free(email: str, *, besides: uuid.UUID | None = None) -> None:
    """Raises Invalid when the address is somebody's, or is about to be; `besides` is whose it may be."""
    others = User.objects.filter(email=email)
    waiting = EmailChange.objects.waiting().filter(new_email=email)
    if besides is not None:
        others, waiting = others.exclude(pk=besides), waiting.exclude(person=besides)
    if others.exists() or waiting.exists():
        raise Invalid(_("Somebody has this e-mail already."), "email")


def _check_dates(facts: dict[str, Any]) -> None:
    start, end = facts.get("started_on"), facts.get("ended_on")
    if start and end and end < start:
        raise Invalid(_("The end date comes before the start date."), "ended_on")


@transaction.atomic
def edit_person(person: User, *, by: User, version: int, **facts: Any) -> User:
    """Change the facts of somebody's work. Raises Denied, Stale, or Invalid. The person is told."""
    policy.check_can_administer(by)
    person = lock(person, version=version)
    _check_dates(facts)
    manager = facts.get("line_manager")
    if manager is not None and manager.pk == person.pk:
        raise Invalid(_("Choose somebody else: nobody is their own line manager."), "line_manager")
    if manager is not None and manager.pk == by.pk and person.line_manager_id != by.pk:
        policy.check_grants_somebody_else(by, manager)
    changed = changed_fields(person, facts)
    if changed:
        person.version += 1
        person.save(update_fields=[*changed, "version"])
        audit.record(by, "person edited", about=person, facts={"fields": sorted(changed)})
        if by.pk != person.pk:
            notifications.account_changed(person, "account")
    return person


# Letting in ---------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(person: User, *, by: User) -> Invitation:
    """Send the link with which a person chooses their password, to the address on file. Earlier links stop working.

    Raises Denied or WrongState. A second click within a minute sends nothing again.
    """
    person = lock(person)
    policy.check_can_invite(by, person)
    now = timezone.now()
    just_sent = person.invitations.open().filter(sent_at__gt=now - datetime.timedelta(minutes=1)).first()
    if just_sent is not None:
        return just_sent
    person.invitations.open().update(expires_at=now)
    made = Invitation.objects.create(
        person=person, by=by, sent_at=now, expires_at=now + datetime.timedelta(days=INVITATION_DAYS)
    )
    audit.record(by, "invited", about=person)
    notifications.invited(made)
    return made


@transaction.atomic
def send_reset(person: User, *, by: User) -> None:
    """Send a link for a new password to the address on file. Raises Denied or WrongState."""
    policy.check_can_send_reset(by, person)
    audit.record(by, "password link sent", about=person)
    notifications.reset_asked(person.pk)


# Closing and opening -------------------------------------------------------------------------------------------


@transaction.atomic
def deactivate(person: User, *, by: User) -> User:
    """Close an account: no sign-in, and sessions that are open end now. Everything they signed stays.

    What they could manage is taken away too, so that opening the account again gives nothing back in silence. Raises Denied or
    WrongState. Twice is once.
    """
    one_role_change_at_a_time()
    person = lock(person)
    policy.check_can_deactivate(by, person)
    if not person.is_active:
        return person
    person.is_active = person.is_administrator = False
    person.version += 1
    person.save(update_fields=["is_active", "is_administrator", "version"])
    now = timezone.now()
    person.invitations.open().update(expires_at=now)
    person.email_changes.waiting().update(stopped_at=now)
    take_calendar_feed_away(person)
    for management in Management.objects.current().filter(person=person):
        stop_managing(management)
    for session in UserSession.objects.filter(user=person):
        session.end()
    audit.record(by, "account closed", about=person)
    notifications.account_closed(person)
    return person


@transaction.atomic
def reactivate(person: User, *, by: User) -> User:
    """Open a closed account again, without roles. Raises Denied. Twice is once."""
    person = lock(person)
    policy.check_can_reactivate(by, person)
    if person.is_active:
        return person
    person.is_active = True
    person.version += 1
    person.save(update_fields=["is_active", "version"])
    audit.record(by, "account opened again", about=person)
    notifications.account_changed(person, "account")
    return person


@transaction.atomic
def set_administrator(person: User, *, by: User, value: bool) -> User:
    """Give somebody the role of an administrator, or take it. Told to them. Raises Denied or WrongState."""
    one_role_change_at_a_time()
    person = lock(person)
    policy.check_can_set_administrator(by, person, value=value)
    if person.is_administrator == value:
        return person
    person.is_administrator = value
    person.version += 1
    person.save(update_fields=["is_administrator", "version"])
    audit.record(by, "made administrator" if value else "no longer administrator", about=person)
    notifications.account_changed(person, "role")
    return person


# Credentials ---------------------------------------------------------------------------------------------------


@transaction.atomic
def save_credential(
    person: User, *, by: User, credential: Credential | None = None, **facts: Any
) -> Credential:
    """Add a credential to what the agency keeps of a person, or change one. The same one again is not added twice.

    Raises Denied, also for one that the person keeps themself, Invalid or WrongState.
    """
    policy.check_can_keep_credential(by, credential)
    issued, expires = facts.get("issued_on"), facts.get("expires_on")
    if issued and expires and expires < issued:
        raise Invalid(_("It expires before it was issued. Check both dates."), "expires_on")
    lock(person)
    if credential is None:
        found = _same_credential(person, facts)
        row = found or Credential.objects.create(person=person, **facts)
        if found is None:
            audit.record(by, "credential added", about=person)
            notifications.account_changed(person, "account")
        return row
    kept = Credential.objects.select_for_update(no_key=True).filter(pk=credential.pk).first()
    if kept is None:
        raise WrongState(_("This credential was removed meanwhile."))
    if changed := changed_fields(kept, facts):
        if "expires_on" in changed:
            kept.let_go_on = None
        kept.version += 1
        kept.save()
        audit.record(by, "credential changed", about=person, facts={"fields": sorted(changed)})
        notifications.account_changed(person, "account")
    return kept


def _same_credential(person: User, facts: dict[str, Any]) -> Credential | None:
    """The agency's entry that says exactly this. Numbers are encrypted, so they are compared here."""
    plain = {name: value for name, value in facts.items() if name != "number"}
    rows = Credential.objects.filter(person=person, is_own=False, **plain)
    return next((row for row in rows if row.number == facts.get("number", "")), None)


@transaction.atomic
def remove_credential(credential: Credential, *, by: User) -> None:
    """Take a credential off what the agency keeps, with its evidence and its key. Removing it twice is no error. Raises Denied."""
    policy.check_can_keep_credential(by, credential)
    gone, _rows = Credential.objects.filter(pk=credential.pk).delete()
    if gone:
        RecordKey.objects.filter(pk=credential.pk).delete()
        audit.record(by, "credential removed", about=credential.person)
        notifications.account_changed(credential.person, "account")
