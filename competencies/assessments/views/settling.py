"""Writing up a formal assessment once the two have talked, and sending it to be signed."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.responses import conflict
from supervision.people import hints
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.answering import sending
from supervision.records.errors import DomainError, Invalid, Stale, WrongState
from supervision.records.typed import begun, forget, kept_or_left, merged

from ...rating import marks as marking
from ...rating.forms import with_saved
from .. import content, operations, over_time, policy
from ..comparison import compare, where_they_agree
from ..forms import SendForm, WriteUpForm
from ..models import Assessment
from .common import METHODS, address, assessment_of, sees
from .reading import point_words


@require_http_methods(METHODS)
def settle(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write up what the two settled on."""
    user = reader(request)
    found = assessment_of(user, pk)
    about = operations.write_up_draft_of(pk)
    try:
        policy.check_can_settle(user, found)
    except WrongState as refusal:
        if request.method != "POST" or not found.is_shown:
            raise
        return conflict(
            request, what=refusal.message, url=address("assessment", pk), forms=[_form(found, request.POST)]
        )
    if request.method != "POST":
        audit.opened(user, found, why="party")
        form, kept_at = begun(request, about, partial(_form, found))
        return _page(request, found, form, kept_at=kept_at)
    if (answer := kept_or_left(request, about)) is not None:
        return answer
    form = _form(found, request.POST, finished="later" not in request.POST)
    if hints.silence_pressed(request, form):
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        operations.write_up(found, by=user, version=form.cleaned_data["version"], written=form.written())
    except Stale as refusal:
        fresh = assessment_of(user, pk)
        form, saved = merged(request, form, lambda data: _form(fresh, _with_saved(data, fresh)), about=about)
        return _page(request, fresh, form, status=409, stale=refusal.message, saved=saved)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=address("assessment", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, found, form, status=422)
    forget(request, about)
    if "later" in request.POST:
        messages.success(request, _("Saved. Only you can see it until you send it."))
        return redirect("competencies:assessment", pk)
    return redirect("competencies:assessment_send", pk)


def _with_saved(data: QueryDict, found: Assessment) -> QueryDict:
    encryption.unlock([found])
    return with_saved(data, marking.of_data(found.settled))


def _form(found: Assessment, data: QueryDict | None, *, finished: bool = False) -> WriteUpForm:
    parts = list(found.parts.all())
    encryption.unlock([found])
    views = over_time.views_of(found, parts)
    both = compare(content.asked_of(found), *views)
    own, other = found.person.called, found.other.called if found.other else ""
    notes = {
        line.statement.id: f"{own}: {point_words(line.own, found)} · {other}: {point_words(line.other, found)}"
        for line in both.lines
    }
    marks = marking.of_data(found.settled) if found.settled else where_they_agree(both)
    initial = {
        "version": found.version,
        "talked_on": found.talked_on,
        "strengths": found.strengths,
        "to_grow": found.to_grow,
    }
    body = content.asked_of(found)
    return WriteUpForm(
        data,
        assessment=found,
        views=[view for view in views if view],
        content=body,
        domains=body.domains,
        marks=marks,
        notes=notes,
        finished=finished,
        initial=initial,
    )


def _page(
    request: HttpRequest,
    found: Assessment,
    form: WriteUpForm,
    *,
    status: int = 200,
    kept_at: Any = None,
    stale: str = "",
    saved: Any = (),
) -> HttpResponse:
    hints.under(request, form)
    context = {
        "assessment": found,
        "form": form,
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "stale": stale,
        "saved": saved,
        "invalid": status == 422,
    }
    return render(request, "competencies/assessments/settle.html", context, status=status)


@require_http_methods(METHODS)
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read it through, sign it and send it."""
    user = reader(request)
    found = assessment_of(user, pk)
    try:
        policy.check_can_settle(user, found)
    except WrongState as refusal:
        if request.method != "POST":
            raise
        return conflict(request, what=refusal.message, url=address("assessment", pk))
    return sending(
        request,
        found,
        operations.sign_and_send,
        form=lambda data=None: (
            SendForm(data) if data is not None else SendForm(initial={"version": found.version})
        ),
        show=partial(_send_page, request, found),
        given=lambda data: {"version": data["version"]},
        about=f"competencies.assessment_send:{pk}",
        url=address("assessment", pk),
        done=_("Signed, and sent to %(name)s.") % {"name": found.person.called},
    )


def _send_page(request: HttpRequest, found: Assessment, form: SendForm, *, status: int = 200) -> HttpResponse:
    user: User = reader(request)
    audit.opened(user, found, why="party")
    encryption.unlock([found])
    missing = ""
    try:
        operations.check_written_up(found)
    except DomainError as refusal:
        missing = refusal.message
    signed = content.of_assessment(found, list(found.parts.all()))
    context = {
        "assessment": found,
        "content": signed,
        "domains": content.said_domains(signed),
        "figure": content.figure(signed),
        "sentence": content.sentence(signed),
        "trend": content.trend(signed),
        "form": form,
        "missing": missing,
        "invalid": status == 422,
    }
    return render(request, "competencies/assessments/send.html", context, status=status)


@require_http_methods(METHODS)
@second_press_shows("competencies:assessment")
def leave_unsigned(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It is not written up: what was shown stays between the two."""
    user = reader(request)
    found = assessment_of(user, pk)
    partner = found.partner_of(user)
    name = {"name": partner.called if partner else ""}
    if request.method == "POST":
        operations.leave_unsigned(found, by=user)
        messages.success(request, _("It stays between the two of you. %(name)s is told.") % name)
        return redirect("competencies:assessment", pk)
    policy.check_can_leave_unsigned(user, found)
    url = address("assessment", pk)
    context = {
        "title": _("Do not write it up"),
        "text": _("Nothing is signed, and no manager reads it. Both views stay with you and %(name)s.")
        % name,
        "verb": _("Leave it unsigned"),
        "cancel_url": url,
        "back_url": url,
        "back_label": _("The assessment"),
        "sees": sees(found, user),
    }
    return render(request, "confirm_page.html", context)
