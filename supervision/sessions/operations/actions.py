"""What becomes of the actions that people took on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, User
from supervision.records import audit
from supervision.records.errors import Invalid, WrongState

from .. import policy
from ..models import Action, ActionEvent, OpenAction, Session
from . import locks


@transaction.atomic
def done(action: Action, *, by: User) -> ActionEvent:
    """It is done. Raises NotFound, Denied, WrongState when it is closed already."""
    return _settle(action, ActionEvent.Kind.DONE, by=by)


@transaction.atomic
def drop(action: Action, *, by: User, reason: str) -> ActionEvent:
    """Let it go, saying why. Raises NotFound, Denied, WrongState, Invalid without a reason."""
    if not reason.strip():
        raise Invalid(_("Say in a few words why you are letting it go"), field="reason")
    return _settle(action, ActionEvent.Kind.DROPPED, by=by, reason=reason)


@transaction.atomic
def reopen(action: Action, *, by: User) -> ActionEvent:
    """Open it again: undo a tick, or take it up once more. Raises NotFound, Denied, WrongState when it is open."""
    return _settle(action, ActionEvent.Kind.REOPENED, by=by)


def _settle(action: Action, kind: str, *, by: User, reason: str = "") -> ActionEvent:
    action = locks.action(action)
    policy.check_can_settle(by, action)
    is_open = state_of(action) == "open"
    if kind == ActionEvent.Kind.REOPENED and is_open:
        raise WrongState(_("This is open already."))
    if kind != ActionEvent.Kind.REOPENED and not is_open:
        raise WrongState(_("This was closed already. Open it again first."))
    return write_event(action, kind, by=by, reason=reason)


def state_of(action: Action) -> str:
    """open, done or dropped, from its newest event."""
    newest = action.events.order_by("-at", "-id").values_list("kind", flat=True).first()
    return newest if newest in (ActionEvent.Kind.DONE, ActionEvent.Kind.DROPPED) else "open"


def write_event(
    action: Action, kind: str, *, by: User, reason: str = "", during: Session | None = None
) -> ActionEvent:
    before = action.events.order_by("-at").values_list("at", flat=True).first()
    now = timezone.now()
    event = ActionEvent(
        action=action,
        arrangement=action.arrangement,
        kind=kind,
        by=by,
        at=now if before is None or now > before else before + datetime.timedelta(microseconds=1),
        reason=reason.strip(),
        during=during,
    )
    event.save()
    audit.record(by, f"action {kind}", about=action, covers=event)
    keep_open(action, is_open=kind == ActionEvent.Kind.REOPENED)
    return event


def keep_open(action: Action, *, is_open: bool = True) -> None:
    """Say beside an action that it is open, for whoever owns it now, or no more. Every operation that changes either calls it."""
    if not is_open:
        OpenAction.objects.filter(pk=action.pk).delete()
        return
    _keep([action])


def _keep(actions: Iterable[Action]) -> None:
    OpenAction.objects.bulk_create(
        (OpenAction(action=one, arrangement_id=one.arrangement_id, owner_id=one.owner_id) for one in actions),
        update_conflicts=True,
        unique_fields=["action"],
        update_fields=["owner"],
    )


def restate(arrangement: Arrangement) -> None:
    """Make what is kept of the open actions of an arrangement, which the caller has locked, anew from their events."""
    closing = (ActionEvent.Kind.DONE, ActionEvent.Kind.DROPPED)
    rows: Any = Action.objects.filter(arrangement=arrangement).with_state()
    is_open = {
        action.pk: action for action in rows.only("arrangement", "owner") if action.last_event not in closing
    }
    OpenAction.objects.filter(arrangement=arrangement).exclude(pk__in=is_open).delete()
    _keep(is_open.values())
