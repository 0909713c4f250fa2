"""Who may do what with a matter that is taken up. Every check raises a refusal in words for the person."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, Management, User, UserQuerySet
from supervision.records.errors import AlreadyDone, Denied, NotFound, WrongState

from .. import policy as sessions
from .models import Matter

State = Matter.State
MOST_OPEN = 20  # of one pair at a time: enough for anybody, too few to flood a manager


def check_can_take_up(user: User, arrangement: Arrangement, other: User) -> None:
    """A supervisor with somebody they supervise, whoever of the two begins; in co-reflection any two of its peers.

    Raises NotFound, Denied, WrongState.
    """
    own, theirs = sessions.part_now(user, arrangement), sessions.part_now(other, arrangement)
    if own is None or theirs is None or user.pk == other.pk:
        raise NotFound(_("There is no such arrangement."))
    if arrangement.ended_on is not None and arrangement.ended_on < timezone.localdate():
        raise WrongState(_("This supervision has ended. Take it up in one that is running."))
    as_equals = arrangement.structure == Arrangement.Structure.CO_REFLECTION
    if not as_equals and (own in sessions.LEADING) == (theirs in sessions.LEADING):
        raise Denied(_("This is for a supervisor and somebody they supervise to take up together."))


def managers_for(arrangement: Arrangement, *pair: User) -> UserQuerySet:
    """To whom these two can take something: the managers of their program, and the line managers of the two."""
    of_program = Management.objects.current().filter(program=arrangement.program_id)
    lines = [person.line_manager_id for person in pair if person.line_manager_id]
    found = User.objects.working().filter(Q(pk__in=of_program.values("person")) | Q(pk__in=lines))
    return found.exclude(pk__in=[person.pk for person in pair]).order_by("name", "id")


def check_is_party(user: User, matter: Matter) -> None:
    """One of the two. The manager knows of it once it is sent, and has nothing to agree to."""
    if matter.is_between(user):
        return
    if user.pk == matter.manager_id and matter.is_sent:
        raise Denied(_("This is between the two who sent it to you. You can answer it."))
    raise NotFound(_("There is no such page."))


def _check_is_open(matter: Matter) -> None:
    if matter.is_sent:
        raise WrongState(_("You both agreed to these words and they were sent, so they never change."))
    if matter.state == State.DECLINED:
        raise WrongState(_("This was declined. You can take something up again."))
    if matter.state == State.WITHDRAWN:
        raise WrongState(_("This was left. You can take something up again."))


def _check_both_take_part(matter: Matter) -> None:
    ended = matter.arrangement.ended_on
    if ended is not None and ended < timezone.localdate():
        raise WrongState(_("This supervision has ended, so it is not taken further."))
    now = (sessions.part_now(one, matter.arrangement) for one in (matter.begun_by, matter.partner))
    if None in now:
        raise WrongState(
            _("One of you no longer takes part in this supervision, so it is not taken further.")
        )


def check_can_change(user: User, matter: Matter) -> None:
    """Put it differently: either of the two, until both have agreed. The other one then answers."""
    check_is_party(user, matter)
    _check_is_open(matter)
    _check_both_take_part(matter)


def check_can_agree(user: User, matter: Matter) -> None:
    """Agree or decline: the one who did not put it as it is now. Raises NotFound, Denied, WrongState, AlreadyDone."""
    check_can_decline(user, matter)
    _check_both_take_part(matter)


def check_can_decline(user: User, matter: Matter) -> None:
    check_is_party(user, matter)
    if matter.answered_by_id == user.pk and matter.state in (State.SENT, State.DECLINED):
        raise AlreadyDone(_("You have answered this already."))
    _check_is_open(matter)
    if matter.proposed_by_id == user.pk:
        raise Denied(_("These are your words. %(name)s answers them.") % {"name": matter.other(user).called})


def check_can_withdraw(user: User, matter: Matter) -> None:
    """Leave it: either of the two, until it is sent."""
    check_is_party(user, matter)
    if matter.state == State.WITHDRAWN and matter.withdrawn_by_id == user.pk:
        raise AlreadyDone(_("You have left this already."))
    _check_is_open(matter)


def check_can_reply(user: User, matter: Matter) -> None:
    """The manager it was sent to, as often as there is something to say."""
    if user.pk == matter.manager_id and matter.is_sent:
        return
    check_is_party(user, matter)
    raise Denied(_("%(name)s answers this, once it is sent.") % {"name": matter.manager.name})
