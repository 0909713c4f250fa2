"""The training log: one's own with its totals, the areas of supervisors, and the facts that a manager may know."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from supervision.pages import words
from supervision.pages.keyset import Page, page_of
from supervision.people.models import Credential, User
from supervision.people.requests import reader
from supervision.records import audit, drafts, encryption

from .. import areas as training_areas
from .. import policy, sentences, totals
from ..forms import LogFilter
from ..models import EvidenceFile, TrainingEntry, TrainingEntryQuerySet
from .entries import NEW

MOST_CREDENTIALS = 50


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """One's own, newest first, of one kind, year or period when the address says so, with the hours of these."""
    user = reader(request)
    mine = TrainingEntry.objects.of(user)
    years = totals.by_year(mine)
    form = LogFilter(request.GET, years=[year.key for year in years])
    rows = _filtered(mine, form)
    page = page_of(rows.facts(), request.GET, date_field="day")
    kinds = totals.by_kind(rows)
    context = {
        **_shown(page),
        "filter": form,
        "invalid": bool(form.errors),
        "is_filtered": any(form.cleaned_data.get(name) for name in form.fields),
        "has_any": bool(years),
        "kinds": _table(kinds),
        "years": _table(years),
        "total": words.minutes_words(sum(kind.minutes for kind in kinds)),
        "keeps_areas": policy.keeps_areas(user),
        "sees": sentences.sees_training(policy.managers_of(user)),
        "is_kept": drafts.kept(user, NEW) is not None,
    }
    return render(request, "competencies/training/log.html", context)


def _filtered(rows: TrainingEntryQuerySet, form: LogFilter) -> TrainingEntryQuerySet:
    """What was asked for, as far as it could be read; the form says what could not."""
    form.is_valid()
    asked, (first, last) = form.cleaned_data, form.days
    if kind := asked.get("kind"):
        rows = rows.filter(kind=kind)
    if year := asked.get("year"):
        rows = rows.filter(day__year=int(year))
    if first:
        rows = rows.filter(day__gte=first)
    return rows.filter(day__lte=last) if last else rows


def _shown(page: Page) -> dict[str, Any]:
    encryption.unlock(page.items)
    return {
        "page": page,
        "rows": [{"entry": entry, "small": sentences.small(entry)} for entry in page.items],
    }


def _table(found: list[totals.Total]) -> list[list[str]]:
    return [[one.label, str(one.entries), words.minutes_words(one.minutes)] for one in found]


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """What one has covered of the training areas of supervisors, and what not yet (D 2.131)."""
    user = reader(request)
    covered = totals.by_area(user, training_areas.in_force())
    groups: dict[str, list[totals.Covered]] = {}
    for one in covered:
        groups.setdefault(one.area.framework, []).append(one)
    context = {
        "groups": groups.items(),
        "done": sum(one.entries > 0 for one in covered),
        "count": len(covered),
        "sees": sentences.sees_training(policy.managers_of(user)),
    }
    return render(request, "competencies/training/areas.html", context)


# For managers -------------------------------------------------------------------------------------------------


@require_safe
def of(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What somebody learned and holds, in facts, for a manager of a program of theirs. That it is opened is logged."""
    user = reader(request)
    if pk == user.pk:
        return redirect("training:log")
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise policy.no_such_entry()
    policy.check_can_see_facts(user, person)
    theirs = TrainingEntry.objects.visible_to(user).filter(owner=person)
    page = page_of(theirs.facts(), request.GET, date_field="day")
    credentials = _credentials_of(user, person)
    shown = [*page.items, *(row["credential"] for row in credentials)]
    audit.opened(user, shown or [person], why="manager")
    context = {
        **_shown(page),
        "person": person,
        "kinds": _table(totals.by_kind(theirs)),
        "years": _table(totals.by_year(theirs)),
        "areas": _areas_of(person),
        "credentials": credentials,
    }
    return render(request, "competencies/training/of.html", context)


def _areas_of(person: User) -> list[dict[str, Any]]:
    """For a supervisor: each area, covered or not yet."""
    if not policy.keeps_areas(person):
        return []
    covered = totals.covered_ids(person)
    return [
        {"label": area.label, "is_covered": (area.framework_id, area.statement.id) in covered}
        for area in training_areas.in_force()
    ]


def _credentials_of(user: User, person: User) -> list[dict[str, Any]]:
    has_evidence = Exists(EvidenceFile.objects.filter(credential=OuterRef("pk")))
    rows = Credential.objects.visible_to(user).filter(person=person).defer("number")
    rows = rows.select_related("renewed_as").annotate(has_evidence=has_evidence)
    today = timezone.localdate()
    return [
        {
            "credential": row,
            "standing": sentences.standing(row, today, renewed=getattr(row, "renewed_as", None) is not None),
        }
        for row in rows.order_by("-listed_at", "-id")[:MOST_CREDENTIALS]
    ]
