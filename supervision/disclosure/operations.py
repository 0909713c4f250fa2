"""Entering a disclosure, approving it, telling those concerned, handing it over once. One write, one operation."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import mail
from supervision.people.models import User
from supervision.people.operations.locking import one_press_at_a_time
from supervision.records import audit, ids
from supervision.records.errors import Denied, Invalid, Stale

from . import policy, scope
from .models import Disclosure, DisclosureItem, Told

LONGEST_WAIT = datetime.timedelta(days=366)
BY_LAW, EARLIER = "disclosed by law", "disclosed before they could be told"
LATER = "disclosed by law earlier"


@dataclass(frozen=True)
class Asked:
    """What is asked, by whom, on what it rests."""

    person: User
    first_day: datetime.date
    last_day: datetime.date
    kinds: Sequence[str]
    basis_kind: str
    basis: str
    asker: str
    approver: User
    second_approver: User
    reference: str = ""
    with_notes: bool = False
    order_court: str = ""
    order_number: str = ""
    order_day: datetime.date | None = None


def _locked(row: Disclosure, check: Callable[[User, Disclosure], None], *, by: User) -> Disclosure:
    rows = Disclosure.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("person", "entered_by", "exported_by").get(pk=row.pk)
    check(by, found)
    return found


def _save(row: Disclosure, action: str, *, by: User) -> Disclosure:
    row.version += 1
    row.save()
    audit.record(by, action, about=row)
    return row


def _written(text: str, field: str, missing: str) -> str:
    if not text.strip():
        raise Invalid(missing, field=field)
    return text.strip()


@transaction.atomic
def enter(asked: Asked, *, by: User, key: uuid.UUID | None = None) -> Disclosure:
    """Enter what is asked. It names two people who approve it and are told. Reads no record.

    Raises NotFound, Invalid, WrongState, and Stale when the form comes again with another scope.
    """
    policy.check_can_enter(by)
    one_press_at_a_time(by)
    key = ids.id_of(by, key, "disclosure")
    if key is not None and (found := Disclosure.objects.filter(pk=key).first()):
        if _scope_of(found) != _scope_of(asked):
            raise Stale(_("You entered this before, with another scope. Enter a new one."))
        return found
    _check(asked, by=by)
    row = Disclosure(
        **({"id": key} if key else {}),
        entered_by=by,
        person=asked.person,
        first_day=asked.first_day,
        last_day=asked.last_day,
        kinds=[kind for kind in Disclosure.Kind.values if kind in asked.kinds],
        with_notes=asked.with_notes,
        basis_kind=asked.basis_kind,
        basis=_written(asked.basis, "basis", _("Say on which law or decision it rests")),
        asker=_written(asked.asker, "asker", _("Say who asks for it")),
        reference=asked.reference.strip(),
        order_court=asked.order_court.strip(),
        order_number=asked.order_number.strip(),
        order_day=asked.order_day,
        approver=asked.approver,
        second_approver=asked.second_approver,
    )
    try:
        policy.check_takes_no_part(by, row)
    except Denied as refusal:
        raise Invalid(refusal.message, field="person") from refusal
    row.save(force_insert=True)
    audit.record(by, "disclosure entered", about=row)
    for person in (row.approver, row.second_approver):
        _tell(person, "read")
    return row


def _scope_of(one: Disclosure | Asked) -> tuple[Any, ...]:
    people = (one.person.pk, one.approver.pk, one.second_approver.pk)
    return (*people, one.first_day, one.last_day, sorted(one.kinds), one.with_notes, one.basis_kind)


def _check(asked: Asked, *, by: User) -> None:
    if asked.person.pk == by.pk:
        raise Invalid(_("What is about yourself somebody else enters"), field="person")
    if asked.last_day < asked.first_day:
        raise Invalid(_("Enter a last day that is not before the first"), field="last_day")
    if asked.last_day > timezone.localdate():
        raise Invalid(
            _("Enter a last day that is not after today: nobody can approve what is not there yet"),
            field="last_day",
        )
    if not asked.with_notes and not set(asked.kinds) & set(Disclosure.Kind.values):
        raise Invalid(_("Choose which kinds of record"), field="kinds")
    if asked.basis_kind not in Disclosure.Basis.values:
        raise Invalid(_("Choose on what it rests"), field="basis_kind")
    if not policy.people_of(by).filter(pk=asked.person.pk).exists():
        raise Invalid(
            _("They are not in your programs alone, so an administrator enters this"), field="person"
        )
    able = set(policy.able_to_approve(by).values_list("pk", flat=True))
    kinds = [*asked.kinds, *([scope.NOTES] if asked.with_notes else [])]
    for field, person in (("approver", asked.approver), ("second_approver", asked.second_approver)):
        if person.pk not in able or not policy.is_able(person, asked.person, kinds):
            raise Invalid(_("Choose somebody else"), field=field)
    if asked.approver.pk == asked.second_approver.pk:
        raise Invalid(_("Choose two different people"), field="second_approver")
    order = (asked.order_court.strip(), asked.order_number.strip(), asked.order_day)
    if asked.with_notes and not all(order):
        raise Invalid(
            _("Private notes go by a named order alone: enter its court, number and day"), field="order_court"
        )


def _fix(row: Disclosure) -> None:
    """From the first approval on the scope is these records and no others."""
    for one in scope.found_now(row):
        people = sorted(str(pk) for pk in one.people)
        DisclosureItem(disclosure=row, kind=one.kind, record_id=one.row.pk, day=one.day, people=people).save()


@transaction.atomic
def approve(row: Disclosure, *, by: User) -> Disclosure:
    """One of the two approves exactly this scope. Raises NotFound, Denied, WrongState, AlreadyDone."""
    found = _locked(row, policy.check_can_approve, by=by)
    if found.first_at is None and found.second_at is None:
        _fix(found)
    if by.pk == found.approver_id:
        found.first_at = timezone.now()
    else:
        found.second_at = timezone.now()
    _save(found, "disclosure approved", by=by)
    if found.is_approved:
        _tell(found.entered_by, "answered")
    return found


@transaction.atomic
def end(row: Disclosure, *, by: User, reason: str) -> Disclosure:
    """Refuse it, or withdraw what one entered oneself. Raises NotFound, WrongState, AlreadyDone, Invalid."""
    found = _locked(row, policy.check_can_end, by=by)
    found.ended_reason = _written(reason, "reason", _("Say why"))
    own = by.pk == found.entered_by_id
    found.ended_as = Disclosure.Ending.WITHDRAWN if own else Disclosure.Ending.REFUSED
    found.ended_at, found.ended_by = timezone.now(), by
    return _save(found, "disclosure ended", by=by)


@transaction.atomic
def tell(row: Disclosure, *, by: User) -> Disclosure:
    """Those whose records these are are told now, and read from now on what was asked. Raises NotFound, WrongState, AlreadyDone."""
    found = _locked(row, policy.check_can_tell, by=by)
    found.told_at, found.told_by = timezone.now(), by
    _save(found, "disclosure told", by=by)
    concerned = {found.person_id, *(uuid.UUID(pk) for item in found.items.all() for pk in item.people)}
    for person in User.objects.filter(pk__in=concerned).order_by("pk"):
        Told(disclosure=found, person=person).save()
        _tell(person, "read")
    if found.exported_at is not None and found.exported_by is not None:
        # The log shows it from now on, also of what was handed over before.
        audit.opened(found.exported_by, _opened(found), why=LATER, action="disclosed")
    return found


def _opened(row: Disclosure) -> list[Any]:
    """Everything of which words leave, also what goes with a record."""
    return [record for one in scope.records_in(row) for record in (one.row, *scope.beside(one, row))]


def _tell(person: User, kind: str) -> None:
    mail.tell(person, kind, path=reverse("disclosure:list"))


@transaction.atomic
def wait(row: Disclosure, *, by: User, reason: str, tell_on: datetime.date) -> Disclosure:
    """Record by which law telling them has to wait, and until when. Raises NotFound, WrongState, AlreadyDone, Invalid."""
    found = _locked(row, policy.check_can_wait, by=by)
    found.waiting_reason = _written(reason, "reason", _("Say by which law telling them has to wait"))
    today = timezone.localdate()
    if not today < tell_on <= today + LONGEST_WAIT:
        raise Invalid(_("Enter a day within the next year on which you look at it again"), field="tell_on")
    found.waiting_at, found.waiting_by, found.tell_on = timezone.now(), by, tell_on
    return _save(found, "telling of a disclosure waits", by=by)


@transaction.atomic
def export(row: Disclosure, *, by: User) -> bytes:
    """Hand it over: the archive, made once and kept nowhere. Every record in it is in the access log before its words leave.

    Raises NotFound, WrongState.
    """
    found = _locked(row, policy.check_can_export, by=by)
    records = scope.records_in(found)
    why = BY_LAW if found.told_at else EARLIER
    audit.opened(by, _opened(found), why=why, action="disclosed")
    data = scope.archive_of(found, records)
    found.exported_at, found.exported_by = timezone.now(), by
    found.sha256, found.records = hashlib.sha256(data).hexdigest(), len(records)
    _save(found, "disclosure handed over", by=by)
    return data
