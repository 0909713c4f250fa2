"""Lists of goals: one's own, open and ended, and what others share."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages import words
from supervision.pages.keyset import page_of
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, drafts, encryption

from .. import operations, sentences
from ..models import Goal, GoalQuerySet

NEW = "competencies.goal.new"


@require_safe
def goals(request: HttpRequest) -> HttpResponse:
    """One's own that are open, newest first."""
    user = reader(request)
    page = page_of(_counted(Goal.objects.of(user).open()), request.GET, date_field="begun_at")
    context = {
        **_lists(page, user),
        "unsaved": _unsaved(user) if "at" not in request.GET else [],
        "is_open": True,
    }
    return render(request, "competencies/goals/list.html", context)


@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """One's own that have ended, the last one first."""
    user = reader(request)
    page = page_of(_counted(Goal.objects.of(user).ended()), request.GET, date_field="ended_at")
    return render(request, "competencies/goals/list.html", {**_lists(page, user), "is_open": False})


@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    """What others share with this person. It shows their words, so that is written down."""
    user = reader(request)
    rows = _counted(Goal.objects.shared_with(user)).select_related("owner")
    page = page_of(rows, request.GET, date_field="shared_at")
    audit.opened(user, page.items, why="shared with them")
    context = {"page": page, "rows": _rows(page.items)}
    return render(request, "competencies/goals/shared.html", context)


def _counted(rows: GoalQuerySet) -> GoalQuerySet:
    done = Count("steps", filter=Q(steps__done_at__isnull=False))
    return rows.annotate(steps_done=done, steps_total=Count("steps"))


def _lists(page: Any, user: User) -> dict[str, Any]:
    rows = _rows(page.items)
    return {
        "page": page,
        "alone": [row for row in rows if row["goal"].is_private],
        "with_others": [row for row in rows if not row["goal"].is_private],
        "has_shared": Goal.objects.shared_with(user).exists(),
    }


def _rows(goals: Sequence[Goal]) -> list[dict[str, Any]]:
    encryption.unlock(goals)
    return [{"goal": goal, "small": _small(goal), "is_due": goal.is_due()} for goal in goals]


def _small(goal: Any) -> str:
    parts = [sentences.steps_done(goal.steps_done, goal.steps_total)]
    if goal.ended_at is not None:
        parts.append(words.short_day(timezone.localdate(goal.ended_at)))
    elif goal.review_on is not None:
        parts.append(_("to look at again on %(day)s") % {"day": words.short_day(goal.review_on)})
    return ", ".join(parts)


def _unsaved(user: User) -> list[dict[str, Any]]:
    """What this person typed into a goal and did not save, with the way back to it."""
    found = [
        *drafts.all_kept(user, "competencies.goal"),
        *drafts.all_kept(user, operations.progress_draft_of("")),
    ]
    named = {about: pk for about, _at in found if (pk := _id_in(about))}
    readable = Goal.objects.visible_to(user).filter(pk__in=set(named.values())) if named else []
    there = {goal.pk: goal for goal in readable}
    rows = []
    for about, at in found:
        url = ""
        if about in named and (goal := there.get(named[about])) is not None:
            is_note = about.startswith(operations.progress_draft_of(""))
            if is_note or goal.owner_id == user.pk:
                url = reverse(f"competencies:goal_{'progress' if is_note else 'edit'}", args=[goal.pk])
        elif about.startswith(NEW):
            kind, _colon, subject = about.removeprefix(NEW).removeprefix(":").partition(":")
            url = f"{reverse('competencies:goal_new')}{f'?{urlencode({kind: subject})}' if kind else ''}"
        if url:
            rows.append({"at": at, "url": url})
    return rows


def _id_in(about: str) -> uuid.UUID | None:
    for start in (operations.draft_of(""), operations.progress_draft_of("")):
        if about.startswith(start):
            return uuid.UUID(about.removeprefix(start))
    return None
