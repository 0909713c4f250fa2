"""Accounts: made, edited, invited, closed and opened again. Never deleted (domain 1)."""

from __future__ import annotations

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
from ..models import Arrangement, Credential, EmailChange, Management, Program, User
from .calendar import take_calendar_feed_away
from .line_managers import check_may_become, note_line_manager, take_reports_away
from .links import invite, stop_resets_of, void_links, withdraw_what_waits
from .locking import changed_fields, lock, one_role_change_at_a_time
from .programs import place_person, stop_managing


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
    one_role_change_at_a_time()
    check_may_become(facts.get("line_manager"), None, by=by)
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
    if person.line_manager is not None:
        note_line_manager(person, was=None, by=by)
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
    """Change the facts of somebody's work. Raises Denied, Stale, or Invalid. The person is told; of another line manager, so are
    both line managers."""
    policy.check_can_administer(by)
    if "line_manager" in facts:
        one_role_change_at_a_time()
    person = lock(person, version=version)
    _check_dates(facts)
    check_may_become(facts.get("line_manager"), person, by=by)
    was = person.line_manager
    changed = changed_fields(person, facts)
    if not changed:
        return person
    person.version += 1
    person.save(update_fields=[*changed, "version"])
    if "line_manager" in changed:
        note_line_manager(person, was=was, by=by)
    if others := sorted(set(changed) - {"line_manager"}):
        audit.record(by, "person edited", about=person, facts={"fields": others})
        if by.pk != person.pk:
            notifications.account_changed(person, "account")
    return person


# Closing and opening -------------------------------------------------------------------------------------------


@transaction.atomic
def deactivate(person: User, *, by: User) -> User:
    """Close an account: no sign-in, and sessions that are open end now. Everything they signed stays.

    What they could manage is taken away too, and whose line manager they were, so that opening the account again gives nothing
    back in silence; what they asked for as an administrator stops. Raises Denied or WrongState. Twice is once.
    """
    one_role_change_at_a_time()
    person = lock(person)
    policy.check_can_deactivate(by, person)
    if not person.is_active:
        return person
    was_administrator = person.is_administrator
    person.is_active = person.is_administrator = False
    person.version += 1
    person.save(update_fields=["is_active", "is_administrator", "version"])
    void_links(person)
    stop_resets_of(person, by=by)
    person.email_changes.waiting().update(stopped_at=timezone.now())
    take_calendar_feed_away(person)
    for management in Management.objects.current().filter(person=person).order_by("pk"):
        stop_managing(management, by=by)
    take_reports_away(person, by=by)
    if was_administrator:
        _no_longer_administrator(person, by)
    for session in UserSession.objects.filter(user=person):
        session.end()
    audit.record(by, "account closed", about=person)
    notifications.account_closed(person)
    return person


@transaction.atomic
def reactivate(person: User, *, by: User) -> User:
    """Open a closed account again, without roles. They are told, and so is everybody in supervision with them that still runs.

    Raises Denied. Twice is once.
    """
    person = lock(person)
    policy.check_can_reactivate(by, person)
    if person.is_active:
        return person
    person.is_active = True
    person.version += 1
    person.save(update_fields=["is_active", "version"])
    audit.record(by, "account opened again", about=person)
    notifications.account_opened(person)
    for arrangement in _running_with(person):
        audit.record(by, "arrangement person back", about=arrangement, facts={"person": str(person.pk)})
        others = (
            User.objects.working()
            .filter(pk__in=arrangement.participations.current().values("person"))
            .exclude(pk=person.pk)
        )
        notifications.arrangement_changed(arrangement, others.order_by("pk"), "back")
    return person


def _running_with(person: User) -> Any:
    taking = person.participations.current().values("arrangement")
    return Arrangement.objects.current().filter(pk__in=taking).order_by("pk")


@transaction.atomic
def set_administrator(person: User, *, by: User, value: bool) -> User:
    """Give somebody the role of an administrator, or take it. Told to them and to the other administrators.

    Raises Denied or WrongState.
    """
    one_role_change_at_a_time()
    person = lock(person)
    policy.check_can_set_administrator(by, person, value=value)
    if person.is_administrator == value:
        return person
    person.is_administrator = value
    person.version += 1
    person.save(update_fields=["is_administrator", "version"])
    if value:
        audit.record(by, "made administrator", about=person)
        _tell_administrators(person, by)
    else:
        _no_longer_administrator(person, by)
    notifications.account_changed(person, "role")
    return person


def _no_longer_administrator(person: User, by: User) -> None:
    audit.record(by, "no longer administrator", about=person)
    withdraw_what_waits(person, by=by)
    _tell_administrators(person, by)


def _tell_administrators(person: User, by: User) -> None:
    """Who else may look after accounts concerns everybody who does."""
    others = User.objects.working().filter(is_administrator=True).exclude(pk__in=[person.pk, by.pk])
    for other in others.order_by("pk"):
        notifications.account_changed(other, "administrators")


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


@transaction.atomic
def keep_what_is_theirs(person: User, *, held: bool) -> None:
    """Nothing of theirs is destroyed while `held`. Called by whoever sets and lifts holds, which writes the link of the chain."""
    User.objects.filter(pk=person.pk).update(is_held=held)
