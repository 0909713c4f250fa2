"""How it goes over time, and how it ends."""

from __future__ import annotations

import datetime
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people import hints
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import AlreadyDone, Stale, WrongState
from supervision.records.typed import begun, forget, kept_or_left

from .. import operations, policy, sentences
from ..forms import EndForm, ProgressForm
from ..models import Goal
from .common import METHODS, goal_for, own_goal


@require_http_methods(METHODS)
@second_press_shows("competencies:goal")
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A dated note on how it goes. It is not changed afterwards."""
    user = reader(request)
    goal = goal_for(user, pk)
    about = operations.progress_draft_of(pk)
    form = ProgressForm(posted(request), initial={"key": uuid.uuid4()})
    try:
        policy.check_can_add_progress(user, goal)
    except WrongState as refusal:
        if request.method != "POST":
            raise
        url = reverse("competencies:goal", args=[pk])
        return conflict(request, what=refusal.message, url=url, forms=[form])
    if request.method != "POST":
        first = {"key": uuid.uuid4()}
        form, kept_at = begun(request, about, lambda data: ProgressForm(data, initial=first))
        return _progress_page(request, goal, form, kept_at=kept_at)
    if (answer := kept_or_left(request, about)) is not None:
        return answer
    if not goal.is_private and hints.silence_pressed(request, form):
        return _progress_page(request, goal, form)
    if not form.is_valid():
        return _progress_page(request, goal, form, status=422)
    data = form.cleaned_data
    try:
        operations.add_progress(goal, by=user, key=data["key"] or uuid.uuid4(), text=data["text"])
    except AlreadyDone:
        forget(request, about)
        raise
    except Stale as refusal:
        url = reverse("competencies:goal", args=[pk])
        return conflict(request, what=refusal.message, url=url, forms=[form])
    forget(request, about)
    messages.success(request, _("Noted."))
    return redirect(f"{reverse('competencies:goal', args=[pk])}#progress")


def _progress_page(
    request: HttpRequest,
    goal: Goal,
    form: ProgressForm,
    *,
    status: int = 200,
    kept_at: datetime.datetime | None = None,
) -> HttpResponse:
    user = reader(request)
    line = sentences.sees(goal, policy.readers_of(goal), user)
    if goal.owner_id != user.pk:
        audit.opened(user, goal, why="shared with them")
    if not line.private:
        hints.under(request, form)
    encryption.unlock([goal])
    context = {
        "goal": goal,
        "form": form,
        "sees": line,
        "is_owner": goal.owner_id == user.pk,
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "invalid": status == 422,
    }
    return render(request, "competencies/goals/progress.html", context, status=status)


@require_http_methods(METHODS)
@second_press_shows("competencies:goal")
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Reached, changed into another, or let go."""
    user = reader(request)
    goal = own_goal(user, pk)
    encryption.unlock([goal])
    url = reverse("competencies:goal", args=[pk])
    form = EndForm(posted(request), initial={"version": goal.version})
    if request.method != "POST":
        policy.check_can_change(user, goal)
    elif form.is_valid():
        data = form.cleaned_data
        try:
            operations.end(goal, by=user, version=data["version"], how=data["how"], words=data["words"])
        except AlreadyDone:
            raise
        except (Stale, WrongState) as refusal:
            return conflict(request, what=refusal.message, url=url, forms=[form])
        messages.success(request, _("This goal is among those that have ended."))
        return redirect("competencies:goal", pk)
    context = {"goal": goal, "form": form, "sees": sentences.sees(goal, policy.readers_of(goal), user)}
    return render_form(request, "competencies/goals/end.html", context, invalid=request.method == "POST")


@require_POST
@second_press_shows("competencies:goal")
def reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take an ended goal up again."""
    user = reader(request)
    operations.reopen(own_goal(user, pk), by=user)
    messages.success(request, _("It is among your open goals again."))
    return redirect("competencies:goal", pk)
