"""Reading an observation at each stage of its life, and its PDF."""

from __future__ import annotations

import uuid

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.people.requests import reader
from supervision.records import audit, documents, encryption, papers
from supervision.records.errors import DomainError, WrongState
from supervision.records.forms import SignForm
from supervision.records.models import Offer
from supervision.records.papers import Paper
from supervision.records.policy import explain

from ...views import adding
from .. import content, operations, policy
from ..forms import SendForm
from ..models import Observation, ObservationAddendum
from . import addenda
from .common import State, observation_for

RECORD, ADDENDUM = Observation._meta.label_lower, ObservationAddendum._meta.label_lower


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An observation as it stands: what was agreed, one's own draft, or the record."""
    user = reader(request)
    found = observation_for(user, pk)
    if found.open_offer_id:
        return reading_page(request, found)
    if found.is_draft and found.supervisor_id == user.pk:
        return draft_page(request, found, SendForm(initial={"version": found.version}))
    return _plan_page(request, found)


def _papers(found: Observation) -> tuple[list[Paper], list[Paper]]:
    """What was offered of the record, newest last, and of its addenda."""
    added = ObservationAddendum.objects.filter(observation=found).values("pk")
    of_either = Offer.objects.filter(
        Q(record_label=RECORD, record_id=found.pk) | Q(record_label=ADDENDUM, record_id__in=added)
    )
    offers = list(papers.with_all(of_either).order_by("offered_at", "number"))
    encryption.unlock(offers, [found])
    read = [papers.paper_of(offer) for offer in offers]
    of_record = [paper for paper in read if paper.offer.record_label == RECORD]
    return of_record, [paper for paper in read if paper.offer.record_label == ADDENDUM]


def _plan_page(request: HttpRequest, found: Observation) -> HttpResponse:
    user = reader(request)
    offered = papers.of_record(found) if found.state == State.HELD else []
    encryption.unlock([found])
    if found.state != State.PROPOSED or found.proposed_by_id != user.pk:
        audit.opened(user, found, why="party")
    context = {
        "observation": found,
        "other": found.other(user),
        "is_supervisor": found.supervisor_id == user.pk,
        "given_back": papers.given_back(offered),
        "can_answer": explain(policy.check_can_answer_proposal, user, found),
        "can_change": explain(policy.check_can_change_plan, user, found),
        "can_call_off": explain(policy.check_can_withdraw, user, found),
        "can_write": explain(policy.check_can_write, user, found),
    }
    return render(request, "sessions/observations/agreed.html", context)


def draft_page(
    request: HttpRequest, found: Observation, form: SendForm, *, status: int = 200
) -> HttpResponse:
    """The supervisor's own draft as the worker will read it."""
    offered = papers.of_record(found)
    missing = ""
    try:
        operations.check_complete(found)
    except DomainError as refusal:
        missing = refusal.message
    audit.opened(reader(request), found, why="party")
    context = {
        "observation": found,
        "content": content.of_observation(found),
        "form": form,
        "missing": missing,
        "given_back": papers.given_back(offered),
        "invalid": status == 422,
    }
    return render(request, "sessions/observations/draft.html", context, status=status)


def reading_page(
    request: HttpRequest, found: Observation, form: SignForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The record, out for signature or sealed, from the signed content alone."""
    user = reader(request)
    offered, added = _papers(found)
    record = offered[-1]
    found.open_offer = record.offer  # with its parties and answers at hand, for the policy
    audit.opened(user, [found, *adding.opened_with(added, ObservationAddendum, user)], why="party")
    asks = record.waits_for(user)
    context = {
        "observation": found,
        "paper": record,
        "content": record.content,
        "other": found.other(user),
        "asks": asks,
        "form": (form or SignForm(initial={"seen": record.offer.digest}, intent=content.INTENT))
        if asks
        else None,
        "steps": papers.steps_of(offered),
        "waits_for": [signer.name for signer in record.signers if signer.kind == "waiting"],
        "is_supervisor": found.supervisor_id == user.pk,
        "can_decline": explain(policy.check_can_decline, user, found),
        "can_ask": explain(policy.check_can_ask_for_change, user, found),
        "can_take_back": explain(policy.check_can_take_back, user, found),
        "can_add": explain(policy.check_can_add_addendum, user, found),
        "addenda": adding.rows_of(added, user, addenda.KIND),
        "invalid": status == 422,
    }
    return render(request, "sessions/observations/reading.html", context, status=status)


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sealed PDF."""
    user = reader(request)
    found = observation_for(user, pk)
    document = documents.document_of(found) if found.is_sealed else None
    if document is None:
        raise WrongState(_("The PDF is made when the record is sealed. It will be here in a minute."))
    audit.opened(user, found, why="party", action="downloaded")
    return documents.stream(document, f"observation-{found.held_on:%Y-%m-%d}.pdf")
