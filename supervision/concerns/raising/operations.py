"""Every step of a concern, one operation each, named for what a person does. The order is held here and in the database.

Nothing here reads a session, and nothing of one is copied.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people import working_days
from supervision.people.limits import LIMITS
from supervision.people.models import Arrangement, User, UserQuerySet
from supervision.people.operations.locking import one_press_at_a_time
from supervision.records import audit, ids
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState
from supervision.records.models import RecordKey

from .. import people
from . import notifications, policy, receivers
from .models import Concern, NotReached, OutsideReport, WorkerStatement

EndedAs = Concern.EndedAs
LIMIT_KEYS = tuple(key for key, _text in LIMITS)
SPOKEN_WITHIN = datetime.timedelta(days=31)
REPORTED_WITHIN = datetime.timedelta(days=366)


@dataclass(frozen=True)
class Words:
    """What whoever supervises is worried about, and which limit it meets."""

    limit: str
    text: str
    named: str = ""


# Locking and saving -----------------------------------------------------------------------------------------------


def _locked(concern: Concern, check: Callable[[User, Concern], None], *, by: User) -> Concern:
    """As it is now, locked, if this person may take the step. Raises NotFound where it is gone."""
    row = (
        Concern.objects.select_for_update(no_key=True, of=("self",))
        .select_related("arrangement", "raised_by", "worker__line_manager", "shared_with", "taken_to")
        .filter(pk=concern.pk)
        .first()
    )
    if row is None:
        raise WrongState(_("This was thrown away meanwhile."))
    check(by, row)
    return row


def _check_version(row: Concern, version: int) -> None:
    """The page showed it as it is now: whoever shares it has read what the worker wrote meanwhile. Raises Stale."""
    if row.version != version:
        raise Stale(_("Something was added to this after you opened it. Read it first."))


def _save(row: Concern, action: str, *, by: User) -> Concern:
    row.version += 1
    row.save()
    audit.record(by, action, about=row)
    return row


def _now(row: Concern) -> datetime.datetime:
    """Now; never before the newest step, should the clock of the machine have been set back."""
    taken = [moment for step in Concern.steps if (moment := getattr(row, step)) is not None]
    return max([timezone.now(), *taken])


def _written(text: str, field: str, message: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(message, field=field)
    return text


# 1: stating it ------------------------------------------------------------------------------------------------------


@transaction.atomic
def state(
    arrangement: Arrangement, worker: User, *, by: User, words: Words, key: uuid.UUID | None = None
) -> Concern:
    """Put a concern into words, for oneself alone. `key` becomes its id, so that a form sent twice makes one.

    Raises NotFound, WrongState, Invalid, and Stale when the form comes again with other words.
    """
    one_press_at_a_time(by)
    key = ids.id_of(by, key, "concern")
    if key is not None and (found := Concern.objects.filter(pk=key).first()):
        if found.raised_by_id != by.pk or found.worker_id != worker.pk:
            raise WrongState(_("This form was used before. Open a new one."))
        if (found.limit, found.text, found.named) != (words.limit, words.text.strip(), words.named.strip()):
            raise Stale(_("You kept this before, in other words. Open it to word it differently."))
        return found
    policy.check_can_state(by, arrangement, worker)
    own = Concern.objects.running().filter(raised_by=by, worker=worker)
    if own.count() >= policy.MOST_OPEN:
        raise WrongState(_("Many of yours are open with this person. Bring one to its end first."))
    made = Concern(
        **({"id": key} if key else {}),
        arrangement=arrangement,
        raised_by=by,
        worker=worker,
        begun_at=timezone.now(),
    )
    _put(made, words)
    made.save(force_insert=True)
    audit.record(by, "concern stated", about=made)
    return made


def _put(row: Concern, words: Words) -> None:
    if words.limit not in LIMIT_KEYS:
        raise Invalid(_("Choose which of the five limits it meets"), field="limit")
    row.text = _written(words.text, "text", _("Say what you are worried about"))
    row.limit, row.named = words.limit, words.named.strip()


@transaction.atomic
def change(concern: Concern, *, by: User, words: Words, version: int) -> Concern:
    """Word it differently, before anybody was told. Raises NotFound, Denied, WrongState, Stale, Invalid."""
    row = _locked(concern, policy.check_can_change, by=by)
    _check_version(row, version)
    _put(row, words)
    return _save(row, "concern worded differently", by=by)


@transaction.atomic
def throw_away(concern: Concern, *, by: User) -> None:
    """Nobody was told: nothing is left of it, its key included. Raises NotFound, Denied, WrongState."""
    row = _locked(concern, policy.check_can_throw_away, by=by)
    audit.record(by, "concern thrown away", about=row)
    RecordKey.objects.filter(pk=row.encryption_id).delete()
    row.delete()


# 2: telling the worker ------------------------------------------------------------------------------------------------


@transaction.atomic
def tell(
    concern: Concern,
    *,
    by: User,
    version: int,
    spoke_on: datetime.date | None = None,
    no_time_reason: str = "",
    no_time: bool = False,
) -> Concern:
    """Record that the worker was told, before anybody else. From now on they see it, and their time runs.

    The time is that of the agreement in force, or the agency's, in working days; none (`no_time`) needs a reason. When it is over
    is computed here and frozen. Raises NotFound, Denied, WrongState, Stale, Invalid.
    """
    row = _locked(concern, policy.check_can_tell, by=by)
    _check_version(row, version)
    if no_time_reason.strip() and not no_time:
        raise Invalid(_("Tick this as well, or take away the reason below"), field="no_time")
    if no_time and not row.is_shared:
        reason = _("Say why there is no time. %(name)s reads it.") % {"name": row.worker.called}
        row.no_time_reason = _written(no_time_reason, "no_time_reason", reason)
    _check_day(spoke_on, SPOKEN_WITHIN, "spoke_on")
    now = _now(row)
    row.notice_days = 0 if no_time or row.is_shared else people.notice_days(row.arrangement)
    row.may_share_from = _until(row, now)
    row.told_at, row.told_by, row.spoke_on = now, by, spoke_on
    _save(row, "concern told", by=by)
    notifications.worker_told(row)
    return row


def _until(row: Concern, now: datetime.datetime) -> datetime.datetime:
    try:
        return max(now, working_days.time_for(row.worker, row.notice_days or 0, now=now))
    except working_days.NoWorkingDays:
        raise WrongState(
            _(
                "%(name)s is away for so long that their time can’t be counted. Say that there is no time, and why."
            )
            % {"name": row.worker.called}
        ) from None


def _check_day(day: datetime.date | None, within: datetime.timedelta, field: str) -> None:
    today = timezone.localdate()
    if day is not None and not today - within <= day <= today:
        raise Invalid(_("Choose today or a day not long before"), field=field)


# 3: the worker's own time -----------------------------------------------------------------------------------------------


@transaction.atomic
def say_seen(concern: Concern, *, by: User) -> Concern:
    """The worker says that they have read it. Nothing waits for that. Raises NotFound, Denied, AlreadyDone."""
    row = _locked(concern, policy.check_can_say_seen, by=by)
    row.seen_at = _now(row)
    return _save(row, "concern seen", by=by)


@transaction.atomic
def decline(concern: Concern, *, by: User, reason: str = "") -> Concern:
    """The worker says that they will not, or cannot, take it further: their time is over. Raises NotFound, Denied, WrongState."""
    row = _locked(concern, policy.check_can_decline, by=by)
    row.declined_at, row.declined_words = _now(row), reason.strip()
    return _save(row, "concern not taken further by the worker", by=by)


@transaction.atomic
def say_taken(
    concern: Concern,
    *,
    by: User,
    on: datetime.date | None,
    person: User | None = None,
    name: str = "",
    may_ask: bool = False,
) -> Concern:
    """The worker says that they took it to somebody. That person is asked only if `may_ask`: it tells them of the concern.

    `name` is for somebody without an account here. Raises NotFound, Denied, WrongState, Invalid.
    """
    row = _locked(concern, policy.check_can_say_taken, by=by)
    if on is None:
        raise Invalid(_("Enter the day on which you did"), field="on")
    _check_day(on, SPOKEN_WITHIN, "on")
    if person is None:
        row.taken_to_name = _written(name, "name", _("Say to whom you took it"))
    elif not can_be_named(row).filter(pk=person.pk).exists():
        raise Invalid(_("Choose somebody else, or write a name"), field="person")
    row.taken_to, row.taken_on, row.taken_at = person, on, _now(row)
    if may_ask and person is not None:
        row.may_ask_at = row.taken_at
    _save(row, "concern raised by the worker", by=by)
    if row.may_ask_at is not None:
        notifications.asked(row)
    return row


def can_be_named(row: Concern) -> UserQuerySet:
    """To whom here the worker may have taken it: their line manager, whom the agreement names, the managers of the program."""
    out = {row.raised_by_id, row.worker_id}
    ids = {person.pk for person in people.managers_of(row.arrangement, but=out)}
    for person in (
        row.worker.line_manager,
        people.named_instead(row.arrangement),
        people.named_to_turn_to(row.arrangement),
    ):
        if person is not None:
            ids.add(person.pk)
    return User.objects.working().filter(pk__in=ids - out).order_by("name", "id")


@transaction.atomic
def let_ask(concern: Concern, *, by: User) -> Concern:
    """The worker agrees that whom they named is asked, knowing that this tells them. Raises NotFound, Denied, WrongState."""
    row = _locked(concern, policy.check_can_let_ask, by=by)
    row.may_ask_at = _now(row)
    _save(row, "confirmation of a concern asked", by=by)
    notifications.asked(row)
    return row


@transaction.atomic
def confirm(concern: Concern, *, by: User) -> Concern:
    """Whom the worker named says that it reached them: it ends as raised by the worker. Also after a no.

    Raises NotFound, WrongState, AlreadyDone.
    """
    row = _locked(concern, policy.check_can_confirm, by=by)
    row.confirmed_at, row.confirmed = _now(row), True
    row.ended_at, row.ended_as, row.ended_by = row.confirmed_at, EndedAs.TAKEN, by
    _save(row, "concern confirmed", by=by)
    notifications.worker_told(row)
    return row


@transaction.atomic
def say_not_reached(concern: Concern, *, by: User) -> NotReached:
    """Whom the worker named says that it has not reached them. Nothing ends by it. Raises NotFound, WrongState, AlreadyDone."""
    row = _locked(concern, policy.check_can_say_not_reached, by=by)
    made = NotReached(concern=row, by=by, at=_now(row))
    made.save()
    row.version += 1
    row.save(update_fields=["version"])
    audit.record(by, "concern not confirmed", about=row, covers=made)
    notifications.worker_told(row)
    return made


@transaction.atomic
def add_statement(
    concern: Concern, *, by: User, text: str, for_receiver: bool, key: uuid.UUID | None = None
) -> WorkerStatement:
    """The worker's own words beside it. `for_receiver`: whoever it is shared with reads them too.

    `key` becomes its id. Raises NotFound, Denied, Invalid, Stale where the form comes again with other words.
    """
    row = _locked(concern, policy.check_can_add_statement, by=by)
    text = _written(text, "text", _("Write what you want to stand beside it"))
    if key is not None and (found := WorkerStatement.objects.filter(pk=key).first()):
        if found.concern_id != row.pk or found.by_id != by.pk:
            raise WrongState(_("This form was used before. Open a new one."))
        if (found.text, found.for_receiver) != (text, for_receiver):
            raise Stale(_("You sent this before, in other words. They stay: send these as a new one."))
        raise AlreadyDone(_("You have added this already."))
    made = WorkerStatement(
        **({"id": key} if key else {}), concern=row, by=by, text=text, for_receiver=for_receiver
    )
    made.save()
    row.version += 1
    row.save(update_fields=["version"])
    audit.record(by, "statement beside a concern", about=row, covers=made)
    return made


@transaction.atomic
def add_report(
    concern: Concern,
    *,
    by: User,
    happened_at: datetime.datetime,
    to_whom: str,
    reason: str,
    key: uuid.UUID | None = None,
) -> OutsideReport:
    """Record an emergency call or a report by law that was made outside: it never waits for the order.

    `key` becomes its id. Raises NotFound, Denied, Invalid, AlreadyDone.
    """
    row = _locked(concern, policy.check_can_add_report, by=by)
    if key is not None and (found := OutsideReport.objects.filter(pk=key).first()):
        if found.concern_id != row.pk or found.by_id != by.pk:
            raise WrongState(_("This form was used before. Open a new one."))
        if (found.to_whom, found.reason) != (to_whom.strip(), reason.strip()):
            raise Stale(_("You recorded this before, in other words. They stay: record these as a new one."))
        raise AlreadyDone(_("You have recorded this already."))
    if not timezone.now() - REPORTED_WITHIN <= happened_at <= timezone.now():
        raise Invalid(_("Enter when it was made. That is not in the future."), field="day")
    made = OutsideReport(
        **({"id": key} if key else {}),
        concern=row,
        by=by,
        happened_at=happened_at,
        to_whom=_written(to_whom, "to_whom", _("Say to whom it was made, such as child protection")),
        reason=_written(reason, "reason", _("Say why it was made")),
    )
    made.save()
    row.version += 1
    row.save(update_fields=["version"])
    audit.record(by, "report outside", about=row, covers=made)
    notifications.worker_told(row)
    return made


# 4 and 5: telling again, and sharing --------------------------------------------------------------------------------------


@transaction.atomic
def tell_again(concern: Concern, *, by: User, version: int) -> Concern:
    """Record that the worker was told that it will now be shared. Raises NotFound, Denied, WrongState, Stale."""
    row = _locked(concern, policy.check_can_tell_again, by=by)
    _check_version(row, version)
    row.told_again_at = _now(row)
    _save(row, "concern told again", by=by)
    notifications.worker_told(row)
    return row


@transaction.atomic
def share(concern: Concern, *, by: User, receiver: User | None, text: str, version: int) -> Concern:
    """Share the concern as it is written for whoever receives it, and nothing else.

    Raises NotFound, Denied, WrongState, Stale, Invalid.
    """
    row = _locked(concern, policy.check_can_share, by=by)
    _check_version(row, version)
    return _share(row, by=by, receiver=receiver, text=text, action="concern shared")


@transaction.atomic
def share_out_of_order(
    concern: Concern, *, by: User, receiver: User | None, text: str, reason: str, version: int
) -> Concern:
    """Share it although a step is missing, for safety or the law: with the reason, and shown as what it is.

    Raises NotFound, Denied, WrongState, Stale, Invalid.
    """
    row = _locked(concern, policy.check_can_share_out_of_order, by=by)
    _check_version(row, version)
    missing = _("Say why it can’t wait. %(name)s reads it.") % {"name": row.worker.called}
    row.out_of_order, row.out_of_order_reason = True, _written(reason, "reason", missing)
    return _share(row, by=by, receiver=receiver, text=text, action="concern shared out of order")


def _share(row: Concern, *, by: User, receiver: User | None, text: str, action: str) -> Concern:
    able = {one.person.pk: one for one in receivers.of(row)}
    if receiver is None or receiver.pk not in able:
        raise Invalid(_("Choose with whom it is shared"), field="receiver")
    chosen = able[receiver.pk]
    row.shared_text = _written(text, "text", _("Write the concern for whoever receives it"))
    row.shared_with, row.shared_as, row.instead = chosen.person, chosen.shared_as, chosen.instead
    row.shared_at = _now(row)
    _save(row, action, by=by)
    notifications.shared(row)
    return row


# 6: how it ends -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept(concern: Concern, *, by: User) -> Concern:
    """It ends as raised by the worker: whoever began it takes their word. Raises NotFound, Denied, WrongState."""
    row = _locked(concern, policy.check_can_accept, by=by)
    row.ended_at, row.ended_as, row.ended_by = _now(row), EndedAs.TAKEN, by
    _save(row, "concern ended as raised by the worker", by=by)
    notifications.worker_told(row)
    return row


@transaction.atomic
def answer(concern: Concern, *, by: User, outcome: str) -> Concern:
    """Whoever it was shared with records what came of it; with that it ends. Raises NotFound, Denied, WrongState, Invalid."""
    row = _locked(concern, policy.check_can_answer, by=by)
    row.outcome = _written(outcome, "outcome", _("Say what came of it"))
    row.answered_at = _now(row)
    row.ended_at, row.ended_as, row.ended_by = row.answered_at, EndedAs.ANSWERED, by
    _save(row, "concern answered", by=by)
    notifications.answered(row)
    return row


@transaction.atomic
def withdraw(concern: Concern, *, by: User, reason: str) -> Concern:
    """It is not taken further, with a reason that the worker reads. Raises NotFound, Denied, WrongState, Invalid."""
    row = _locked(concern, policy.check_can_withdraw, by=by)
    missing = _("Say why. %(name)s reads it.") % {"name": row.worker.called}
    row.ended_reason = _written(reason, "reason", missing)
    row.ended_at, row.ended_as, row.ended_by = _now(row), EndedAs.WITHDRAWN, by
    _save(row, "concern withdrawn", by=by)
    notifications.withdrawn(row)
    return row


@transaction.atomic
def close(concern: Concern, *, by: User) -> Concern:
    """The worker ends it where whoever raised it has left and nobody else can. Raises NotFound, Denied, WrongState."""
    row = _locked(concern, policy.check_can_close, by=by)
    row.ended_at, row.ended_as, row.ended_by = _now(row), EndedAs.LEFT, by
    return _save(row, "concern ended by the worker", by=by)
