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
from supervision.pages.sight import Line, line
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


def who_sees(concern: Concern, user: User) -> Line:
    """The line that says who can see the page."""
    worker, raiser = concern.worker.called, concern.raised_by.called
    if concern.is_shared:
        return _shared_sees(concern, user, worker, raiser)
    if not concern.is_told:
        return line("concern.stated")
    return line("concern.told", other=worker if user.pk == concern.raised_by_id else raiser)


def _shared_sees(concern: Concern, user: User, worker: str, raiser: str) -> Line:
    """Once one more person reads what was written for them; the worker may not have been told yet."""
    receiver = concern.shared_with.called if concern.shared_with is not None else ""
    if user.pk == concern.shared_with_id:
        if concern.is_told:
            return line("concern.received", worker=worker, raiser=raiser)
        return line("concern.received_early", raiser=raiser)
    if concern.is_told:
        return line("concern.shared", worker=worker, raiser=raiser, receiver=receiver)
    return line("concern.shared_early", worker=worker, receiver=receiver)


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
    context = {"concern": concern, "form": form, "back_url": url, "sees": who_sees(concern, user), **page}
    return render_form(request, template, context, invalid=request.method == "POST")
