"""The page of a round: what it is for whoever is asked, and for the supervisor what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supervision.pages import words
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.errors import Denied, WrongState

from .. import operations, results, sentences
from ..models import Round, RoundResult, Sheet
from ..sheets import Kept
from .common import own_sheet


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One round, for somebody who has a part in it."""
    user = reader(request)
    sheet = own_sheet(user, pk)
    kept = operations.kept_in(sheet)
    context = {
        "round": sheet.round,
        "content": sheet.round.framework_version.body,
        "kept": kept,
        "state": sentences.own_state(sheet.round, kept, user),
        "sees": sentences.round_is_seen(sheet.round, user),
    }
    if sheet.round.supervisor_id != user.pk:
        asked = sheet.round.sheets.asked().count()
        context["before"] = sentences.before_answering(sheet.round, asked)
        return render(request, "competencies/rounds/asked.html", context)
    return _for_supervisor(request, sheet, kept, context)


def _for_supervisor(request: HttpRequest, sheet: Sheet, kept: Kept, context: dict[str, Any]) -> HttpResponse:
    found, user = sheet.round, reader(request)
    people = User.objects.filter(pk__in=found.sheets.asked().values("person")).order_by("name", "id")
    context["asked"] = [person.name for person in people]
    result = None
    if kept.is_sent and not found.is_open:
        result = RoundResult.objects.filter(round=found).first()
    if result is None:
        return render(request, "competencies/rounds/waits.html", context)
    audit.opened(user, result, why="about their supervision")
    found.result = result
    context |= _result(found, kept, user)
    return render(request, "competencies/rounds/result.html", context)


def _result(found: Round, kept: Kept, user: User) -> dict[str, Any]:
    content, bands = found.framework_version.body, operations.bands_of(found)
    if bands is None:
        return {"no_result": sentences.no_result()}
    shown = results.sections(content, bands, kept.sent)
    earlier, differing = _earlier(found, user), results.differing(shown)
    return {
        "sections": shown,
        "strengths": results.strengths(shown),
        "differing": differing[: results.MOST_DIFFERING],
        "more_differing": len(differing) > results.MOST_DIFFERING,
        "figure": results.chart(content, shown, kept.sent) if results.can_be_drawn(shown) else None,
        "trend": results.trend([*earlier, (words.short_day(found.last_day), shown)]) if earlier else [],
    }


def _earlier(found: Round, user: User) -> list[tuple[str, list[results.Section]]]:
    """The rounds before it with the same framework that have a result and one's own part, the oldest first."""
    rows = (
        Sheet.objects.of(user)
        .own_parts()
        .filter(
            round__closes_at__lt=found.closes_at,
            round__result__isnull=False,
            round__framework_version__framework=found.framework_version.framework_id,
        )
    )
    rows = rows.select_related("round__result", "round__framework_version").order_by(
        "-round__closes_at", "-pk"
    )
    newest = list(rows[: results.MOST_ROUNDS - 1])[::-1]
    encryption.unlock(newest, [row.round.result for row in newest])
    shown = []
    for row in newest:
        kept, bands = operations.kept_in(row), operations.bands_of(row.round)
        if kept.is_sent and bands is not None:
            content = row.round.framework_version.body
            shown.append((words.short_day(row.round.last_day), results.sections(content, bands, kept.sent)))
    return shown


@require_POST
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make the result, where that has not happened by itself yet; leads to it."""
    user = reader(request)
    sheet = own_sheet(user, pk)
    if sheet.round.supervisor_id != user.pk:
        raise Denied(_("What comes of a round is for the one whom it is about."))
    if not operations.kept_in(sheet).is_sent:
        raise WrongState(_("Send your own part first."))
    operations.settle(sheet.round)
    return redirect("rounds:detail", pk)
