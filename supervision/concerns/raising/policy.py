"""Who may take which step with a concern, and when. Every check raises a refusal in words for the person.

For everybody who is not named in it, it does not exist.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, User
from supervision.people.policy import check_has_acknowledged
from supervision.records.errors import AlreadyDone, Denied, NotFound, WrongState

from .. import people
from .models import Concern

MOST_OPEN = 20  # of one person about another: more than anybody needs


def check_can_state(user: User, arrangement: Arrangement, worker: User) -> None:
    """Whoever supervises them there now, and has read the limits. Raises NotFound, WrongState."""
    check_supervises(user, arrangement, worker)
    check_has_acknowledged(user)


def check_supervises(user: User, arrangement: Arrangement, worker: User) -> None:
    """Raises NotFound: for everybody else there is nobody there."""
    pairs = ((one.pk, person.pk) for one, person in people.supervised_by(user))
    if (arrangement.pk, worker.pk) not in pairs:
        raise NotFound(_("There is no such person."))


def check_can_read(user: User, concern: Concern) -> None:
    """Raises NotFound for whom it does not exist."""
    if not (is_raiser(user, concern) or is_worker(user, concern) or is_receiver(user, concern)):
        raise NotFound(_("There is no such page."))


def is_raiser(user: User, concern: Concern) -> bool:
    return user.pk == concern.raised_by_id


def is_worker(user: User, concern: Concern) -> bool:
    """The worker, once they were told."""
    return user.pk == concern.worker_id and concern.is_told


def is_receiver(user: User, concern: Concern) -> bool:
    return concern.is_shared and user.pk == concern.shared_with_id


def _check_raises(user: User, concern: Concern) -> None:
    check_can_read(user, concern)
    if not is_raiser(user, concern):
        raise Denied(_("%(name)s raised this and takes this step.") % {"name": concern.raised_by.called})


def _check_is_worker(user: User, concern: Concern) -> None:
    check_can_read(user, concern)
    if not is_worker(user, concern):
        raise Denied(_("This step is %(name)s’s own.") % {"name": concern.worker.called})


def _check_runs(concern: Concern) -> None:
    if concern.has_ended:
        raise WrongState(_("This has ended. What was written stays as it is."))


def _check_is_told(concern: Concern) -> None:
    if not concern.is_told:
        raise WrongState(
            _("%(name)s has not been told yet. They hear it first, before anybody else.")
            % {"name": concern.worker.called}
        )


def _check_is_not_shared(concern: Concern) -> None:
    if concern.is_shared:
        raise WrongState(_("This has been shared. It stays as it is."))


# 1: stating it --------------------------------------------------------------------------------------------------


def check_can_change(user: User, concern: Concern) -> None:
    """Its words, until the worker was told or it was shared: then they were read."""
    _check_raises(user, concern)
    if concern.is_told or concern.is_shared:
        raise WrongState(_("It has been read, so its words stay as they are."))


def check_can_throw_away(user: User, concern: Concern) -> None:
    """As long as nobody was told, no report was made because of it, and no law asks for it to be kept."""
    check_can_change(user, concern)
    if user.is_held or concern.worker.is_held:
        raise WrongState(
            _(
                "Nothing may be thrown away here now: a law or a court asks for it to be kept. Nobody reads it by that."
            )
        )
    if concern.outside_reports.exists():
        raise WrongState(
            _("A report was made because of this, so it is kept. Tell %(name)s, then you can withdraw it.")
            % {"name": concern.worker.called}
        )


# 2: telling the worker ----------------------------------------------------------------------------------------------


def check_can_tell(user: User, concern: Concern) -> None:
    """Record that the worker was told: also later, where it had to be shared before."""
    _check_raises(user, concern)
    if concern.is_told:
        raise AlreadyDone(_("%(name)s has been told already.") % {"name": concern.worker.called})
    if not people.can_sign_in(concern.worker):
        raise WrongState(
            _(
                "%(name)s can’t sign in here now, so they could not read this and their time can’t run. "
                "For safety or the law it can be shared out of order."
            )
            % {"name": concern.worker.called}
        )


# 3: the worker's own time ---------------------------------------------------------------------------------------------


def check_can_say_seen(user: User, concern: Concern) -> None:
    _check_is_worker(user, concern)
    if concern.seen_at is not None:
        raise AlreadyDone(_("You have said that already."))


def check_can_decline(user: User, concern: Concern) -> None:
    """Say that one will not, or cannot, take it further oneself."""
    _check_is_worker(user, concern)
    if concern.declined_at is not None:
        raise AlreadyDone(_("You have said that already."))
    _check_runs(concern)
    _check_is_not_shared(concern)


def check_can_say_taken(user: User, concern: Concern) -> None:
    """Say that one took it further oneself; also after saying that one would not, until it is shared."""
    _check_is_worker(user, concern)
    if concern.taken_at is not None:
        raise AlreadyDone(_("You have said that already."))
    _check_runs(concern)
    _check_is_not_shared(concern)


def check_can_let_ask(user: User, concern: Concern) -> None:
    """Agree that the one whom one named is asked, knowing that this tells them."""
    _check_is_worker(user, concern)
    if concern.may_ask_at is not None:
        raise AlreadyDone(_("They have been asked already."))
    if concern.taken_at is None or concern.taken_to is None:
        raise WrongState(_("First say to whom here you took it."))
    if not people.can_sign_in(concern.taken_to):
        raise WrongState(
            _("%(name)s can’t sign in here now, so they can’t be asked.") % {"name": concern.taken_to.name}
        )
    _check_runs(concern)
    _check_is_not_shared(concern)


def check_is_asked(user: User, concern: Concern) -> None:
    """The one whom the worker named, once the worker agreed. Raises NotFound for everybody else."""
    if concern.may_ask_at is None or user.pk != concern.taken_to_id:
        raise NotFound(_("There is no such page."))


def check_can_confirm(user: User, concern: Concern) -> None:
    check_is_asked(user, concern)
    if concern.confirmed_at is not None:
        raise AlreadyDone(_("You have answered this already."))
    if concern.has_ended or concern.is_shared:
        raise WrongState(_("Your answer is no longer needed. Thank you."))


def check_can_say_not_reached(user: User, concern: Concern) -> None:
    """A no, once; a yes can still follow."""
    check_can_confirm(user, concern)
    if concern.not_reached.filter(by=user).exists():
        raise AlreadyDone(_("You have said that already. Should it reach you later, say so then."))


def check_can_add_statement(user: User, concern: Concern) -> None:
    """The worker, at any time once they were told: also when it has ended."""
    _check_is_worker(user, concern)


def check_can_add_report(user: User, concern: Concern) -> None:
    """Record a call or a report made outside: whoever raised it, at any time."""
    _check_raises(user, concern)


# 4 and 5: telling again, and sharing ------------------------------------------------------------------------------------


def _check_time_is_over(concern: Concern) -> None:
    if not concern.time_is_over():
        raise WrongState(
            _("%(name)s still has time to take it further themself.") % {"name": concern.worker.called}
        )


def check_can_tell_again(user: User, concern: Concern) -> None:
    """Record that the worker was told that it will now be shared: once their time is over, or they said that they will not."""
    _check_raises(user, concern)
    if concern.told_again_at is not None:
        raise AlreadyDone(_("%(name)s has been told already.") % {"name": concern.worker.called})
    _check_is_told(concern)
    _check_runs(concern)
    _check_is_not_shared(concern)
    _check_time_is_over(concern)


def check_can_share(user: User, concern: Concern) -> None:
    """In its order: told, their time over, told again (D 2.118)."""
    _check_raises(user, concern)
    _check_not_shared_by(user, concern)
    _check_is_told(concern)
    _check_runs(concern)
    _check_time_is_over(concern)
    if concern.told_again_at is None:
        raise WrongState(
            _("First tell %(name)s that it will now be shared, and record that here.")
            % {"name": concern.worker.called}
        )


def check_can_share_out_of_order(user: User, concern: Concern) -> None:
    """For safety or the law, with its reason, at any time. It shows as out of order."""
    _check_raises(user, concern)
    _check_not_shared_by(user, concern)
    _check_runs(concern)


def _check_not_shared_by(user: User, concern: Concern) -> None:
    if concern.is_shared and concern.raised_by_id == user.pk:
        raise AlreadyDone(_("You have shared this already."))


# 6: how it ends ---------------------------------------------------------------------------------------------------------


def check_can_accept(user: User, concern: Concern) -> None:
    """End it because the worker raised it: whoever began it takes their word."""
    _check_raises(user, concern)
    if concern.ended_as == Concern.EndedAs.TAKEN:
        raise AlreadyDone(_("This has ended already."))
    _check_runs(concern)
    _check_is_not_shared(concern)
    if concern.taken_at is None:
        raise WrongState(
            _("%(name)s has not said that they took it further.") % {"name": concern.worker.called}
        )


def check_can_answer(user: User, concern: Concern) -> None:
    """Record what came of it: whoever it was shared with, once."""
    check_can_read(user, concern)
    if not is_receiver(user, concern):
        raise Denied(_("Whoever it is shared with records what comes of it."))
    if concern.answered_at is not None:
        raise AlreadyDone(_("You have answered this already."))
    _check_runs(concern)


def check_can_withdraw(user: User, concern: Concern) -> None:
    """With a reason, by whoever raised it, until it has ended. What nobody was told of is thrown away instead."""
    _check_raises(user, concern)
    if concern.ended_as == Concern.EndedAs.WITHDRAWN:
        raise AlreadyDone(_("You have withdrawn this already."))
    if not (concern.is_told or concern.is_shared):
        raise WrongState(_("Nobody knows of this yet: throw it away instead."))
    _check_runs(concern)


def check_can_close(user: User, concern: Concern) -> None:
    """The worker, where the account of whoever raised it is closed, and nobody who could answer has it."""
    _check_is_worker(user, concern)
    if concern.ended_as == Concern.EndedAs.LEFT:
        raise AlreadyDone(_("You have ended this already."))
    _check_runs(concern)
    if concern.raised_by.is_active:
        raise WrongState(_("%(name)s raised this and can still end it.") % {"name": concern.raised_by.called})
    if concern.shared_with is not None and concern.shared_with.is_active:
        raise WrongState(
            _("It is with %(name)s, who records what comes of it.") % {"name": concern.shared_with.name}
        )
