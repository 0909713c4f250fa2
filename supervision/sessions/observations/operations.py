"""Everything that changes an observation. One write is one operation here, named for what a person does."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.pages import words
from supervision.people.models import Arrangement, User
from supervision.records import audit, ids, signing
from supervision.records.between_two import BetweenTwo
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState
from supervision.records.models import Offer
from supervision.records.signing import Evidence

from ..operations import addenda, locks
from . import content, notifications, policy
from .models import Observation, ObservationAddendum

State, Kind = Observation.State, Observation.Kind


@dataclass(frozen=True)
class Plan:
    """What the two agree on beforehand."""

    kind: str
    day: datetime.date
    setting: str
    look_for: str


@dataclass(frozen=True)
class Written:
    """What the supervisor writes afterwards. `recording_agreed` counts only where a recording was looked at."""

    held_on: datetime.date | None = None
    strengths: str = ""
    growth: str = ""
    recording_agreed: bool = False


def _locked(row: Observation, *, version: int | None = None) -> Observation:
    """As it is now, locked after its arrangement, like everything of sessions. Raises Stale."""
    locks.arrangement(row.arrangement_id)
    return signing.lock(row, version=version)


def _save(row: Observation, action: str, *, by: User) -> Observation:
    row.version += 1
    row.save()
    audit.record(by, action, about=row)
    return row


# Agreeing on it -----------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    arrangement: Arrangement, *, by: User, other: User, plan: Plan, key: uuid.UUID | None = None
) -> Observation:
    """Propose an observation to the other of the two. `key` becomes its id, so that a form sent twice makes one.

    Raises NotFound, Denied, WrongState, Invalid, and Stale when the form comes again with another plan.
    """
    arrangement = locks.arrangement(arrangement.pk)
    key = ids.id_of(by, key, "observation")
    if key is not None and (found := Observation.objects.filter(pk=key).first()):
        if found.proposed_by_id == by.pk and found.arrangement_id == arrangement.pk:
            return _the_same(found, plan)
        raise WrongState(_("This form was used before. Open a new one."))
    supervisor, worker = policy.check_can_propose(by, arrangement, other)
    made = Observation(
        **({"id": key} if key else {}),
        arrangement=arrangement,
        supervisor=supervisor,
        worker=worker,
        proposed_by=by,
    )
    _put_plan(made, plan)
    made.save(force_insert=True)
    audit.record(by, "observation proposed", about=made)
    notifications.proposed(made, by=by)
    return made


@transaction.atomic
def change_plan(observation: Observation, *, by: User, plan: Plan, version: int | None = None) -> Observation:
    """Propose it differently: the other one answers it as it is now, also when both had agreed before.

    Raises NotFound, Denied, WrongState, AlreadyDone, Stale, Invalid.
    """
    row = _locked(observation)
    policy.check_can_change_plan(by, row)
    waits = row.state == State.PROPOSED and row.proposed_by_id == by.pk
    if waits and row.version != version and plan == Plan(row.kind, row.day, row.setting, row.look_for):
        raise AlreadyDone(_("You have proposed this already."))
    _check_version(row, version)
    _put_plan(row, plan)
    row.state, row.proposed_by, row.proposed_at = State.PROPOSED, by, timezone.now()
    row.answered_by = row.answered_at = None
    _save(row, "observation proposed differently", by=by)
    notifications.proposed(row, by=by)
    return row


@transaction.atomic
def agree(observation: Observation, *, by: User, version: int) -> Observation:
    """Say yes to what was on the page, named by its version. Raises NotFound, Denied, WrongState, Stale, Invalid."""
    row = _locked(observation)
    policy.check_can_answer_proposal(by, row)
    _check_version(row, version)
    if row.day < timezone.localdate():
        raise Invalid(_("The day has passed. Propose another one."), field="day")
    row.state, row.answered_by, row.answered_at = State.AGREED, by, timezone.now()
    _save(row, "observation agreed", by=by)
    notifications.answered(row, by=by)
    return row


@transaction.atomic
def decline_proposal(observation: Observation, *, by: User, reason: str, version: int) -> Observation:
    """Say no, with a reason for the other one. Raises NotFound, Denied, WrongState, Stale, Invalid."""
    if not reason.strip():
        raise Invalid(_("Say why, in your own words. The two of you read it."), field="reason")
    row = _locked(observation)
    policy.check_can_answer_proposal(by, row)
    _check_version(row, version)
    row.state, row.answered_by, row.answered_at = State.DECLINED, by, timezone.now()
    row.reason = reason.strip()
    _save(row, "observation declined", by=by)
    notifications.answered(row, by=by)
    return row


@transaction.atomic
def withdraw(observation: Observation, *, by: User, reason: str = "") -> Observation:
    """Call it off before it took place. Raises NotFound, Denied, WrongState."""
    row = _locked(observation)
    policy.check_can_withdraw(by, row)
    row.state, row.withdrawn_by, row.withdrawn_at = State.WITHDRAWN, by, timezone.now()
    row.reason = reason.strip()
    _save(row, "observation called off", by=by)
    notifications.called_off(row, by=by)
    return row


def _check_version(row: Observation, version: int | None) -> None:
    """Asked after the policy, so that a second press reads “you have answered”, not “somebody changed it”."""
    if version is not None and row.version != version:
        raise Stale(_("%(name)s changed this after you opened it.") % _other(row))


def _other(row: Observation) -> dict[str, str]:
    return {"name": row.proposed_by.called}


def _the_same(found: Observation, plan: Plan) -> Observation:
    """What the first press made. Whoever went back and wrote something else hears that it is not in it: raises Stale."""
    there = (found.kind, found.day, found.setting, found.look_for)
    if there != (plan.kind, plan.day, plan.setting.strip(), plan.look_for.strip()):
        raise Stale(
            _(
                "This was proposed before, in other words. Nothing was overwritten: open it to put it differently."
            )
        )
    return found


def _put_plan(row: Observation, plan: Plan) -> None:
    if plan.kind not in Kind.values:
        raise Invalid(_("Choose what kind of observation it is"), field="kind")
    policy.check_day_ahead(plan.day)
    if not plan.setting.strip():
        raise Invalid(_("Say where, and in what kind of work"), field="setting")
    if not plan.look_for.strip():
        raise Invalid(_("Say what to look for"), field="look_for")
    row.kind, row.day = plan.kind, plan.day
    row.setting, row.look_for = plan.setting.strip(), plan.look_for.strip()


# Writing it up ------------------------------------------------------------------------------------------------


@transaction.atomic
def write_up(
    observation: Observation, *, by: User, written: Written, version: int | None = None
) -> Observation:
    """Save what was seen, as a draft that only the supervisor reads. The same form sent twice saves once. Raises NotFound,
    Denied, WrongState, Sealed, Stale, Invalid."""
    row = _locked(observation)
    policy.check_can_write(by, row)
    if row.state == State.HELD and _says_the_same(row, written):
        return row
    if version is not None and row.version != version:
        raise Stale(_("This was changed after you opened it."))
    if written.held_on is not None:
        policy.check_held_on(row, written.held_on)
    row.state, row.held_on = State.HELD, written.held_on
    row.strengths, row.growth = written.strengths.strip(), written.growth.strip()
    row.recording_agreed = row.kind == Kind.RECORDING and written.recording_agreed
    return _save(row, "observation written up", by=by)


def _says_the_same(row: Observation, written: Written) -> bool:
    agreed = row.kind == Kind.RECORDING and written.recording_agreed
    kept = (row.held_on, row.strengths, row.growth, row.recording_agreed)
    return kept == (written.held_on, written.strengths.strip(), written.growth.strip(), agreed)


@transaction.atomic
def sign_and_send(observation: Observation, *, by: User, evidence: Evidence, version: int) -> Offer:
    """Offer the record to the worker, signed by the supervisor, and suggest it for their next agenda.

    Raises NotFound, Denied, WrongState, AlreadyDone, Stale, and Invalid when something is missing.
    """
    row = _locked(observation)
    policy.check_can_send(by, row)
    policy.check_has_acknowledged(by)
    if row.version != version:
        raise Stale(_("This was changed after you opened it."))
    check_complete(row)
    offered = signing.offer_signed(
        row,
        by=by,
        evidence=evidence,
        intent=content.INTENT,
        content=content.of_observation(row),
        parties=content.parties(row),
        template=content.TEMPLATE,
        schema=content.SCHEMA,
    )
    _suggest(row)
    notifications.to_sign(row, by=by)
    return offered


def check_complete(row: Observation) -> None:
    """Whether what is written up can be sent. Raises Invalid naming the field that is missing."""
    if row.held_on is None:
        raise Invalid(_("Enter the day it took place"), field="held_on")
    policy.check_held_on(row, row.held_on)
    if row.kind == Kind.RECORDING and not row.recording_agreed:
        raise Invalid(
            _("A recording is looked at only if the person supported agreed. Say that they did."),
            field="recording_agreed",
        )
    if not row.strengths:
        raise Invalid(_("Say at least one strength that you saw"), field="strengths")
    if not row.growth:
        raise Invalid(_("Name one growth point"), field="growth")


def _suggest(row: Observation) -> None:
    """It is talked about next time (domain 4). The title says that it took place and when, not what was seen."""
    title = _("The observation on %(day)s") % {"day": words.full_day(row.held_on)} if row.held_on else ""
    notices.suggest(row.arrangement, kind=Suggestion.Kind.OBSERVATION, title=title, source=row)


# Answering it -------------------------------------------------------------------------------------------------


SIGNING = BetweenTwo(lock=_locked, policy=policy, intent=content.INTENT, changed=notifications.changed)
sign, decline, ask_for_change = SIGNING.sign, SIGNING.decline, SIGNING.ask_for_change
take_back, close = SIGNING.take_back, SIGNING.close


# Adding to it -------------------------------------------------------------------------------------------------


@transaction.atomic
def add_addendum(observation: Observation, *, by: User, **given: Any) -> ObservationAddendum:
    """Add to the sealed record, as to one of a session. Raises NotFound, Denied, WrongState, Invalid."""
    policy.check_is_party(by, observation)
    return addenda.add_addendum(observation, by=by, **given)


@transaction.atomic
def answer_addendum(addendum: ObservationAddendum, *, by: User, **given: Any) -> None:
    """Sign it, or decline with a reason. Raises NotFound, Denied, WrongState, Sealed, Stale, Invalid."""
    policy.check_is_party(by, addendum.observation)
    addenda.answer_addendum(addendum, by=by, **given)


@transaction.atomic
def close_addendum(addendum: ObservationAddendum, *, by: User, reason: str) -> None:
    """Seal it with the signatures given. Raises NotFound, Denied, WrongState, Sealed, Invalid."""
    policy.check_is_party(by, addendum.observation)
    addenda.close_addendum(addendum, by=by, reason=reason)
