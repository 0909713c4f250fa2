"""Asking for a report, keeping it, and letting it go. One write, one operation."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.jobs import enqueue
from supervision.people.models import Program, User
from supervision.records import audit, ids
from supervision.records.errors import Invalid, WrongState
from supervision.records.models import RecordKey

from . import notifications, policy
from .models import Report

JOB = "supervision.reports.tasks.make_report"
LONGEST = datetime.timedelta(days=366)
LONGEST_PACKET = datetime.timedelta(days=10 * 366)
STUCK = datetime.timedelta(hours=12)


@transaction.atomic
def ask(
    *,
    programs: Sequence[Program],
    supervisor: User | None,
    first_day: datetime.date,
    last_day: datetime.date,
    by: User,
    key: uuid.UUID | None = None,
) -> Report:
    """Ask for a report about a period (both days included). It is made in the background.

    `key` becomes its id, so that a form sent twice asks once. Raises Denied, WrongState (policy.check_can_ask), Invalid for a
    period that cannot be reported on.
    """
    key = ids.id_of(by, key, "report")
    if key is not None and (found := Report.objects.filter(pk=key).first()):
        if found.asked_by_id == by.pk:
            return found
        raise WrongState(_("This form was used before. Open a new one."))
    policy.check_can_ask(by, programs)
    check_period(first_day, last_day)
    report = Report(
        id=key or uuid.uuid4(), asked_by=by, supervisor=supervisor, first_day=first_day, last_day=last_day
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at the same instant
        return Report.objects.get(pk=report.pk, asked_by=by)
    report.programs.set(programs)
    facts = {
        "programs": [str(program.pk) for program in programs],
        "first": first_day.isoformat(),
        "last": last_day.isoformat(),
    }
    audit.record(by, "report asked", about=report, facts=facts)
    enqueue(JOB, report_id=report.pk)
    return report


@transaction.atomic
def ask_packet(
    person: User,
    *,
    first_day: datetime.date,
    last_day: datetime.date,
    by: User,
    key: uuid.UUID | None = None,
) -> Report:
    """Ask for the audit packet of somebody for a period (both days included). It is made in the background.

    `key` becomes its id, so that a form sent twice asks once. Raises Denied, WrongState (policy.check_can_ask_packet), Invalid.
    """
    key = ids.id_of(by, key, "report")
    if key is not None and (found := Report.objects.filter(pk=key, asked_by=by).first()):
        return found
    policy.check_can_ask_packet(by, person)
    check_period(first_day, last_day, longest=LONGEST_PACKET)
    report = Report(
        id=key or uuid.uuid4(),
        kind=Report.Kind.PACKET,
        about=person,
        asked_by=by,
        first_day=first_day,
        last_day=last_day,
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at the same instant
        return Report.objects.get(pk=report.pk, asked_by=by)
    facts = {"about": str(person.pk), "first": first_day.isoformat(), "last": last_day.isoformat()}
    audit.record(by, "audit packet asked", about=report, facts=facts)
    enqueue(JOB, report_id=report.pk)
    return report


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


@transaction.atomic
def keep(*, report_id: uuid.UUID, pdf: bytes, archive: bytes = b"") -> bool:
    """Store the finished PDF and, of a packet, its archive, encrypted.

    False when it is there already or nobody waits for it any more."""
    report = (
        Report.objects.select_for_update(no_key=True).filter(pk=report_id, state=Report.State.WAITING).first()
    )
    if report is None:
        return False
    report.pdf, report.size = pdf, len(pdf)
    report.archive, report.archive_size = archive, len(archive)
    report.state, report.made_at = Report.State.READY, timezone.now()
    report.save()
    audit.record(None, "report made", about=report)
    notifications.ready(report)
    return True


@transaction.atomic
def give_up(*, report_id: uuid.UUID) -> None:
    """It could not be made. Whoever asked sees it on the page and may ask again."""
    report = (
        Report.objects.select_for_update(no_key=True).filter(pk=report_id, state=Report.State.WAITING).first()
    )
    if report is not None:
        report.state = Report.State.FAILED
        report.save(update_fields=["state"])
        audit.record(None, "report failed", about=report)


@transaction.atomic
def remove_expired(*, today: datetime.date) -> int:
    """Delete reports whose last day is over, together with the keys that opened them. Returns how many."""
    expired = list(Report.objects.expired(today).select_for_update(no_key=True)[:500])
    for report in expired:
        audit.record(None, "report removed", about=report)
    ids = [report.pk for report in expired]
    Report.objects.filter(pk__in=ids).delete()
    RecordKey.objects.filter(pk__in=ids).delete()
    return len(ids)


def give_up_stuck() -> int:
    """Reports that have waited for half a day will not come any more: say so. Returns how many."""
    since = timezone.now() - STUCK
    stuck = list(
        Report.objects.filter(state=Report.State.WAITING, asked_at__lt=since).values_list("pk", flat=True)
    )
    for report_id in stuck:
        give_up(report_id=report_id)
    return len(stuck)
