"""Entries of one's own log: new, read, changed, removed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.sight import line
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.again import gone_mark, second_press_is_gone
from supervision.records.typed import forget

from .. import areas, operations, policy, sentences
from ..forms import EntryForm, EvidenceForm, initial_of
from ..models import EvidenceFile, TrainingEntry
from .common import METHODS, Sheet, key_in, own_entry, written

NEW = "competencies.training.new"
TEMPLATE = "competencies/training/form.html"


def draft_of(pk: uuid.UUID) -> str:
    """Under which name what was typed into the form of an entry is kept."""
    return f"competencies.training:{pk}"


def _url_of(pk: uuid.UUID) -> str:
    return reverse("training:entry", args=[pk])


@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Something learned."""
    user = reader(request)
    known = areas.in_force() if policy.keeps_areas(user) else None

    def make(data: QueryDict | None) -> EntryForm:
        start = {"key": uuid.uuid4(), "version": 0, "day": timezone.localdate()}
        return EntryForm(data, areas=known, initial=start)

    def save(form: EntryForm) -> TrainingEntry:
        return operations.add(by=user, key=key_in(form), written=form.written())

    done = _("Saved. You can add a file that shows it.")
    context = {"sees": sentences.sees_training(policy.managers_of(user))}
    return written(request, Sheet(NEW, make, save, _url_of, TEMPLATE, True, done, context, "entry"))


@require_http_methods(METHODS)
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change an entry of one's own."""
    user = reader(request)
    entry = own_entry(user, pk)
    known = areas.in_force() if policy.keeps_areas(user) or entry.areas.exists() else None

    def make(data: QueryDict | None) -> EntryForm:
        now = own_entry(user, pk)
        encryption.unlock([now])
        return EntryForm(data, areas=known, initial=initial_of(now, known))

    def save(form: EntryForm) -> TrainingEntry:
        version = form.cleaned_data["version"]
        return operations.change(entry, by=user, version=version, written=_with_earlier(form, entry, known))

    context = {"entry": entry, "sees": sentences.sees_training(policy.managers_of(user))}
    sheet = Sheet(draft_of(pk), make, save, _url_of, TEMPLATE, False, _("Saved."), context)
    return written(request, sheet)


def _with_earlier(
    form: EntryForm, entry: TrainingEntry, known: list[areas.Area] | None
) -> operations.Written:
    """An area that is no longer in force is not on the form, and stays with the entry."""
    said = form.written()
    if said.areas is None:
        return said
    shown = {area.key for area in known or ()}
    earlier = {areas.key_of(row) for row in entry.areas.all()} - shown
    return operations.Written(**{**vars(said), "areas": said.areas | earlier})


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An entry for its owner."""
    return page(request, own_entry(reader(request), pk), EvidenceForm(initial={"key": uuid.uuid4()}))


def page(
    request: HttpRequest, entry: TrainingEntry, form: EvidenceForm, *, status: int = 200
) -> HttpResponse:
    """The page of an entry, with the form that takes a file."""
    evidence = list(EvidenceFile.objects.filter(entry=entry).defer("content"))
    for row in evidence:
        row.entry = entry
    encryption.unlock([entry])
    covered = list(entry.areas.all())
    context: dict[str, Any] = {
        "entry": entry,
        "days": sentences.days(entry),
        "areas": areas.labels_of(covered, areas.in_force()) if covered else [],
        "sees": sentences.sees_training(policy.managers_of(entry.owner)),
        "evidence": [{"file": row, "small": sentences.size(row)} for row in evidence],
        "has_room": len(evidence) < policy.MOST_FILES,
        "form": form,
        "evidence_url": reverse("training:entry_evidence", args=[entry.pk]),
        "invalid": status == 422,
    }
    return render(request, "competencies/training/entry.html", context, status=status)


@require_http_methods(METHODS)
@second_press_is_gone
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take an entry out of the log, after asking."""
    user = reader(request)
    entry = own_entry(user, pk)
    if request.method == "POST":
        operations.remove(entry, by=user)
        forget(request, draft_of(pk))
        messages.success(request, _("Removed from your log."))
        return redirect("training:log")
    encryption.unlock([entry])
    count = entry.evidence.count()
    context = {
        "title": _("Remove this entry?"),
        "text": _(
            "“%(title)s” goes for good, with what you wrote about it and its files (%(count)s). Its hours no longer count."
        )
        % {"title": entry.title, "count": count},
        "verb": _("Remove it for good"),
        "back_url": _url_of(pk),
        "back_label": _("The entry"),
        "cancel_url": _url_of(pk),
        "gone": gone_mark(user, pk, reverse("training:log")),
        "sees": line("training.entry"),
    }
    return render(request, "confirm_page.html", context)
