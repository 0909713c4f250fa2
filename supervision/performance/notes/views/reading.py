"""Reading a record about somebody's work at each stage of its life, and its PDF."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import documents, papers
from supervision.records.errors import DomainError, WrongState
from supervision.records.forms import SignForm
from supervision.records.policy import explain

from ... import opening
from ...models import JobDescription, PerformanceNote
from .. import content, operations, policy
from ..forms import SendForm, first_send
from ..parts import TITLES
from .common import address, note_for, who_reads, who_will_read


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """As it stands: one's own draft, the record, or that it is with its author or withdrawn."""
    user = reader(request)
    found = note_for(user, pk)
    if found.open_offer_id:
        return reading_page(request, found)
    if found.is_draft and found.author_id == user.pk:
        beside = operations.reader_beside(found.worker, found.author)
        return draft_page(request, found, first_send(found, beside))
    return _away_page(request, found)


def draft_page(
    request: HttpRequest, found: PerformanceNote, form: SendForm, *, status: int = 200
) -> HttpResponse:
    """The author's own draft as the worker will read it."""
    user = reader(request)
    offered = papers.of_record(found)
    may_write = explain(policy.check_can_write, user, found)
    missing = "" if may_write else may_write.reason
    try:
        operations.check_complete(found)
    except DomainError as refusal:
        missing = missing or refusal.message
    # As it would be sent now: who reads it is shown as the page above says it.
    found.line_manager = operations.reader_beside(found.worker, found.author)
    context = {
        "note": found,
        "content": content.of_note(found),
        "title": TITLES[found.kind],
        "form": form,
        "missing": missing,
        "may_write": may_write,
        "given_back": papers.given_back(offered),
        "invalid": status == 422,
        "sees": who_will_read(found.worker, found.author, found),
    }
    return render(request, "performance/note_draft.html", context, status=status)


def _away_page(request: HttpRequest, found: PerformanceNote) -> HttpResponse:
    """It was sent once, and is with its author again or withdrawn. Of its words nothing shows."""
    user = reader(request)
    offered = papers.of_record(found)
    given_back = papers.given_back(offered)
    if given_back is not None and given_back.closed is not None and given_back.closed.by_id != user.pk:
        opening.note(user, found)
    context = {
        "note": found,
        "title": TITLES[found.kind],
        "given_back": given_back,
        "is_author": found.author_id == user.pk,
        "sees": who_reads(found, user),
    }
    return render(request, "performance/note_away.html", context)


def reading_page(
    request: HttpRequest, found: PerformanceNote, form: SignForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The record, out for signature or sealed, from the signed content alone."""
    user = reader(request)
    offered = papers.of_record(found)
    record = offered[-1]
    found.open_offer = record.offer  # with its parties and answers at hand, for the policy
    opening.note(user, found)
    asks = record.waits_for(user)
    context = {
        "note": found,
        "paper": record,
        "content": record.content,
        "title": record.content["title"],
        "asks": asks,
        "form": _sign_form(form, record) if asks else None,
        "steps": papers.steps_of(offered),
        "waits_for": [signer.name for signer in record.signers if signer.kind == "waiting"],
        "can_decline": explain(policy.check_can_decline, user, found),
        "can_ask": explain(policy.check_can_ask_for_change, user, found),
        "can_take_back": explain(policy.check_can_take_back, user, found),
        "can_follow": found.kind == PerformanceNote.Kind.PLAN
        and explain(policy.check_can_follow, user, found),
        "key": uuid.uuid4(),
        "links": _links(found, user),
        "invalid": status == 422,
        "sees": who_reads(found, user),
    }
    return render(request, "performance/note_reading.html", context, status=status)


def _sign_form(form: SignForm | None, record: Any) -> SignForm:
    return form or SignForm(initial={"seen": record.offer.digest}, intent=content.WORKER_INTENT)


def _links(found: PerformanceNote, user: User) -> list[dict[str, str]]:
    """What belongs to it and this person may open: its plan, its result, the version of the job description it names."""
    links = []
    if found.follows_id:
        plan = PerformanceNote.objects.visible_to(user).filter(pk=found.follows_id)
        links += [
            {"url": address("note", pk), "label": _("The plan")} for pk in plan.values_list("pk", flat=True)
        ]
    if found.kind == PerformanceNote.Kind.PLAN:
        results = PerformanceNote.objects.visible_to(user).filter(follows=found)
        links += [
            {"url": address("note", pk), "label": _("Its result") if sent else _("Your draft of its result")}
            for pk, sent in results.order_by("started_at").values_list("pk", "first_sent_at")
        ]
    if found.description_id:
        named = JobDescription.objects.visible_to(user).filter(pk=found.description_id)
        links += [
            {"url": address("description", one.pk), "label": _("The job description it names")}
            for one in named.only("pk")
        ]
    return links


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sealed PDF."""
    user = reader(request)
    found = note_for(user, pk)
    document = documents.document_of(found) if found.is_sealed else None
    if document is None:
        raise WrongState(_("The PDF is made when the record is sealed. It will be here in a minute."))
    opening.note(user, found, action="downloaded")
    day = found.sealed_at
    return documents.stream(document, f"performance-{day:%Y-%m-%d}.pdf" if day else "performance.pdf")
