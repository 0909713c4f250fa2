"""Answering: one's own ratings, kept as one goes, changed until it closes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.responses import conflict, saved_meanwhile
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.errors import Stale, WrongState

from ...rating.marks import described_by
from .. import letters, operations, policy, sentences
from ..forms import AnswerForm
from ..letters import Said
from ..models import Group, ProgramAction, ProgramAsked, ProgramAssessment
from .common import METHODS, assessment_for, log_what_was_done


@require_http_methods(METHODS)
def answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The statements, with what this person has said so far. Who sees what stands before the first one."""
    user = reader(request)
    assessment = assessment_for(user, pk)
    asked = policy.check_was_asked(user, assessment)
    asked.assessment = assessment
    if not assessment.is_open:
        return _came_too_late(request, assessment)
    if request.method != "POST":
        return _page(request, asked, _form(asked, None))
    form = _form(asked, request.POST)
    is_on_the_way = request.headers.get("X-Requested-With") == "draft"
    if not form.is_valid():
        return HttpResponse(status=422) if is_on_the_way else _page(request, asked, form, status=422)
    try:
        said = _save(user, asked, form, finished=not is_on_the_way)
    except Stale as refusal:
        return HttpResponse(status=409) if is_on_the_way else _both(request, asked, refusal.message)
    except WrongState:
        return HttpResponse(status=409) if is_on_the_way else _came_too_late(request, assessment)
    if is_on_the_way:
        return HttpResponse(status=204)
    messages.success(request, _saved_words(said, form))
    return redirect("program_assessment:detail", pk)


def _form(asked: ProgramAsked, data: Any) -> AnswerForm:
    """The form over what is said now. `data` is what was sent."""
    content = asked.assessment.framework_version.body
    said = operations.said_by(asked)
    of = operations.groups_of(asked.assessment)
    may_choose = asked.group == Group.SUPERVISORS and asked.group not in operations.as_groups_of(of)
    initial = {"seen": said.page, "page": letters.new_page(), "by_name": said.by_name}
    return AnswerForm(
        data,
        content=content,
        domains=described_by(content, asked.group),
        marks=said.marks,
        may_choose_name=may_choose,
        initial=initial,
    )


def _save(user: User, asked: ProgramAsked, form: AnswerForm, *, finished: bool) -> Said:
    """What is sent for good takes a mark of its own, so that what a slow script still sends of the page comes too late."""
    data = form.cleaned_data
    return operations.answer(
        asked.assessment,
        by=user,
        marks=form.marks,
        by_name=form.by_name,
        seen=data["seen"],
        page=data["page"],
        next_page=letters.new_page() if finished else data["page"],
    )


def _saved_words(said: Said, form: AnswerForm) -> str:
    values = {"done": len(said.marks), "all": len(form.statements)}
    return (
        _("Saved. You have answered %(done)d of %(all)d, and can change it until it closes.") % values
        if len(said.marks) < len(form.statements)
        else _("Saved. You have answered everything, and can change it until it closes.")
    )


def _page(
    request: HttpRequest,
    asked: ProgramAsked,
    form: AnswerForm,
    *,
    stale: str = "",
    saved: Any = (),
    status: int = 200,
) -> HttpResponse:
    user, assessment = reader(request), asked.assessment
    of = operations.groups_of(assessment)
    as_groups = operations.as_groups_of(of)
    since = operations.earlier_actions(assessment)
    log_what_was_done(user, since)
    encryption.unlock(since)
    context = {
        "assessment": assessment,
        "form": form,
        "sections": _with_actions(form, since),
        "scale": form.content.scale,
        "sees": sentences.sees_answers(asked.group, as_groups),
        "as_what": sentences.group(asked.group),
        "how_shown": sentences.how_shown(of, as_groups),
        "worked_out": sentences.what_could_be_worked_out(of),
        "address": reverse("program_assessment:answer", args=[assessment.pk]),
        "stale": stale,
        "saved": saved,
        "invalid": status == 422,
    }
    return render(request, "competencies/programs/answer.html", context, status=status)


def _with_actions(form: AnswerForm, actions: Iterable[ProgramAction]) -> Sequence[tuple[Any, Any]]:
    about: dict[str, list[ProgramAction]] = defaultdict(list)
    for action in actions:
        about[action.statement].append(action)
    return [
        (section.domain, [(one, about[one.statement.id]) for one in section.questions])
        for section in form.sections()
    ]


def _both(request: HttpRequest, asked: ProgramAsked, what: str) -> HttpResponse:
    """409: what was ticked here stands in the form, and beside it what another window saved. Sending it again keeps this."""
    asked.refresh_from_db()
    now = _form(asked, request.POST)
    saved = saved_meanwhile(now)
    data = request.POST.copy()
    data["seen"] = now.initial["seen"]
    again = _form(asked, data)
    again.unchecked()
    return _page(request, asked, again, stale=what, saved=saved, status=409)


def _came_too_late(request: HttpRequest, assessment: ProgramAssessment) -> HttpResponse:
    url = reverse("program_assessment:detail", args=[assessment.pk])
    if request.headers.get("X-Requested-With") == "draft":
        return HttpResponse(status=409)
    if request.method != "POST":
        return redirect(url)
    asked = ProgramAsked.objects.filter(assessment=assessment, person=reader(request)).first()
    return conflict(
        request,
        what=_("This self-assessment has closed, so nothing is changed any more."),
        url=url,
        forms=[_form(asked, request.POST)] if asked else [],
    )
