"""Who may do what with an observation. Every check raises a refusal in words for the person.

For anybody but the two it is between, an observation does not exist, apart from what a manager's log holds.
"""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people.models import Arrangement, User
from supervision.people.policy import check_has_acknowledged
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, WrongState
from supervision.records.models import Answer

from .. import policy as sessions
from .models import Observation, ObservationAddendum

State = Observation.State

# Proposing ----------------------------------------------------------------------------------------------------


def check_can_propose(user: User, arrangement: Arrangement, other: User) -> tuple[User, User]:
    """Either of the two, while both take part. Returns (supervisor, worker). Raises NotFound, Denied, WrongState."""
    own, theirs = sessions.part_now(user, arrangement), sessions.part_now(other, arrangement)
    if own is None or theirs is None or user.pk == other.pk:
        raise NotFound(_("There is no such arrangement."))
    if arrangement.structure == Arrangement.Structure.CO_REFLECTION:
        raise Denied(_("In co-reflection nobody supervises, so there is nobody to observe for."))
    if arrangement.ended_on is not None and arrangement.ended_on < timezone.localdate():
        raise WrongState(_("This supervision has ended. An observation needs one that is running."))
    leads, is_led = (own in sessions.LEADING), (theirs in sessions.LEADING)
    if leads == is_led:
        raise Denied(_("An observation is between a supervisor and somebody they supervise."))
    return (user, other) if leads else (other, user)


def check_day_ahead(day: datetime.date) -> None:
    """It is agreed beforehand, and not years ahead. Raises Invalid, naming `day`."""
    today = timezone.localdate()
    if day < today:
        raise Invalid(_("An observation is agreed beforehand. Enter today or a day to come."), field="day")
    if day > today + sessions.FAR:
        raise Invalid(_("Enter a date within the next two years"), field="day")


def check_is_party(user: User, observation: Observation) -> None:
    if user.pk not in (observation.supervisor_id, observation.worker_id):
        raise NotFound(_("There is no such observation."))


def _check_takes_part(user: User, observation: Observation) -> None:
    check_is_party(user, observation)
    if sessions.part_now(user, observation.arrangement) is None:
        raise Denied(_("This belongs to a supervision that you no longer take part in."))


def _check_is_ahead(observation: Observation) -> None:
    if observation.state == State.HELD:
        raise WrongState(_("This observation took place. Its record says so."))
    if observation.state == State.DECLINED:
        raise WrongState(_("This was declined. You can propose another one."))
    if observation.state == State.WITHDRAWN:
        raise WrongState(_("This was called off. You can propose another one."))


def check_can_change_plan(user: User, observation: Observation) -> None:
    """Propose it differently: either of the two, until it took place. The other one then answers."""
    _check_takes_part(user, observation)
    _check_is_ahead(observation)


def check_can_answer_proposal(user: User, observation: Observation) -> None:
    """Agree or decline: the one who did not propose it as it is now."""
    _check_takes_part(user, observation)
    if observation.answered_by_id == user.pk and observation.state in (State.AGREED, State.DECLINED):
        raise AlreadyDone(_("You have answered this already."))
    _check_is_ahead(observation)
    if observation.state == State.AGREED:
        raise WrongState(_("You both agreed on this. You can still change it or call it off."))
    if observation.proposed_by_id == user.pk:
        other = observation.other(user).called
        raise Denied(_("You proposed it as it is now. %(name)s answers it.") % {"name": other})


def check_can_withdraw(user: User, observation: Observation) -> None:
    """Call it off: who proposed it while it waits; either of the two once it is agreed. Nobody has to be observed."""
    check_is_party(user, observation)
    if observation.state == State.WITHDRAWN and observation.withdrawn_by_id == user.pk:
        raise AlreadyDone(_("You have called this off already."))
    _check_is_ahead(observation)
    if observation.state == State.PROPOSED and observation.proposed_by_id != user.pk:
        raise Denied(_("This was proposed to you. You can decline it."))


# Writing up ---------------------------------------------------------------------------------------------------


def check_can_write(user: User, observation: Observation) -> None:
    """The supervisor, once it is agreed and until the record is with the worker."""
    check_is_party(user, observation)
    if observation.supervisor_id != user.pk:
        raise Denied(
            _("%(name)s writes this record. You see it once it is sent.")
            % {"name": observation.supervisor.called}
        )
    if observation.state == State.PROPOSED:
        raise WrongState(_("It is not agreed yet. It is written up once you both have said yes."))
    if observation.state not in (State.AGREED, State.HELD):
        raise WrongState(_("This observation did not take place, so there is nothing to write up."))
    observation.check_editable()


def check_can_send(user: User, observation: Observation) -> None:
    """Once it is written up. Raises AlreadyDone where it is with the worker: a button was pressed twice."""
    if observation.supervisor_id == user.pk and observation.open_offer_id:
        raise AlreadyDone(_("You have sent this already."))
    check_can_write(user, observation)
    if observation.state != State.HELD:
        raise WrongState(_("Write the record before you send it."))


def check_held_on(observation: Observation, day: datetime.date) -> None:
    """It took place after both had agreed, and has taken place by now. Raises Invalid, naming `held_on`."""
    if day > timezone.localdate():
        raise Invalid(_("This day has not come yet. Enter the day it took place."), field="held_on")
    agreed = observation.agreed_on
    if agreed is not None and day < agreed:
        said = _("You both agreed on it on %(day)s. Enter a day from then on.")
        raise Invalid(said % {"day": words.full_day(agreed)}, field="held_on")


# Signing ------------------------------------------------------------------------------------------------------


def check_is_offered(observation: Observation) -> None:
    if observation.is_sealed:
        raise Sealed(_("This record is sealed already."))
    if not observation.is_offered:
        raise WrongState(
            _("This record is not out for signature now. It may have been taken back to be changed.")
        )


def check_can_sign(user: User, observation: Observation) -> None:
    """Each of the two, once."""
    check_is_party(user, observation)
    if sessions.answer_of(user, observation.open_offer) is not None:
        raise AlreadyDone(_("You have answered this already."))
    check_is_offered(observation)
    check_has_acknowledged(user)


def check_can_decline(user: User, observation: Observation) -> None:
    check_can_sign(user, observation)
    if observation.supervisor_id == user.pk:
        raise WrongState(_("You wrote this record. Take it back and change it instead of declining."))


def check_can_ask_for_change(user: User, observation: Observation) -> None:
    """The worker, until it is sealed."""
    check_is_party(user, observation)
    check_is_offered(observation)
    if observation.supervisor_id == user.pk:
        raise Denied(_("You wrote this record. Take it back to change it."))
    given = sessions.answer_of(user, observation.open_offer)
    if given is not None and given.kind == Answer.Kind.DECLINED:
        raise AlreadyDone(_("You have answered this already."))


def check_can_take_back(user: User, observation: Observation) -> None:
    check_is_party(user, observation)
    check_is_offered(observation)
    if observation.supervisor_id != user.pk:
        raise Denied(_("Only the person who wrote the record can take it back."))


def check_can_close(user: User, observation: Observation) -> None:
    """As a session record is closed: by who wrote and signed it, when the days for answering have passed (decision 2)."""
    check_is_party(user, observation)
    check_is_offered(observation)
    if observation.supervisor_id != user.pk:
        raise Denied(_("Only the person who wrote the record can close it."))
    sessions.check_may_close(user, observation.open_offer, observation.arrangement)


# Addenda ------------------------------------------------------------------------------------------------------


def check_can_add_addendum(user: User, observation: Observation) -> None:
    """Either of the two, once the record is sealed."""
    check_is_party(user, observation)
    sessions.check_can_add_addendum(user, observation)


def check_can_answer_addendum(user: User, addendum: ObservationAddendum) -> None:
    """The one who did not write it, once."""
    check_is_party(user, addendum.observation)
    sessions.check_can_answer_addendum(user, addendum)


def check_can_close_addendum(user: User, addendum: ObservationAddendum) -> None:
    """Its author, as they would close the record itself."""
    check_is_party(user, addendum.observation)
    sessions.check_can_close_addendum(user, addendum)
