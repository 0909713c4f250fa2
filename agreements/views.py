"""Pages of agreements. Who may see which is in policy.py; what they show is in sheets.py."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages import words
from supervision.pages.forms import PlainForm, posted, render_form
from supervision.pages.responses import conflict
from supervision.people.models import Arrangement, User
from supervision.records import audit, documents, drafts, evidence
from supervision.records.errors import Invalid, Stale, WrongState
from supervision.records.models import Answer, Offer
from supervision.records.policy import explain

from . import completeness, content, history, operations, policy, sheets, standard, wording
from .forms import INTENT, ClauseForm, EndForm, ReasonForm, SignForm, TermsForm
from .models import Agreement, Clause


class Request(HttpRequest):
    """A request of somebody who is signed in: the middleware lets nobody else through."""

    user: User


get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def _find(request: Request, pk: uuid.UUID) -> Agreement:
    """The agreement, for those who may know that it exists; 404 for everybody else."""
    known = Agreement.objects.known_to(request.user)
    return get_object_or_404(known.select_related("arrangement__program", "started_by", "ending__by"), pk=pk)


def _agency(request: Request) -> str:
    return getattr(request.user, "agency_name", "") or ""


def _versions(request: Request, agreement: Agreement) -> list[Agreement]:
    """The versions of the same arrangement that this person may read, newest first."""
    found = Agreement.objects.visible_to(request.user).filter(arrangement=agreement.arrangement_id)
    return list(found.order_by("-number"))


def _detail_url(agreement: Agreement) -> str:
    return reverse("agreements:detail", args=[agreement.pk])


# Lists and reading ----------------------------------------------------------------------------------------------


@require_safe
def agreements(request: Request) -> HttpResponse:
    """Every agreement of the reader's arrangements; somebody supervised by one pair goes straight to theirs."""
    rows = sheets.rows_for(request.user)
    leads = request.user.roles.supervisor
    if not leads and len(rows) == 1 and rows[0].url:
        return redirect(rows[0].url)
    context = {
        "now": [row for row in rows if row.current],
        "earlier": [row for row in rows if not row.current],
        "leads": leads,
    }
    return render(request, "agreements/list.html", context)


@require_POST
def start(request: Request, arrangement_id: uuid.UUID) -> HttpResponse:
    """Start the first or the next version; whoever comes second is taken to the one that was started."""
    arrangement = get_object_or_404(Arrangement.objects.visible_to(request.user), pk=arrangement_id)
    try:
        made = operations.draft(arrangement=arrangement, by=request.user)
    except WrongState as refusal:
        there = Agreement.objects.visible_to(request.user).open().filter(arrangement=arrangement).first()
        if there is None:
            raise
        messages.info(request, refusal.message)
        return redirect(_detail_url(there))
    messages.success(request, _("Started. Everybody it is between can write in it now."))
    return redirect(_detail_url(made))


@require_safe
def detail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read it: the draft, what is on offer, or the signed version."""
    agreement = _find(request, pk)
    why = policy.check_can_read(request.user, agreement)
    offers = history.offers_of(agreement)
    if agreement.is_offered and _has_not_answered(request, offers[0]):
        return redirect("agreements:sign", pk=agreement.pk)
    audit.opened(request.user, agreement, why=why)
    if not agreement.is_sealed and not agreement.is_offered:
        return _draft_page(request, agreement, offers)
    return _offered_page(request, agreement, offers)


def _has_not_answered(request: Request, offer: Offer) -> bool:
    return all(answer.person_id != request.user.pk for answer in offer.answers.all())


def _draft_page(request: Request, agreement: Agreement, offers: list[Offer]) -> HttpResponse:
    versions = _versions(request, agreement)
    rows = content.rows_of(agreement, agency=_agency(request), versions=versions)
    gaps = completeness.missing(agreement, clauses=rows.clauses, parties=rows.parties)
    writes = policy.seen_by(request.user, agreement).takes_part
    made, parts = sheets.of_draft(rows, gaps, viewer=request.user, writes=writes)
    context = {
        "agreement": agreement,
        "content": made,
        "parts": parts,
        "gaps": gaps,
        "writes": writes,
        "others": sheets.other_names(made, request.user),
        "lead": sheets.draft_sentence(agreement, gaps),
        "signatures": sheets.signatures_to_come(made, offers),
        "closed": history.last_closed(offers),
        "my_signature_is_void": sheets.is_void_for(offers, request.user),
        "steps": history.steps(agreement, offers, None, request.user),
        "versions": [one for one in versions if one.pk != agreement.pk],
    }
    return render(request, "agreements/draft.html", context)


def _offered_page(request: Request, agreement: Agreement, offers: list[Offer]) -> HttpResponse:
    offer = next(one for one in offers if one.pk == agreement.open_offer_id)
    versions = _versions(request, agreement)
    made, parts = sheets.of_offer(offer)
    blocks = sheets.signatures(offer)
    seen = policy.seen_by(request.user, agreement)
    is_party = seen.is_party
    stands = _stands(agreement, versions)
    waiting = words.join_names(one.name for one in blocks if one.state == "waiting")
    ending = getattr(agreement, "ending", None)
    context = {
        "agreement": agreement,
        "content": made,
        "parts": parts,
        "is_party": is_party,
        "others": sheets.other_names(made, request.user),
        "stands": stands,
        "lead": stands.sentence if stands else _("Waiting for %(names)s to sign.") % {"names": waiting},
        "signatures": blocks,
        "ending": ending,
        "steps": history.steps(agreement, offers, ending, request.user),
        "versions": [one for one in versions if one.pk != agreement.pk],
        "document": documents.document_of(agreement) if agreement.is_sealed else None,
        "openings": sheets.openings_by_others(agreement, made) if agreement.is_sealed and is_party else [],
        "may_start": seen.takes_part
        and bool(stands)
        and not _has_open(versions)
        and _is_newest(agreement, versions),
        "may_end": is_party and bool(stands and stands.in_force) and ending is None,
        "may_take_back": is_party and not agreement.is_sealed and offer.offered_by_id == request.user.pk,
    }
    return render(request, "agreements/read.html", context)


def _stands(agreement: Agreement, versions: list[Agreement]) -> sheets.Standing | None:
    """Where a signed version stands today; nothing while it is on offer."""
    if not agreement.is_sealed:
        return None
    return sheets.standing_of(agreement, versions, agreement.arrangement, timezone.localdate())


def _has_open(versions: list[Agreement]) -> bool:
    return any(not one.is_sealed for one in versions)


def _is_newest(agreement: Agreement, versions: list[Agreement]) -> bool:
    return all(one.number <= agreement.number for one in versions)


@require_safe
def pdf(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The sealed file; while it is being made, a page that says so."""
    agreement = _find(request, pk)
    why = policy.check_can_download(request.user, agreement)
    document = documents.document_of(agreement)
    if document is None:
        messages.info(
            request,
            _("The PDF is being made. It is usually there within a minute; nothing is lost meanwhile."),
        )
        return redirect(_detail_url(agreement))
    audit.opened(request.user, agreement, why=why, action="downloaded")
    return documents.stream(document, f"supervision-agreement-{content.reference(agreement.pk)}.pdf")


# Writing ------------------------------------------------------------------------------------------------------------


@get_and_post
def clause(request: Request, pk: uuid.UUID, clause_id: uuid.UUID) -> HttpResponse:
    """Change the words of one part."""
    agreement = _find(request, pk)
    policy.check_can_edit(request.user, agreement)
    rows = content.rows_of(agreement, agency=_agency(request), versions=[])
    found = next((one for one in rows.clauses if one.pk == clause_id), None)
    if found is None:
        return _no_such_part(request)
    form = ClauseForm(posted(request), clause=found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_clause(
                clause=found,
                text=form.cleaned_data["text"],
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except Stale:
            found.refresh_from_db()
            again = ClauseForm(clause=found, text=form.cleaned_data["text"])
            return _clause_page(request, rows, found, again, theirs=True)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=_detail_url(agreement), forms=[form])
        else:
            messages.success(request, _("Saved. Everybody this is between can see it."))
            return redirect(f"{_detail_url(agreement)}#part-{rows.clauses.index(found) + 1}")
    if request.method == "GET":
        audit.opened(request.user, agreement, why="party")
    return _clause_page(request, rows, found, form)


def _no_such_part(request: Request) -> HttpResponse:
    return render(request, "404.html", {"reason": _("There is no such part in this agreement.")}, status=404)


def _clause_page(
    request: Request, rows: content.Rows, found: Clause, form: ClauseForm, *, theirs: bool = False
) -> HttpResponse:
    number = rows.clauses.index(found) + 1
    part = standard.default().part(found.key)
    before, after = wording.set_sentences(found.key, rows.agreement, content.people(rows))
    context = {
        "agreement": rows.agreement,
        "clause": found,
        "number": number,
        "before": before,
        "after": after,
        "has_terms": found.key in wording.WITH_TERMS,
        "guidance": part.guidance if part else (),
        "sources": part.sources if part else "",
        "form": form,
        "theirs": theirs,
        "theirs_by": found.changed_by.called if theirs and found.changed_by else "",
        "back_url": f"{_detail_url(rows.agreement)}#part-{number}",
        "invalid": bool(form.errors),
    }
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "agreements/clause.html", context, status=status)


@get_and_post
def terms(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Change what the agreement says in numbers."""
    agreement = _find(request, pk)
    policy.check_can_edit(request.user, agreement)
    names = ("starts_on", "minutes_each", "every_days", "concern_days", "review_on", "cadence_reason")
    initial = {name: getattr(agreement, name) for name in names} | {"version": agreement.terms_version}
    form = TermsForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_terms(agreement=agreement, by=request.user, **form.cleaned_data)
        except Stale:
            return _terms_conflict(request, agreement, form, names)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=_detail_url(agreement), forms=[form])
        else:
            messages.success(request, _("Saved. The parts that say these numbers were changed with them."))
            return redirect(_detail_url(agreement))
    if request.method == "GET":
        audit.opened(request.user, agreement, why="party")
    context = {"agreement": agreement, "form": form, "back_url": _detail_url(agreement)}
    return render_form(request, "agreements/terms.html", context, invalid=bool(form.errors))


def _terms_conflict(
    request: Request, agreement: Agreement, form: TermsForm, names: tuple[str, ...]
) -> HttpResponse:
    """409: what they saved beside what I chose. Sending mine again replaces theirs, knowingly."""
    agreement.refresh_from_db(fields=[*names, "terms_version"])
    mine = {name: form.cleaned_data[name] for name in names}
    again = TermsForm(initial=mine | {"version": agreement.terms_version})
    theirs = [(form.fields[name].label, sheets.said(name, getattr(agreement, name))) for name in names]
    context = {"agreement": agreement, "form": again, "theirs": theirs, "back_url": _detail_url(agreement)}
    return render(request, "agreements/terms.html", context, status=409)


@require_POST
def people(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Name those who take part now."""
    agreement = _find(request, pk)
    policy.check_can_edit(request.user, agreement)
    operations.update_people(agreement=agreement, by=request.user)
    messages.success(request, _("The names are up to date."))
    return redirect(_detail_url(agreement))


# Signing ------------------------------------------------------------------------------------------------------------


@get_and_post
def offer(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Send it to be signed, after a page that says what that means."""
    agreement = _find(request, pk)
    policy.check_can_edit(request.user, agreement)
    gaps = completeness.missing(agreement)
    refused = ""
    if request.method == "POST" and not gaps:
        try:
            operations.offer(agreement=agreement, version=_version(request), by=request.user)
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=_detail_url(agreement))
        except Invalid as refusal:
            refused = refusal.message
        else:
            messages.success(request, _("Sent to be signed. Your own signature is next, when you are ready."))
            return redirect("agreements:sign", pk=agreement.pk)
    context = {"agreement": agreement, "gaps": gaps, "refused": refused, "back_url": _detail_url(agreement)}
    return render_form(request, "agreements/offer.html", context, invalid=request.method == "POST")


def _version(request: Request) -> int:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1


@get_and_post
def sign(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read the whole text and sign it, or ask for a change instead."""
    agreement = _find(request, pk)
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
        except WrongState as refusal:
            return _too_late(request, agreement, form, refusal)
    return _sign_page(request, agreement, offers, form)


def _cannot_sign(request: Request, agreement: Agreement, reason: str) -> HttpResponse:
    """To where it stands; words that were typed for a text that is not on offer any more are shown, to copy."""
    if request.method == "POST" and not _has_signed(request, agreement):
        return conflict(request, what=reason, url=_detail_url(agreement), forms=[SignForm(request.POST)])
    messages.info(request, reason)
    return redirect(_detail_url(agreement))


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
    return _to_sign_in_again(request, reverse("agreements:sign", args=[agreement.pk]))


def _signed(request: Request, agreement: Agreement, form: SignForm) -> HttpResponse:
    data = form.cleaned_data
    outcome = operations.sign(
        agreement=agreement,
        seen=data["seen"],
        evidence=evidence.of_request(request, intent=str(INTENT), typed_name=data["typed_name"]),
        statement=data["statement"],
        by=request.user,
    )
    if outcome.seal is not None:
        messages.success(request, _("Signed by everybody. The agreement is sealed; its PDF is being made."))
    else:
        messages.success(request, _("Signed. It holds when everybody has signed."))
    return redirect(_detail_url(agreement))


def _too_late(request: Request, agreement: Agreement, form: PlainForm, refusal: WrongState) -> HttpResponse:
    """A second press of the same button is no conflict; anything else shows what was typed, to copy."""
    if _has_signed(request, agreement):
        messages.info(request, _("You have signed this already."))
        return redirect(_detail_url(agreement))
    return conflict(request, what=refusal.message, url=_detail_url(agreement), forms=[form])


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
        "signatures": [one for one in blocks if one.person_id != str(request.user.pk)],
        "form": form,
        "came_back": came_back,
        "me_name": request.user.name,
        "steps": history.steps(agreement, offers, None, request.user),
    }
    return render_form(request, "agreements/sign.html", context, invalid=bool(form.errors))


@get_and_post
def ask_for_change(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Ask for something to read differently: it is a draft again, and signatures given are void."""
    agreement = _find(request, pk)
    policy.check_can_ask_for_change(request.user, agreement)
    kept = operations.typed(person=request.user, agreement=agreement) if request.method == "GET" else {}
    initial = {"reason": kept.get("statement", "")}
    form = ReasonForm(posted(request), initial=initial, label=_("What should read differently"))

    def write() -> None:
        operations.ask_for_change(agreement=agreement, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("It is open for changes again. The others can read what you asked for."))

    words_ = {
        "title": _("Ask for a change"),
        "text": _(
            "The agreement becomes a draft again. Signatures given are cleared, and whoever gave one is told."
        ),
        "verb": _("Ask for this change"),
        "cancel_label": _("Leave it as it is"),
    }
    return _reason_page(request, agreement, form, write, words_, back="sign")


@get_and_post
def take_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take back what one sent to be signed."""
    agreement = _find(request, pk)
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
    return _reason_page(request, agreement, form, write, words_, back="detail")


@get_and_post
def decline(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say no, with a reason."""
    agreement = _find(request, pk)
    policy.check_can_decline(request.user, agreement)
    current = Offer.objects.of(agreement).first()
    typed = {"seen": current and current.digest} | _typed_before(request, agreement, DECLINE)
    form = ReasonForm(posted(request), label=_("Why you don’t sign"), initial=typed)

    def write() -> None:
        operations.decline(
            agreement=agreement,
            seen=form.cleaned_data["seen"],
            evidence=evidence.of_request(request, intent="", typed_name=""),
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        messages.success(
            request, _("You declined to sign. The agreement is a draft again, and the others can read why.")
        )

    words_ = {
        "title": _("Decline to sign"),
        "text": _(
            "You don’t have to sign. The agreement becomes a draft again, and signatures given are cleared."
        ),
        "verb": _("Decline to sign"),
        "cancel_label": _("Go back and read it again"),
    }
    return _reason_page(request, agreement, form, write, words_, back="sign", counts_as=DECLINE)


@get_and_post
def end(request: Request, pk: uuid.UUID) -> HttpResponse:
    """End an agreement: from when and why."""
    agreement = _find(request, pk)
    policy.check_can_end(request.user, agreement)
    typed = {"ends_on": timezone.localdate()} | _typed_before(request, agreement, END)
    form = EndForm(posted(request), label=_("Why it ends"), initial=typed)

    def write() -> None:
        data = form.cleaned_data
        operations.end(agreement=agreement, ends_on=data["ends_on"], reason=data["reason"], by=request.user)
        messages.success(request, _("Recorded. The signed text stays readable."))

    words_ = {
        "title": _("End this agreement"),
        "text": _(
            "From the day you choose it no longer holds, and the five limits with the agency’s own times hold instead. The"
            " signed text stays readable. This can’t be undone; you can start a new version at any time."
        ),
        "verb": _("End the agreement"),
    }
    return _reason_page(request, agreement, form, write, words_, back="detail", counts_as=END)


# Steps that count as much as a signature: whoever takes one has just shown that it is them (decision 8).
DECLINE, END = "decline", "end"


def _about(agreement: Agreement, step: str) -> str:
    return f"agreements.{step}:{agreement.pk}"


def _typed_before(request: Request, agreement: Agreement, step: str) -> dict[str, Any]:
    """What somebody had typed when they were asked to sign in again."""
    found = drafts.kept(request.user, _about(agreement, step)) if request.method == "GET" else None
    return found[0] if found else {}


def _sign_in_first(request: Request, agreement: Agreement, form: ReasonForm, step: str) -> HttpResponse:
    drafts.keep(request.user, _about(agreement, step), {name: form[name].data for name in form.fields})
    return _to_sign_in_again(request, reverse(f"agreements:{step}", args=[agreement.pk]))


def _to_sign_in_again(request: Request, back: str) -> HttpResponse:
    messages.info(request, _("Please show once more that it is you. What you typed is kept."))
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def _reason_page(
    request: Request,
    agreement: Agreement,
    form: ReasonForm,
    write: Callable[[], None],
    words_: dict[str, Any],
    *,
    back: str,
    counts_as: str = "",
) -> HttpResponse:
    """A page of its own that names the thing, says what happens, and asks why. `counts_as` a step that needs a fresh sign-in."""
    if request.method == "POST" and form.is_valid():
        if counts_as and evidence.needs_to_sign_in_again(request):
            return _sign_in_first(request, agreement, form, counts_as)
        try:
            write()
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=_detail_url(agreement), forms=[form])
        else:
            drafts.forget(request.user, _about(agreement, counts_as))
            return redirect(_detail_url(agreement))
    url = reverse(f"agreements:{back}", args=[agreement.pk])
    context = {
        **words_,
        "form": form,
        "cancel_url": url,
        "back_url": url,
        "back_label": _("The agreement"),
    }
    return render_form(request, "agreements/reason.html", context, invalid=bool(form.errors))
