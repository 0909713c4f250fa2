"""Asking for a report, keeping it, and letting it go. One write, one operation."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.jobs import enqueue
from supervision.people.models import Program, User
from supervision.records import audit, documents, ids
from supervision.records.errors import Invalid, WrongState
from supervision.records.models import RecordKey

from . import notifications, policy
from .models import OF_PROGRAMS, Kind, Report, kept_until

JOB = "supervision.reports.tasks.make_report"
LONGEST = datetime.timedelta(days=366)
LONGEST_OF_ONE = datetime.timedelta(days=10 * 366)
STUCK = datetime.timedelta(hours=12)


@dataclass(frozen=True)
class Files:
    """What a report was made into. Empty: it has no such file."""

    pdf: bytes
    archive: bytes = b""
    table: bytes = b""
    book: bytes = b""


@transaction.atomic
def ask(
    *,
    programs: Sequence[Program],
    supervisor: User | None,
    first_day: datetime.date,
    last_day: datetime.date,
    by: User,
    kind: str = Kind.PROGRAM,
    people: Sequence[User] = (),
    key: uuid.UUID | None = None,
) -> Report:
    """Ask for a report of programs about a period (both days included). It is made in the background.

    `key` becomes its id, so that a form sent twice asks once. Raises Denied, WrongState (policy.check_can_ask), Invalid for a
    period that cannot be reported on, ValueError for a kind that is of one person.
    """
    if kind not in OF_PROGRAMS:
        raise ValueError(f"A report of the kind {kind} is of one person.")
    key = ids.id_of(by, key, "report")
    if key is not None and (found := Report.objects.filter(pk=key).first()):
        if found.asked_by_id == by.pk:
            return found
        raise WrongState(_("This form was used before. Open a new one."))
    policy.check_can_ask(by, programs)
    policy.check_knows(by, people)
    check_period(first_day, last_day)
    report = Report(
        id=key or uuid.uuid4(),
        asked_by=by,
        kind=kind,
        supervisor=supervisor,
        first_day=first_day,
        last_day=last_day,
    )
    if not _kept_anew(report):
        return Report.objects.get(pk=report.pk, asked_by=by)
    report.programs.set(programs)
    report.people.set(people)
    facts = {
        "kind": kind,
        "programs": [str(program.pk) for program in programs],
        "first": first_day.isoformat(),
        "last": last_day.isoformat(),
    }
    audit.record(by, "report asked", about=report, facts=facts)
    enqueue(JOB, report_id=report.pk)
    return report


@transaction.atomic
def ask_about(
    person: User,
    *,
    kind: str,
    first_day: datetime.date,
    last_day: datetime.date,
    by: User,
    key: uuid.UUID | None = None,
) -> Report:
    """Ask for the audit packet or the supervision log of somebody for a period (both days included). It is made in the background.

    `key` becomes its id, so that a form sent twice asks once. Raises Denied, WrongState (policy.check_can_ask_about), Invalid,
    ValueError for a kind that is of programs.
    """
    if kind not in (Kind.PACKET, Kind.LOG):
        raise ValueError(f"A report of the kind {kind} is of programs.")
    key = ids.id_of(by, key, "report")
    if key is not None and (found := Report.objects.filter(pk=key, asked_by=by).first()):
        return found
    policy.check_can_ask_about(by, person)
    check_period(first_day, last_day, longest=LONGEST_OF_ONE)
    report = Report(
        id=key or uuid.uuid4(), kind=kind, about=person, asked_by=by, first_day=first_day, last_day=last_day
    )
    if not _kept_anew(report):
        return Report.objects.get(pk=report.pk, asked_by=by)
    facts = {"about": str(person.pk), "first": first_day.isoformat(), "last": last_day.isoformat()}
    audit.record(by, ASKED[Kind(kind)], about=report, facts=facts)
    enqueue(JOB, report_id=report.pk)
    return report


ASKED = {Kind.PACKET: "audit packet asked", Kind.LOG: "log asked"}


def _kept_anew(report: Report) -> bool:
    """Keep its row. False where the same form, sent twice at the same instant, has done so."""
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def check_period(
    first_day: datetime.date, last_day: datetime.date, *, longest: datetime.timedelta = LONGEST
) -> None:
    """Raises Invalid, naming the field, for a period that cannot be reported on."""
    if last_day < first_day:
        raise Invalid(_("Enter a last day that is not before the first"), field="last_day")
    if last_day > timezone.localdate():
        raise Invalid(_("Enter a last day that is not after today"), field="last_day")
    if last_day - first_day > longest:
        refusal = _("Choose at most one year. Make several reports for longer")
        if longest != LONGEST:
            refusal = _("Choose at most ten years")
        raise Invalid(refusal, field="first_day")


# While it is made -----------------------------------------------------------------------------------------------


@transaction.atomic
def note_progress(*, report_id: uuid.UUID, done: int, total: int) -> bool:
    """How far it has come, in people. False when nobody waits for it any more."""
    return bool(Report.objects.waiting().filter(pk=report_id).update(done=done, total=total))


@transaction.atomic
def keep(*, report_id: uuid.UUID, files: Files) -> bool:
    """Store its finished files, encrypted. False when they are there already or nobody waits for them any more."""
    report = _waiting(report_id)
    if report is None:
        return False
    for name in Report.FILES:
        data = getattr(files, name)
        setattr(report, name, data)
        setattr(report, SIZES[name], len(data))
    report.state, report.made_at = Report.State.READY, timezone.now()
    report.save()
    documents.issue(files.pdf, kind=str(report.get_kind_display()))
    audit.record(None, "report made", about=report)
    notifications.ready(report)
    return True


SIZES = {"pdf": "size", "archive": "archive_size", "table": "table_size", "book": "book_size"}


@transaction.atomic
def give_up(*, report_id: uuid.UUID) -> None:
    """It could not be made. Whoever asked sees it on the page and may ask again."""
    report = _waiting(report_id)
    if report is not None:
        report.state = Report.State.FAILED
        report.save(update_fields=["state"])
        audit.record(None, "report failed", about=report)


@transaction.atomic
def cancel(report: Report, *, by: User) -> bool:
    """It is not wanted any more: what makes it stops by itself. False when it is there already, or was cancelled. Raises Denied."""
    policy.check_can_open(by, report)
    waiting = _waiting(report.pk)
    if waiting is None:
        return False
    waiting.state = Report.State.CANCELLED
    waiting.save(update_fields=["state"])
    audit.record(by, "report cancelled", about=report)
    return True


@transaction.atomic
def ask_again(report: Report, *, by: User) -> bool:
    """Make one that failed or was cancelled, with the same choices. False when that was asked already. Raises Denied, WrongState."""
    policy.check_can_open(by, report)
    locked = Report.objects.without_files().select_for_update(no_key=True).get(pk=report.pk)
    if not locked.can_be_asked_again:
        return False
    policy.check_has_room(by)
    locked.state, locked.done, locked.total = Report.State.WAITING, 0, 0
    locked.asked_at, locked.kept_until = timezone.now(), kept_until()
    locked.save(update_fields=["state", "done", "total", "asked_at", "kept_until"])
    audit.record(by, "report asked again", about=report)
    enqueue(JOB, report_id=report.pk)
    return True


def _waiting(report_id: uuid.UUID) -> Report | None:
    """The row, held until the transaction ends, where somebody still waits for it."""
    return Report.objects.waiting().select_for_update(no_key=True).filter(pk=report_id).first()


@transaction.atomic
def remove_expired(*, today: datetime.date) -> int:
    """Delete reports whose last day is over, together with the keys that opened them. Returns how many."""
    expired = list(Report.objects.without_files().expired(today).select_for_update(no_key=True)[:500])
    for report in expired:
        audit.record(None, "report removed", about=report)
    ids = [report.pk for report in expired]
    Report.objects.filter(pk__in=ids).delete()
    RecordKey.objects.filter(pk__in=ids).delete()
    return len(ids)


def give_up_stuck() -> int:
    """Reports that have waited for half a day will not come any more: say so. Returns how many."""
    since = timezone.now() - STUCK
    stuck = list(Report.objects.waiting().filter(asked_at__lt=since).values_list("pk", flat=True))
    for report_id in stuck:
        give_up(report_id=report_id)
    return len(stuck)
