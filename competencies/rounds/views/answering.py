"""Answering: the same form for everybody who is asked, and for the supervisor's own part."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.pages.responses import conflict
from supervision.people.requests import reader
from supervision.records.errors import Stale, WrongState
from supervision.records.typed import merged

from ...rating.marks import Marks
from .. import operations, sentences
from ..forms import SheetForm
from ..models import Sheet
from ..sheets import Kept
from .common import METHODS, own_sheet


@require_http_methods(METHODS)
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who will see what, then the statements. What is chosen keeps itself; it counts once it is sent."""
    user = reader(request)
    sheet = own_sheet(user, pk)
    kept = operations.kept_in(sheet)
    is_too_late = not operations.may_still_answer(sheet, kept)
    if request.method != "POST" and is_too_late:
        return redirect("rounds:detail", pk)
    if request.method != "POST":
        return _page(request, sheet, kept, _form(sheet, kept, None))
    if request.headers.get("X-Requested-With") == "draft":
        return HttpResponse(status=204 if _keep(request, sheet, kept) else 409)
    if is_too_late:
        return _too_late(request, sheet, kept)
    if "later" in request.POST:
        return _for_later(request, sheet, kept)
    form = _form(sheet, kept, request.POST, finished=True)
    if not form.is_valid():
        return _page(request, sheet, kept, form, status=422)
    try:
        operations.answer(sheet, by=user, version=form.cleaned_data["version"], marks=form.marks)
    except Stale as refusal:
        return _both(request, sheet, form, refusal.message)
    except WrongState:
        return _too_late(request, sheet, kept)
    return _sent(request, sheet)


def _too_late(request: HttpRequest, sheet: Sheet, kept: Kept) -> HttpResponse:
    """409: the round has closed. What was chosen is shown. A second press of what was sent in time leads to the round."""
    form = _form(sheet, kept, request.POST)
    if form.is_valid() and kept.is_sent and form.marks == kept.sent:
        return redirect("rounds:detail", sheet.round_id)
    said = _("This round has closed. Nothing is answered or changed in it any more.")
    return conflict(request, what=said, url=reverse("rounds:detail", args=[sheet.round_id]), forms=[form])


def _sent(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    found = sheet.round
    if found.supervisor_id != sheet.person_id:
        messages.success(request, _("Sent. You can change it, or take it back, until the round closes."))
    elif found.is_open:
        messages.success(request, _("Sent. You can change it until the round closes."))
    else:
        operations.settle(found)
        messages.success(request, _("Sent. This is what came of the round."))
    return redirect("rounds:detail", found.pk)


def _form(sheet: Sheet, kept: Kept, data: Mapping[str, Any] | None, *, finished: bool = False) -> SheetForm:
    content = sheet.round.framework_version.body
    marks: Marks = kept.typed or kept.sent
    return SheetForm(data, content=content, marks=marks, finished=finished, initial={"version": kept.version})


def _keep(request: HttpRequest, sheet: Sheet, kept: Kept) -> bool:
    """Keep what is chosen so far. False when nothing of it can be kept any more."""
    form = _form(sheet, kept, request.POST)
    form.is_valid()  # an answer that is none of those listed is left out
    version = form.cleaned_data.get("version", -1)
    return operations.keep_typed(sheet, by=reader(request), version=version, marks=form.marks)


def _for_later(request: HttpRequest, sheet: Sheet, kept: Kept) -> HttpResponse:
    """The button for people without script."""
    if not _keep(request, sheet, kept):
        form = _form(sheet, kept, request.POST)
        said = _("You sent other answers from another window meanwhile.")
        return conflict(request, what=said, url=reverse("rounds:detail", args=[sheet.round_id]), forms=[form])
    messages.success(request, _("Kept for you alone. It counts once you send it."))
    return redirect("rounds:detail", sheet.round_id)


def _page(
    request: HttpRequest,
    sheet: Sheet,
    kept: Kept,
    form: SheetForm,
    *,
    status: int = 200,
    saved: list[tuple[str, str]] | None = None,
    stale: str = "",
) -> HttpResponse:
    user, found = reader(request), sheet.round
    is_own = found.supervisor_id == user.pk
    context = {
        "form": form,
        "round": found,
        "is_own": is_own,
        "content": found.framework_version.body,
        "sees": sentences.marks_are_seen(found, user),
        "before": [] if is_own else sentences.before_answering(found, found.sheets.asked().count()),
        "is_sent": kept.is_sent,
        "is_unsent": bool(kept.typed) and kept.typed != kept.sent,
        "address": reverse("rounds:answer", args=[found.pk]),
        "invalid": status == 422,
        "saved": saved or [],
        "stale": stale,
    }
    return render(request, "competencies/rounds/answer.html", context, status=status)


def _both(request: HttpRequest, sheet: Sheet, form: SheetForm, said: str) -> HttpResponse:
    """409: everything chosen here, and beside it what was sent from the other window."""
    now = own_sheet(reader(request), sheet.round_id)
    kept = operations.kept_in(now)
    form.initial = _form(now, kept, None).initial
    anew, saved = merged(request, form, lambda data: _form(now, kept, data))
    return _page(request, now, kept, anew, status=409, saved=saved, stale=said)


@require_POST
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """As if nothing had been sent."""
    user = reader(request)
    operations.take_back(own_sheet(user, pk), by=user)
    messages.success(request, _("Taken back. What you chose is still in the form, for you alone."))
    return redirect("rounds:detail", pk)
