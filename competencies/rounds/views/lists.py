"""Lists: the rounds that one has a part in, and what was written by name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from supervision.pages.keyset import page_of
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import encryption

from .. import circle, operations, sentences
from ..models import NamedView, Round, Sheet


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds that this person is asked in, and the ones about their own supervision; the last to close first."""
    user = reader(request)
    found = Round.objects.visible_to(user).select_related("supervisor", "framework_version")
    page = page_of(found, request.GET, date_field="closes_at")
    rows = _rows(page.items, user)
    context = {
        "page": page,
        "own": [row for row in rows if row["is_own"]],
        "asked": [row for row in rows if not row["is_own"]],
        "supervises": circle.supervised_by(user).exists(),
        "supervisors": list(circle.supervisors_of(user)),
    }
    return render(request, "competencies/rounds/list.html", context)


def _rows(found: list[Round], user: User) -> list[dict[str, Any]]:
    """Each with how it stands with one's own part, which nobody else is shown."""
    mine = {sheet.round_id: sheet for sheet in Sheet.objects.of(user).filter(round__in=found)}
    encryption.unlock(mine.values())
    rows = []
    for one in found:
        sheet = mine[one.pk]
        sheet.round = one
        kept = operations.kept_in(sheet)
        rows.append(
            {
                "round": one,
                "is_own": one.supervisor_id == user.pk,
                "state": sentences.own_state(one, kept, user),
                "waits": one.is_open and not kept.is_sent,
            }
        )
    return rows


@require_safe
def named(request: HttpRequest) -> HttpResponse:
    """What this person wrote by name, and what was written to them: who and when. The words are on the page of each."""
    user = reader(request)
    rows = NamedView.objects.visible_to(user).select_related("author", "supervisor").defer("text")
    page = page_of(rows, request.GET, date_field="at")
    shown = [{"row": row, "title": sentences.named_title(row, user)} for row in page.items]
    context = {"page": page, "rows": shown, "supervisors": list(circle.supervisors_of(user))}
    return render(request, "competencies/rounds/named.html", context)
