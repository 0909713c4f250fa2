"""Writing up what was seen, and sending it."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.guidance.shown import prompts_by_place
from supervision.pages.responses import conflict
from supervision.people import hints
from supervision.people.requests import limits_first, reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.answering import sending
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.typed import begun, forget, kept_or_left, merged

from .. import operations, policy
from ..forms import SendForm, WriteForm
from ..models import Observation
from .common import METHODS, address, observation_for
from .reading import draft_page


@require_http_methods(METHODS)
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write up what was seen, as a draft of one's own."""
    user = reader(request)
    found = observation_for(user, pk)
    about = f"sessions.observation:{pk}"
    try:
        policy.check_can_write(user, found)
    except WrongState as refusal:
        if request.method != "POST" or found.supervisor_id != user.pk:
            raise
        late = _form(found, request.POST)
        return conflict(request, what=refusal.message, url=address("observation", pk), forms=[late])
    if request.method != "POST":
        return _begin_writing(request, found, about)
    if (answer := kept_or_left(request, about)) is not None:
        return answer
    form = _form(found, request.POST, later="later" in request.POST)
    if hints.silence_pressed(request, form):
        return _write_page(request, found, form)
    if not form.is_valid():
        return _write_page(request, found, form, status=422)
    try:
        operations.write_up(found, by=user, written=form.written(), version=form.cleaned_data["version"])
    except Stale as refusal:
        form, saved = merged(request, form, partial(_form, found), about=about)
        return _write_page(request, found, form, status=409, stale=refusal.message, saved=saved)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=address("observation", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _write_page(request, found, form, status=422)
    forget(request, about)
    if "later" in request.POST:
        messages.success(request, _("Draft saved. Only you can see it until you send it."))
    return redirect("sessions:observation", pk)


def _begin_writing(request: HttpRequest, found: Observation, about: str) -> HttpResponse:
    """The form as it is saved, or with what this person typed here and did not save."""
    form, kept_at = begun(request, about, partial(_form, found))
    audit.opened(reader(request), found, why="party")
    return _write_page(request, found, form, kept_at=kept_at)


def _form(found: Observation, data: QueryDict | None, *, later: bool = False) -> WriteForm:
    encryption.unlock([found])
    initial = {
        "version": found.version,
        "held_on": found.held_on or min(found.day, timezone.localdate()),
        "strengths": found.strengths,
        "growth": found.growth,
        "recording_agreed": found.recording_agreed,
    }
    return WriteForm(data, initial=initial, observation=found, later=later)


def _write_page(
    request: HttpRequest,
    found: Observation,
    form: WriteForm,
    *,
    status: int = 200,
    kept_at: Any = None,
    stale: str = "",
    saved: Any = (),
) -> HttpResponse:
    hints.under(request, form)
    context = {
        "observation": found,
        "form": form,
        "prompts": prompts_by_place(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "stale": stale,
        "saved": saved,
        "invalid": status == 422,
    }
    return render(request, "sessions/observations/write.html", context, status=status)


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign the record and send it to the worker."""
    user = reader(request)
    found = observation_for(user, pk)
    policy.check_can_send(user, found)
    about = f"sessions.observation_send:{pk}"
    if (elsewhere := limits_first(request, about)) is not None:
        return elsewhere
    return sending(
        request,
        found,
        operations.sign_and_send,
        form=partial(SendForm, initial={"version": found.version}),
        show=partial(draft_page, request, found),
        given=lambda data: {"version": data["version"]},
        about=about,
        url=address("observation", pk),
        done=_("Signed, and sent to %(name)s.") % {"name": found.worker.called},
    )
