"""PDFs that are made when somebody asks and never sealed: a version that is not signed by all, and how a version came together.

A draft says on every page that it is one. Both are for the parties alone.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.records import documents, renderer, snapshot
from supervision.records.models import Offer

from . import content, history_page
from .models import Agreement

SECONDS = 40.0  # somebody waits for the page


def response(agreement: Agreement, agency: str) -> HttpResponse:
    """The download of a version that is not signed. Raises RenderFailed."""
    return _download(draft(agreement, agency), f"draft-agreement-{content.reference(agreement.pk)}.pdf")


def history_response(
    agreement: Agreement, agency: str, *, until: datetime.date | None = None
) -> HttpResponse:
    """The download of how a version came together, up to a day. Raises RenderFailed."""
    return _download(
        history(agreement, agency, until=until), f"how-it-came-together-{content.reference(agreement.pk)}.pdf"
    )


def draft(agreement: Agreement, agency: str) -> bytes:
    """The version as it stands, or as it is on offer with who has signed so far, and how it came together."""
    rows = content.rows_of(agreement, agency=agency)
    offer = Offer.objects.of(agreement).open().first() if agreement.is_offered else None
    made = snapshot.read(offer.content) if offer is not None else content.build(rows)
    context = {
        "content": made | {"made": _made(agreement)},
        "signers": documents.signers(offer) if offer is not None else [],
        "story": history_page.story_of(rows),
        "draft": True,
    }
    return _render("agreements/pdf/draft.html", context, made["title"], agreement)


def history(agreement: Agreement, agency: str, *, until: datetime.date | None = None) -> bytes:
    """Who suggested, agreed and signed what and when, with the words."""
    rows = content.rows_of(agreement, agency=agency)
    made = content.build(rows)
    shown = {
        "title": _("How an agreement came together"),
        "lead": made["lead"],
        "agency": agency,
        "reference": made["reference"],
        "version": made["version"],
        "facts": made["facts"][:3],
        "made": _made(agreement),
    }
    context = {"content": shown, "story": history_page.story_of(rows, until=until)}
    return _render("agreements/pdf/history.html", context, shown["title"], agreement)


def _made(agreement: Agreement) -> str:
    return _("Made %(day)s") % {"day": words.full_day(timezone.now())}


def _render(template: str, context: dict[str, Any], title: str, agreement: Agreement) -> bytes:
    return renderer.render_in_child(
        render_to_string(template, context),
        title=title,
        created=timezone.now(),
        identifier=agreement.pk.bytes,
        seconds=SECONDS,
    )


def _download(pdf: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
