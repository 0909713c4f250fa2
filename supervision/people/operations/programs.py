"""Programs, who has a place in them, and who manages them. By administrators only; nobody for themself."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from supervision.records import audit
from supervision.records.errors import Invalid, WrongState

from .. import notifications, policy
from ..models import Management, Place, Program, User, today
from .locking import changed_fields, lock, one_role_change_at_a_time


@transaction.atomic
def add_program(*, by: User, name: str) -> Program:
    """Raises Denied, or Invalid for a name that another program has."""
    policy.check_can_administer(by)
    one_role_change_at_a_time()
    _check_name(name)
    program = Program.objects.create(name=name)
    audit.record(by, "program added", about=program)
    return program


def _check_name(name: str, *, besides: Program | None = None) -> None:
    others = Program.objects.filter(name__iexact=name)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise Invalid(_("There is a program with this name already."), "name")


@transaction.atomic
def edit_program(program: Program, *, by: User, version: int, **facts: Any) -> Program:
    """Change a program's name, or close it and open it again. Raises Denied, Stale, Invalid."""
    policy.check_can_administer(by)
    one_role_change_at_a_time()
    program = lock(program, version=version)
    if "name" in facts:
        _check_name(facts["name"], besides=program)
    if changed := changed_fields(program, facts):
        program.version += 1
        program.save(update_fields=[*changed, "version"])
        audit.record(by, "program edited", about=program, facts={"fields": sorted(changed)})
    return program


# Places -----------------------------------------------------------------------------------------------------


@transaction.atomic
def place_person(
    program: Program, *, by: User, person: User, supervised: bool, since: datetime.date | None = None
) -> Place:
    """Give somebody a place in a program; `supervised` makes them a peer worker there. Told to them.

    A place they have already is returned, so a double click makes one. Raises Denied, WrongState.
    """
    policy.check_can_administer(by)
    policy.check_grants_somebody_else(by, person)
    program = lock(program)
    if not program.is_active:
        raise WrongState(_("This program is closed."))
    if not person.is_active:
        raise WrongState(_("This account is closed. Open it again first."))
    held = Place.objects.filter(program=program, person=person, until=None).first()
    if held is not None:
        return held
    place = Place.objects.create(
        program=program, person=person, supervised=supervised, since=since or today()
    )
    audit.record(
        by, "place given", about=person, facts={"program": str(program.pk), "supervised": supervised}
    )
    notifications.account_changed(person, "program")
    return place


@transaction.atomic
def change_place(place: Place, *, by: User, supervised: bool, until: datetime.date | None) -> Place:
    """Whether somebody is to be supervised, and the last day of their place. Told to them. Raises Denied, Invalid, WrongState."""
    policy.check_can_administer(by)
    policy.check_grants_somebody_else(by, place.person)
    row = lock(place)
    if until is not None and until < row.since:
        raise Invalid(_("The last day comes before the first one."), "until")
    if changed := changed_fields(row, {"supervised": supervised, "until": until}):
        try:
            with transaction.atomic():
                row.save(update_fields=changed)
        except IntegrityError:
            raise WrongState(_("This person has another place in this program by now.")) from None
        facts = {"program": str(row.program_id), "fields": sorted(changed)}
        audit.record(by, "place changed", about=place.person, facts=facts)
        notifications.account_changed(place.person, "program")
    return row


# Managers ---------------------------------------------------------------------------------------------------


@transaction.atomic
def appoint_manager(program: Program, *, by: User, person: User) -> Management:
    """Make somebody manager of a program from today. They are told, and so is everybody whose log facts they may see now.

    Raises Denied, WrongState. Twice is once.
    """
    policy.check_can_administer(by)
    policy.check_grants_somebody_else(by, person)
    program = lock(program)
    if not person.is_active:
        raise WrongState(_("This account is closed. Open it again first."))
    held = Management.objects.filter(program=program, person=person, until=None).first()
    if held is not None:
        return held
    management = Management.objects.create(program=program, person=person)
    audit.record(by, "made manager", about=person, facts={"program": str(program.pk)})
    audit.record(by, "manager named", about=program, facts={"person": str(person.pk)})
    notifications.account_changed(person, "role")
    notifications.manager_changed(management)
    return management


@transaction.atomic
def end_management(management: Management, *, by: User) -> None:
    """Somebody stops managing a program, from this moment. Told to them. Raises Denied. Twice is once."""
    policy.check_can_administer(by)
    row = Management.objects.current().select_for_update(no_key=True).filter(pk=management.pk).first()
    if row is None:
        return
    stop_managing(row, by=by)
    notifications.account_changed(management.person, "role")


def stop_managing(management: Management, *, by: User) -> None:
    """From this moment: a manager who stops sees nothing more, so the last day is the one before (or none at all)."""
    person, program = management.person, management.program
    yesterday = today() - datetime.timedelta(days=1)
    if management.since > yesterday:
        management.delete()
    else:
        management.until = yesterday
        management.save(update_fields=["until"])
    audit.record(by, "no longer manager", about=person, facts={"program": str(program.pk)})
    audit.record(by, "manager ended", about=program, facts={"person": str(person.pk)})
