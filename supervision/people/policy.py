"""May this person, now? Every rule about accounts, programs and arrangements. Roles for navigation are never asked.

Where somebody may not know that the thing exists, the view has answered 404 already: these say 403 or 409.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.records.errors import Denied, WrongState
from supervision.records.models import AuditEvent

from .limits import EDITION
from .models import (
    Acknowledgement,
    Arrangement,
    Credential,
    EmailChange,
    Management,
    Participation,
    PasswordReset,
    Program,
    Standing,
    User,
)

# How long what an administrator does to somebody's way in waits, so that its person can stop it; and how long somebody has been
# an administrator before their consent counts as that of a second one.
WAIT = datetime.timedelta(hours=72)
# By these links of the chain somebody was once given what is asked about in `is_entrusted`.
GIVEN = ("agency made", "made administrator", "made manager", "became line manager")


def manages(user: User, program: Program | Any) -> bool:
    """Whether this person manages that program now. `program` may be its id."""
    return Management.objects.current().filter(person=user, program=program).exists()


def manages_somewhere(user: Any) -> bool:
    """Whether this person manages any program now; known from sign-in without another query."""
    return bool(user.roles.program_manager)


def check_manages(user: Any) -> None:
    """What is written about the people of a program is for whoever manages one now, and not for administrators."""
    if not manages_somewhere(user):
        raise Denied(_("This page is for the people who manage a program."))


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


def is_entrusted(person: User) -> bool:
    """Whether this account opens more than what is its person's own: they supervise, line-manage, manage a program or accounts,
    or once did. A role that somebody had counts, since what they could read then is mostly still theirs to read, and since
    otherwise a role could be taken first and given back later."""
    roles = person.roles
    if roles.supervisor or roles.line_manager or roles.program_manager or roles.administrator:
        return True
    managed = Management.objects.filter(person=person)
    # An agreement names them to hear what is confidential.
    named = Standing.objects.filter(Q(turn_to=person) | Q(hears_instead=person))
    given = AuditEvent.objects.filter(record_id=person.pk, action__in=GIVEN)
    return User.objects.filter(Exists(managed) | Exists(named) | Exists(given), pk=person.pk).exists()


def address_is_unproven(person: User) -> bool:
    """Whether an administrator has changed the address, and nobody has signed in since who knew the password."""
    newest = person.email_changes.filter(done_at__isnull=False).order_by("-done_at").first()
    return newest is not None and (person.last_login is None or person.last_login < newest.done_at)


def own_link_has_to_wait(person: User) -> bool:
    """Whether a link is held, whoever asks for it: it would go to a mailbox that an administrator has named, for an account with
    something in it. Of a peer worker who never signed in there is nothing yet."""
    return address_is_unproven(person) and (person.last_login is not None or is_entrusted(person))


def check_no_address_waits(person: User) -> None:
    """A link goes to the address on file; while that is about to change, nobody should wonder to which."""
    if person.email_changes.waiting().exists():
        raise WrongState(
            _("A change of their e-mail waits. Stop it, or wait until it is through, and send a link then.")
        )


@dataclass(frozen=True)
class Second:
    """What speaks against somebody as the second administrator, for several people at once."""

    is_new: bool
    asked_on: dict[uuid.UUID, datetime.datetime]  # when they last asked for another address, by person


def second_for(user: User, people: Iterable[uuid.UUID]) -> Second:
    """Two queries. They are new within 72 hours: somebody could have been made an administrator for a single consent."""
    given = AuditEvent.objects.filter(record_id=user.pk, action="made administrator")
    asked = EmailChange.objects.filter(asked_by=user, person__in=people).order_by("asked_at")
    return Second(
        is_new=given.filter(at__gt=timezone.now() - WAIT).exists(),
        asked_on=dict(asked.values_list("person", "asked_at")),
    )


def check_can_agree_to_reset(user: User, reset: PasswordReset, *, second: Second | None = None) -> None:
    """A second administrator: neither who asked for the link, nor who named the address that it goes to, nor whose it is."""
    check_can_administer(user)
    if user.pk == reset.person_id:
        raise Denied(_("Another administrator has to agree to a link for your own account."))
    if user.pk == reset.asked_by_id:
        raise Denied(_("You asked for this link. Another administrator has to agree to it."))
    second = second or second_for(user, [reset.person_id])
    if second.is_new:
        raise Denied(
            _("You have been an administrator for less than 72 hours. Somebody else has to agree to it.")
        )
    asked = second.asked_on.get(reset.person_id)
    lately = asked is not None and asked > reset.asked_at - EmailChange.OLD_IS_TOLD
    if lately or (asked is not None and address_is_unproven(reset.person)):
        raise Denied(
            _("You asked for another e-mail for this person. Another administrator has to agree to it.")
        )


def check_can_stop_reset(user: User, reset: PasswordReset) -> None:
    """Its person, and every administrator."""
    if user.pk != reset.person_id:
        check_can_administer(user)


def check_can_stop_address_change(user: User, change: EmailChange) -> None:
    """Its person, and every administrator."""
    if user.pk != change.person_id:
        check_can_administer(user)


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
