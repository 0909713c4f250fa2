"""Jobs of the reports. They carry ids only, and may run twice without doing anything twice."""

from __future__ import annotations

import uuid

from django.template.loader import render_to_string
from django.utils import timezone

from supervision.jobs import job
from supervision.people import zones
from supervision.records import renderer
from supervision.records.certificate import SealUnavailable
from supervision.records.encryption import unlocked_keys
from supervision.records.errors import Denied
from supervision.records.pdf_parts import RenderFailed

from . import operations, page, policy
from .models import Report


@job
def make_report(*, report_id: str) -> None:
    """Make, seal and keep one report, unless that was done already or they may not have it any more."""
    report = (
        Report.objects.filter(pk=uuid.UUID(report_id), state=Report.State.WAITING)
        .select_related("asked_by", "supervisor")
        .first()
    )
    if report is None:
        return
    with unlocked_keys(), timezone.override(zones.of(report.asked_by)):
        try:
            policy.check_can_open(report.asked_by, report)
            operations.keep(report_id=report.pk, pdf=pdf_of(report))
        except (Denied, RenderFailed, SealUnavailable):
            operations.give_up(report_id=report.pk)


def pdf_of(report: Report) -> bytes:
    """The sealed PDF of a report as its facts stand now. Raises RenderFailed, SealUnavailable."""
    from supervision.records import seal_pdf  # only the worker seals: the pages need not load what it takes

    made = page.page_of(report)
    pdf = renderer.render_in_child(
        render_to_string("reports/pdf/program.html", made.context),
        title=made.title,
        created=made.at,
        identifier=str(report.pk),
        attachments=made.attachments,
    )
    return bytes(seal_pdf.seal_pdf(pdf, reason=made.title, name=made.agency, location=made.agency))


@job
def tidy() -> None:
    """Once a day: let go of reports whose time is over, and say so where one will not come."""
    operations.remove_expired(today=timezone.localdate())
    operations.give_up_stuck()
