"""Everything that changes a matter that is taken up. One write is one operation here, named for what a person does."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import Arrangement, User
from supervision.records import audit, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState

from ..operations import locks
from . import notifications, policy
from .models import Matter, MatterReply

State, Kind, About = Matter.State, Matter.Kind, Matter.About


@dataclass(frozen=True)
class Words:
    """What the two agree on: what it is, what would help, and to whom it goes."""

    kind: str
    about: str
    text: str
    manager: User | None
    wish: str = ""


def _locked(matter: Matter) -> Matter:
    """As it is now, locked after its arrangement, like everything of sessions."""
    locks.arrangement(matter.arrangement_id)
    return (
        Matter.objects.select_for_update(no_key=True, of=("self",))
        .select_related("arrangement", "begun_by", "partner", "manager", "proposed_by")
        .get(pk=matter.pk)
    )


def _save(row: Matter, action: str, *, by: User) -> Matter:
    row.version += 1
    row.save()
    audit.record(by, action, about=row)
    return row


def _check_version(row: Matter, version: int, *, by: User) -> None:
    if row.version != version:
        name = row.proposed_by.called if row.proposed_by_id != by.pk else row.other(by).called
        raise Stale(_("%(name)s changed this after you opened it.") % {"name": name})


def _put(row: Matter, words: Words) -> None:
    """Raises Invalid, naming the field."""
    if words.kind not in Kind.values:
        raise Invalid(_("Choose what it is"), field="kind")
    if words.about not in About.values:
        raise Invalid(_("Choose what it is about"), field="about")
    if not words.text.strip():
        raise Invalid(_("Say what it is, so that somebody who was not there understands it"), field="text")
    able = policy.managers_for(row.arrangement, row.begun_by, row.partner)
    if words.manager is None or not able.filter(pk=words.manager.pk).exists():
        raise Invalid(_("Choose who should answer it"), field="manager")
    row.kind, row.about, row.manager = words.kind, words.about, words.manager
    row.text, row.wish = words.text.strip(), words.wish.strip()


# Agreeing on the words ------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    arrangement: Arrangement, *, by: User, other: User, words: Words, key: uuid.UUID | None = None
) -> Matter:
    """Put words before the other of the two. `key` becomes its id, so that a form sent twice makes one.

    Raises NotFound, Denied, WrongState, Invalid, and Stale when the form comes again with other words.
    """
    arrangement = locks.arrangement(arrangement.pk)
    key = ids.id_of(by, key, "matter")
    if key is not None and (found := Matter.objects.filter(pk=key).first()):
        if found.begun_by_id == by.pk and found.arrangement_id == arrangement.pk:
            return _the_same(found, other, words)
        raise WrongState(_("This form was used before. Open a new one."))
    policy.check_can_take_up(by, arrangement, other)
    waiting = Matter.objects.between(by).between(other).filter(state=State.PROPOSED)
    if waiting.count() >= policy.MOST_OPEN:
        raise WrongState(_("Many are waiting between the two of you. Agree on those first, or leave some."))
    made = Matter(
        **({"id": key} if key else {}), arrangement=arrangement, begun_by=by, partner=other, proposed_by=by
    )
    _put(made, words)
    made.save(force_insert=True)
    audit.record(by, "matter proposed", about=made)
    notifications.proposed(made, by=by)
    return made


def _the_same(found: Matter, other: User, words: Words) -> Matter:
    """What the first press made. Whoever went back and wrote something else hears that it is not in it: raises Stale."""
    there = (found.partner_id, found.kind, found.about, found.manager_id, found.text, found.wish)
    manager_id = words.manager.pk if words.manager else None
    if there != (other.pk, words.kind, words.about, manager_id, words.text.strip(), words.wish.strip()):
        raise Stale(
            _(
                "This was put forward before, in other words. Nothing was overwritten: open it to put it differently."
            )
        )
    return found


@transaction.atomic
def change(matter: Matter, *, by: User, words: Words, version: int) -> Matter:
    """Put it differently: the other one then answers it as it is now. Raises NotFound, Denied, WrongState, Stale, Invalid."""
    row = _locked(matter)
    policy.check_can_change(by, row)
    _check_version(row, version, by=by)
    _put(row, words)
    row.proposed_by, row.proposed_at = by, timezone.now()
    _save(row, "matter put differently", by=by)
    notifications.proposed(row, by=by)
    return row


@transaction.atomic
def agree(matter: Matter, *, by: User, version: int) -> Matter:
    """Say yes to the words that were on the page, named by their version: with that they go to the manager.

    Raises NotFound, Denied, WrongState, Stale, Invalid when the manager has left.
    """
    row = _locked(matter)
    policy.check_can_agree(by, row)
    _check_version(row, version, by=by)
    if not policy.managers_for(row.arrangement, row.begun_by, row.partner).filter(pk=row.manager_id).exists():
        raise Invalid(
            _("%(name)s can’t be asked any more. Put it differently and choose somebody else.")
            % {"name": row.manager.name},
            field="manager",
        )
    row.state, row.answered_by, row.answered_at = State.SENT, by, timezone.now()
    _save(row, "matter sent", by=by)
    notifications.sent(row, by=by)
    return row


@transaction.atomic
def decline(matter: Matter, *, by: User, reason: str) -> Matter:
    """Say no to taking it up, with a reason for the other one. Raises NotFound, Denied, WrongState, Invalid."""
    if not reason.strip():
        raise Invalid(_("Say why, in your own words. The two of you read it."), field="reason")
    row = _locked(matter)
    policy.check_can_decline(by, row)
    row.state, row.answered_by, row.answered_at = State.DECLINED, by, timezone.now()
    row.reason = reason.strip()
    _save(row, "matter declined", by=by)
    notifications.answered(row, by=by)
    return row


@transaction.atomic
def withdraw(matter: Matter, *, by: User, reason: str = "") -> Matter:
    """Leave it, before it is sent. Raises NotFound, Denied, WrongState."""
    row = _locked(matter)
    policy.check_can_withdraw(by, row)
    row.state, row.withdrawn_by, row.withdrawn_at = State.WITHDRAWN, by, timezone.now()
    row.reason = reason.strip()
    _save(row, "matter left", by=by)
    notifications.answered(row, by=by)
    return row


# The manager's answer -------------------------------------------------------------------------------------------


@transaction.atomic
def reply(matter: Matter, *, by: User, kind: str, text: str, key: uuid.UUID | None = None) -> MatterReply:
    """Answer the two. It is suggested for their next agenda. `key` becomes its id, so that a form sent twice makes one.

    Raises NotFound, Denied, Invalid, and Stale when the form comes again with other words.
    """
    row = _locked(matter)
    policy.check_can_reply(by, row)
    if key is not None and (given := MatterReply.objects.filter(pk=key).first()):
        if given.matter_id == row.pk and given.by_id == by.pk:
            if (given.kind, given.text) != (kind, text.strip()):
                raise Stale(
                    _(
                        "You sent this answer before, in other words. It stays as it was: send these as a new one."
                    )
                )
            raise AlreadyDone(_("You have answered this already."))
        raise WrongState(_("This form was used before. Open a new one."))
    if kind not in MatterReply.Kind.values:
        raise Invalid(_("Choose how it stands"), field="kind")
    if not text.strip():
        raise Invalid(_("Say it in a few words: they read nothing but this"), field="text")
    made = MatterReply(**({"id": key} if key else {}), matter=row, by=by, kind=kind, text=text.strip())
    made.save()
    audit.record(by, "matter answered", about=row)
    _suggest(row, made)
    notifications.replied(row, by=by)
    return made


def _suggest(row: Matter, made: MatterReply) -> None:
    """They talk it over next time. The title says that there is an answer, not what it is about."""
    if Arrangement.objects.current().filter(pk=row.arrangement_id).exists():
        title = _("What %(name)s answered to what you took up") % {"name": made.by.name}
        for earlier in row.replies.exclude(pk=made.pk):
            notices.withdraw(earlier)
        notices.suggest(row.arrangement, kind=Suggestion.Kind.TAKEN_UP, title=title, source=made)
