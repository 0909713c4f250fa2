"""What differs between two versions, and everything that was said on the way to one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from supervision.pages import differences, words
from supervision.records import audit, snapshot
from supervision.records.errors import NotFound
from supervision.records.models import Offer

from .. import content, draft_pdf, history_page, policy
from ..models import Agreement
from .common import Request, agency, detail_url, find


@require_safe
def compare(request: Request, pk: uuid.UUID, other_pk: uuid.UUID) -> HttpResponse:
    """Two versions of one arrangement's agreement, part by part: the older one first, whichever way they were named."""
    pair = sorted((find(request, pk), find(request, other_pk)), key=lambda one: one.number)
    if pair[0].arrangement_id != pair[1].arrangement_id or pair[0].pk == pair[1].pk:
        raise NotFound(_("These are not two versions of one agreement."))
    for one in pair:
        why = policy.check_can_read(request.user, one)
    audit.opened(request.user, pair, why=why)
    before, after = (_content_of(request, one) for one in pair)
    labels = [_("Version %(number)d") % {"number": one.number} for one in pair]
    return _page(request, find_url=detail_url(pair[1]), before=before, after=after, labels=labels)


@require_safe
def changes(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What changed in one version since it was last sent to be signed: for whoever had signed it then."""
    agreement = find(request, pk)
    policy.check_can_read_history(request.user, agreement)
    earlier = Offer.objects.of(agreement).filter(closed__isnull=False).first()
    if earlier is None:
        return redirect(detail_url(agreement))
    audit.opened(request.user, agreement, why="party")
    labels = [
        _("As it was sent on %(day)s") % {"day": words.day(earlier.offered_at)},
        _("As it reads now"),
    ]
    before = snapshot.read(earlier.content)
    return _page(
        request,
        find_url=detail_url(agreement),
        before=before,
        after=_content_of(request, agreement),
        labels=labels,
    )


def _content_of(request: Request, agreement: Agreement) -> dict[str, Any]:
    """What a version says: as it was signed or offered, or as it would be offered now."""
    if agreement.open_offer_id is not None:
        return snapshot.read(Offer.objects.get(pk=agreement.open_offer_id).content)
    return content.build(content.rows_of(agreement, agency=agency(request)))


def _page(
    request: Request, *, find_url: str, before: dict[str, Any], after: dict[str, Any], labels: list[str]
) -> HttpResponse:
    parts = differences.whole(before, after)
    changed = [part for part in parts if part.state != "same"]
    context = {
        "lead": _lead(changed, parts, labels),
        "labels": labels,
        "changed": changed,
        "same": [part for part in parts if part.state == "same"],
        "facts": _facts(before, after),
        "back_url": find_url,
    }
    return render(request, "agreements/compare.html", context)


def _lead(
    changed: list[differences.PartDifference], parts: list[differences.PartDifference], labels: list[str]
) -> str:
    """How much differs, as it would be said."""
    if not changed:
        return _("All parts read the same.")
    said = ngettext("%(n)d of %(all)d parts differs.", "%(n)d of %(all)d parts differ.", len(changed))
    return said % {"n": len(changed), "all": len(parts)}


def _facts(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Names, dates and numbers at the top that differ: label, before, after."""
    old, new = dict(before["facts"]), dict(after["facts"])
    return [(label, old.get(label, ""), said) for label, said in new.items() if old.get(label, "") != said]


@require_safe
def history(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Everything that was said and done on the way to a version, for its parties."""
    agreement = find(request, pk)
    until = policy.check_can_read_history(request.user, agreement)
    audit.opened(request.user, agreement, why="party")
    rows = content.rows_of(agreement, agency=agency(request), versions=[])
    context = {
        "agreement": agreement,
        "story": history_page.story_of(rows, until=until),
        "us": [
            _("You"),
            *(one.person.name for one in rows.parties if one.person_id != request.user.pk),
        ],
        "back_url": detail_url(agreement),
    }
    return render(request, "agreements/history.html", context)


@require_safe
def history_pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The same as a PDF."""
    agreement = find(request, pk)
    until = policy.check_can_read_history(request.user, agreement)
    audit.opened(request.user, agreement, why="party", action="downloaded")
    return draft_pdf.history_response(agreement, agency(request), until=until)
