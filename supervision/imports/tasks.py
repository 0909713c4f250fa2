"""Jobs of the imports. They carry ids only, and may run twice without doing anything twice."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from supervision.jobs import if_failed, job
from supervision.people import notifications, zones
from supervision.people import operations as people
from supervision.people.models import Participation, User, today
from supervision.records.encryption import unlocked_keys
from supervision.records.errors import Denied, WrongState
from supervision.sessions.models import ImportedAttendee

from . import operations
from .models import Import, Imported, Kind

AT_ONCE = 200


@job
@if_failed("supervision.imports.tasks.look_failed")
def look(*, import_id: str) -> None:
    """Look at a file that was sent."""
    with unlocked_keys(), _clock_of(import_id):
        operations.look(uuid.UUID(import_id))


@job
@if_failed("supervision.imports.tasks.make_failed")
def make(*, import_id: str) -> None:
    """Bring a file in. Who confirmed it may not be an administrator any more: then nothing is made."""
    with unlocked_keys(), _clock_of(import_id):
        operations.make(uuid.UUID(import_id))


@job
def look_failed(*, import_id: str) -> None:
    """Looking failed for good. A worker killed just after it was done must not stop what came of it: hence the state."""
    with unlocked_keys(), _clock_of(import_id):
        operations.give_up(uuid.UUID(import_id), state=Import.State.LOOKING)


@job
def make_failed(*, import_id: str) -> None:
    """Bringing in failed for good, and so nothing of it is here."""
    with unlocked_keys(), _clock_of(import_id):
        operations.give_up(uuid.UUID(import_id), state=Import.State.MAKING)


def _clock_of(import_id: str) -> Any:
    row = Import.objects.without_file().filter(pk=uuid.UUID(import_id)).select_related("sent_by").first()
    return timezone.override(zones.of(row.sent_by) if row else None)


@job
def tell(*, import_id: str) -> None:
    """Tell each person who can sign in, once, of what a file has brought them."""
    while _tell_some(uuid.UUID(import_id)):
        pass


@transaction.atomic
def _tell_some(import_id: uuid.UUID) -> bool:
    """Tell the next of them, and keep how far it went in the same transaction: nobody is told twice."""
    row = (
        Import.objects.without_file()
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=import_id, state=Import.State.DONE)
        .first()
    )
    if row is None:
        return False
    concerned = User.objects.signed_up().filter(pk__in=_concerned(row)).exclude(pk=row.confirmed_by_id)
    if row.told_to is not None:
        concerned = concerned.filter(pk__gt=row.told_to)
    some = list(concerned.order_by("pk")[:AT_ONCE])
    if not some:
        return False
    _tell(row, some)
    row.told_to = some[-1].pk
    row.save(update_fields=["told_to"])
    return True


def _concerned(row: Import) -> QuerySet[Any, Any]:
    """The ids of those for whom something is new."""
    made = Imported.objects.filter(source=row, is_new=True).values("record_id")
    if row.kind == Kind.PEOPLE:
        return User.objects.filter(pk__in=made).values("line_manager")
    if row.kind == Kind.PROGRAMS:
        return User.objects.filter(managements__program__in=made).values("pk")
    if row.kind == Kind.ARRANGEMENTS:
        return _taking(row).values("person")
    if row.kind == Kind.CREDENTIALS:
        return User.objects.filter(credentials__in=made).values("pk")
    return ImportedAttendee.objects.filter(meeting__source=row.pk).values("person")


def _taking(row: Import) -> QuerySet[Participation]:
    """Who takes part now, or will, in what was brought in."""
    made = Imported.objects.filter(source=row, is_new=True).values("record_id")
    running = Participation.objects.filter(arrangement__in=made).exclude(left_on__lt=today())
    return running.select_related("arrangement")


# What a mail about each kind is about; of an arrangement see `_tell`.
_ABOUT = {Kind.PEOPLE: "reports", Kind.PROGRAMS: "role", Kind.CREDENTIALS: "account", Kind.SESSIONS: "before"}


def _tell(row: Import, some: list[User]) -> None:
    if row.kind != Kind.ARRANGEMENTS:
        for person in some:
            notifications.account_changed(person, _ABOUT[Kind(row.kind)])
        return
    first = {taking.person_id: taking.arrangement for taking in _taking(row).filter(person__in=some)}
    for person in some:
        notifications.arrangement_changed(first[person.pk], [person], "made")


@job
def invite(*, import_id: str) -> None:
    """Invite those whom a file has brought in and who have no invitation yet, each in a transaction of their own."""
    row = Import.objects.without_file().filter(pk=uuid.UUID(import_id)).select_related("invited_by").first()
    if row is None or row.invited_by is None:
        return
    made = Imported.objects.filter(source=row, kind=Kind.PEOPLE, is_new=True).values("record_id")
    waiting = User.objects.working().filter(pk__in=made, invitations=None, last_login=None)
    for person in waiting.order_by("pk").iterator(chunk_size=AT_ONCE):
        try:
            people.invite(person, by=row.invited_by)
        except WrongState:
            continue  # closed, or in already
        except Denied:
            return  # no administrator any more


@job
def tidy() -> None:
    """Once a day: let go of files from which nothing came, and say so where one was not finished."""
    operations.tidy(today=timezone.localdate())
    operations.give_up_stuck()
