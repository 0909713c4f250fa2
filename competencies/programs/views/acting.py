"""Actions: what is done about a statement, by whom, by when, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import AlreadyDone, Invalid, NotFound, Stale, WrongState
from supervision.records.policy import explain
from supervision.records.typed import merged

from ...library.shape import Statement
from .. import actions, operations, policy, sentences
from ..forms import ActionForm, DoneForm, DropForm
from ..models import ProgramAction, ProgramAssessment
from .common import METHODS, action_for, assessment_for

SHOWN = "program_assessment:action"


def _statement(assessment: ProgramAssessment, key: str) -> Statement:
    for one in assessment.framework_version.body.statements:
        if one.id == key:
            return one
    raise NotFound(_("There is no such statement."))


@require_http_methods(METHODS)
def note(request: HttpRequest, pk: uuid.UUID, statement: str) -> HttpResponse:
    """A new action about a statement of a result."""
    user = reader(request)
    assessment = assessment_for(user, pk)
    policy.check_can_note_actions(user, assessment)
    about = _statement(assessment, statement)
    people = policy.who_could_do(assessment)
    form = ActionForm(posted(request), people=people, initial={"key": uuid.uuid4(), "version": 0})
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, assessment, about, form, status=_status(request))
    key = form.cleaned_data["key"] or uuid.uuid4()
    made = operations.id_of(user, key)
    try:
        actions.note(assessment, statement, by=user, key=key, written=form.written())
    except AlreadyDone as done:
        messages.info(request, done.message)
        return redirect(SHOWN, made)
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=reverse(SHOWN, args=[made]), forms=[form])
    except Invalid as refusal:
        _add(form, refusal)
        return _form_page(request, assessment, about, form, status=422)
    messages.success(request, _("Noted. Everybody who was asked can see it."))
    return redirect(SHOWN, made)


@require_http_methods(METHODS)
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say it differently, give it to somebody else, choose another day."""
    user = reader(request)
    action = action_for(user, pk)
    policy.check_manages_of(user, action)
    encryption.unlock([action])
    about = _statement(action.assessment, action.statement)
    people = policy.who_could_do(action.assessment)
    initial = {
        "version": action.version,
        "what": action.what,
        "who": str(action.who_id),
        "by_day": action.by_day,
    }

    def make(data: Any) -> ActionForm:
        return ActionForm(data, people=people, action=action, initial=initial)

    form = make(posted(request))
    if request.method != "POST":
        policy.check_can_change_action(user, action)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, action.assessment, about, form, action=action, status=_status(request))
    try:
        actions.change(action, by=user, version=form.cleaned_data["version"], written=form.written())
    except Stale as refusal:
        action = action_for(user, pk)
        initial["version"] = action.version
        initial |= {"what": action.what, "who": str(action.who_id), "by_day": action.by_day}
        again, saved = merged(request, make(request.POST), make)
        return _form_page(
            request,
            action.assessment,
            about,
            again,
            action=action,
            stale=refusal.message,
            saved=saved,
            status=409,
        )
    except Invalid as refusal:
        _add(form, refusal)
        return _form_page(request, action.assessment, about, form, action=action, status=422)
    except WrongState as refusal:
        return conflict(request, what=refusal.message, url=reverse(SHOWN, args=[pk]), forms=[form])
    messages.success(request, _("Saved. What it said before stays in its history."))
    return redirect(SHOWN, pk)


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _add(form: ActionForm, refusal: Invalid) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def _form_page(
    request: HttpRequest,
    assessment: ProgramAssessment,
    about: Statement,
    form: ActionForm,
    *,
    action: ProgramAction | None = None,
    stale: str = "",
    saved: Any = (),
    status: int = 200,
) -> HttpResponse:
    if action is not None and action.noted_by_id != reader(request).pk:
        audit.opened(reader(request), action, why="manager")
    context = {
        "assessment": assessment,
        "about": about,
        "form": form,
        "action": action,
        "address": request.get_full_path(),
        "sees": sentences.sees_action(assessment.program.name, writing=True),
        "stale": stale,
        "saved": saved,
        "invalid": status == 422,
    }
    return render(request, "competencies/programs/action_form.html", context, status=status)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One action with its history."""
    user = reader(request)
    action = action_for(user, pk)
    audit.opened(user, action, why="asked")
    encryption.unlock([action])
    context = {
        "action": action,
        "about": _statement(action.assessment, action.statement),
        "events": list(action.events.select_related("by")),
        "sees": sentences.sees_action(action.assessment.program.name, writing=False),
        "can_change": explain(policy.check_can_change_action, user, action),
        "can_finish": explain(policy.check_can_finish, user, action),
        "can_reopen": explain(policy.check_can_reopen, user, action),
        "can_see_result": ProgramAssessment.objects.visible_to(user).filter(pk=action.assessment_id).exists(),
    }
    return render(request, "competencies/programs/action.html", context)


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def done(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It is done: for those who manage the program, and for whoever did it."""
    user = reader(request)
    action = action_for(user, pk)
    policy.check_may_finish(user, action)
    return _ends(
        request,
        action,
        DoneForm(posted(request), initial={"version": action.version}),
        check=policy.check_can_finish,
        save=lambda data: actions.finish(action, by=user, version=data["version"], words=data["words"]),
        said=_("It is done."),
        title=_("It is done"),
        verb=_("Say that it is done"),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It will not be done, and why."""
    user = reader(request)
    action = action_for(user, pk)
    policy.check_manages_of(user, action)
    return _ends(
        request,
        action,
        DropForm(posted(request), initial={"version": action.version}),
        check=policy.check_can_change_action,
        save=lambda data: actions.drop(action, by=user, version=data["version"], reason=data["words"]),
        said=_("It is dropped. The reason stands in its history."),
        title=_("It will not be done"),
        verb=_("Drop it"),
    )


def _ends(
    request: HttpRequest,
    action: ProgramAction,
    form: Any,
    *,
    check: Callable[[User, ProgramAction], None],
    save: Callable[[dict[str, Any]], Any],
    said: str,
    title: str,
    verb: str,
) -> HttpResponse:
    """The form that ends an action, and the end. `check` says whether it may be asked for now."""
    if request.method != "POST":
        check(reader(request), action)
    elif form.is_valid():
        try:
            save(form.cleaned_data)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            url = reverse(SHOWN, args=[action.pk])
            return conflict(request, what=refusal.message, url=url, forms=[form])
        messages.success(request, said)
        return redirect(SHOWN, action.pk)
    return _end_page(request, action, form, title=title, verb=verb)


def _end_page(
    request: HttpRequest, action: ProgramAction, form: Any, *, title: str, verb: str
) -> HttpResponse:
    audit.opened(reader(request), action, why="asked")
    encryption.unlock([action])
    context = {
        "action": action,
        "form": form,
        "title": title,
        "verb": verb,
        "sees": sentences.sees_action(action.assessment.program.name, writing=True),
    }
    return render_form(
        request, "competencies/programs/action_end.html", context, invalid=request.method == "POST"
    )


@require_POST
@second_press_shows(SHOWN)
def reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take an action up again that was done or dropped."""
    user = reader(request)
    actions.reopen(action_for(user, pk), by=user)
    messages.success(request, _("It is open again."))
    return redirect(SHOWN, pk)
