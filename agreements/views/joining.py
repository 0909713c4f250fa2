"""Signing a group's agreement that is sealed already: for whoever joins, and whoever had not signed yet."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.records import audit, documents, evidence
from supervision.records.again import second_press_shows
from supervision.records.errors import AlreadyDone, Invalid, WrongState
from supervision.records.models import Offer
from supervision.records.policy import explain

from .. import content, history, operations, policy, sheets
from ..forms import INTENT, PlainSignForm, ReasonForm
from ..models import Accession, Agreement
from .common import (
    Request,
    detail_url,
    find,
    forget_typed,
    get_and_post,
    reason_page,
    sign_in_first,
    typed_before,
)

JOIN, DECLINE = "join", "join_decline"


def _sealed_offer(agreement: Agreement) -> Offer:
    return next(one for one in history.offers_of(agreement) if one.pk == agreement.open_offer_id)


@get_and_post
@second_press_shows("agreements:detail")
def join(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read the whole sealed text and sign it."""
    agreement = find(request, pk)
    if not (allowed := explain(policy.check_can_join, request.user, agreement)):
        return _cannot(request, agreement, allowed.reason)
    offer = _sealed_offer(agreement)
    form = PlainSignForm(
        posted(request), initial={"seen": offer.digest} | typed_before(request, agreement, JOIN)
    )
    if request.method == "POST" and form.is_valid():
        if evidence.needs_to_sign_in_again(request):
            return sign_in_first(request, agreement, form, JOIN)
        try:
            operations.join(
                agreement=agreement,
                seen=form.cleaned_data["seen"],
                evidence=evidence.of_request(
                    request, intent=str(INTENT), typed_name=form.cleaned_data["typed_name"]
                ),
                by=request.user,
            )
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=detail_url(agreement), forms=[form])
        else:
            forget_typed(request, agreement, JOIN)
            messages.success(request, _("Signed. From now on the agreement holds for you as well."))
            return redirect(detail_url(agreement))
    if request.method == "GET":
        audit.opened(request.user, agreement, why="party")
    made, parts = sheets.of_offer(offer)
    context = {
        "agreement": agreement,
        "content": made,
        "parts": parts,
        "us": sheets.you_and(made, request.user),
        "signatures": sheets.signatures(offer),
        "form": form,
        "me_name": request.user.name,
        "back_url": detail_url(agreement),
    }
    return render_form(request, "agreements/join.html", context, invalid=bool(form.errors))


def _cannot(request: Request, agreement: Agreement, reason: str) -> HttpResponse:
    """To where it stands, for the people it is between; others are refused as everywhere."""
    policy.check_is_party(request.user, agreement)
    messages.info(request, reason)
    return redirect(detail_url(agreement))


@get_and_post
@second_press_shows("agreements:detail")
def join_decline(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say no, with a reason. It can be signed later all the same."""
    agreement = find(request, pk)
    policy.check_can_join(request.user, agreement)
    typed = {"seen": _sealed_offer(agreement).digest} | typed_before(request, agreement, DECLINE)
    form = ReasonForm(posted(request), label=_("Why you don’t sign"), initial=typed)

    def write() -> None:
        operations.decline_to_join(
            agreement=agreement,
            seen=form.cleaned_data["seen"],
            evidence=evidence.of_request(request, intent="", typed_name=""),
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        messages.success(request, _("You declined to sign. The others can read why, and you can sign later."))

    words_ = {
        "title": _("Decline to sign"),
        "text": _("You don’t have to sign. It goes on to hold for those who did."),
        "verb": _("Decline to sign"),
        "cancel_label": _("Go back and read it again"),
    }
    back = reverse("agreements:join", args=[agreement.pk])
    return reason_page(
        request, agreement, form, write, words_, back=back, done=detail_url(agreement), counts_as=DECLINE
    )


@require_safe
def accession_pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The sealed file of somebody's joining: for those who may read the agreement."""
    accession = get_object_or_404(Accession, pk=pk, sealed_at__isnull=False)
    accession.agreement = agreement = find(request, accession.agreement_id)
    why = policy.check_can_download_joining(request.user, accession)
    document = documents.document_of(accession)
    if document is None:
        messages.info(request, _("The PDF is being made. It is usually there within a minute."))
        return redirect(detail_url(agreement))
    audit.opened(request.user, accession, why=why, action="downloaded")
    return documents.stream(document, f"joining-{content.reference(accession.pk)}.pdf")
