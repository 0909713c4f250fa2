"""Choices that somebody keeps, to ask for the same again with one press or every month."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Program, User
from supervision.people.operations.locking import one_press_at_a_time
from supervision.records import audit, ids
from supervision.records.errors import Denied, Invalid

from . import operations, policy
from .models import OF_PROGRAMS, Choice, Report

MOST = 30  # of one person


@transaction.atomic
def keep(
    *,
    name: str,
    kind: str,
    programs: Sequence[Program],
    people: Sequence[User],
    supervisor: User | None,
    period: str,
    every_month: bool,
    by: User,
    key: uuid.UUID | None = None,
) -> Choice:
    """Keep what was chosen under a name. `key` becomes its id, so that a form sent twice keeps it once.

    Raises Denied, and Invalid for a name that is taken or one too many.
    """
    one_press_at_a_time(by)
    key = ids.id_of(by, key, "report choice")
    if key is not None and (found := Choice.objects.filter(pk=key, owner=by).first()):
        return found
    if kind not in OF_PROGRAMS:
        raise ValueError(f"A report of the kind {kind} is of one person.")
    policy.check_can_ask_for(by, programs)
    policy.check_knows(by, people)
    if Choice.objects.filter(owner=by).count() >= MOST:
        raise Invalid(_("Remove a choice that you do not need any more first"), field="name")
    row = Choice(id=key or uuid.uuid4(), owner=by, name=name, kind=kind, supervisor=supervisor, period=period)
    row.every_month = every_month
    if every_month:  # from the next month on
        row.made_for = timezone.localdate().replace(day=1)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_("You have a choice of this name. Enter another one"), field="name") from None
    row.programs.set(programs)
    row.people.set(people)
    audit.record(by, "report choice kept", about=row, facts={"kind": kind, "every_month": every_month})
    return row


@transaction.atomic
def set_every_month(choice: Choice, every_month: bool, *, by: User) -> bool:
    """Make it every month from the next one on, or stop. False when it is so already. Raises Denied."""
    row = locked(choice, by)
    if row is None or row.every_month == every_month:
        return False
    row.every_month = every_month
    row.made_for = timezone.localdate().replace(day=1)
    row.save(update_fields=["every_month", "made_for"])
    audit.record(by, "report choice monthly", about=row, facts={"every_month": every_month})
    return True


@transaction.atomic
def remove(choice: Choice, *, by: User) -> bool:
    """Let it go; the reports that were made by it stay. False when it is gone already. Raises Denied."""
    row = locked(choice, by)
    if row is None:
        return False
    audit.record(by, "report choice removed", about=row)
    row.delete()
    return True


@transaction.atomic
def ask_by(choice: Choice, *, by: User) -> Report:
    """Ask for what was kept, of its period as of today. Raises Denied, WrongState as asking does."""
    if choice.owner_id != by.pk:
        raise Denied(_("This choice is somebody else’s."))
    first, last = choice.days(timezone.localdate())
    return operations.ask(
        kind=choice.kind,
        programs=list(choice.programs.all()),
        people=list(choice.people.all()),
        supervisor=choice.supervisor,
        first_day=first,
        last_day=last,
        by=by,
    )


def locked(choice: Choice, by: User) -> Choice | None:
    """The row as it is now, until the transaction ends; None when it is gone. Raises Denied."""
    if choice.owner_id != by.pk:
        raise Denied(_("This choice is somebody else’s."))
    return Choice.objects.select_for_update(no_key=True).filter(pk=choice.pk).first()
