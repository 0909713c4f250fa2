"""Who may do what with a letter. For everybody not named in it, it does not exist."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, User
from supervision.records.errors import AlreadyDone, Denied, NotFound, WrongState

from .. import people
from .models import Letter

MOST_OPEN = 20


def check_can_write(user: User, arrangement: Arrangement) -> None:
    """Whoever is supervised there, or was until lately. Raises NotFound."""
    if arrangement.pk not in {one.pk for one in people.supervision_of(user)}:
        raise NotFound(_("There is no such page."))


def check_is_between(user: User, letter: Letter) -> None:
    """One of the two. Whom the writer lets read it reads, and no more."""
    if letter.is_between(user):
        return
    if letter.readers.filter(person=user).exists():
        raise Denied(_("This is between the two who write to each other. You read it."))
    raise NotFound(_("There is no such page."))


def check_can_answer(user: User, letter: Letter) -> None:
    """Either of the two. Nothing more goes to somebody who has come to supervise there, or whose account is closed."""
    check_is_between(user, letter)
    _check_is_open(letter)
    if leads_now(letter):
        raise WrongState(
            _(
                "%(name)s supervises there now, so nothing more goes to them. What was written stays with the two. "
                "A new letter can go to somebody else."
            )
            % {"name": letter.recipient.name}
        )
    if user.pk == letter.writer_id and not people.can_sign_in(letter.recipient):
        raise WrongState(
            _("The account of %(name)s is closed, so nothing more reaches them. Write to somebody else.")
            % {"name": letter.recipient.name}
        )


def leads_now(letter: Letter) -> bool:
    """Whether whom it was written to has come to supervise there since, or is going to."""
    return letter.recipient_id in people.leading(letter.arrangement)


def check_can_receive(user: User, letter: Letter) -> None:
    """Say that it has arrived: whom it was written to, once."""
    check_is_between(user, letter)
    if user.pk != letter.recipient_id:
        raise Denied(_("%(name)s says when it has arrived.") % {"name": letter.recipient.called})
    if letter.received_at is not None:
        raise AlreadyDone(_("You have said that already."))
    _check_is_open(letter)


def check_can_close(user: User, letter: Letter) -> None:
    """Either of the two."""
    check_is_between(user, letter)
    if letter.is_closed and letter.closed_by_id == user.pk:
        raise AlreadyDone(_("You have closed this already."))
    _check_is_open(letter)


def check_can_show(user: User, letter: Letter) -> None:
    """Let whoever supervises there read it, or no longer: the writer alone, also when it is closed."""
    check_is_between(user, letter)
    if user.pk != letter.writer_id:
        raise Denied(_("Only %(name)s decides who else reads this.") % {"name": letter.writer.called})


def _check_is_open(letter: Letter) -> None:
    if letter.is_closed:
        raise WrongState(_("This is closed. You can write a new letter."))
