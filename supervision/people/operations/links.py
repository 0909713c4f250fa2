"""The links with which somebody chooses a password: invitations, and new passwords.

They go to the address on file only. Where the account opens what others said, a link that an administrator asks for waits 72
hours or for a second administrator, and its person can stop it (security, pitfall 14). It is due from its stored time: whatever
sends links sends what is due first, so nothing rests on one job having run.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import WrongState

from .. import notifications, policy
from ..models import EmailChange, Invitation, PasswordReset, User
from .locking import lock, one_role_change_at_a_time

INVITATION_DAYS = 7


@transaction.atomic
def invite(person: User, *, by: User) -> Invitation | None:
    """Send the link with which a person chooses their password, to the address on file. Earlier links stop working.

    None where it waits like a link for a new password. Raises Denied or WrongState. A second click within a minute sends nothing
    again.
    """
    person = lock(person)
    policy.check_can_invite(by, person)
    if policy.own_link_has_to_wait(person):
        policy.check_no_address_waits(person)
        _wait(person, by)
        return None
    now = timezone.now()
    just_sent = person.invitations.open().filter(sent_at__gt=now - datetime.timedelta(minutes=1)).first()
    if just_sent is not None:
        return just_sent
    audit.record(by, "invited", about=person)
    return _invitation(person, by)


def _invitation(person: User, by: User | None) -> Invitation:
    now = timezone.now()
    person.invitations.open().update(expires_at=now)
    made = Invitation.objects.create(
        person=person, by=by, sent_at=now, expires_at=now + datetime.timedelta(days=INVITATION_DAYS)
    )
    notifications.invited(made)
    return made


# New passwords ------------------------------------------------------------------------------------------------


@transaction.atomic
def send_reset(person: User, *, by: User) -> PasswordReset | None:
    """Send a link for a new password to the address on file, or have it wait where the account opens what others said.

    Returns the link that waits, None where it was sent. One that waits already is returned. Raises Denied or WrongState.
    """
    person = lock(person)
    policy.check_can_send_reset(by, person)
    own = person.pk == by.pk
    waits = policy.own_link_has_to_wait(person) or (not own and policy.is_entrusted(person))
    if not waits:
        audit.record(by, "password link sent", about=person)
        notifications.reset_asked(person.pk, by_administrator=not own)
        return None
    policy.check_no_address_waits(person)
    return _wait(person, None if own else by)


@transaction.atomic
def hold_own_link(person: User) -> bool:
    """Whether a link that was asked for at the sign-in page has to wait. It does from then on. Called by the job that sends it."""
    person = lock(person)
    if not policy.own_link_has_to_wait(person):
        return False
    _wait(person, None)
    return True


def _wait(person: User, by: User | None) -> PasswordReset:
    waiting = person.password_resets.waiting().first()
    if waiting is not None:
        return waiting
    now = timezone.now()
    made = PasswordReset.objects.create(
        person=person, asked_by=by, asked_at=now, takes_effect_at=now + policy.WAIT
    )
    audit.record(by, "password link asked", about=person)
    notifications.reset_waits(made, wait=policy.WAIT)
    return made


@transaction.atomic
def agree_to_reset(reset: PasswordReset, *, by: User) -> PasswordReset:
    """A second administrator agrees, and the link is sent now. Twice is once.

    Raises Denied, or WrongState when it was stopped or sent, or the account is closed.
    """
    one_role_change_at_a_time()  # a role that is taken meanwhile counts
    row = _lock(reset)
    if row.consented_by_id == by.pk:
        return row
    policy.check_can_agree_to_reset(User.objects.working().filter(pk=by.pk).first() or User(), row)
    if row.stopped_at is not None:
        raise WrongState(_("This link was stopped meanwhile."))
    if row.sent_at is not None:
        raise WrongState(_("This link was sent already."))
    if not row.person.is_active:
        raise WrongState(_("This account is closed. Open it again first."))
    row.consented_by, row.consented_at = by, timezone.now()
    row.save(update_fields=["consented_by", "consented_at"])
    audit.record(by, "password link agreed", about=row.person)
    _send(row)
    return row


def send_resets_that_are_due() -> int:
    """Send the links whose 72 hours are over. Returns how many."""
    return sum(_send_due(reset) for reset in PasswordReset.objects.due().order_by("takes_effect_at"))


@transaction.atomic
def _send_due(reset: PasswordReset) -> bool:
    row = _lock(reset)
    if not row.is_due or not row.person.is_active:
        return False
    _send(row)
    return True


def _lock(reset: PasswordReset) -> PasswordReset:
    """Its person first, then the link itself, both as they are now."""
    person = lock(reset.person)
    row = lock(reset)
    row.person = person
    return row


def _send(row: PasswordReset) -> None:
    row.sent_at = timezone.now()
    row.save(update_fields=["sent_at"])
    audit.record(None, "password link sent", about=row.person)
    if not row.person.has_usable_password():
        _invitation(row.person, row.asked_by)
    notifications.reset_sent(row)


# Stopping -------------------------------------------------------------------------------------------------------


@transaction.atomic
def stop_reset(reset: PasswordReset, *, by: User | None) -> bool:
    """Stop a link that waits, or that was sent and not used. `by` is None for whoever holds the link in the mail.

    False when it was stopped, used or has run out. When its person stops it, every administrator is told. Raises Denied.
    """
    row = _lock(reset)
    if by is not None:
        policy.check_can_stop_reset(by, row)
    if not row.can_be_stopped:
        return False
    _stop(row, by)
    if by is None or by.pk == row.person_id:
        notifications.reset_refused(row)
    return True


def _stop(row: PasswordReset, by: User | None) -> None:
    row.stopped_by, row.stopped_at = by, timezone.now()
    row.save(update_fields=["stopped_by", "stopped_at"])
    if row.sent_at is not None:
        void_links(row.person)
    audit.record(by, "password link stopped", about=row.person)
    notifications.account_changed(row.person, "reset_stopped")


def stop_resets_of(person: User, *, by: User | None) -> None:
    """Stop whatever link is open for this person. Call it inside a transaction that holds the person."""
    for row in person.password_resets.open().select_for_update(no_key=True):
        row.person = person
        _stop(row, by)


def void_links(person: User) -> None:
    """No link for a new password, nor an invitation, that is out works any more. Call it as above."""
    person.links_voided += 1
    person.save(update_fields=["links_voided"])
    person.invitations.open().update(expires_at=timezone.now())


def note_password_chosen(person: User) -> None:
    """Whoever has just chosen a password has used the link that was sent, and needs none that waits. Call it as above."""
    now = timezone.now()
    for row in person.password_resets.open().select_for_update(no_key=True):
        if row.sent_at is not None:
            row.used_at = now
        else:
            row.stopped_by, row.stopped_at = person, now
        row.save(update_fields=["used_at", "stopped_by", "stopped_at"])


def withdraw_what_waits(asked_by: User, *, by: User) -> None:
    """What somebody has asked for as an administrator, and still waits, does not outlast their role."""
    for row in _asked(PasswordReset, asked_by):
        _stop(row, by)
    for change in _asked(EmailChange, asked_by).filter(takes_effect_at__gt=timezone.now()):
        change.stopped_at = timezone.now()
        change.save(update_fields=["stopped_at"])
        audit.record(by, "address change stopped", about=change.person)
        notifications.account_changed(change.person, "address_stopped")


def _asked(model: Any, asked_by: User) -> Any:
    waiting = model.objects.waiting().filter(asked_by=asked_by).select_related("person")
    return waiting.select_for_update(no_key=True, of=("self",)).order_by("pk")
