"""What one raised, was told of, or had shared with one. For somebody with none of it the page looks the same as for everybody."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.keyset import page_of
from supervision.people.models import User
from supervision.people.requests import reader

from ... import people
from ..models import Concern, NotReached
from .common import address

WORDS = (
    *("limit", "text", "named", "no_time_reason", "declined_words", "taken_to_name"),
    *("shared_text", "out_of_order_reason", "outcome", "ended_reason"),
)


@require_safe
def concerns(request: HttpRequest) -> HttpResponse:
    """Newest first; no words of them, so nothing is opened yet."""
    user = reader(request)
    rows = (
        Concern.objects.visible_to(user)
        .select_related("raised_by", "worker", "shared_with")
        .defer(*WORDS)
        .annotate(since=Coalesce(F("told_at"), F("shared_at"), F("begun_at")))
    )
    page = page_of(rows, request.GET, date_field="since")
    asked = list(
        Concern.objects.can_be_confirmed(user)
        .select_related("worker")
        .only("id", "worker", "may_ask_at")
        .annotate(said_no=Exists(NotReached.objects.filter(concern=OuterRef("pk"), by=user)))
        .order_by("may_ask_at")
    )
    context = {
        "page": page,
        "rows": [_row(one, user) for one in page.items],
        "asked": asked,
        "begin": [
            {"name": person.name, "url": reverse("concerns:state", args=[arrangement.pk, person.pk])}
            for arrangement, person in people.supervised_by(user)
        ],
        "is_supervised": bool(people.supervision_of(user)),
    }
    return render(request, "concerns/list.html", context)


def _row(one: Any, user: User) -> dict[str, Any]:
    tag, kind = _tag(one, user)
    return {"title": _title(one, user), "at": one.since, "url": address(one), "tag": tag, "kind": kind}


def _title(one: Concern, user: User) -> str:
    if user.pk == one.raised_by_id:
        return _("A concern with %(name)s") % {"name": one.worker.name}
    if user.pk == one.worker_id:
        return _("A concern that %(name)s told you of") % {"name": one.raised_by.name}
    return _("A concern about the work of %(name)s, shared with you") % {"name": one.worker.name}


def _tag(one: Concern, user: User) -> tuple[str, str]:
    if one.ended_at is not None:
        return str(one.get_ended_as_display()), "" if one.ended_as == "withdrawn" else "done"
    if one.is_shared:
        waits = user.pk == one.shared_with_id
        return (_("Your answer"), "wait") if waits else (_("Shared"), "info")
    if not one.is_told:
        return _("Nobody told yet"), "private"
    if one.time_is_over():
        return _("Their time is over") if user.pk == one.raised_by_id else _("Time over"), "wait"
    return (_("Their time runs"), "info") if user.pk == one.raised_by_id else (_("Your time runs"), "wait")
