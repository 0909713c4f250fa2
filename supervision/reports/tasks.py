"""Jobs of the reports. They carry ids only, and may run twice without doing anything twice."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from supervision.hours.policy import arrangements_seen_of
from supervision.jobs import if_failed, job
from supervision.jobs.operations import is_queued
from supervision.people import zones
from supervision.people.models import User
from supervision.records import archives, renderer
from supervision.records.certificate import SealUnavailable
from supervision.records.encryption import unlocked_keys
from supervision.records.errors import Denied
from supervision.records.pdf_parts import Attachment, RenderFailed

from . import figures, monthly, operations, page, policy
from .kinds import averages, log, paper, program, register, training
from .kinds.made import Made, Tick, csv_of, xlsx_of
from .models import Kind, Report
from .operations import Files
from .packet import gather
from .packet import open as open_archive
from .packet import page as packet_page
from .progress import Progress, Unwanted, unseen

OF_TABLES: dict[str, Callable[[Report, Tick], Made]] = {
    Kind.LOG: log.make,
    Kind.REGISTER: register.make,
    Kind.TRAINING: training.make,
    Kind.AVERAGES: averages.make,
}


@job
@if_failed("supervision.reports.tasks.report_failed")
def make_report(*, report_id: str) -> None:
    """Make, seal and keep one report, unless that was done already, nobody wants it, or they may not have it any more."""
    report = (
        Report.objects.waiting()
        .without_files()
        .filter(pk=uuid.UUID(report_id))
        .select_related("asked_by", "supervisor", "about")
        .first()
    )
    if report is None:
        return
    with unlocked_keys(), timezone.override(zones.of(report.asked_by)):
        try:
            policy.check_can_open(report.asked_by, report)
            files = files_of(report, Progress(report.pk))
        except Unwanted:
            return
        except (Denied, RenderFailed, SealUnavailable):
            operations.give_up(report_id=report.pk)
        else:
            operations.keep(report_id=report.pk, files=files)


@job
def report_failed(*, report_id: str) -> None:
    """Its job failed for good: whoever waits is told on the page, and can ask again. Unless they have done so meanwhile."""
    if not is_queued(operations.JOB, report_id=report_id):
        operations.give_up(report_id=uuid.UUID(report_id))


def files_of(report: Report, tick: Tick = unseen) -> Files:
    """The files of a report as its facts stand now. Raises RenderFailed, SealUnavailable, and what `tick` raises."""
    if report.kind == Kind.PACKET and report.about is not None:
        pdf, archive = packet_of(report, report.about, tick)
        return Files(pdf=pdf, archive=archive)
    if report.kind == Kind.PROGRAM:
        found = figures.figures_of(report, tick)
        tables = program.tables_of(found)
        return Files(pdf=pdf_of(report, found), table=csv_of(tables), book=xlsx_of(tables))
    made = OF_TABLES[report.kind](report, tick)
    context = paper.context_of(report, made)
    pdf = _sealed("reports/pdf/tables.html", context, title=made.title, at=made.at, report=report)
    return Files(pdf=pdf, table=csv_of(made.tables), book=xlsx_of(made.tables))


def pdf_of(report: Report, found: figures.Figures | None = None) -> bytes:
    """The sealed PDF of a program report as its facts stand now. Raises RenderFailed, SealUnavailable."""
    made = page.page_of(report, found or figures.figures_of(report))
    return _sealed(
        "reports/pdf/program.html",
        made.context,
        title=made.title,
        at=made.at,
        report=report,
        attachments=made.attachments,
    )


def packet_of(report: Report, person: User, tick: Tick = unseen) -> tuple[bytes, bytes]:
    """The sealed PDF of an audit packet and its archive, as the facts stand now. Raises RenderFailed, SealUnavailable."""
    scope = arrangements_seen_of(report.asked_by, person)
    packet = gather.gather(person, scope, report.first_day, report.last_day)
    tick(1, 1)
    context = packet_page.context_of(packet)
    data = Attachment(
        "packet.json",
        archives.as_json(open_archive.data_of(packet)),
        gettext("This packet as data"),
        packet.at,
    )
    pdf = _sealed(
        "reports/pdf/packet.html",
        context,
        title=context["content"]["title"],
        at=packet.at,
        report=report,
        attachments=[data],
    )
    return pdf, open_archive.archive_of(packet, pdf)


def _sealed(
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    at: datetime.datetime,
    report: Report,
    attachments: list[Attachment] | None = None,
) -> bytes:
    from supervision.records import seal_pdf  # only the worker seals: the pages need not load what it takes

    agency = context["content"]["agency"]
    pdf = renderer.render_in_child(
        render_to_string(template, context),
        title=title,
        created=at,
        identifier=str(report.pk),
        attachments=attachments or [],
    )
    return bytes(seal_pdf.seal_pdf(pdf, reason=title, name=agency, location=agency))


@job
def tidy() -> None:
    """Once a day: let go of reports whose time is over, and say so where one will not come."""
    operations.remove_expired(today=timezone.localdate())
    operations.give_up_stuck()


@job
def make_monthly() -> None:
    """Once a day: ask for what somebody wants every month and has not got for this one yet."""
    monthly.ask_all(today=timezone.localdate())
