"""The page of a goal, and the ticks of its steps."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from supervision.pages.keyset import Page, page_of
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.errors import NotFound
from supervision.records.policy import explain
from supervision.records.subjects import Subjects

from ...assessments import subjects as assessed
from .. import operations, policy, sentences
from ..models import Goal, GoalReader
from .common import goal_for, own_goal


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID, *, subjects: Subjects) -> HttpResponse:
    """A goal for its owner, or for somebody it is shared with."""
    user = reader(request)
    goal = goal_for(user, pk)
    is_owner = goal.owner_id == user.pk
    readers = policy.readers_of(goal)
    progress = _progress(request, goal, _until(goal, readers, user))
    if not is_owner:
        audit.opened(user, goal, why="shared with them")
    elif any(note.author_id != user.pk for note in progress.items):
        audit.opened(user, goal, why="owner")
    encryption.unlock([goal])
    context = {
        "goal": goal,
        "is_owner": is_owner,
        "sees": sentences.sees(goal, readers, user),
        "steps": list(goal.steps.all()),
        "progress": progress,
        "can_tick": is_owner and goal.is_open,
        "is_due": goal.is_due(),
        "can_note": explain(policy.check_can_add_progress, user, goal),
        **(_for_owner(user, goal, readers, subjects) if is_owner else {}),
    }
    return render(request, "competencies/goals/detail.html", context)


def _until(goal: Goal, readers: list[GoalReader], user: User) -> datetime.date | None:
    """The last day that this person sees progress of; None for all of it."""
    own = [policy.reads_until(goal, row) for row in readers if row.part.person_id == user.pk]
    ends = [day for day in own if day is not None]
    return max(ends) if ends and len(ends) == len(own) else None


def _progress(request: HttpRequest, goal: Goal, until: datetime.date | None) -> Page:
    rows = goal.progress.select_related("author")
    if until is not None:
        after = datetime.datetime.combine(until + datetime.timedelta(days=1), datetime.time())
        rows = rows.filter(at__lt=timezone.make_aware(after))
    return page_of(rows, request.GET, size=20, date_field="at")


def _for_owner(user: User, goal: Goal, readers: list[GoalReader], subjects: Subjects) -> dict[str, Any]:
    """Where it came from, what it became, and who would read it if it were shared anew."""
    there = next((one for one in policy.circles(user) if one.part.pk == goal.shared_as_id), None)
    became = Goal.objects.of(user).filter(about_kind=Goal.About.GOAL, about_id=goal.pk).order_by("begun_at")
    next_ones = list(became[:5])
    encryption.unlock(next_ones)
    return {
        "about": sentences.about_words(goal),
        "about_url": _about_url(user, goal, subjects),
        "became": next_ones,
        "newcomers": sentences.newcomers(there, readers),
    }


def _about_url(user: User, goal: Goal, subjects: Subjects) -> str:
    if goal.about_id is None:
        return ""
    if goal.about_kind == Goal.About.GOAL:
        return reverse("competencies:goal", args=[goal.about_id])
    if goal.about_kind == Goal.About.RATING:
        subject = assessed.find(user, goal.about_id, "")
    else:
        subject = subjects.find(user, goal.about_kind, goal.about_id)
    return subject.url if subject else ""


@require_POST
def step(request: HttpRequest, pk: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """Tick a step off, or put it back."""
    user = reader(request)
    goal = own_goal(user, pk)
    found = goal.steps.filter(pk=step_id).first()
    if found is None:
        raise NotFound
    done = request.POST.get("done", "yes") != "no"
    operations.tick(found, by=user, done=done)
    messages.success(request, _("Done. You can undo that.") if done else _("Not done yet, then."))
    return redirect(f"{reverse('competencies:goal', args=[pk])}#steps")
