"""What the views of goals share: finding one for whoever may read it, and what was typed and not saved."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from supervision.people.models import User
from supervision.records import drafts

from .. import policy
from ..models import Goal

METHODS = ["GET", "HEAD", "POST"]


def reader(request: HttpRequest) -> User:
    """The signed-in person. The middleware lets nobody else get here."""
    user: Any = request.user
    return user


def goal_for(user: User, pk: uuid.UUID) -> Goal:
    """One that this person may read. Raises NotFound."""
    rows = Goal.objects.visible_to(user).select_related("owner", "shared_as__arrangement__program")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise policy.no_such_goal()
    return found


def own_goal(user: User, pk: uuid.UUID) -> Goal:
    """One of this person's own. Raises NotFound."""
    rows = Goal.objects.of(user).select_related("owner", "shared_as__arrangement__program")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise policy.no_such_goal()
    return found


# What was typed and not saved ---------------------------------------------------------------------------------


def is_draft(request: HttpRequest) -> bool:
    """Whether the script sends what is being typed, to be kept."""
    return request.headers.get("X-Requested-With") == "draft"


def keep_draft(request: HttpRequest, about: str) -> HttpResponse:
    """204; or 409 when this page was saved meanwhile."""
    page = request.POST.get("page", "")
    return HttpResponse(status=204 if drafts.keep(request.user, about, typed(request), page=page) else 409)


def typed(request: HttpRequest) -> dict[str, Any]:
    return {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}


def kept_draft(user: User, about: str) -> tuple[QueryDict, datetime.datetime] | None:
    """What this person typed here last, as a form takes it, and when."""
    found = drafts.kept(user, about)
    if found is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in found[0].items():
        data.setlist(name, values)
    return data, found[1]


def forget_draft(request: HttpRequest, about: str) -> None:
    """The words are saved, or not wanted."""
    drafts.forget(request.user, about, page=request.POST.get("page", ""))
