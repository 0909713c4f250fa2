"""The list of agreements, starting a version, reading one, and its PDF."""

from __future__ import annotations

import datetime
import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages import words
from supervision.pages.forms import PlainForm, posted, render_form
from supervision.pages.responses import conflict
from supervision.people.models import Arrangement, Participation, User
from supervision.records import audit, documents
from supervision.records.errors import WrongState
from supervision.records.models import Offer, OfferClosed
from supervision.records.policy import explain

from .. import (
    completeness,
    content,
    conversation,
    draft_pdf,
    history,
    listing,
    membership,
    operations,
    policy,
    sheets,
    stands,
    template_choice,
)
from ..forms import RenegotiateForm, StartForm
from ..models import Agreement, AgreementEnding, TemplateEdition
from .common import Request, agency, detail_url, find, find_with_versions, get_and_post


@require_safe
def agreements(request: Request) -> HttpResponse:
    """Every agreement of the reader's arrangements; somebody supervised by one pair goes straight to theirs."""
    rows = listing.rows_for(request.user)
    leads = request.user.roles.supervisor
    if not leads and len(rows) == 1 and rows[0].url:
        return redirect(rows[0].url)
    context = {
        "now": [row for row in rows if row.current],
        "earlier": [row for row in rows if not row.current],
        "leads": leads,
    }
    return render(request, "agreements/list.html", context)


# Starting ----------------------------------------------------------------------------------------------------------


@get_and_post
def start(request: Request, arrangement_id: uuid.UUID) -> HttpResponse:
    """Start the first version, from a template, or the next, saying what changed.

    Whoever comes second is taken to the version that was started.
    """
    arrangement = get_object_or_404(Arrangement.objects.visible_to(request.user), pk=arrangement_id)
    if not (allowed := explain(policy.check_can_draft, request.user, arrangement)):
        typed = RenegotiateForm(request.POST) if request.method == "POST" else None
        return _already_started(request, arrangement, allowed.reason, typed)
    earlier = Agreement.objects.filter(arrangement=arrangement).order_by("-number").first()
    editions = [] if earlier else template_choice.choices()
    form = _start_form(request, earlier, editions)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.draft(
                arrangement=arrangement,
                by=request.user,
                edition=next((one for one in editions if str(one.pk) == data.get("template")), None),
                because=data.get("because", ""),
                note=data.get("note", ""),
            )
        except WrongState as refusal:
            return _already_started(request, arrangement, refusal.message, form)
        messages.success(request, _("Started. Everybody it is between can write in it now."))
        return redirect(detail_url(made))
    context = {
        "form": form,
        "earlier": earlier,
        "people": words.join_names(_others(arrangement, request)),
        "us": [_("You"), *_others(arrangement, request)],
        "asks": bool(form.fields),
    }
    return render_form(request, "agreements/start.html", context, invalid=bool(form.errors))


def _already_started(
    request: Request, arrangement: Arrangement, reason: str, form: PlainForm | None
) -> HttpResponse:
    """To the version that was started meanwhile; words that were typed for another one are shown, to copy."""
    there = Agreement.objects.visible_to(request.user).open().filter(arrangement=arrangement).first()
    if there is None:
        policy.check_can_draft(request.user, arrangement)
        raise WrongState(reason)
    if form is not None and "note" in form.fields and (form["note"].value() or "").strip():
        return conflict(request, what=reason, url=detail_url(there), forms=[form])
    messages.info(request, reason)
    return redirect(detail_url(there))


def _start_form(request: Request, earlier: Agreement | None, editions: list[TemplateEdition]) -> PlainForm:
    """What has to be asked: which template where there are several, or why there is to be a new version."""
    if earlier is not None:
        return RenegotiateForm(posted(request), initial={"because": request.GET.get("because", "")})
    if len(editions) > 1:
        choices = [(str(one.pk), one.name) for one in editions]
        return StartForm(posted(request), choices=choices, initial={"template": choices[0][0]})
    if editions and request.method == "POST":
        only = str(editions[0].pk)
        return StartForm({"template": only}, choices=[(only, editions[0].name)])
    return PlainForm(posted(request))


def _others(arrangement: Arrangement, request: Request) -> list[str]:
    rows = arrangement.participations.current().exclude(person=request.user).select_related("person")
    return [row.person.name for row in rows]


# Reading -----------------------------------------------------------------------------------------------------------


@require_safe
def detail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read it: the draft, what is on offer, or the signed version."""
    agreement, versions = find_with_versions(request, pk)
    why = policy.check_can_read(request.user, agreement)
    offers = history.offers_of(agreement)
    if agreement.is_offered and _is_asked(request, offers[0]):
        return redirect("agreements:sign", pk=agreement.pk)
    audit.opened(request.user, agreement, why=why)
    if not agreement.is_sealed and not agreement.is_offered:
        return _draft_page(request, agreement, offers, versions)
    return _offered_page(request, agreement, offers, versions)


def _is_asked(request: Request, offer: Offer) -> bool:
    """Whether the reader is one of those who sign it and has not answered."""
    answered = any(answer.person_id == request.user.pk for answer in offer.answers.all())
    return not answered and any(party.person_id == request.user.pk for party in offer.parties.all())


def _draft_page(
    request: Request, agreement: Agreement, offers: list[Offer], versions: list[Agreement]
) -> HttpResponse:
    rows = content.rows_of(agreement, agency=agency(request), versions=versions)
    turns = completeness.turns_of(agreement)
    states = completeness.states_of(agreement, rows.clauses, turns=turns)
    gaps = completeness.missing(agreement, clauses=rows.clauses, parties=rows.parties, states=states)
    writes = policy.seen_by(request.user, agreement).takes_part
    made, parts = sheets.of_draft(rows, gaps, states, viewer=request.user, writes=writes)
    circle = conversation.Circle.of(agreement, rows.parties)
    context = {
        "agreement": agreement,
        "content": made,
        "parts": parts,
        "to_agree": [part for part in parts if part.may_agree],
        "to_answer": [part for part in parts if part.suggestion and not part.suggestion.mine],
        "gaps": gaps,
        "writes": writes,
        "next_session": sheets.next_session(agreement),
        "others": sheets.other_names(made, request.user),
        "lead": stands.draft_sentence(agreement, gaps, rows.clauses, states, circle),
        "signatures": sheets.signatures_to_come(made, offers),
        "closed": history.last_closed(offers),
        "my_signature_is_void": sheets.is_void_for(offers, request.user),
        "steps": history.steps(agreement, offers, None, request.user, turns=turns),
        "us": sheets.you_and(made, request.user),
        "is_group": circle.is_group,
        "may_read_history": True,
        "compare_with": next(
            (one for one in versions if one.number < agreement.number and one.is_sealed), None
        ),
        "versions": [one for one in versions if one.pk != agreement.pk],
        "is_party": True,
        "was_offered": bool(offers),
    }
    return render(request, "agreements/draft.html", context)


def _offered_page(
    request: Request, agreement: Agreement, offers: list[Offer], versions: list[Agreement]
) -> HttpResponse:
    offer = next(one for one in offers if one.pk == agreement.open_offer_id)
    made, parts = sheets.of_offer(offer)
    seen = policy.seen_by(request.user, agreement)
    left_on = policy.left_on(request.user, agreement) if seen.is_party else None
    reader = request.user if left_on is not None else None
    later = membership.Later.of(agreement, reader=reader) if agreement.is_sealed else membership.Later()
    blocks = sheets.signatures(offer) + sheets.joined_signatures(later.joined)
    standing = _stands(agreement, versions, left_on)
    waiting = words.join_names(one.name for one in blocks if one.state == "waiting")
    ending = _ending_for(agreement, left_on)
    is_newest = all(one.number <= agreement.number for one in versions)
    holds = bool(standing and standing.in_force)
    context = {
        "agreement": agreement,
        "content": made,
        "parts": parts,
        "is_party": seen.is_party,
        "others": sheets.other_names(made, request.user),
        "stands": standing,
        "lead": standing.sentence if standing else _("Waiting for %(names)s to sign.") % {"names": waiting},
        "signatures": blocks,
        "ending": ending,
        "steps": history.steps(
            agreement, offers, ending, request.user, reviews=later.reviews, joined=later.joined
        ),
        "versions": [one for one in versions if one.pk != agreement.pk],
        "compare_with": next(
            (one for one in versions if one.number < agreement.number and one.is_sealed), None
        ),
        "has_document": agreement.is_sealed and history.has_document(offer),
        "openings": sheets.openings_by_others(agreement, blocks, later)
        if agreement.is_sealed and seen.is_party
        else [],
        "is_theirs": seen.is_theirs,
        "own_joining": next((one.pk for one in later.joined if one.person_id == request.user.pk), None),
        "open_review": next((one for one in later.reviews if one.is_offered), None),
        "reviews": [one for one in later.reviews if one.is_sealed],
        "group": sheets.group_of(agreement, blocks, later, request.user) if holds else None,
        "changed_people": sheets.changed_people(agreement, made, later) if holds and seen.takes_part else "",
        "may_start": seen.takes_part and bool(standing) and is_newest and not _has_open(versions),
        "may_review": seen.takes_part
        and holds
        and not _is_unsigned(agreement, blocks, request.user)
        and not any(one.is_offered for one in later.reviews),
        "may_end": seen.takes_part
        and holds
        and ending is None
        and _may_end_for_all(agreement, later, request.user),
        "may_read_history": seen.is_named,
        "given_up_review": _given_up_review(later) if seen.is_party and holds else None,
        "us": sheets.you_and(made, request.user),
        "is_group": membership.holds_for_each(agreement),
        "may_take_back": seen.is_party and not agreement.is_sealed and offer.offered_by_id == request.user.pk,
        "may_ask": seen.is_party and not agreement.is_sealed,
    }
    return render(request, "agreements/read.html", context)


def _ending_for(agreement: Agreement, left_on: datetime.date | None) -> AgreementEnding | None:
    """How it ended and why; not for somebody who had left by then."""
    ending: AgreementEnding | None = getattr(agreement, "ending", None)
    gone = ending is not None and left_on is not None and timezone.localdate(ending.recorded_at) > left_on
    return None if gone else ending


def _is_unsigned(agreement: Agreement, blocks: list[sheets.Signature], person: User) -> bool:
    """Whether somebody of a group has not signed what holds for those who have."""
    signed = {one.person_id for one in blocks if one.state == "signed"}
    return membership.holds_for_each(agreement) and str(person.pk) not in signed


def _may_end_for_all(agreement: Agreement, later: membership.Later, person: User) -> bool:
    leading = {row.person_id for row in later.now if row.part in Participation.LEADING}
    return not membership.holds_for_each(agreement) or person.pk in leading


def _given_up_review(later: membership.Later) -> OfferClosed | None:
    """Why the newest review is not signed: somebody said that it should not stay, or it was taken back. One query."""
    newest = next(iter(later.reviews), None)
    if newest is None or newest.is_sealed or newest.is_offered:
        return None
    closed = OfferClosed.objects.filter(record_id=newest.pk).select_related("by")
    return closed.order_by("-closed_at").first()


def _stands(
    agreement: Agreement, versions: list[Agreement], left_on: datetime.date | None
) -> stands.Standing | None:
    """Where a signed version stands today; nothing while it is on offer."""
    if not agreement.is_sealed:
        return None
    day = timezone.localdate()
    return stands.standing_of(agreement, versions, agreement.arrangement, day, left_on=left_on)


def _has_open(versions: list[Agreement]) -> bool:
    return any(not one.is_sealed for one in versions)


@require_safe
def pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The sealed file; while it is being made, a page that says so. A version that is not signed comes marked as a draft."""
    agreement = find(request, pk)
    why = policy.check_can_download(request.user, agreement)
    if not agreement.is_sealed:
        audit.opened(request.user, agreement, why=why, action="downloaded")
        return draft_pdf.response(agreement, agency(request))
    document = documents.document_of(agreement)
    if document is None:
        messages.info(
            request,
            _("The PDF is being made. It is usually there within a minute; nothing is lost meanwhile."),
        )
        return redirect(detail_url(agreement))
    audit.opened(request.user, agreement, why=why, action="downloaded")
    return documents.stream(document, f"supervision-agreement-{content.reference(agreement.pk)}.pdf")
