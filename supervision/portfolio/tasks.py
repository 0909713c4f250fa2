"""Jobs of the portfolio. They carry ids only, and may run twice without doing anything twice."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from supervision.jobs import if_failed, job
from supervision.people import zones
from supervision.people.models import User
from supervision.records import mail, renderer
from supervision.records.certificate import SealUnavailable
from supervision.records.encryption import unlocked_keys
from supervision.records.pdf_parts import RenderFailed

from . import everything, leaving, making, openings, operations
from .models import Export, LeavingLink
from .parts import Period


@job
@if_failed("supervision.portfolio.tasks.export_failed")
def make_export(*, export_id: str) -> None:
    """Make and keep the files of one export, unless that was done already."""
    rows = Export.objects.filter(pk=uuid.UUID(export_id), state=Export.State.WAITING)
    export = rows.select_related("owner").first()
    if export is None:
        return
    with unlocked_keys(), timezone.override(zones.of(export.owner)):
        try:
            pdf, archive = files_of(export)
        except (RenderFailed, SealUnavailable):
            operations.give_up(export_id=export.pk)
        else:
            operations.keep(export_id=export.pk, pdf=pdf, archive=archive)


@job
def export_failed(*, export_id: str) -> None:
    """Its job failed for good: whoever waits is told on the page, and can ask again."""
    operations.give_up(export_id=uuid.UUID(export_id))


def files_of(export: Export) -> tuple[bytes, bytes]:
    """The sealed PDF and the archive, as everything stands now; empty where there is none. Raises RenderFailed, SealUnavailable."""
    if export.first_day is None or export.last_day is None:  # of everything there is no period
        return b"", everything.archive_of(export.owner)
    period = Period(export.first_day, export.last_day)
    if export.kind == Export.Kind.OPENINGS:
        page = openings.page_of(export.owner, period)
        return _sealed("portfolio/pdf/openings.html", page, at=timezone.now(), identifier=str(export.pk)), b""
    notes = [uuid.UUID(pk) for pk in export.notes]
    portfolio = making.gather(export.owner, period, export.parts, notes)
    return pdf_of(portfolio, identifier=str(export.pk)), making.archive_of(portfolio)


def pdf_of(portfolio: making.Portfolio, *, identifier: str) -> bytes:
    """The sealed PDF. Raises RenderFailed, SealUnavailable."""
    page = making.page_of(portfolio)
    return _sealed("portfolio/pdf/portfolio.html", page, at=portfolio.at, identifier=identifier)


def _sealed(template: str, page: dict[str, Any], *, at: datetime.datetime, identifier: str) -> bytes:
    from supervision.records import seal_pdf  # only the worker seals: the pages need not load what it takes

    title, agency = str(page["content"]["title"]), str(page["content"]["agency"])
    pdf = renderer.render_in_child(
        render_to_string(template, page), title=title, created=at, identifier=identifier
    )
    return bytes(seal_pdf.seal_pdf(pdf, reason=title, name=agency, location=agency))


@job
def send_leaving_link(*, person_id: str) -> None:
    """An account was closed: its person gets the way to what is theirs."""
    person = User.objects.filter(pk=uuid.UUID(person_id), is_active=False).first()
    just_now = timezone.now() - datetime.timedelta(hours=1)  # when this job runs twice
    sent = LeavingLink.objects.filter(person=person, stopped_at__isnull=True, sent_at__gte=just_now)
    if person is not None and not sent.exists():
        operations.send_link(person)


@job
def tell_leaver(*, link_id: str) -> None:
    link = LeavingLink.objects.select_related("person").filter(pk=uuid.UUID(link_id)).first()
    if link is not None and link.is_open:
        _send(link)


@job
def tell_leaver_of_removal(*, person_id: str) -> None:
    """Something of somebody who has left will be removed: by the link that they have, or by a new one where its time is over."""
    link = (
        LeavingLink.objects.select_related("person")
        .filter(person=uuid.UUID(person_id), stopped_at__isnull=True)
        .first()
    )
    if link is not None and link.is_open:
        _send(link, removal=True)
        return
    person = User.objects.filter(pk=uuid.UUID(person_id), is_active=False).first()
    if person is not None:
        operations.send_link(person)


def _send(link: LeavingLink, *, removal: bool = False) -> None:
    context = {
        "called": link.person.called,
        "link": leaving.address_of(link),
        "until": link.expires_on,
        "removal": removal,
    }
    mail.send(link.person.email, "emails/leaving", context)


@job
def tidy() -> None:
    """Once a day: files whose time is over, those that will not come, and notes of people who left 60 days ago."""
    operations.remove_expired(today=timezone.localdate())
    operations.give_up_stuck()
    operations.erase_notes_of_the_gone(today=timezone.localdate())
