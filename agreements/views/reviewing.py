"""Looking at an agreement again: leave it as it is, signed by all, or renegotiate it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people.models import Agency
from supervision.records import audit, documents, evidence, snapshot
from supervision.records.again import second_press_shows
from supervision.records.errors import AlreadyDone, Invalid, WrongState
from supervision.records.models import Offer
from supervision.records.policy import explain

from .. import content, history, operations, policy, sheets
from ..forms import REVIEW_INTENT, PlainSignForm, ReasonForm, ReviewForm
from ..models import Agreement, AgreementReview
from ..operations.common import months_later
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

REVIEW, SIGN, DECLINE = "review", "review_sign", "review_decline"


def _find_review(request: Request, pk: uuid.UUID) -> AgreementReview:
    """A review, for those who may know of its agreement; 404 for everybody else."""
    review = get_object_or_404(AgreementReview.objects.select_related("started_by"), pk=pk)
    review.agreement = find(request, review.agreement_id)
    return review


@get_and_post
@second_press_shows("agreements:detail")
def review(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The whole agreement to look at, and below it: nothing changes (record and sign that), or start a new version."""
    agreement = find(request, pk)
    policy.check_is_party(request.user, agreement)
    waiting = agreement.reviews.filter(sealed_at__isnull=True, open_offer__isnull=False).first()
    if request.method == "GET" and waiting is not None:
        return redirect(SIGN_URL, pk=waiting.pk)
    if request.method == "GET" and not (ok := explain(policy.check_can_review, request.user, agreement)):
        messages.info(request, ok.reason)
        return redirect(detail_url(agreement))
    offer = _sealed_offer(agreement)
    form = ReviewForm(posted(request), initial=_first_days() | typed_before(request, agreement, REVIEW))
    if request.method == "POST" and form.is_valid():
        if evidence.needs_to_sign_in_again(request):
            return sign_in_first(request, agreement, form, REVIEW)
        try:
            return _record(request, agreement, form)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=detail_url(agreement), forms=[form])
    if request.method == "GET":
        audit.opened(request.user, agreement, why="party")
    made, parts = sheets.of_offer(offer)
    context = {
        "agreement": agreement,
        "content": made,
        "parts": parts,
        "others": sheets.other_names(made, request.user),
        "us": sheets.you_and(made, request.user),
        "form": form,
        "me_name": request.user.name,
        "back_url": detail_url(agreement),
    }
    return render_form(request, "agreements/review.html", context, invalid=bool(form.errors))


SIGN_URL = "agreements:review_sign"


def _sealed_offer(agreement: Agreement) -> Offer:
    if not agreement.is_sealed:
        raise WrongState(_("This agreement is not in force yet."))
    return next(one for one in history.offers_of(agreement) if one.pk == agreement.open_offer_id)


def _first_days() -> dict[str, object]:
    today = timezone.localdate()
    agency = Agency.objects.first() or Agency()
    return {"looked_on": today, "next_on": months_later(today, agency.review_months)}


def _record(request: Request, agreement: Agreement, form: ReviewForm) -> HttpResponse:
    data = form.cleaned_data
    operations.propose_review(
        agreement=agreement,
        looked_on=data["looked_on"],
        next_on=data["next_on"],
        note=data["note"],
        evidence=evidence.of_request(request, intent=str(REVIEW_INTENT), typed_name=data["typed_name"]),
        by=request.user,
    )
    forget_typed(request, agreement, REVIEW)
    messages.success(request, _("Recorded and signed by you. The others are asked to sign it too."))
    return redirect(detail_url(agreement))


@get_and_post
@second_press_shows("agreements:review_read")
def review_sign(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read what was recorded, with the whole agreement below it, and sign that it stays as it is."""
    review = _find_review(request, pk)
    policy.check_is_party_of_review(request.user, review)
    if not (allowed := explain(policy.check_can_sign_review, request.user, review)):
        messages.info(request, allowed.reason)
        return redirect("agreements:review_read", pk=review.pk)
    offer = Offer.objects.of(review).open().get()
    initial = {"seen": offer.digest} | typed_before(request, review, SIGN)
    form = PlainSignForm(posted(request), intent=REVIEW_INTENT, initial=initial)
    if request.method == "POST" and form.is_valid():
        if evidence.needs_to_sign_in_again(request):
            return sign_in_first(request, review, form, SIGN)
        try:
            outcome = operations.sign_review(
                review=review,
                seen=form.cleaned_data["seen"],
                evidence=evidence.of_request(
                    request, intent=str(REVIEW_INTENT), typed_name=form.cleaned_data["typed_name"]
                ),
                by=request.user,
            )
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=detail_url(review.agreement), forms=[form])
        else:
            forget_typed(request, review, SIGN)
            said = _("Signed by everybody. The agreement stays as it is.") if outcome.seal else _("Signed.")
            messages.success(request, said)
            return redirect(detail_url(review.agreement))
    if request.method == "GET":
        audit.opened(request.user, [review, review.agreement], why="party")
    return _review_page(request, review, offer, form)


def _review_page(
    request: Request, review: AgreementReview, offer: Offer, form: PlainSignForm | None
) -> HttpResponse:
    made = snapshot.read(offer.content)
    agreed, parts = sheets.of_offer(_sealed_offer(review.agreement))
    seen = policy.seen_by(request.user, review.agreement)
    context = {
        "review": review,
        "agreement": review.agreement,
        "made": made,
        "content": agreed,
        "parts": parts,
        "others": sheets.other_names(agreed, request.user),
        "us": sheets.you_and(agreed, request.user),
        "signatures": sheets.signatures(offer),
        "is_party": seen.is_party,
        "is_theirs": seen.is_theirs,
        "may_take_back": review.is_offered and review.started_by_id == request.user.pk,
        "document": documents.document_of(review) if review.is_sealed else None,
        "form": form,
        "me_name": request.user.name,
        "back_url": detail_url(review.agreement),
    }
    return render_form(
        request, "agreements/review_read.html", context, invalid=bool(form is not None and form.errors)
    )


@require_safe
def review_read(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read a review that waits for others, or is signed."""
    review = _find_review(request, pk)
    why = policy.check_can_read_review(request.user, review)
    offers = Offer.objects.of(review).filter(closed__isnull=True).select_related("seal")
    offer = offers.first() if review.open_offer_id else None
    if offer is None:
        messages.info(request, _("This review is not open any more. Here you see how the agreement stands."))
        return redirect(detail_url(review.agreement))
    audit.opened(request.user, [review, review.agreement], why=why)  # its text stands below
    return _review_page(request, review, offer, None)


@get_and_post
@second_press_shows("agreements:review_read")
def review_decline(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say that it should not stay as it is, and why."""
    review = _find_review(request, pk)
    policy.check_can_sign_review(request.user, review)
    offer = Offer.objects.of(review).open().get()
    typed = {"seen": offer.digest} | typed_before(request, review, DECLINE)
    form = ReasonForm(posted(request), label=_("What should change"), initial=typed)

    def write() -> None:
        operations.decline_review(
            review=review,
            seen=form.cleaned_data["seen"],
            evidence=evidence.of_request(request, intent="", typed_name=""),
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        messages.success(
            request, _("Recorded. The others can read why. You can start a new version together now.")
        )

    words_ = {
        "title": _("It should not stay as it is"),
        "text": _("The review is not signed. The agreement holds as before until you sign another version."),
        "verb": _("Say so"),
        "cancel_label": _("Go back and read it again"),
    }
    return reason_page(
        request,
        review,
        form,
        write,
        words_,
        back=reverse(SIGN_URL, args=[review.pk]),
        done=detail_url(review.agreement),
        counts_as=DECLINE,
    )


@get_and_post
def review_take_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take back a review that one recorded, before the last signature."""
    review = _find_review(request, pk)
    policy.check_can_take_back_review(request.user, review)
    form = ReasonForm(posted(request), label=_("Why you take it back"))

    def write() -> None:
        operations.take_back_review(review=review, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Taken back."))

    words_ = {
        "title": _("Take the review back"),
        "text": _("Nobody is asked to sign it any more. The agreement stands as it did."),
        "verb": _("Take it back"),
        "cancel_label": _("Leave it"),
    }
    return reason_page(request, review, form, write, words_, back=detail_url(review.agreement))


@require_safe
def review_pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The sealed file of a review."""
    review = _find_review(request, pk)
    why = policy.check_can_read_review(request.user, review)
    if not review.is_sealed:
        raise WrongState(_("There is a PDF once everybody has signed."))
    document = documents.document_of(review)
    if document is None:
        messages.info(request, _("The PDF is being made. It is usually there within a minute."))
        return redirect("agreements:review_read", pk=review.pk)
    audit.opened(request.user, review, why=why, action="downloaded")
    return documents.stream(document, f"agreement-review-{content.reference(review.pk)}.pdf")
