"""Sending a file, looking at it, bringing it in or leaving it. One write, one operation; a file is brought in whole or not at all."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.jobs import enqueue
from supervision.people.models import Program, User
from supervision.people.operations.locking import lock, one_role_change_at_a_time
from supervision.records import audit, ids
from supervision.records.encryption import Ciphertext
from supervision.records.errors import Invalid

from . import kinds, policy
from .columns import Problem, Reading, read
from .models import Import, Kind
from .plan import Plan
from .reading import MAX_BYTES, BadFile, rows_of

LOOK = "supervision.imports.tasks.look"
MAKE = "supervision.imports.tasks.make"
TELL = "supervision.imports.tasks.tell"
INVITE = "supervision.imports.tasks.invite"
AT_ONCE = 300  # rows that are brought in while somebody waits for the page
STUCK = datetime.timedelta(hours=12)
FIRST = 20  # of what would be made, said one by one
MOST_KEPT = 20_000  # problems, and differences; beyond this they are only counted
State = Import.State
NOTHING = Ciphertext(b"")  # what was found, once it is gone


# Sending and looking ---------------------------------------------------------------------------------------------


@transaction.atomic
def send(kind: Kind, *, by: User, name: str, data: bytes, key: uuid.UUID | None = None) -> Import:
    """Take a file, to be looked at in the background. `key` comes from the form, so that a form sent twice takes one.

    Raises Denied, WrongState (policy.check_can_send), Invalid for a file that is too large.
    """
    pk = ids.id_of(by, key, "import")
    if pk is not None and (found := Import.objects.without_file().filter(pk=pk).first()):
        return found
    policy.check_can_send(by)
    if len(data) > MAX_BYTES:
        raise Invalid(_("This file is larger than 8 MB. Split it into several."), "file")
    row = Import(id=pk or uuid.uuid4(), kind=kind, sent_by=by, size=len(data))
    row.name = "".join(letter for letter in name if letter.isprintable())[:150]
    row.file = data
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at the same instant
        return Import.objects.get(pk=row.pk, sent_by=by)
    audit.record(by, "import sent", about=row, facts={"kind": kind, "size": len(data)})
    enqueue(LOOK, import_id=row.pk)
    return row


def look(import_id: uuid.UUID) -> None:
    """Find out what a file would change, and every problem in it. Writes nothing but that. Looking twice is once."""
    row = Import.objects.filter(pk=import_id, state=State.LOOKING).select_related("sent_by").first()
    if row is None:
        return
    reading = _read(row)
    plan = _compared(row, reading, row.sent_by)
    with transaction.atomic():
        now = _locked(row, State.LOOKING)
        if now is not None:
            _keep_found(now, reading, plan)


def _read(row: Import) -> Reading:
    """The rows of the file of an import. How many were read is kept now and then, for whoever waits."""
    try:
        rows = rows_of(bytes(row.file))
    except BadFile as bad:
        return Reading(problems=[Problem(0, "", bad.message)])
    return read(rows, kinds.BY_KEY[row.kind].columns, progress=_counting(row, len(rows) - 1))


def _counting(row: Import, total: int) -> Callable[[int], None]:
    def count(done: int) -> None:
        with transaction.atomic():
            Import.objects.filter(pk=row.pk).update(rows_read=done, rows_total=total)

    return count


def _compared(row: Import, reading: Reading, by: User) -> Plan:
    """What the rows would change. Where some could not be read, the others are looked at all the same."""
    plan = kinds.BY_KEY[row.kind].compare(reading.lines, by) if reading.lines else Plan()
    plan.problems = sorted([*reading.problems, *plan.problems])
    return plan


def _locked(row: Import, state: str) -> Import | None:
    """The row, if it still stands there."""
    return Import.objects.select_for_update(no_key=True, of=("self",)).filter(pk=row.pk, state=state).first()


def _keep_found(row: Import, reading: Reading, plan: Plan) -> None:
    row.found = {
        "problems": plan.problems[:MOST_KEPT],
        "different": plan.different[:MOST_KEPT],
        "notes": reading.notes[:100],
        "new": _first(row, plan),
    }
    _count(row, reading, plan)
    row.state, row.changed_at = State.LOOKED_AT, timezone.now()
    row.version += 1
    row.save()


def _first(row: Import, plan: Plan) -> list[str]:
    """The first of what would be made, in words."""
    return [kinds.BY_KEY[row.kind].shown(each) for each in plan.new[:FIRST]]


def _count(row: Import, reading: Reading, plan: Plan) -> None:
    row.rows_read = row.rows_total = reading.total
    row.new_count, row.linked_count, row.same_count = len(plan.new), len(plan.linked), plan.same
    row.different_count, row.problem_count = len({each.row for each in plan.different}), len(plan.problems)


# Bringing in -----------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(row: Import, *, by: User, version: int) -> Import:
    """Say that a file is to be brought in. Raises Denied, AlreadyDone, WrongState, Stale."""
    now = lock(row)
    policy.check_can_confirm(by, now)
    row = lock(row, version=version)
    row.state, row.confirmed_by, row.confirmed_at = State.MAKING, by, timezone.now()
    row.changed_at = row.confirmed_at
    row.rows_read = 0
    row.version += 1
    row.save(update_fields=["state", "confirmed_by", "confirmed_at", "changed_at", "rows_read", "version"])
    enqueue(MAKE, import_id=row.pk)
    return row


def make(import_id: uuid.UUID) -> None:
    """Bring in the whole file in one transaction, or nothing of it. Safe to repeat, also after a kill.

    The file is compared anew with what is here: what has changed since it was looked at shows as a problem, and nothing is made.
    """
    row = Import.objects.filter(pk=import_id, state=State.MAKING).select_related("confirmed_by").first()
    if row is None or row.confirmed_by is None:
        return
    by = User.objects.get(pk=row.confirmed_by_id)
    reading = _read(row)
    with transaction.atomic():
        _hold_what_it_rests_on(row)
        now = _locked(row, State.MAKING)
        if now is None:
            return
        policy.check_can_import(by)
        plan = _compared(row, reading, by)
        if plan.problems or not (plan.new or plan.linked):
            _keep_found(now, reading, plan)
            return
        kinds.BY_KEY[row.kind].make(plan, now, by)
        _done(now, reading, plan, by)


def _hold_what_it_rests_on(row: Import) -> None:
    """In the order of `people.operations.locking`: roles and accounts, then programs. Two imports at once wait for each other here."""
    one_role_change_at_a_time()
    if row.kind in (Kind.PEOPLE, Kind.ARRANGEMENTS):
        list(Program.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _done(row: Import, reading: Reading, plan: Plan, by: User) -> None:
    _count(row, reading, plan)
    row.found = {
        "problems": [],
        "different": plan.different[:MOST_KEPT],
        "notes": reading.notes[:100],
        "new": _first(row, plan),
    }
    row.file = b""
    row.state, row.changed_at = State.DONE, timezone.now()
    row.version += 1
    row.save()
    facts = {
        "kind": row.kind,
        "new": row.new_count,
        "linked": row.linked_count,
        "same": row.same_count,
        "different": row.different_count,
    }
    audit.record(by, "import made", about=row, facts=facts)
    enqueue(TELL, import_id=row.pk)


# After it --------------------------------------------------------------------------------------------------------


@transaction.atomic
def leave(row: Import, *, by: User) -> Import:
    """Bring nothing in: the file and what was found in it are gone. Raises Denied, AlreadyDone, WrongState."""
    row = lock(row)
    policy.check_can_leave(by, row)
    _leave(row, by)
    return row


def _leave(row: Import, by: User | None) -> None:
    row.file, row.found = b"", NOTHING
    row.state, row.changed_at = State.LEFT, timezone.now()
    row.version += 1
    row.save()
    audit.record(by, "import left", about=row)


@transaction.atomic
def invite_all(row: Import, *, by: User) -> Import:
    """Invite those whom a file has brought in, in the background. Raises Denied, AlreadyDone, WrongState."""
    row = lock(row)
    policy.check_can_invite(by, row)
    row.invited_by, row.invited_at = by, timezone.now()
    row.version += 1
    row.save(update_fields=["invited_by", "invited_at", "version"])
    audit.record(by, "import invited", about=row, facts={"count": row.new_count})
    enqueue(INVITE, import_id=row.pk)
    return row


@transaction.atomic
def take_back(row: Import, *, by: User) -> Import:
    """Remove the sessions from before that came with one file. Raises Denied, AlreadyDone, WrongState."""
    row = lock(row)
    policy.check_can_take_back(by, row)
    count = kinds.sessions.take_back(row, by)
    row.found = NOTHING
    row.state, row.changed_at = State.TAKEN_BACK, timezone.now()
    row.version += 1
    row.save()
    audit.record(by, "import taken back", about=row, facts={"count": count})
    return row


# Daily -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def tidy(*, today: datetime.date) -> int:
    """Let go of files from which nothing came for 7 days, and of what was found in those that are settled. Returns how many."""
    rows = Import.objects.select_for_update(no_key=True, of=("self",))
    over = list(rows.over(today).exclude(state=State.MAKING)[:200])
    for row in over:
        _leave(row, None)
    old = list(rows.filter(kept_until__lt=today, state__in=Import.SETTLED).exclude(found=NOTHING)[:200])
    for row in old:
        row.found = NOTHING
        row.save(update_fields=["found"])
    return len(over) + len(old)


@transaction.atomic
def give_up(import_id: uuid.UUID, *, state: str) -> bool:
    """The job that had it in this state failed for good: say so, and let it be tried again. False where it went on meanwhile."""
    found = Import.objects.select_for_update(no_key=True, of=("self",)).filter(pk=import_id, state=state)
    row = found.first()
    if row is not None:
        _say_unfinished(row)
    return row is not None


@transaction.atomic
def give_up_stuck() -> int:
    """What has been under way for half a day does not come any more: say so, and let it be tried again. Returns how many."""
    since = timezone.now() - STUCK
    stuck = Import.objects.select_for_update(no_key=True, of=("self",)).filter(changed_at__lt=since)
    rows = list(stuck.filter(state__in=[State.LOOKING, State.MAKING]))
    for row in rows:
        _say_unfinished(row)
    return len(rows)


def _say_unfinished(row: Import) -> None:
    words = _(
        "This could not be finished. Nothing was brought in. Send the file again; if that fails too, tell whoever runs the server."
    )
    _keep_found(row, Reading(), Plan(problems=[Problem(0, "", words)]))
