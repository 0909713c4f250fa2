"""Changing the address with which somebody signs in (decision 11).

An administrator asks, 72 hours pass, and the address in use is told at once and can stop it. The change holds from its stored
time: whatever uses an address first brings the rows in step, so nothing rests on a job having run.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import Invalid

from .. import notifications, policy
from ..models import EmailChange, User
from .accounts import check_address_is_free
from .links import stop_resets_of, void_links
from .locking import lock


@transaction.atomic
def ask_address_change(person: User, *, by: User, new_email: str) -> EmailChange:
    """Ask for another address. The one in use is told. A newer request replaces one that waits, and a link for a new password that
    is open for this person stops: nobody gets it at an address that is about to be another one.

    Raises Denied, WrongState, or Invalid when somebody has the address.
    """
    person = lock(person)
    policy.check_can_change_address(by, person)
    new_email = new_email.strip().lower()
    if new_email == person.email:
        raise Invalid(_("This is the address on file already."), "new_email")
    waiting = person.email_changes.waiting().first()
    if waiting is not None and waiting.new_email == new_email:
        return waiting
    try:
        check_address_is_free(new_email, besides=person.pk)
    except Invalid as taken:
        raise Invalid(taken.message, "new_email") from None
    now = timezone.now()
    person.email_changes.waiting().update(stopped_at=now)
    stop_resets_of(person, by=by)
    made = EmailChange.objects.create(
        person=person, new_email=new_email, asked_by=by, asked_at=now, takes_effect_at=now + policy.WAIT
    )
    audit.record(by, "address change asked", about=person)
    notifications.address_change_asked(made, wait=policy.WAIT)
    return made


@transaction.atomic
def stop_address_change(change: EmailChange, *, by: User | None) -> bool:
    """Stop a change before its time has come. `by` is None for whoever holds the link sent to the old address; otherwise its
    person or an administrator.

    False when it is too late, or when it was stopped before. Raises Denied.
    """
    if by is not None:
        policy.check_can_stop_address_change(by, change)
    row = EmailChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    if not row.can_be_stopped:
        return False
    row.stopped_at = timezone.now()
    row.save(update_fields=["stopped_at"])
    audit.record(by, "address change stopped", about=change.person)
    notifications.account_changed(change.person, "address_stopped")
    return True


def apply_addresses_that_are_due() -> int:
    """Bring accounts in step with the changes whose 72 hours are over. Returns how many addresses changed."""
    return sum(_apply(change) for change in EmailChange.objects.due().order_by("takes_effect_at"))


@transaction.atomic
def _apply(change: EmailChange) -> bool:
    person = lock(change.person)
    row = EmailChange.objects.due().select_for_update(no_key=True).filter(pk=change.pk).first()
    if row is None:
        return False
    row.old_email, person.email = person.email, row.new_email
    person.version += 1
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "version"])
    except IntegrityError:  # somebody else came to have it meanwhile
        row.stopped_at = timezone.now()
        row.save(update_fields=["stopped_at"])
        audit.record(None, "address change not possible", about=person)
        return False
    row.done_at = timezone.now()
    row.save(update_fields=["done_at", "old_email"])
    stop_resets_of(person, by=None)
    void_links(person)
    audit.record(None, "address changed", about=person)
    notifications.address_changed(row)
    return True
