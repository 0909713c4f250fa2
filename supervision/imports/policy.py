"""Who may bring in what an agency has already: administrators, and nobody a part for themself (decision 10)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.people.policy import check_can_administer
from supervision.records.errors import AlreadyDone, WrongState

from .models import Import, Kind

AT_ONCE = 5  # files that wait for one person


def check_can_import(user: User) -> None:
    check_can_administer(user)


def check_can_send(user: User) -> None:
    """Raises Denied, or WrongState with several files waiting already."""
    check_can_import(user)
    if Import.objects.filter(sent_by=user).exclude(state__in=Import.SETTLED).count() >= AT_ONCE:
        raise WrongState(_("Several of your files wait already. Bring them in or leave them first."))


def check_can_confirm(user: User, row: Import) -> None:
    check_can_import(user)
    if row.state in (Import.State.MAKING, Import.State.DONE):
        raise AlreadyDone(_("This file is being brought in already."))
    if row.state != Import.State.LOOKED_AT:
        raise WrongState(_("This file is not ready to be brought in."))
    if row.problem_count:
        raise WrongState(_("There are problems in this file. Mend them in it, and send it again."))
    if not row.brings_something:
        raise WrongState(_("Everything in this file is here already."))


def check_can_leave(user: User, row: Import) -> None:
    check_can_import(user)
    if row.state == Import.State.LEFT:
        raise AlreadyDone(_("This file was left already."))
    if row.state not in (Import.State.LOOKING, Import.State.LOOKED_AT):
        raise WrongState(_("This file has been brought in, or is being brought in now."))


def check_can_invite(user: User, row: Import) -> None:
    check_can_import(user)
    if row.kind != Kind.PEOPLE or row.state != Import.State.DONE:
        raise WrongState(_("Nobody came with this file who could be invited."))
    if row.invited_by_id:
        raise AlreadyDone(_("The invitations of this file are on their way."))


def check_can_take_back(user: User, row: Import) -> None:
    """Only sessions from before: nothing else rests on them."""
    check_can_import(user)
    if row.state == Import.State.TAKEN_BACK:
        raise AlreadyDone(_("This was taken back already."))
    if row.kind != Kind.SESSIONS or row.state != Import.State.DONE:
        raise WrongState(_("This can’t be taken back. Change or close what was brought in, one by one."))
