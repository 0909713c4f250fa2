"""Who sets rules and holds, who proposes and approves. Administrators read no words by it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records.errors import AlreadyDone, Denied, NotFound, WrongState

from .models import Disposal


def check_can_keep(user: User) -> None:
    """Rules, lists and holds are administrators'. For everybody else the pages are not there."""
    if not user.is_administrator:
        raise NotFound(_("There is no such page."))


def check_can_approve(user: User, disposal: Disposal) -> None:
    """One of two administrators who are not named in any record on the list, and did not propose it."""
    check_can_keep(user)
    if user.pk in (disposal.first_by_id, disposal.approved_by_id):
        raise AlreadyDone(_("You have approved this already. Somebody else has to, too."))
    if user.pk == disposal.proposed_by_id:
        raise Denied(_("You proposed this. Two others have to approve it."))
    _check_is_open(disposal)
    if disposal.is_approved:
        raise WrongState(_("Two people have approved this already."))
    if disposal.items.filter(people=user).exists():
        raise Denied(_("A record on this list is yours, too. Somebody else has to approve it."))


def check_can_stop(user: User, disposal: Disposal) -> None:
    check_can_keep(user)
    _check_is_open(disposal)


def _check_is_open(disposal: Disposal) -> None:
    if disposal.stopped_at is not None:
        raise WrongState(_("This list was stopped."))
    if disposal.done_at is not None:
        raise WrongState(_("This was carried out."))
