"""The list, and the page of one: while it is open, once it has closed, and with its result."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supervision.pages.keyset import page_of
from supervision.people import policy as people
from supervision.people.models import Program
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.policy import explain

from .. import figures, operations, policy, sentences, shown
from ..models import ProgramAction, ProgramAsked, ProgramAssessment
from .common import assessment_for, log_what_was_done


@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    """Those that this person was asked in, and those of the programs they manage, newest first."""
    user = reader(request)
    rows = ProgramAssessment.objects.visible_to(user).select_related("program", "framework_version", "result")
    rows = rows.defer("framework_version__content", "result__content")
    page = page_of(rows, request.GET, size=20, date_field="opened_at")
    managed = Program.objects.managed_by(user).filter(is_active=True) if user.roles.program_manager else []
    context = {
        "page": page,
        "rows": [{"row": row, "state": _state(row)} for row in page.items],
        "programs": list(managed),
    }
    return render(request, "competencies/programs/list.html", context)


def _state(row: ProgramAssessment) -> dict[str, str]:
    if row.is_open:
        return {"kind": "", "text": _("Open")}
    if policy.has_result(row):
        return {"kind": "done", "text": _("Result")}
    return {"kind": "", "text": _("Closed")}


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One self-assessment, as far as it has come."""
    user = reader(request)
    assessment = assessment_for(user, pk)
    if policy.has_result(assessment):
        return _result(request, assessment)
    was_asked = ProgramAsked.objects.filter(assessment=assessment, person=user).exists()
    manages = people.manages(user, assessment.program_id)
    of = operations.groups_of(assessment)
    since = operations.earlier_actions(assessment)
    log_what_was_done(user, since)
    encryption.unlock(since)
    context = {
        "assessment": assessment,
        "was_asked": was_asked,
        "asked_words": sentences.asked_words(of),
        "names": _names(assessment) if manages else [],
        "how_shown": sentences.how_shown(of, operations.as_groups_of(of)),
        "worked_out": sentences.what_could_be_worked_out(of),
        "sees": sentences.sees_result(assessment),
        "since": since,
    }
    return render(request, "competencies/programs/detail.html", context)


def _names(assessment: ProgramAssessment) -> list[tuple[str, list[str]]]:
    """Who is asked, by group, for those who asked them. It says nothing about who answers."""
    named: dict[str, list[str]] = {group: [] for group in sentences.COLUMNS}
    rows = ProgramAsked.objects.filter(assessment=assessment).order_by("person__name", "pk")
    for group, name in rows.values_list("group", "person__name"):
        named[group].append(name)
    return [(sentences.group(group), names) for group, names in named.items() if names]


def _result(request: HttpRequest, assessment: ProgramAssessment) -> HttpResponse:
    user = reader(request)
    audit.opened(user, assessment, why="asked")
    earlier = operations.earlier_with_result(assessment)
    actions = list(
        ProgramAction.objects.filter(assessment=assessment).select_related("who").order_by("noted_at", "id")
    )
    encryption.unlock([assessment.result], actions)
    asked = operations.groups_of(assessment)
    found = shown.outcome(assessment)
    sections = shown.sections(found, asked, actions)
    over_time = [(row, shown.outcome(row)) for row in earlier] + [(assessment, found)]
    context = {
        "assessment": assessment,
        "sees": sentences.sees_result(assessment),
        "lead": shown.in_a_sentence(sections),
        "missing": shown.missing(found, asked),
        "strengths": shown.strengths(sections),
        "differences": shown.differences(sections),
        "figure": figures.side_by_side(sections),
        "panels": figures.over_time(sections, over_time),
        "earlier": earlier,
        "earlier_read": ProgramAssessment.objects.visible_to(user).filter(pk__in=[row.pk for row in earlier]),
        "sections": sections,
        "actions": actions,
        "scale": found.content.scale,
        "can_note": explain(policy.check_can_note_actions, user, assessment),
        "asked_words": sentences.asked_words(asked),
    }
    return render(request, "competencies/programs/result.html", context)


@require_POST
@second_press_shows("program_assessment:detail")
def put_together(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put the result together now, where the daily job has not done it yet. Anybody who may see it can."""
    user = reader(request)
    assessment = assessment_for(user, pk)
    policy.check_can_put_together(assessment)
    operations.put_together(assessment, by=user)
    return redirect("program_assessment:detail", pk)
