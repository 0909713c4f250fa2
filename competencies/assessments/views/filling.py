"""Filling in one's part: saved as it goes, resumed later, given when it is whole."""

from __future__ import annotations

import datetime
import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.responses import conflict
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.subjects import Subject, Subjects
from supervision.records.typed import begun, forget, kept_or_left, merged

from ...rating import marks as marking
from ...rating.forms import with_saved
from ...training import subjects as training
from .. import content, operations, policy
from ..forms import LINKS, PartForm
from ..models import Assessment, AssessmentPart
from .common import METHODS, address, assessment_of, own_part, sees_part

TRAINING_OFFERED = 12


@require_http_methods(METHODS)
def part(request: HttpRequest, pk: uuid.UUID, *, subjects: Subjects) -> HttpResponse:
    """One's own part."""
    user = reader(request)
    found = assessment_of(user, pk)
    own = own_part(found, user)
    about = operations.draft_of(pk)
    make = partial(_form, found, own, user, _subjects(found, user, subjects))
    if request.method == "POST" and (answer := kept_or_left(request, about)) is not None:
        return answer  # also when it has ended meanwhile: what was typed can still be read on the page of one's own
    try:
        policy.check_can_fill_in(user, found, own)
    except WrongState as refusal:
        if request.method != "POST":
            return redirect("competencies:assessment", pk)
        return _too_late(request, found, own, make(request.POST), refusal)
    if request.method != "POST":
        form, kept_at = begun(request, about, make)
        return _page(request, found, form, kept_at=kept_at)
    gives = "give" in request.POST
    form = make(request.POST, finished=gives)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    save: Any = operations.give_part if gives else operations.save_part
    try:
        save(found, by=user, version=form.cleaned_data["version"], filled=form.filled())
    except Stale as refusal:
        fresh = own_part(found, user)
        anew = partial(_form, found, fresh, user, list(form.subjects.values()))
        form, saved = merged(request, form, lambda data: anew(_with_saved(data, fresh)), about=about)
        return _page(request, found, form, status=409, stale=refusal.message, saved=saved)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=address("assessment", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(None, refusal.message)
        return _page(request, found, form, status=422)
    forget(request, about)
    messages.success(
        request, _given_words(found, user) if gives else _("Saved. You can go on whenever you like.")
    )
    return redirect("competencies:assessment", pk)


def _too_late(
    request: HttpRequest, found: Assessment, own: AssessmentPart, form: PartForm, refusal: WrongState
) -> HttpResponse:
    """It was given, shown or ended meanwhile. A second press of the same is nothing to be frightened by."""
    url = address("assessment", found.pk)
    if own.is_given and form.is_valid() and form.filled().marks == marking.of_data(own.marks):
        messages.info(request, _("You have given your part already."))
        return redirect(url)
    return conflict(request, what=refusal.message, url=url, forms=[form])


def _with_saved(data: QueryDict, part: AssessmentPart) -> QueryDict:
    """Where this window has nothing, what the other one saved stays."""
    filled = with_saved(data, marking.of_data(part.marks))
    for domain, rows in (part.links or {}).items():
        if not filled.getlist(LINKS + domain):
            filled.setlist(LINKS + domain, [f"{one['kind']}:{one['id']}" for one in rows])
    return filled


def _given_words(found: Assessment, user: User) -> str:
    partner = found.partner_of(user)
    if partner is None:
        return _("Finished. Only you can see it.")
    if Assessment.objects.shown().filter(pk=found.pk).exists():
        return _("Both parts are in, and are shown to both of you now.")
    return _("Your part is in. Both are shown once %(name)s has given theirs.") % {"name": partner.called}


def _subjects(found: Assessment, user: User, subjects: Subjects) -> list[Subject]:
    """What can be named as showing it: for two, only what both were part of in this program, and what the one it is about
    has learned and names themself."""
    partner = found.partner_of(user)
    if partner is None or found.arrangement is None:
        took_place = subjects.held(user)
    else:
        took_place = subjects.between(user, partner, found.arrangement.program)
    return [*took_place, *(_learned(user) if user.pk == found.person_id else ())]


def _learned(user: User) -> list[Subject]:
    return [
        Subject("training", one.id, one.day, one.title, reverse("training:entry", args=[one.id]))
        for one in training.choices(user, most=TRAINING_OFFERED)
    ]


def _form(
    found: Assessment,
    own: AssessmentPart,
    user: User,
    subjects: list[Subject],
    data: QueryDict | None,
    *,
    finished: bool = False,
) -> PartForm:
    encryption.unlock([own])
    body = found.framework.body
    return PartForm(
        data,
        content=body,
        domains=marking.described_by(body, content.side_of(found, user)),
        marks=marking.of_data(own.marks),
        links=own.links,
        subjects=subjects,
        finished=finished,
        initial={"version": own.version},
    )


def _page(
    request: HttpRequest,
    found: Assessment,
    form: PartForm,
    *,
    status: int = 200,
    kept_at: datetime.datetime | None = None,
    stale: str = "",
    saved: Any = (),
) -> HttpResponse:
    user = reader(request)
    context = {
        "assessment": found,
        "form": form,
        "partner": found.partner_of(user),
        "of_own": found.person_id == user.pk,
        "sees": sees_part(found, user),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "stale": stale,
        "saved": saved,
        "invalid": status == 422,
    }
    return render(request, "competencies/assessments/part.html", context, status=status)
