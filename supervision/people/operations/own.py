"""What people change about themselves: details, times away, password, the limits they have read."""

from __future__ import annotations

import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import Invalid

from .. import notifications, policy
from ..limits import EDITION
from ..models import Acknowledgement, Agency, Away, User
from .links import note_password_chosen
from .locking import changed_fields, lock

OWN_FIELDS = {"preferred_name", "pronouns", "time_zone", "theme"}
LONGEST_AWAY = datetime.timedelta(days=366 * 2)


@transaction.atomic
def change_own_details(*, by: User, version: int, **facts: Any) -> User:
    """The name to be called by, pronouns, time zone, display. Raises Stale."""
    if not set(facts) <= OWN_FIELDS:
        raise ValueError(f"Not a person's own to change: {set(facts) - OWN_FIELDS}")
    person = lock(by, version=version)
    if changed := changed_fields(person, facts):
        person.version += 1
        person.save(update_fields=[*changed, "version"])
        audit.record(by, "own details changed", about=person, facts={"fields": sorted(changed)})
    return person


@transaction.atomic
def choose_password(person: User, *, password: str) -> None:
    """A person has chosen a new password; every other session of theirs ends by it. They are told."""
    row = lock(person)
    row.set_password(password)
    row.save(update_fields=["password"])
    person.password = row.password  # the session of now is kept by it
    note_password_chosen(row)
    audit.record(row, "password changed", about=row)
    notifications.account_changed(row, "password")


@transaction.atomic
def note_second_factor_change(person: User) -> None:
    """A second factor was added or removed: kept, and told to the person."""
    audit.record(person, "second factor changed", about=person)
    notifications.account_changed(person, "second_factor")


@transaction.atomic
def clear_second_factors(person: User) -> int:
    """Remove every second factor of somebody who has lost them all, from the server's console. Told to them. Returns how many."""
    person = lock(person)
    removed, _rows = Authenticator.objects.filter(user=person).delete()
    if removed:
        audit.record(None, "second factors cleared", about=person)
        notifications.account_changed(person, "second_factor")
    return removed


# Away ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_away(person: User, *, by: User, first_day: datetime.date, last_day: datetime.date) -> Away:
    """A time when nothing is expected of or from a person. No reason is asked for (domain 1).

    The same time again is not added twice. Raises Denied, or Invalid for a time that overlaps another or ends before it starts.
    """
    policy.check_can_set_away(by, person)
    lock(person)
    if last_day < first_day:
        raise Invalid(_("The last day away comes before the first."), "last_day")
    if last_day - first_day > LONGEST_AWAY:
        raise Invalid(_("This is longer than two years. Check the dates."), "last_day")
    if same := Away.objects.filter(person=person, first_day=first_day, last_day=last_day).first():
        return same
    if Away.objects.filter(person=person, first_day__lte=last_day, last_day__gte=first_day).exists():
        raise Invalid(_("Part of this is set as away already. Remove that one first."), "first_day")
    made = Away.objects.create(person=person, first_day=first_day, last_day=last_day)
    _note_away(person, by, "away added")
    return made


@transaction.atomic
def remove_away(away: Away, *, by: User) -> None:
    """Take a time away off the list. Removing it twice is no error. Raises Denied."""
    policy.check_can_set_away(by, away.person)
    gone, _rows = Away.objects.filter(pk=away.pk).delete()
    if gone:
        _note_away(away.person, by, "away removed")


def _note_away(person: User, by: User, what: str) -> None:
    audit.record(by, what, about=person)
    if by.pk != person.pk:
        notifications.account_changed(person, "account")


# The limits -----------------------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge_limits(*, by: User) -> Acknowledgement:
    """The person was shown the five limits and the agency's time to raise a concern. Once for each wording (D 2.100)."""
    lock(by)
    found = Acknowledgement.objects.filter(person=by, edition=EDITION).first()
    if found is not None:
        return found
    days = Agency.objects.values_list("concern_days", flat=True).get()
    made = Acknowledgement(person=by, edition=EDITION, concern_days=days)
    made.save()
    audit.record(by, "limits acknowledged", about=by, covers=made)
    return made
