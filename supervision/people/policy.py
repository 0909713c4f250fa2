"""May this person, now? Every rule about accounts, programs and arrangements. Roles for navigation are never asked.

Where somebody may not know that the thing exists, the view has answered 404 already: these say 403 or 409.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from supervision.records.errors import Denied, WrongState

from .limits import EDITION
from .models import Acknowledgement, Arrangement, Credential, Management, Participation, Program, User


def manages(user: User, program: Program | Any) -> bool:
    """Whether this person manages that program now. `program` may be its id."""
    return Management.objects.current().filter(person=user, program=program).exists()


def manages_somewhere(user: Any) -> bool:
    """Whether this person manages any program now; known from sign-in without another query."""
    return bool(user.roles.program_manager)


# Accounts --------------------------------------------------------------------------------------------------


def check_can_administer(user: User) -> None:
    """Accounts, programs and the agency's settings. Administrators read no record content (domain 8)."""
    if not user.is_administrator:
        raise Denied(_("Only an administrator can do this."))


def check_can_keep_credential(user: User, credential: Credential | None) -> None:
    """The agency's own list is the administrators'. What somebody keeps themself is changed by nobody else."""
    check_can_administer(user)
    if credential is not None and credential.is_own:
        raise Denied(_("This credential is kept by the person who holds it. Ask them to change it."))


def check_can_list_people(user: User) -> None:
    if not (user.is_administrator or manages_somewhere(user)):
        raise Denied(_("This list is for program managers and administrators."))


def check_can_invite(user: User, person: User) -> None:
    check_can_administer(user)
    if not person.is_active:
        raise WrongState(_("This account is closed. Open it again first."))
    if person.has_usable_password():
        raise WrongState(
            _("This person has signed in with a password already. Send a link for a new password instead.")
        )


def check_can_send_reset(user: User, person: User) -> None:
    """Only to the address on file: an administrator never learns or sets anybody's password (decision 11)."""
    check_can_administer(user)
    if not person.is_active:
        raise WrongState(_("This account is closed. Open it again first."))
    if not person.has_usable_password():
        raise WrongState(_("This person has not chosen a password yet. Send an invitation instead."))


def check_can_change_address(user: User, person: User) -> None:
    """Nobody changes their own: the one who asks and the one who is told must be two people."""
    check_can_administer(user)
    if user.pk == person.pk:
        raise Denied(_("Ask another administrator to change your own address."))
    if not person.is_active:
        raise WrongState(_("This account is closed. Open it again first."))


def check_can_deactivate(user: User, person: User) -> None:
    check_can_administer(user)
    if user.pk == person.pk:
        raise Denied(_("Ask another administrator to close your own account."))
    check_is_not_last_administrator(person)


def check_can_reactivate(user: User, person: User) -> None:
    check_can_administer(user)
    if user.pk == person.pk:
        raise Denied(_("Ask another administrator."))


def check_can_set_administrator(user: User, person: User, *, value: bool) -> None:
    check_can_administer(user)
    if user.pk == person.pk:
        raise Denied(_("Nobody gives or takes their own role. Ask another administrator."))
    if value and not person.is_active:
        raise WrongState(_("This account is closed. Open it again first."))
    if not value:
        check_is_not_last_administrator(person)


def check_is_not_last_administrator(person: User) -> None:
    """Somebody must be left who can let people in."""
    others = User.objects.working().filter(is_administrator=True).exclude(pk=person.pk)
    if person.is_administrator and not others.exists():
        raise WrongState(_("This is the only administrator. Make somebody else one first."))


def check_can_set_away(user: User, person: User) -> None:
    """Everybody for themself; managers for their programs' people; administrators for all (domain 1)."""
    if user.pk == person.pk or user.is_administrator:
        return
    if not User.objects.managed_by(user).filter(pk=person.pk).exists():
        raise Denied(_("You can set times away for yourself and for people of your programs."))


def check_grants_somebody_else(user: User, person: User) -> None:
    """Nobody grants themself a role or a part (decision 10)."""
    if user.pk == person.pk:
        raise Denied(_("Nobody gives themself a role or a part. Ask another administrator or manager."))


# Arrangements ------------------------------------------------------------------------------------------------


def check_can_list_arrangements(user: User) -> None:
    if not (user.is_administrator or manages_somewhere(user)):
        raise Denied(_("This list is for program managers and administrators."))


def check_can_make_arrangement(user: User, program: Program) -> None:
    if not (user.is_administrator or manages(user, program)):
        raise Denied(_("Arrangements are made by administrators and by the managers of the program."))
    if not program.is_active:
        raise WrongState(_("This program is closed."))


def check_can_change_arrangement(user: User, arrangement: Arrangement) -> None:
    if not (user.is_administrator or manages(user, arrangement.program_id)):
        raise Denied(_("Arrangements are changed by administrators and by the managers of the program."))
    if arrangement.ended_on is not None:
        raise WrongState(_("This arrangement has ended. Make a new one instead."))


def check_takes_no_part(user: User, people: list[User]) -> None:
    """Who makes an arrangement has no part in it: nobody makes themself a supervisor (domain 2, decision 10)."""
    if any(person.pk == user.pk for person in people):
        raise Denied(
            _(
                "You can’t give yourself a part in supervision. Ask another administrator or manager to make this one."
            )
        )


def leads_somewhere(person: User) -> bool:
    """Whether this person supervises or facilitates now."""
    return Participation.objects.current().filter(person=person, part__in=Participation.LEADING).exists()


# The limits ----------------------------------------------------------------------------------------------------


def has_acknowledged(user: User) -> bool:
    """Whether this person has been shown the limits of confidentiality in their present wording, and said so."""
    return Acknowledgement.objects.filter(person=user, edition=EDITION).exists()


def check_has_acknowledged(user: User) -> None:
    """Before a first session everybody has read the five limits and the time to raise a concern (D 2.100)."""
    if not has_acknowledged(user):
        raise WrongState(_("Please read the limits of confidentiality first."))
