"""What the pages of concerns share: finding one for whoever may know of it, and the page of one step."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit
from supervision.records.errors import AlreadyDone, Invalid, NotFound, WrongState

from ..models import Concern

METHODS = ["GET", "HEAD", "POST"]
SHOWN = "concerns:detail"
NAMED = (
    "arrangement__program",
    "raised_by",
    "worker__line_manager",
    "shared_with",
    "taken_to",
    "ended_by",
)


def concern_for(user: User, pk: uuid.UUID) -> Concern:
    """One that this person may know of. Raises NotFound for everybody else: for them it does not exist."""
    found = Concern.objects.visible_to(user).select_related(*NAMED).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such page."))
    return found


def address(concern: Concern) -> str:
    return reverse(SHOWN, args=[concern.pk])


def opened(user: User, concern: Concern) -> None:
    """Before its words are shown to anybody but whoever wrote them."""
    if user.pk == concern.raised_by_id:
        if concern.has_ended or concern.is_told or concern.is_shared:
            audit.opened(user, concern, why="party")
        return
    audit.opened(user, concern, why="party" if user.pk == concern.worker_id else "it was shared with them")


def who_sees(concern: Concern, user: User) -> dict[str, Any]:
    """The line that says who can see the page."""
    if not concern.is_told and not concern.is_shared:
        return {
            "who": _("Only you can see this."),
            "not_who": _("Nobody is told that it exists."),
            "private": True,
        }
    names = {
        "raiser": concern.raised_by.called,
        "worker": concern.worker.called,
        "receiver": concern.shared_with.called if concern.shared_with is not None else "",
    }
    if not concern.is_shared:
        other = names["worker"] if user.pk == concern.raised_by_id else names["raiser"]
        return {
            "who": _("You and %(other)s can see this.") % {"other": other},
            "not_who": _("Nobody else, no manager and no administrator, unless it is shared."),
        }
    if user.pk == concern.shared_with_id:
        return {
            "who": _("You see what was written for you.") % names,
            "not_who": _(
                "Nothing of what was said in supervision is here. %(worker)s and %(raiser)s see the rest."
            )
            % names
            if concern.is_told
            else _("Nothing of what was said in supervision is here. %(raiser)s sees the rest.") % names,
        }
    if not concern.is_told:
        return {
            "who": _("You see this, and %(receiver)s what you wrote for them.") % names,
            "not_who": _("%(worker)s sees all of it once they are told.") % names,
        }
    return {
        "who": _("%(worker)s and %(raiser)s see this. %(receiver)s sees what was written for them.") % names,
        "not_who": _("Nobody else."),
    }


def step(
    request: HttpRequest,
    concern: Concern,
    make: Callable[[Any], Any],
    act: Callable[[Any], object],
    *,
    check: Callable[[User, Concern], None],
    template: str = "concerns/step.html",
    done: str,
    then: str = "",
    back: str = "",
    **page: Any,
) -> HttpResponse:
    """One step, on a page of its own: what it means, what to fill in, and once it is sent the operation.

    `make` gives the form; `act` takes it when it is right. `check` is asked before the page is shown. What was typed is never lost:
    where somebody else was quicker it is shown to be copied (409).
    """
    user = reader(request)
    url = back or address(concern)
    form = make(posted(request))
    try:
        check(user, concern)
    except AlreadyDone:
        raise
    except WrongState as refusal:
        if request.method != "POST":
            raise
        return conflict(request, what=refusal.message, url=url, forms=[form])
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=url, forms=[form])
        else:
            messages.success(request, done)
            return redirect(then or url)
    context = {"concern": concern, "form": form, "back_url": url, **who_sees(concern, user), **page}
    return render_form(request, template, context, invalid=request.method == "POST")
