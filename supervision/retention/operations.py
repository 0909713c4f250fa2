"""Rules, lists and holds: setting, proposing, approving, carrying out. One write, one operation."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people import operations as people_operations
from supervision.people.models import Arrangement, Program, User
from supervision.records import audit, disposal
from supervision.records.errors import Invalid, NotFound, Stale, WrongState

from . import kinds, notifications, policy
from .models import NOTICE, Disposal, DisposalItem, Hold, HoldEnding, Kind, Rule

MOST = 500  # records on one list; the next list has the rest


# Rules ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_rule(kind: str, months: int | None, *, by: User) -> None:
    """Keep records of this kind for so many months after they are over; None keeps them for good. Raises NotFound, Invalid."""
    policy.check_can_keep(by)
    if kind not in Kind.values:
        raise Invalid(_("Choose a kind of record"), field="kind")
    if months is not None and not 12 <= months <= 600:
        raise Invalid(_("Choose between one year and fifty"), field="months")
    found = Rule.objects.select_for_update(no_key=True).filter(pk=kind).first()
    if (found.months if found else None) == months:
        return
    if months is None:
        Rule.objects.filter(pk=kind).delete()
    else:
        Rule.objects.update_or_create(
            pk=kind, defaults={"months": months, "set_by": by, "set_at": timezone.now()}
        )
    audit.record(by, "retention rule set", facts={"kind": kind, "months": months})


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = (datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1) - datetime.timedelta(days=1)).day
    return datetime.date(year, month + 1, min(day.day, last))


# Proposing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_by_rules(*, by: User | None = None) -> list[Disposal]:
    """A list for each kind of which records are over their time, and on no list that is open, and held by nothing.

    `by` is an administrator who asked for it now; the daily job has nobody. Raises NotFound.
    """
    if by is not None:
        policy.check_can_keep(by)
    _one_at_a_time()
    return [made for rule in Rule.objects.order_by("kind") if (made := _propose(rule, by)) is not None]


def _propose(rule: Rule, by: User | None) -> Disposal | None:
    before = months_before(timezone.localdate(), rule.months)
    waiting = DisposalItem.objects.filter(disposal__in=Disposal.objects.open()).values("record_id")
    rows: list[tuple[Any, set[uuid.UUID]]] = []
    for row in kinds.over_before(rule.kind, before).exclude(pk__in=waiting).iterator(chunk_size=500):
        people = kinds.people_of(rule.kind, row)
        if not kinds.is_held(rule.kind, row, people):
            rows.append((row, people))
        if len(rows) == MOST:
            break
    if not rows:
        return None
    made = Disposal(kind=rule.kind, why=Disposal.Why.RULE)
    made.save()
    _put(made, rows)
    audit.record(by, "disposal proposed", about=made, facts={"kind": rule.kind, "records": len(rows)})
    return made


def _put(made: Disposal, rows: Sequence[tuple[Any, set[uuid.UUID]]]) -> None:
    for row, people in rows:
        item = DisposalItem.objects.create(disposal=made, record_id=row.pk, day=row.over_on)
        item.people.set(User.objects.filter(pk__in=people))


@transaction.atomic
def propose_restriction(kind: str, pk: uuid.UUID, *, by: User, reason: str) -> Disposal:
    """A party asks that one sealed record is removed, because something in it should not stand there (domain 5).

    Raises NotFound for whoever is no party, Invalid, WrongState.
    """
    row = kinds.KINDS[kind].over().filter(pk=pk).first() if kind in kinds.KINDS else None
    people = kinds.people_of(kind, row) if row is not None else set()
    if row is None or by.pk not in people:
        raise NotFound(_("There is no such record."))
    if not reason.strip():
        raise Invalid(_("Say why, without repeating what should not stand there"), field="reason")
    _one_at_a_time()
    if disposal.is_gone(pk):
        raise WrongState(_("This was removed already."))
    if DisposalItem.objects.filter(record_id=pk, disposal__in=Disposal.objects.open()).exists():
        raise WrongState(_("This record is on a list already."))
    made = Disposal(kind=kind, why=Disposal.Why.RESTRICTION, proposed_by=by, reason=reason.strip())
    made.save()
    _put(made, [(row, people)])
    audit.record(by, "disposal proposed", about=made, facts={"kind": kind, "records": 1})
    return made


# Approving, stopping --------------------------------------------------------------------------------------------


def _locked(row: Disposal) -> Disposal:
    _one_at_a_time()
    return Disposal.objects.select_for_update(no_key=True).get(pk=row.pk)


@transaction.atomic
def approve(row: Disposal, *, by: User, version: int) -> Disposal:
    """One of two approvals; with the second, everybody concerned is told, and the day is set.

    Raises NotFound, Denied, WrongState, Stale.
    """
    now = _locked(row)
    policy.check_can_approve(by, now)
    if now.version != version:
        raise Stale(_("Somebody else did something with this list meanwhile."))
    if now.first_at is None:
        now.first_at, now.first_by = timezone.now(), by
    else:
        now.approved_at, now.approved_by = timezone.now(), by
        now.not_before = timezone.localdate() + NOTICE
    now.version += 1
    now.save()
    audit.record(by, "disposal approved", about=now)
    if now.is_approved:
        notifications.to_be_removed(now)
    return now


@transaction.atomic
def stop(row: Disposal, *, by: User, reason: str) -> Disposal:
    """Nothing on this list is removed. Raises NotFound, WrongState, Invalid."""
    now = _locked(row)
    policy.check_can_stop(by, now)
    if not reason.strip():
        raise Invalid(_("Say why it is stopped"), field="reason")
    now.stopped_at, now.stopped_by, now.stopped_reason = timezone.now(), by, reason.strip()
    now.version += 1
    now.save()
    audit.record(by, "disposal stopped", about=now)
    return now


# Carrying out ---------------------------------------------------------------------------------------------------


def carry_out_what_is_due() -> int:
    """Once a day: each record of each list that is due by itself, so that a kill in between leaves nothing half. How many were removed."""
    removed = 0
    for disposal_id in list(Disposal.objects.due().values_list("pk", flat=True)):
        for item_id in list(_to_do(disposal_id).values_list("pk", flat=True)):
            removed += _carry_out(disposal_id, item_id)
        _finish(disposal_id)
    return removed


def _to_do(disposal_id: uuid.UUID) -> Any:
    return DisposalItem.objects.filter(disposal=disposal_id, removed_at=None, left_at=None)


@transaction.atomic
def _carry_out(disposal_id: uuid.UUID, item_id: uuid.UUID) -> bool:
    """One record, if its list is still due and no hold has come. Holds wait for this lock, or are seen here."""
    _one_at_a_time()
    row = Disposal.objects.due().select_for_update(no_key=True).filter(pk=disposal_id).first()
    item = _to_do(disposal_id).select_for_update(no_key=True).filter(pk=item_id).first()
    if row is None or item is None:
        return False
    record = kinds.KINDS[row.kind].over().filter(pk=item.record_id).first()
    people = set(item.people.values_list("pk", flat=True))
    if record is None or kinds.is_held(row.kind, record, people | kinds.people_of(row.kind, record)):
        item.left_at = timezone.now()
        item.save(update_fields=["left_at"])
        return False
    kinds.remove(row.kind, record, by=None, facts={"list": str(row.pk), "why": row.why})
    item.removed_at = timezone.now()
    item.save(update_fields=["removed_at"])
    return True


@transaction.atomic
def _finish(disposal_id: uuid.UUID) -> None:
    _one_at_a_time()
    row = Disposal.objects.due().select_for_update(no_key=True).filter(pk=disposal_id).first()
    if row is not None and not _to_do(disposal_id).exists():
        row.done_at = timezone.now()
        row.version += 1
        row.save()
        audit.record(None, "disposal carried out", about=row)


# Holds ----------------------------------------------------------------------------------------------------------


def _one_at_a_time() -> None:
    """Proposing, approving, stopping, holding and removing wait for each other: each writes a link of the chain, so each begins by
    waiting for it, before any other lock."""
    audit.lock()


@transaction.atomic
def hold(
    *,
    by: User,
    basis: str,
    person: User | None = None,
    arrangement: Arrangement | None = None,
    program: Program | None = None,
    first_day: datetime.date | None = None,
    last_day: datetime.date | None = None,
) -> Hold:
    """From now on nothing of this person, arrangement or program is removed; of a person also what they would throw away themself.

    Nobody reads more by it. Raises NotFound, Invalid.
    """
    policy.check_can_keep(by)
    if sum(one is not None for one in (person, arrangement, program)) != 1:
        raise Invalid(_("Choose a person, an arrangement or a program"), field="over")
    if not basis.strip():
        raise Invalid(_("Say on what it rests, such as who asked for it"), field="basis")
    if program is None and (first_day or last_day):
        raise Invalid(_("Days are for a program. Leave them empty: all of it is kept"), field="first_day")
    if first_day and last_day and last_day < first_day:
        raise Invalid(_("Enter a last day that is not before the first"), field="last_day")
    _one_at_a_time()
    made = Hold(
        person=person,
        arrangement=arrangement,
        program=program,
        first_day=first_day,
        last_day=last_day,
        basis=basis.strip(),
        set_by=by,
    )
    made.save()
    if person is not None:
        people_operations.keep_what_is_theirs(person, held=True)
    audit.record(by, "hold set", about=made, covers=made)
    return made


@transaction.atomic
def lift(row: Hold, *, by: User, reason: str) -> HoldEnding:
    """The hold ends. Raises NotFound, Invalid, WrongState."""
    policy.check_can_keep(by)
    if not reason.strip():
        raise Invalid(_("Say why it ends"), field="reason")
    _one_at_a_time()
    if HoldEnding.objects.filter(hold=row).exists():
        raise WrongState(_("This hold has ended already."))
    made = HoldEnding(hold=row, by=by, reason=reason.strip())
    made.save()
    if row.person is not None:
        people_operations.keep_what_is_theirs(
            row.person, held=Hold.objects.running().filter(person=row.person).exists()
        )
    audit.record(by, "hold lifted", about=row, covers=made)
    return made
