"""One's own job and what was written about it; the people whose work one looks after; what one wrote or reads."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from supervision.pages.keyset import page_of
from supervision.pages.prepared import Text, prepared
from supervision.people.models import User
from supervision.people.paging import page_by_asking, rows_at
from supervision.people.requests import reader
from supervision.records.policy import explain

from . import lists
from .descriptions import policy as descriptions
from .descriptions.views.reading import readers_of_own
from .models import DescriptionDraft, JobDescription
from .notes import policy as notes


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own job description, and what was written about one's work."""
    user = reader(request)
    page = page_of(lists.notes_for_lists(user).filter(worker=user), request.GET, date_field="started_at")
    context = {
        "versions": _versions(user),
        "unread": JobDescription.objects.filter(person=user).unread().values_list("pk", flat=True).first(),
        "page": page,
        "rows": [lists.row_of(one, user) for one in page.items],
        "sees": readers_of_own(user),
        "looks_after": lists.circle.people_whose_job_is_read_by(user).exists(),
        "wrote": lists.notes_for_lists(user).exclude(worker=user).exists(),
    }
    return render(request, "performance/mine.html", context)


def _versions(person: User) -> list[dict[str, Any]]:
    """Every version, newest first, and which one holds. Without their words."""
    rows = JobDescription.objects.filter(person=person).only("id", "number", "from_day", "person")
    versions = list(rows.order_by("-number"))
    holds = next((one.pk for one in versions if one.has_begun), None)
    return [{"description": one, "holds": one.pk == holds} for one in versions]


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people whose work this person looks after, A to Z."""
    user = reader(request)
    page = page_by_asking(partial(_people_at, user), request.GET)
    context = {
        "page": page,
        "rows": [
            {
                "person": one,
                "url": reverse("performance:person", args=[one.pk]),
                "how": lists.said_of(one),
                "state": lists.state_of_job(one),
            }
            for one in page.items
        ],
    }
    return render(request, "performance/people.html", context)


@prepared
def _people_at(user: User, name: Text | None, key: uuid.UUID | None, back: bool) -> QuerySet[User]:
    return rows_at(lists.people_of(user).only("name", "job_title"), name, key, back)


@require_safe
def person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of them: their job description, and what this person wrote or reads about their work."""
    user = reader(request)
    if pk == user.pk:
        return redirect("performance:mine")
    found = get_object_or_404(User.objects.select_related("line_manager"), pk=pk)
    about = lists.notes_for_lists(user).filter(worker=found)
    reads_job = JobDescription.objects.visible_to(user).filter(person=found)
    is_of_circle = lists.circle.people_whose_job_is_read_by(user).filter(pk=pk).exists()
    if not is_of_circle and not about.exists():
        raise Http404
    page = page_of(about, request.GET, date_field="started_at")
    may_write_job = explain(descriptions.check_can_write, user, found)
    may_write_note = explain(notes.check_can_start, user, found)
    context = {
        "person": found,
        "is_of_circle": is_of_circle,
        "versions": _versions(found) if reads_job.exists() else [],
        "may_write_job": may_write_job,
        "has_draft": bool(may_write_job) and DescriptionDraft.objects.filter(person=found).exists(),
        "may_write_note": may_write_note,
        "shows_notes": bool(may_write_note) or bool(page.items),
        "page": page,
        "rows": [lists.row_of(one, user) for one in page.items],
    }
    return render(request, "performance/person.html", context)


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """What this person wrote about the work of others, or reads as somebody's line manager; newest first."""
    user = reader(request)
    rows = lists.notes_for_lists(user).exclude(worker=user)
    page = page_of(rows, request.GET, date_field="started_at")
    context = {"page": page, "rows": [lists.row_of(one, user) for one in page.items]}
    return render(request, "performance/records.html", context)
