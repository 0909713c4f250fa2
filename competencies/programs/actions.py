"""What is done about a result: noted by those who manage the program, for everybody who was asked to see."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import AlreadyDone, Invalid, NotFound, Stale

from . import notifications, policy
from .models import ProgramAction, ProgramActionEvent, ProgramAssessment
from .operations import id_of

Kind = ProgramActionEvent.Kind


@dataclass(frozen=True)
class Written:
    """What the form of an action holds."""

    what: str
    who: User
    by_day: datetime.date


def note(
    assessment: ProgramAssessment, statement: str, *, by: User, key: uuid.UUID, written: Written
) -> ProgramAction:
    """Note what will be done about a statement. Whoever does it is told that something waits.

    The same form sent twice makes one: the second raises AlreadyDone, or Stale when it says something else. Raises Denied,
    WrongState, NotFound, Invalid.
    """
    policy.check_can_note_actions(by, assessment)
    if statement not in {one.id for one in assessment.framework_version.body.statements}:
        raise NotFound(_("There is no such statement."))
    _check(assessment, written)
    action = ProgramAction(id=id_of(by, key), assessment=assessment, statement=statement, noted_by=by)
    action.what, action.who, action.by_day = written.what, written.who, written.by_day
    try:
        with transaction.atomic():
            action.save(force_insert=True)
            _happened(action, Kind.NOTED, by)
            notifications.action_given(action, by=by)
    except IntegrityError:
        there = ProgramAction.objects.get(pk=action.pk)
        if says_the_same(there, written):
            raise AlreadyDone(_("This action is noted already.")) from None
        raise Stale(_("You saved this action from another window while you were writing.")) from None
    return action


@transaction.atomic
def change(action: ProgramAction, *, by: User, version: int, written: Written) -> ProgramAction:
    """Say it differently, give it to somebody else, or choose another day. What it said before stays in its history.

    Raises Denied, WrongState, Stale, Invalid.
    """
    now = _locked(action)
    policy.check_can_change_action(by, now)
    if says_the_same(now, written):
        return now
    _check_version(now, version)
    _check(now.assessment, written, before=now)
    said, given_to = _as_it_was(now), now.who_id
    now.what, now.who, now.by_day = written.what, written.who, written.by_day
    _save(now)
    _happened(now, Kind.CHANGED, by, said)
    if now.who_id != given_to:
        notifications.action_given(now, by=by)
    return now


@transaction.atomic
def finish(action: ProgramAction, *, by: User, version: int, words: str = "") -> ProgramAction:
    """It is done: those who manage the program say so, or whoever did it. Raises Denied, WrongState, AlreadyDone, Stale."""
    return _end(action, by, version, ProgramAction.Ending.DONE, words)


@transaction.atomic
def drop(action: ProgramAction, *, by: User, version: int, reason: str) -> ProgramAction:
    """It will not be done, for a reason that everybody who was asked reads. Raises Denied, WrongState, AlreadyDone, Stale, Invalid."""
    if not reason.strip():
        raise Invalid(_("Say why it is not done, for those who were asked"), field="words")
    return _end(action, by, version, ProgramAction.Ending.DROPPED, reason)


@transaction.atomic
def reopen(action: ProgramAction, *, by: User) -> ProgramAction:
    """Take it up again. Raises Denied, AlreadyDone."""
    now = _locked(action)
    policy.check_can_reopen(by, now)
    now.ended_how = ""
    _save(now)
    _happened(now, Kind.REOPENED, by)
    return now


def _end(action: ProgramAction, by: User, version: int, how: str, said: str) -> ProgramAction:
    now = _locked(action)
    if how == ProgramAction.Ending.DONE:
        policy.check_may_finish(by, now)
    else:
        policy.check_manages_of(by, now)
    if now.ended_how == how and now.version == version + 1:
        raise AlreadyDone(_("This is said already."))
    policy.check_action_is_open(now)
    _check_version(now, version)
    now.ended_how = how
    _save(now)
    _happened(now, Kind(how), by, said)
    return now


def says_the_same(action: ProgramAction, written: Written) -> bool:
    return (action.what, action.who_id, action.by_day) == (written.what, written.who.pk, written.by_day)


def _check(assessment: ProgramAssessment, written: Written, before: ProgramAction | None = None) -> None:
    if not written.what.strip():
        raise Invalid(_("Say what will be done"), field="what")
    stays = before is not None and before.who_id == written.who.pk
    if not stays and written.who not in policy.who_could_do(assessment):
        raise Invalid(_("Choose somebody of the program"), field="who")
    policy.check_day_ahead(written.by_day, before.by_day if before is not None else None)


def _check_version(action: ProgramAction, version: int) -> None:
    if action.version != version:
        raise Stale(_("Somebody changed this action while you were writing."))


def _as_it_was(action: ProgramAction) -> str:
    said = _("%(what)s (%(name)s, by %(day)s)")
    return said % {"what": action.what, "name": action.who.name, "day": words.full_day(action.by_day)}


def _happened(action: ProgramAction, kind: Kind, by: User, said: str = "") -> None:
    ProgramActionEvent(action=action, kind=kind, by=by, words=said.strip()).save()
    audit.record(by, f"program action {kind}", about=action)


def _save(action: ProgramAction) -> None:
    action.version += 1
    action.save()


def _locked(action: ProgramAction) -> ProgramAction:
    """The action as it is now, until the transaction ends."""
    rows = ProgramAction.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("assessment__framework_version", "who").get(pk=action.pk)
