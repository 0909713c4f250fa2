"""Reading a letter of hours through, signing it, and having it afterwards."""

from __future__ import annotations

import datetime
import uuid
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.people.models import User
from supervision.people.requests import person_for, reader
from supervision.records import audit, documents, papers
from supervision.records.answering import sending
from supervision.records.errors import NotFound, WrongState

from . import content, operations, policy
from .forms import SignLetterForm
from .models import HoursLetter


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: uuid.UUID, key: str, first: str, last: str) -> HttpResponse:
    """The letter as it would be, to be read and signed by whoever supervises."""
    user = reader(request)
    worker = person_for(user, pk)
    policy.check_can_sign(user, worker)
    begin, end = _day(first), _day(last)
    policy.check_period(begin, end)
    asked, measured = content.wanted(worker, user, key, begin, end)
    said = content.of_letter(asked, measured, operations.new_letter(asked, measured))
    initial = {"key": uuid.uuid4(), "seen": content.mark_of(said)}
    return sending(
        request,
        asked,
        operations.sign,
        form=partial(SignLetterForm, initial=initial),
        show=partial(_page, request, asked, said),
        given=lambda data: {"seen": data["seen"], "key": data["key"]},
        about=f"hours_letter:{pk}:{key}:{begin}:{end}",
        url=reverse("hours:person", args=[pk]),
        done=_("Signed. %(name)s finds the letter on the page of their hours.") % {"name": worker.called},
    )


def _page(
    request: HttpRequest, asked: content.Wanted, said: dict[str, Any], form: Any, *, status: int = 200
) -> HttpResponse:
    context = {
        "person": asked.worker,
        "content": said,
        "headings": content.headings(),
        "form": form,
        "invalid": status == 422,
    }
    return render(request, "hours/letter_sign.html", context, status=status)


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise NotFound(_("There is no such page.")) from None


def _letter(user: User, pk: uuid.UUID) -> HoursLetter:
    rows = HoursLetter.objects.visible_to(user).select_related("worker", "supervisor")
    return get_object_or_404(rows, pk=pk)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The letter as it was signed."""
    user = reader(request)
    letter = _letter(user, pk)
    paper = papers.of_record(letter)[-1]
    context = {
        "letter": letter,
        "paper": paper,
        "content": paper.content,
        "headings": content.headings(),
        "other": letter.supervisor if user.pk == letter.worker_id else letter.worker,
        "own": user.pk == letter.worker_id,
    }
    return render(request, "hours/letter.html", context)


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sealed PDF."""
    user = reader(request)
    letter = _letter(user, pk)
    document = documents.document_of(letter)
    if document is None:
        raise WrongState(_("The PDF is being made. It will be here in a minute."))
    audit.opened(user, letter, why="party", action="downloaded")
    return documents.stream(document, f"letter-of-hours-{letter.as_of:%Y-%m-%d}.pdf")
