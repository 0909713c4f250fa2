"""Who enters, approves, tells and exports. For everybody else a disclosure does not exist."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.people.models import Management, User, UserQuerySet
from supervision.records.errors import AlreadyDone, Denied, NotFound, WrongState

from . import scope
from .models import Disclosure


def check_can_enter(user: User) -> None:
    """Administrators and managers of a program. Raises NotFound."""
    if not (user.is_administrator or user.roles.program_manager):
        raise NotFound(_("There is no such page."))


def able_to_approve(user: User, person: User) -> UserQuerySet:
    """Who could be asked: administrators and managers of a program, but whoever enters it and whom it is about."""
    managers = Management.objects.current().values("person")
    found = User.objects.signed_up().filter(Q(is_administrator=True) | Q(pk__in=managers))
    return found.exclude(pk__in=[user.pk, person.pk]).order_by("name", "id")


def _check_knows(user: User, row: Disclosure) -> None:
    if user.pk not in (row.entered_by_id, row.approver_id, row.second_approver_id):
        raise NotFound(_("There is no such page."))


def _check_runs(row: Disclosure) -> None:
    if row.ended_at is not None:
        raise WrongState(_("This has ended. Nothing was handed over."))
    if row.exported_at is not None:
        raise WrongState(_("This was handed over already."))


def check_can_approve(user: User, row: Disclosure) -> None:
    """The two who were named for it, each once, and neither party to a record in it."""
    _check_knows(user, row)
    if user.pk == row.entered_by_id:
        raise Denied(_("You entered this. Two others approve it."))
    check_can_enter(user)  # who has lost that role since approves nothing
    done = row.first_at if user.pk == row.approver_id else row.second_at
    if done is not None:
        raise AlreadyDone(_("You have approved this already."))
    _check_runs(row)
    if user.pk in scope.people_in(row):
        raise Denied(
            _(
                "You are party to a record in it, so you can’t approve it. Refuse it, and somebody else can be named."
            )
        )


def check_can_end(user: User, row: Disclosure) -> None:
    """Refused by one who was to approve it, or withdrawn by whoever entered it, until it is handed over."""
    _check_knows(user, row)
    if row.ended_at is not None and row.ended_by_id == user.pk:
        raise AlreadyDone(_("You have ended this already."))
    _check_runs(row)


def check_can_tell(user: User, row: Disclosure) -> None:
    """Whoever entered it or approved it, once both have approved; also after it was handed over, where telling had to wait."""
    _check_knows(user, row)
    if row.told_at is not None:
        raise AlreadyDone(_("They have been told already."))
    if row.ended_at is not None:
        raise WrongState(_("This has ended. Nothing was handed over."))
    _check_is_approved(row)


def check_can_wait(user: User, row: Disclosure) -> None:
    """Record that telling them has to wait, with the law that says so."""
    check_can_tell(user, row)
    if row.waiting_at is not None:
        raise AlreadyDone(_("That is recorded already."))
    _check_runs(row)


def check_can_export(user: User, row: Disclosure) -> None:
    """Once, by one of the three, after both approved it and those concerned were told or telling them has to wait."""
    _check_knows(user, row)
    check_can_enter(user)
    if row.exported_at is not None:
        by = row.exported_by.name if row.exported_by is not None else ""
        raise WrongState(_("This was handed over already, by %(name)s. It can be done once.") % {"name": by})
    _check_runs(row)
    _check_is_approved(row)
    if row.told_at is None and row.waiting_at is None:
        raise WrongState(
            _("First tell those whose records these are, or record the law by which that has to wait.")
        )
    if missing := scope.without_file(row, scope.records_in(row)):
        said = ngettext(
            "The PDF of %(n)s record is still being made. It is handed over once, so wait for it.",
            "The PDFs of %(n)s records are still being made. It is handed over once, so wait for them.",
            missing,
        )
        raise WrongState(said % {"n": missing})


def _check_is_approved(row: Disclosure) -> None:
    if not row.is_approved:
        raise WrongState(_("Both have to approve it first."))
