"""Writing a goal: new, or changed. What is typed keeps itself; two windows lose nothing."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages import words
from supervision.pages.forms import all_valid, row_button_pressed
from supervision.pages.responses import conflict
from supervision.people import hints
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, drafts, encryption
from supervision.records.errors import AlreadyDone, Invalid, NotFound, Stale
from supervision.records.subjects import Subject, Subjects
from supervision.records.typed import begun, forget, kept_or_left, words_sent

from ...assessments import subjects as assessed
from ...library import subjects as library
from .. import operations, policy, sentences
from ..forms import GoalForm, StepRows
from ..models import Goal
from .common import METHODS, own_goal
from .lists import NEW


@dataclass
class Sheet:
    """What the form shows: the goal's words and its steps. `about` is what a new one comes from."""

    form: GoalForm
    steps: StepRows
    goal: Goal | None = None
    about: Subject | None = None

    @property
    def draft(self) -> str:
        if self.goal is not None:
            return operations.draft_of(self.goal.pk)
        return f"{NEW}:{self.about.key}" if self.about else NEW

    def unchecked(self) -> None:
        self.form.unchecked()
        self.steps.unchecked()


def _sheet(data: Mapping[str, Any] | None, goal: Goal | None, about: Subject | None) -> Sheet:
    if data is not None:
        return Sheet(GoalForm(data, goal=goal), StepRows(data), goal, about)
    if goal is None:
        start = {"key": uuid.uuid4(), "version": 0, "title": " ".join(about.words.split()) if about else ""}
        return Sheet(GoalForm(initial=start), StepRows(), None, about)
    initial = {name: getattr(goal, name) for name in ("version", "title", "why", "support", "support_from")}
    rows = [{"id": step.pk, "what": step.what, "by_day": step.by_day} for step in goal.steps.all()]
    form = GoalForm(initial={**initial, "review_on": goal.review_on}, goal=goal)
    return Sheet(form, StepRows(initial=rows), goal)


@require_http_methods(METHODS)
def new(request: HttpRequest, *, subjects: Subjects) -> HttpResponse:
    """A new goal; from one of one's own sessions, next steps or goals when the address says so (`?session=<id>`)."""
    user = reader(request)
    about = _about(user, request.GET, subjects)
    if about is not None and about.record is not None and request.method != "POST":
        audit.opened(user, about.record, why="party")
    return _write(request, None, about)


def _about(user: User, params: Mapping[str, Any], subjects: Subjects) -> Subject | None:
    """What a new goal comes from. Raises NotFound for what is not this person's."""
    if "framework" in params:
        named = library.find(params["framework"], params.get("statement", ""))
        if named is None:
            raise NotFound
        return named
    for kind in Goal.About.values:
        text = params.get(kind)
        if text is not None:
            found = _found(user, kind, text, params, subjects)
            if found is None:
                raise NotFound
            return found
    return None


def _found(user: User, kind: str, text: str, params: Mapping[str, Any], subjects: Subjects) -> Subject | None:
    if kind == Goal.About.GOAL:
        return _own(user, text)
    if kind == Goal.About.RATING:
        return assessed.find(user, text, params.get("statement", ""))
    return subjects.find(user, kind, text)


def _own(user: User, text: str) -> Subject | None:
    """An earlier goal of one's own."""
    try:
        goal = Goal.objects.of(user).filter(pk=uuid.UUID(text)).first()
    except ValueError:
        return None
    if goal is None:
        return None
    day, url = timezone.localdate(goal.begun_at), reverse("competencies:goal", args=[goal.pk])
    return Subject(Goal.About.GOAL.value, goal.pk, day, "", url, words=goal.title)


@require_http_methods(METHODS)
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a goal of one's own while it is open."""
    user = reader(request)
    goal = own_goal(user, pk)
    encryption.unlock([goal])
    if goal.is_open:
        return _write(request, goal, None)
    if request.method == "POST":
        return _came_too_late(request, _sheet(request.POST, goal, None), pk)
    return redirect("competencies:goal", pk)


def _write(request: HttpRequest, goal: Goal | None, about: Subject | None) -> HttpResponse:
    user = reader(request)
    if request.method != "POST":
        name = Sheet(GoalForm(), StepRows(), goal, about).draft
        sheet, kept_at = begun(request, name, lambda data: _sheet(data, goal, about))
        return _page(request, sheet, kept_at=kept_at)
    sheet = _sheet(request.POST, goal, about)
    if (answer := kept_or_left(request, sheet.draft)) is not None:
        return answer
    if row_button_pressed(request, sheet.form, sheet.steps) or _silenced(request, sheet):
        return _page(request, sheet)
    if not all_valid(sheet.form, sheet.steps):
        return _page(request, sheet, status=422)
    try:
        stored = _save(user, sheet)
    except AlreadyDone:
        stored = own_goal(user, operations.id_of(user, sheet.form.cleaned_data["key"]))
    except Stale:
        return _both(request, sheet)
    except Invalid as refusal:
        sheet.form.add_error(refusal.field if refusal.field in sheet.form.fields else None, refusal.message)
        return _page(request, sheet, status=422)
    forget(request, sheet.draft)
    messages.success(request, _saved_words(stored))
    return redirect("competencies:goal", stored.pk)


def _silenced(request: HttpRequest, sheet: Sheet) -> bool:
    shared = sheet.goal is not None and not sheet.goal.is_private
    return shared and hints.silence_pressed(request, sheet.form, sheet.steps)


def _save(user: User, sheet: Sheet) -> Goal:
    data, written = sheet.form.cleaned_data, sheet.form.written(sheet.steps)
    if sheet.goal is not None:
        return operations.change(sheet.goal, by=user, version=data["version"], written=written)
    about = (
        sheet.about if sheet.about and sheet.about.kind else None
    )  # a framework holds nobody's words and is not kept
    return operations.begin(by=user, key=data["key"] or uuid.uuid4(), written=written, about=about)


def _saved_words(goal: Goal) -> str:
    if goal.is_private:
        return _("Saved. Only you can see it.")
    return _("Saved. Whoever you share it with reads it as it is now.")


def _page(
    request: HttpRequest,
    sheet: Sheet,
    *,
    status: int = 200,
    kept_at: datetime.datetime | None = None,
    saved: list[tuple[Any, str]] | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    goal, user = sheet.goal, reader(request)
    readers = policy.readers_of(goal) if goal is not None else []
    line = sentences.sees(goal or Goal(owner=user), readers, user)
    if not line.private:  # nobody looks at what is somebody's own
        hints.under(request, sheet.form, *sheet.steps.forms)
    context = {
        "form": sheet.form,
        "steps": sheet.steps,
        "goal": goal,
        "about": sheet.about,
        "sees": line,
        "address": reverse("competencies:goal_edit", args=[goal.pk]) if goal else request.get_full_path(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "saved": saved or [],
        "is_stale": is_stale,
        "invalid": status == 422,
    }
    return render(request, "competencies/goals/form.html", context, status=status)


# Saved from another window meanwhile --------------------------------------------------------------------------


def _both(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """409: the form with everything typed, and beside it what is saved. Sending it again puts this in its place."""
    user = reader(request)
    pk = sheet.goal.pk if sheet.goal else operations.id_of(user, sheet.form.cleaned_data["key"])
    now = own_goal(user, pk)
    if not now.is_open:
        return _came_too_late(request, sheet, pk)
    encryption.unlock([now])
    if operations.says_the_same(now, sheet.form.written(sheet.steps)):
        return redirect("competencies:goal", pk)
    data = request.POST.copy()
    data["version"] = str(now.version)
    if sheet.goal is None:  # from here on it is a change of the goal that the other window made
        forget(request, sheet.draft)
        drafts.keep(user, operations.draft_of(pk), {**words_sent(request), "version": [str(now.version)]})
    both = _sheet(data, now, None)
    saved = _differing(now, sheet)
    both.unchecked()
    return _page(request, both, status=409, is_stale=True, saved=saved)


def _differing(now: Goal, sheet: Sheet) -> list[tuple[Any, str]]:
    """What is saved, field by field, where it is not what stands in the form."""
    written = sheet.form.written(sheet.steps)
    fields = sheet.form.fields
    found = [
        (fields[name].label, getattr(now, name))
        for name in ("title", "why", "support", "support_from")
        if getattr(now, name) != getattr(written, name)
    ]
    if now.review_on != written.review_on:
        found.append((fields["review_on"].label, words.full_day(now.review_on) if now.review_on else ""))
    steps = [(step.what, step.by_day) for step in now.steps.all()]
    if steps != [(step.what, step.by_day) for step in written.steps]:
        found.append((_("Steps"), "\n".join(_step_words(*step) for step in steps)))
    return found


def _step_words(what: str, by_day: datetime.date | None) -> str:
    return f"{what} ({words.short_day(by_day)})" if by_day else what


def _came_too_late(request: HttpRequest, sheet: Sheet, pk: uuid.UUID) -> HttpResponse:
    """409: it ended from another window. What was typed is shown, to be copied."""
    return conflict(
        request,
        what=_("You ended this goal meanwhile. Take it up again to change it."),
        url=reverse("competencies:goal", args=[pk]),
        forms=[sheet.form, sheet.steps],
    )
