"""What becomes of a reminder: when its mail goes, that it goes once, and what people choose about it.

A row is marked before its mail goes. When the mail server refuses, the mark is taken back and the job tries again; when the worker is
killed between the two, the mail is lost, and the list of reminders has it: never twice.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from supervision.jobs import enqueue
from supervision.people import zones
from supervision.people.models import User
from supervision.records import audit
from supervision.records.errors import Invalid, Stale

from .clock import Clock
from .kinds import CHOSEN, DEFAULTS, How, Kind
from .mail import JOB
from .models import Reminder, ReminderChoices

State = Reminder.State
LOST = datetime.timedelta(hours=1)
TOO_LATE = datetime.timedelta(days=3)


def choices_of(person: User) -> ReminderChoices:
    """What this person chose; where they chose nothing, an unsaved row of the defaults."""
    return ReminderChoices.objects.filter(pk=person.pk).first() or ReminderChoices(person=person)


def clock_of(person: User, chosen: ReminderChoices) -> Clock:
    return Clock(zones.of(person), chosen.daily_at, chosen.quiet)


# Mails ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan(person: User) -> int:
    """Decide when the mail of each new reminder of a person goes, by what they chose. Returns how many were new.

    What they were told of before, and not mailed yet, makes no second mail. What has a day of its own stays apart: it may be over
    before the other is.
    """
    waiting = list(_locked(person).waiting())
    told = {(row.notice, row.path) for row in waiting if row.state != State.NEW and not row.once}
    new = [row for row in waiting if row.state == State.NEW]
    if new:
        chosen, now = choices_of(person), timezone.now()
        clock = clock_of(person, chosen)
        for row in new:
            if (row.notice, row.path) in told and not row.once:
                row.state = State.OVER
            else:
                _plan_one(row, chosen, clock, now, works=person.is_active)
            if not row.once:
                told.add((row.notice, row.path))
            row.save(update_fields=["state", "due_at"])
        for moment in {row.due_at for row in new if row.due_at}:
            enqueue(JOB, _delay=moment - now, person_id=person.pk)
    return len(new)


def _plan_one(
    row: Reminder, chosen: ReminderChoices, clock: Clock, now: datetime.datetime, *, works: bool
) -> None:
    how = chosen.how_of(row.kind)
    row.due_at = None
    if how == How.HERE or not works:
        row.state = State.HERE
        return
    moment = clock.daily(now) if how == How.DAILY else clock.at_once(now)
    if moment <= now or row.kind == Kind.ALWAYS:
        row.state = State.AT_ONCE
    else:
        row.state, row.due_at = State.HELD, moment


@transaction.atomic
def take(person: User) -> list[Reminder]:
    """What the next mail to this person is about, marked as mailed: one that goes at once, with what says the same, or all that
    were held until now.

    What is over by now is left out and marked so. Empty when there is nothing to mail; two workers never take the same.
    """
    now = timezone.now()
    due = list(_locked(person).to_mail(now))
    over = _over(due)
    _mark(over, State.OVER)
    left = [row for row in due if row.pk not in {gone.pk for gone in over}]
    at_once = [row for row in left if row.state == State.AT_ONCE]
    alike = [row for row in at_once if (row.notice, row.path) == (at_once[0].notice, at_once[0].path)]
    taken = alike or left
    _mark(taken, State.MAILED, mailed_at=now)
    return taken


@transaction.atomic
def give_back(rows: Iterable[Reminder]) -> None:
    """Their mail could not be sent: it is to be sent again."""
    for row in rows:
        Reminder.objects.filter(pk=row.pk).update(state=row.state, mailed_at=None)


@transaction.atomic
def pick_up_lost() -> int:
    """Queue the mails of those whose job got lost or failed for good. Returns to how many people.

    What could not be mailed for days is not mailed any more: it is in the list.
    """
    _late(timezone.now() - TOO_LATE).update(state=State.HERE)
    people = set(_late(timezone.now() - LOST).values_list("person", flat=True))
    for person in sorted(people):
        enqueue(JOB, person_id=person)
    return len(people)


def _late(before: datetime.datetime) -> Any:
    waits = Q(state__in=(State.NEW, State.AT_ONCE), made_at__lt=before)
    return Reminder.objects.filter(waits | Q(state=State.HELD, due_at__lt=before))


@transaction.atomic
def forget_old() -> int:
    """Let go of reminders of long ago. Returns how many."""
    return Reminder.objects.filter(made_at__lt=timezone.now() - Reminder.KEPT).delete()[0]


def _locked(person: User) -> Any:
    return Reminder.objects.select_for_update(no_key=True).of(person).order_by("made_at", "pk")


def _over(rows: Collection[Reminder]) -> list[Reminder]:
    """Those of what is reminded of by its day that are settled by now: `settings.REMINDERS_STILL_DUE` knows."""
    dated = [row for row in rows if row.once]
    if not dated:
        return []
    still_due: Callable[[Collection[Reminder]], set[Any]] = import_string(settings.REMINDERS_STILL_DUE)
    there = still_due(dated)
    return [row for row in dated if row.pk not in there]


def _mark(rows: Collection[Reminder], state: str, **more: Any) -> None:
    # The rows in memory keep the state they had: whoever gives one back needs it.
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, **more)


# What people choose ---------------------------------------------------------------------------------------------


@transaction.atomic
def choose(
    *,
    by: User,
    version: int,
    how: dict[str, str],
    daily_at: datetime.time,
    quiet_from: datetime.time | None,
    quiet_until: datetime.time | None,
) -> ReminderChoices:
    """How each kind of reminder reaches this person, from now on and for what waits to be mailed. Raises Stale, Invalid."""
    row = _locked_choices(by)
    if row.version != version:
        raise Stale
    if (quiet_from is None) != (quiet_until is None) or (quiet_from and quiet_from == quiet_until):
        raise Invalid(_("Quiet hours begin and end at two times."), field="quiet_until")
    row.how = {kind: str(How(how[kind])) for kind in CHOSEN if kind in how and how[kind] != DEFAULTS[kind]}
    row.daily_at, row.quiet_from, row.quiet_until = daily_at, quiet_from, quiet_until
    return _kept(row, by)


@transaction.atomic
def stop_mails(person: User, kinds: Iterable[Kind]) -> None:
    """No mails of these kinds to this person any more: in the list only. For whoever has the link of a mail to them."""
    row = _locked_choices(person)
    row.how = row.how | {kind: str(How.HERE) for kind in kinds if kind in CHOSEN}
    _kept(row, None)


@transaction.atomic
def resume_mails(person: User, kinds: Iterable[Kind]) -> None:
    """Mails of these kinds again: as by default, or once a day where that is none."""
    row = _locked_choices(person)
    for kind in kinds:
        row.how.pop(kind, None)
        if DEFAULTS[kind] == How.HERE:
            row.how[kind] = str(How.DAILY)
    _kept(row, None)


def _locked_choices(person: User) -> ReminderChoices:
    ReminderChoices.objects.bulk_create([ReminderChoices(person=person)], ignore_conflicts=True)
    return ReminderChoices.objects.select_for_update(no_key=True).get(pk=person.pk)


def _kept(row: ReminderChoices, by: User | None) -> ReminderChoices:
    """Keep it, and plan anew what waits."""
    row.version += 1
    row.save()
    audit.record(by, "reminders chosen", about=row)
    if Reminder.objects.of(row.person).waiting().update(state=State.NEW, due_at=None):
        enqueue(JOB, person_id=row.pk)
    return row


@transaction.atomic
def mark_seen(person: User, *, until: datetime.datetime) -> int:
    """They have seen everything that was in their list at that moment. Returns how many were new to them."""
    rows = Reminder.objects.of(person).new().filter(made_at__lte=until)
    return rows.update(seen_at=timezone.now())
