"""Offering a version, reading and signing it, and the other answers: ask for a change, take it back, decline."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people.models import User
from supervision.records import audit, evidence
from supervision.records.again import second_press_shows
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState
from supervision.records.models import Answer, Offer, Seal
from supervision.records.policy import explain
from supervision.records.typed import to_sign_in_again

from .. import completeness, history, membership, operations, policy, sheets
from ..forms import INTENT, ChangeForm, ReasonForm, SignForm
from ..models import Agreement
from .common import (
    Request,
    detail_url,
    find,
    get_and_post,
    number_sent,
    reason_page,
    typed_before,
)

DECLINE = "decline"


@get_and_post
def offer(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Send it to be signed, after a page that says what that means."""
    agreement = find(request, pk)
    policy.check_can_edit(request.user, agreement)
    gaps = completeness.missing(agreement)
    refused = ""
    if request.method == "POST" and not gaps:
        try:
            operations.offer(agreement=agreement, version=number_sent(request, "version"), by=request.user)
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=detail_url(agreement))
        except Invalid as refusal:
            refused = refusal.message
        else:
            messages.success(request, _("Sent to be signed. Your own signature is next, when you are ready."))
            return redirect("agreements:sign", pk=agreement.pk)
    context = {
        "agreement": agreement,
        "gaps": gaps,
        "refused": refused,
        "back_url": detail_url(agreement),
        "is_group": membership.holds_for_each(agreement),
    }
    return render_form(request, "agreements/offer.html", context, invalid=request.method == "POST")


@get_and_post
@second_press_shows("agreements:detail")
def sign(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read the whole text and sign it, or ask for a change instead."""
    agreement = find(request, pk)
    policy.check_is_party(request.user, agreement)
    if not (allowed := explain(policy.check_can_sign, request.user, agreement)):
        return _cannot_sign(request, agreement, allowed.reason)
    offers = history.offers_of(agreement)
    digest = offers[0].digest
    if request.method == "GET":
        audit.opened(request.user, agreement, why="party")
        kept = operations.typed(person=request.user, agreement=agreement)
        return _sign_page(request, agreement, offers, _sign_form(kept, digest), came_back="intent" in kept)
    form = SignForm(request.POST)
    if request.POST.get("answer") == "change":
        return _ask_instead(request, agreement, offers, form)
    if form.is_valid():
        if evidence.needs_to_sign_in_again(request):
            return _prove_it_is_you(request, agreement, form)
        try:
            return _signed(request, agreement, form)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=detail_url(agreement), forms=[form])
    return _sign_page(request, agreement, offers, form)


def _cannot_sign(request: Request, agreement: Agreement, reason: str) -> HttpResponse:
    """To where it stands; words that were typed for a text that is not on offer any more are shown, to copy."""
    if request.method == "POST" and not _has_signed(request, agreement):
        return conflict(request, what=reason, url=detail_url(agreement), forms=[SignForm(request.POST)])
    messages.info(request, reason)
    return redirect(detail_url(agreement))


def _has_signed(request: Request, agreement: Agreement) -> bool:
    return Answer.objects.filter(offer=agreement.open_offer_id, person=request.user).exists()


def _ask_instead(request: Request, agreement: Agreement, offers: list[Offer], form: SignForm) -> HttpResponse:
    """To the page that asks what should change, with the words that were typed here already."""
    form.is_valid()
    if "statement" in form.errors:
        return _sign_page(request, agreement, offers, form)
    if form.cleaned_data["statement"]:
        typed = {"statement": form.cleaned_data["statement"], "typed_name": "", "seen": ""}
        operations.keep_typed(person=request.user, agreement=agreement, typed=typed)
    return redirect("agreements:ask_for_change", pk=agreement.pk)


def _sign_form(kept: dict[str, str], digest: str) -> SignForm:
    """The empty form, or what was typed before signing in again. The tick holds only for the text it was given for."""
    if not kept:
        return SignForm(initial={"seen": digest})
    same = kept.get("seen") == digest
    return SignForm(initial={**kept, "seen": digest, "intent": same and bool(kept.get("intent"))})


def _prove_it_is_you(request: Request, agreement: Agreement, form: SignForm) -> HttpResponse:
    typed = {name: form.cleaned_data[name] for name in ("typed_name", "statement", "seen")}
    operations.keep_typed(person=request.user, agreement=agreement, typed=typed | {"intent": "yes"})
    return to_sign_in_again(request, reverse("agreements:sign", args=[agreement.pk]))


def _signed(request: Request, agreement: Agreement, form: SignForm) -> HttpResponse:
    data = form.cleaned_data
    outcome = operations.sign(
        agreement=agreement,
        seen=data["seen"],
        evidence=evidence.of_request(request, intent=str(INTENT), typed_name=data["typed_name"]),
        statement=data["statement"],
        by=request.user,
    )
    if outcome.seal is None:
        messages.success(request, _waits_for(agreement))
    elif outcome.seal.how == Seal.How.EACH:
        messages.success(request, _("Signed. The agreement is sealed, and holds for each who has signed."))
    else:
        messages.success(request, _("Signed by everybody. The agreement is sealed; its PDF is being made."))
    return redirect(detail_url(agreement))


def _waits_for(agreement: Agreement) -> str:
    if membership.holds_for_each(agreement):
        return _("Signed. It holds for you once whoever leads the group and one more have signed.")
    return _("Signed. It holds when everybody has signed.")


def _sign_page(
    request: Request,
    agreement: Agreement,
    offers: list[Offer],
    form: SignForm,
    *,
    came_back: bool = False,
) -> HttpResponse:
    made, parts = sheets.of_offer(offers[0])
    blocks = sheets.signatures(offers[0])
    context = {
        "agreement": agreement,
        "content": made,
        "parts": parts,
        "others": sheets.other_names(made, request.user),
        "us": sheets.you_and(made, request.user),
        "signatures": [one for one in blocks if one.person_id != str(request.user.pk)],
        "form": form,
        "came_back": came_back,
        "me_name": request.user.name,
        "steps": history.steps(agreement, offers, None, request.user, turns=completeness.turns_of(agreement)),
        "signed_before": _signed_before(offers, request.user),
        "is_group": offers[0].rule == Offer.Rule.LEAD_AND_ONE,
    }
    return render_form(request, "agreements/sign.html", context, invalid=bool(form.errors))


def _signed_before(offers: list[Offer], person: User) -> bool:
    """Whether this person has signed an earlier text of this version: then they are shown what changed since."""
    return any(answer.person_id == person.pk for offer in offers[1:] for answer in offer.answers.all())


@get_and_post
def ask_for_change(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Ask for something to read differently: it is a draft again, and signatures given are void."""
    agreement = find(request, pk)
    policy.check_can_ask_for_change(request.user, agreement)
    kept = operations.typed(person=request.user, agreement=agreement) if request.method == "GET" else {}
    clauses = list(agreement.clauses.all())
    form = ChangeForm(posted(request), clauses=clauses, initial={"reason": kept.get("statement", "")})

    def write() -> None:
        chosen = next((one for one in clauses if str(one.pk) == form.cleaned_data["part"]), None)
        operations.ask_for_change(
            agreement=agreement, reason=form.cleaned_data["reason"], clause=chosen, by=request.user
        )
        messages.success(request, _("It is open for changes again. The others can read what you asked for."))

    words_ = {
        "title": _("Ask for a change"),
        "text": _(
            "The agreement becomes a draft again. Signatures given are cleared, and whoever gave one is told."
        ),
        "verb": _("Ask for this change"),
        "cancel_label": _("Leave it as it is"),
    }
    back = reverse("agreements:sign", args=[agreement.pk])
    return reason_page(request, agreement, form, write, words_, back=back, done=detail_url(agreement))


@get_and_post
def take_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take back what one sent to be signed."""
    agreement = find(request, pk)
    policy.check_can_take_back(request.user, agreement)
    form = ReasonForm(posted(request), label=_("Why you take it back"))

    def write() -> None:
        operations.take_back(agreement=agreement, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Taken back. It is a draft again."))

    words_ = {
        "title": _("Take it back"),
        "text": _(
            "The agreement becomes a draft again. Signatures given are cleared, and whoever gave one is told."
        ),
        "verb": _("Take it back"),
        "cancel_label": _("Leave it with everybody"),
    }
    return reason_page(request, agreement, form, write, words_, back=detail_url(agreement))


@get_and_post
@second_press_shows("agreements:detail")
def decline(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say no, with a reason."""
    agreement = find(request, pk)
    policy.check_can_decline(request.user, agreement)
    current = Offer.objects.of(agreement).first()
    typed = {"seen": current and current.digest} | typed_before(request, agreement, DECLINE)
    form = ReasonForm(posted(request), label=_("Why you don’t sign"), initial=typed)

    def write() -> None:
        outcome = operations.decline(
            agreement=agreement,
            seen=form.cleaned_data["seen"],
            evidence=evidence.of_request(request, intent="", typed_name=""),
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        said = _("You declined to sign. The agreement is a draft again, and the others can read why.")
        if outcome.closed is None:
            said = _("You declined to sign. The others can read why, and it can still hold for them.")
        messages.success(request, said)

    alone = (
        current is not None
        and current.rule == Offer.Rule.LEAD_AND_ONE
        and current.must_sign_id != request.user.pk
    )
    words_ = {
        "title": _("Decline to sign"),
        "text": _("You don’t have to sign. It can still hold for the others, and you can sign it later.")
        if alone
        else _(
            "You don’t have to sign. The agreement becomes a draft again, and signatures given are cleared."
        ),
        "verb": _("Decline to sign"),
        "cancel_label": _("Go back and read it again"),
    }
    back = reverse("agreements:sign", args=[agreement.pk])
    return reason_page(
        request, agreement, form, write, words_, back=back, done=detail_url(agreement), counts_as=DECLINE
    )
