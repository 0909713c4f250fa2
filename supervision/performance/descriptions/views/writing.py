"""Preparing a job description, and putting it in force."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.guidance.shown import prompts_by_place
from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people import hints
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.errors import DomainError, Invalid, Stale, WrongState
from supervision.records.typed import begun, forget, kept_or_left, merged

from ... import opening
from ...models import SECTIONS, DescriptionDraft
from .. import operations
from ..forms import InForceForm, WriteForm
from .common import METHODS, address, draft_of, person_to_write_for


@require_http_methods(METHODS)
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a draft: from nothing, or from what is in force."""
    user = reader(request)
    person = person_to_write_for(user, pk)
    about = f"performance.job:{pk}"
    if request.method != "POST":
        return _begin(request, person, about)
    if (answer := kept_or_left(request, about)) is not None:
        return answer
    form = _form(person, request.POST, later="later" in request.POST)
    if hints.silence_pressed(request, form):
        return _page(request, person, form)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    try:
        operations.save_draft(person, by=user, sections=form.sections(), version=form.cleaned_data["version"])
    except Stale as refusal:
        form, saved = merged(request, form, partial(_form, person), about=about)
        if (draft := draft_of(person)) is not None:
            opening.draft(user, draft)
        return _page(request, person, form, status=409, stale=refusal.message, saved=saved)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, person, form, status=422)
    forget(request, about)
    if "later" in request.POST:
        messages.success(request, _("Draft saved. %(name)s does not see it yet.") % {"name": person.called})
        return redirect("performance:person", pk)
    return redirect("performance:description_draft", pk)


def _begin(request: HttpRequest, person: User, about: str) -> HttpResponse:
    """The form as it is saved, or as what is in force reads, or with what this person typed here and did not save."""
    form, kept_at = begun(request, about, partial(_form, person))
    if (draft := draft_of(person)) is not None:
        opening.draft(reader(request), draft)
    elif (newest := operations.newest_of(person)) is not None:
        opening.description(reader(request), newest)
    return _page(request, person, form, kept_at=kept_at)


def _form(person: User, data: QueryDict | None, *, later: bool = False) -> WriteForm:
    """The form; what is saved is that of the draft, or of the newest version where there is no draft."""
    draft = draft_of(person)
    source = draft or operations.newest_of(person)
    if source is not None:
        encryption.unlock([source])
    initial = {**asdict(operations.sections_of(source)), "version": draft.version if draft else 0}
    return WriteForm(data, initial=initial, later=later)


def _page(
    request: HttpRequest,
    person: User,
    form: WriteForm,
    *,
    status: int = 200,
    kept_at: Any = None,
    stale: str = "",
    saved: Any = (),
) -> HttpResponse:
    hints.under(request, form)
    context = {
        "person": person,
        "form": form,
        "prompts": prompts_by_place(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "stale": stale,
        "saved": saved,
        "invalid": status == 422,
    }
    return render(request, "performance/description_write.html", context, status=status)


@require_http_methods(METHODS)
def draft(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read a draft through, and put it in force from a day."""
    user = reader(request)
    person = person_to_write_for(user, pk)
    found = draft_of(person)
    form = InForceForm(posted(request), initial=_first(found))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.put_in_force(
                person, by=user, from_day=data["from_day"], version=data["version"]
            )
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=address("person", pk), forms=[form])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("In force. %(name)s is told.") % {"name": person.called})
            return redirect("performance:description", made.pk)
    if found is None:
        if request.method == "POST":
            gone = _("There is no draft any more. It may be in force already.")
            return conflict(request, what=gone, url=address("person", pk), forms=[form])
        return redirect("performance:person", pk)
    return _draft_page(request, person, found, form)


def _first(found: DescriptionDraft | None) -> dict[str, Any]:
    return {"version": found.version if found else 0, "from_day": timezone.localdate()}


def _draft_page(
    request: HttpRequest, person: User, found: DescriptionDraft, form: InForceForm
) -> HttpResponse:
    before = operations.newest_of(person)
    encryption.unlock([found, *([before] if before else [])])
    found.person = person
    missing = ""
    try:
        operations.check_complete(found)
    except DomainError as refusal:
        missing = refusal.message
    opening.draft(reader(request), found)
    context = {
        "person": person,
        "draft": found,
        "sections": [(heading, getattr(found, name)) for name, heading in SECTIONS],
        "before": before,
        "missing": missing,
        "form": form,
    }
    return render_form(request, "performance/description_draft.html", context, invalid=bool(form.errors))


@require_http_methods(METHODS)
def discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Throw a draft away."""
    user = reader(request)
    person = person_to_write_for(user, pk)
    found = draft_of(person)
    if request.method == "POST":
        sent = request.POST.get("version", "")
        version = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else -1
        operations.discard_draft(person, by=user, version=version)
        forget(request, f"performance.job:{pk}")
        messages.success(request, _("The draft is gone. What is in force stays."))
        return redirect("performance:person", pk)
    if found is None:
        return redirect("performance:person", pk)
    context = {
        "title": _("Throw this draft away"),
        "text": _("What was prepared is gone for good. A version that is in force stays in force."),
        "verb": _("Throw it away"),
        "version": found.version,
        "cancel_url": address("description_draft", pk),
        "back_url": address("description_draft", pk),
        "back_label": _("The draft"),
    }
    return render(request, "confirm_page.html", context)
