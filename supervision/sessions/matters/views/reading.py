"""Reading what is taken up, and the manager's answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supervision.pages.responses import conflict
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, Stale
from supervision.records.policy import explain
from supervision.records.typed import begun, forget, kept_or_left

from .. import operations, policy
from ..forms import ReplyForm
from ..models import Matter
from .common import address, matter_for


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The words, where they stand, and what was answered."""
    found = matter_for(reader(request), pk)
    if not explain(policy.check_can_reply, reader(request), found):
        return _page(request, found)
    first = {"key": uuid.uuid4()}
    form, kept_at = begun(request, _about(found), lambda data: ReplyForm(data, initial=first))
    return _page(request, found, form, kept_at=kept_at)


def _about(matter: Matter) -> str:
    """Under which name an answer is kept while it is typed."""
    return f"sessions.matter_reply:{matter.pk}"


def _page(
    request: HttpRequest,
    found: Matter,
    form: ReplyForm | None = None,
    *,
    status: int = 200,
    kept_at: Any = None,
) -> HttpResponse:
    user = reader(request)
    replies = list(found.replies.select_related("by"))
    encryption.unlock([found], replies)
    between = found.is_between(user)
    own_alone = between and found.proposed_by_id == user.pk and not replies and not found.reason
    if not own_alone:
        audit.opened(user, found, why="party" if between else "it was sent to them")
    context = {
        "matter": found,
        "between": between,
        "other": found.other(user) if between else None,
        "replies": replies,
        "can_agree": explain(policy.check_can_agree, user, found),
        "can_decline": explain(policy.check_can_decline, user, found),
        "can_change": explain(policy.check_can_change, user, found),
        "can_leave": explain(policy.check_can_withdraw, user, found),
        "again_url": _again_url(user, found) if between and found.state != Matter.State.PROPOSED else "",
        "form": form,
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "invalid": status == 422,
    }
    return render(request, "sessions/matters/detail.html", context, status=status)


def _again_url(user: User, found: Matter) -> str:
    """Where the same words are taken up once more; empty where the two can take up nothing together now."""
    if not explain(policy.check_can_take_up, user, found.arrangement, found.other(user)):
        return ""
    url = reverse("sessions:matter_propose", args=[found.arrangement_id, found.other(user).pk])
    return f"{url}?again={found.pk}"


@require_POST
@second_press_shows("sessions:matter")
def reply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The manager answers the two."""
    user = reader(request)
    found = matter_for(user, pk)
    policy.check_can_reply(user, found)
    if (answer := kept_or_left(request, _about(found), url=address(found))) is not None:
        return answer
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    data = form.cleaned_data
    try:
        operations.reply(found, by=user, kind=data["kind"], text=data["text"], key=data["key"])
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=address(found), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, found, form, status=422)
    forget(request, _about(found))
    messages.success(request, _("Answered. Both of them read it."))
    return redirect(address(found))
