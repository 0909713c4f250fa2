"""Credentials that people keep themself, and what becomes of each when its last day comes near.

Administrators keep the agency's own list (`supervision/people/operations`); it is one list, and everybody changes what they keep.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Credential, User
from supervision.records import audit, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState
from supervision.records.models import RecordKey

from .. import notifications, policy

AT_ONCE = 100


def keep(*, by: User, key: uuid.UUID, **facts: Any) -> Credential:
    """Keep a credential of one's own: name, issuer, number, issued_on, expires_on.

    The same form sent twice makes one: the second raises AlreadyDone, or Stale when it differs. Raises Invalid.
    """
    return _keep(by, key, None, facts)


def renew(credential: Credential, *, by: User, key: uuid.UUID, **facts: Any) -> Credential:
    """Keep the renewed one, as an entry of its own that names the one before. That one waits for nothing any more.

    Raises NotFound, Denied, AlreadyDone, Stale and Invalid as above, WrongState where it was renewed before.
    """
    _check(facts)
    if Credential.objects.filter(pk=ids.made_by(by, key, "credential"), renews=credential).first() is None:
        policy.check_can_renew(by, credential)
    return _keep(by, key, credential, facts)


def _keep(by: User, key: uuid.UUID, renews: Credential | None, facts: dict[str, Any]) -> Credential:
    _check(facts)
    row = Credential(id=ids.made_by(by, key, "credential"), person=by, is_own=True, renews=renews, **facts)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            renewed = {"renews": str(renews.pk)} if renews is not None else {}
            audit.record(by, "own credential added", about=row, facts=renewed)
    except IntegrityError:
        there = Credential.objects.filter(pk=row.pk).first()
        if there is None:  # another window renewed the same one
            raise WrongState(_("The renewed one is in your list already.")) from None
        if all(getattr(there, name) == value for name, value in facts.items()):
            raise AlreadyDone(_("This credential is in your list already.")) from None
        raise Stale(_("You saved this credential from another window while you were writing.")) from None
    return row


@transaction.atomic
def revise(credential: Credential, *, by: User, version: int, **facts: Any) -> Credential:
    """Put other facts in place. Raises NotFound, Denied, Stale when `version` is an older one, Invalid."""
    now = locked_own(credential, by)
    if now.version != version:
        raise Stale(_("You saved this credential from another window while you were writing."))
    _check(facts)
    changed = sorted(name for name, value in facts.items() if getattr(now, name) != value)
    for name in changed:
        setattr(now, name, facts[name])
    if "expires_on" in changed:
        now.let_go_on = None
    now.version += 1
    now.save()
    audit.record(by, "own credential changed", about=now, facts={"fields": changed})
    return now


@transaction.atomic
def let_go(credential: Credential, *, by: User) -> Credential:
    """It is not renewed, and nothing waits any more. It stays in the list. Doing it twice is no error. Raises NotFound, Denied."""
    now = locked(credential, by)
    if now.let_go_on is None:
        now.let_go_on = timezone.localdate()
        now.save(update_fields=["let_go_on"])
    return now


@transaction.atomic
def take_up_again(credential: Credential, *, by: User) -> Credential:
    """It may be renewed after all. Doing it twice is no error. Raises NotFound, Denied."""
    now = locked(credential, by)
    if now.let_go_on is not None:
        now.let_go_on = None
        now.save(update_fields=["let_go_on"])
    return now


@transaction.atomic
def remove(credential: Credential, *, by: User) -> None:
    """Take one that is one's own out of the list for good, with its evidence and its key. Raises NotFound, Denied."""
    now = locked_own(credential, by)
    audit.record(by, "own credential removed", about=now)
    now.delete()
    RecordKey.objects.filter(pk=credential.pk).delete()


def locked(credential: Credential, by: User) -> Credential:
    """The row as it is now, until the transaction ends, for its holder. Raises NotFound, Denied."""
    rows = Credential.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    found = rows.filter(pk=credential.pk).first()
    if found is None:
        raise policy.no_such_credential()
    policy.check_is_holder(by, found)
    return found


def locked_own(credential: Credential, by: User) -> Credential:
    """The same, for one that its holder keeps. Raises NotFound, Denied."""
    found = locked(credential, by)
    policy.check_can_change_credential(by, found)
    return found


def _check(facts: dict[str, Any]) -> None:
    if not facts["name"].strip():
        raise Invalid(_("Say which credential it is"), field="name")
    policy.check_expiry(facts.get("issued_on"), facts.get("expires_on"))


# Once, when its last day comes near -----------------------------------------------------------------------------


def tell_of_expiry() -> None:
    """A daily job: everybody hears once of each credential that expires within 60 days. Safe to repeat."""
    while _tell_some():
        pass


@transaction.atomic
def _tell_some() -> bool:
    today = timezone.localdate()
    rows = Credential.objects.select_for_update(no_key=True, of=("self",)).expiring(today)
    rows = rows.filter(Q(told_for=None) | ~Q(told_for=F("expires_on")), expires_on__gte=today)
    due = list(rows.select_related("person").order_by("pk")[:AT_ONCE])
    for row in due:
        row.told_for = row.expires_on
        row.save(update_fields=["told_for"])
    notifications.expiring({row.person_id: row.person for row in due}.values())
    return bool(due)
