"""Who enters, approves, tells and exports. For everybody else a disclosure does not exist."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supervision.people.models import Management, Participation, Place, Program, User, UserQuerySet
from supervision.records.errors import AlreadyDone, Denied, NotFound, WrongState

from . import scope
from .models import Disclosure


def check_can_enter(user: User) -> None:
    """Administrators and managers of a program, see also `people_of`. Raises NotFound."""
    if not (user.is_administrator or user.roles.program_manager):
        raise NotFound(_("There is no such page."))


def people_of(user: User) -> UserQuerySet:
    """Whose records somebody may disclose: administrators everybody's; managers those of people all of whose programs they manage,
    for what is handed over is not told apart by program. Nobody their own."""
    found = User.objects.exclude(pk=user.pk)
    if user.is_administrator:
        return found
    managed = Program.objects.managed_by(user).values("pk")
    placed = Place.objects.exclude(program__in=managed).filter(person=OuterRef("pk"))
    taking = Participation.objects.exclude(arrangement__program__in=managed).filter(person=OuterRef("pk"))
    return found.managed_by(user).filter(~Exists(placed), ~Exists(taking))


def able_to_approve(user: User) -> UserQuerySet:
    """Who could be asked: administrators and managers of a program, but whoever enters it."""
    managers = Management.objects.current().values("person")
    found = User.objects.signed_up().filter(Q(is_administrator=True) | Q(pk__in=managers))
    return found.exclude(pk=user.pk).order_by("name", "id")


def is_able(approver: User, person: User, kinds: Collection[str]) -> bool:
    """Whether this person can be asked to approve these kinds of record of that one. Looks at no record."""
    over = people_of(approver).filter(pk=person.pk).exists()
    return over and not (scope.HIDDEN & {*kinds} and approver.pk in scope.near(person))


def check_takes_no_part(user: User, row: Disclosure) -> None:
    """Raises Denied for whoever is party to a record in it, or whom one may be about.

    Of kinds that nobody may know to exist, it says the same whether there are any.
    """
    if scope.HIDDEN & {*scope.kinds_of(row)} and user.pk in scope.near(row.person):
        raise Denied(
            _(
                "You take or took part in supervision with them, or are or were their line manager, so somebody else does this. "
                "That is so whether or not there is a record of that kind."
            )
        )
    if user.pk in scope.concerned_in(row):
        raise Denied(_("You are party to a record in it, so somebody else does this."))


def _check_is_over(user: User, row: Disclosure) -> None:
    check_can_enter(user)  # who has lost that role since approves nothing
    if not people_of(user).filter(pk=row.person_id).exists():
        raise NotFound(_("There is no such page."))


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
    _check_is_over(user, row)
    done = row.first_at if user.pk == row.approver_id else row.second_at
    if done is not None:
        raise AlreadyDone(_("You have approved this already."))
    _check_runs(row)
    check_takes_no_part(user, row)


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
    """Once, by one of the three, after both approved it and those concerned were told or telling them has to wait;
    by nobody whom a record in it is or may be about."""
    _check_knows(user, row)
    _check_is_over(user, row)
    check_takes_no_part(user, row)
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
