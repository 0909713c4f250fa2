"""Pages of observations: proposing and answering, writing up, reading and signing, and a manager's log."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.guidance.shown import prompts_by_place
from supervision.pages.forms import posted, render_form
from supervision.pages.keyset import page_of
from supervision.pages.responses import conflict
from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records import audit, documents, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import Denied, DomainError, Invalid, NotFound, Stale, WrongState
from supervision.records.models import Offer
from supervision.records.policy import explain

from ..forms import DeclineForm, ReasonForm
from ..papers import Paper, paper_of
from ..policy import part_now
from ..views import guiding
from ..views.find import (
    TAKING_PART,
    forget,
    keep,
    kept,
    kept_and_when,
    limits_first,
    reader,
    sign_in_again,
    signature,
)
from ..views.reading import steps_of
from ..views.reasons import closing, confirm, with_reason
from . import content, operations, policy
from .forms import DeclinePlanForm, PlanForm, SendForm, SignForm, WriteForm
from .models import Observation

State = Observation.State
METHODS = ["GET", "HEAD", "POST"]


def _url(name: str, pk: Any) -> str:
    return reverse(f"sessions:{name}", args=[pk])


def _for(user: User, pk: uuid.UUID) -> Observation:
    """One that this person may read. Raises NotFound; Denied for a manager who may see that it took place."""
    found = (
        Observation.objects.visible_to(user)
        .select_related(
            "arrangement__program",
            "supervisor",
            "worker",
            "proposed_by",
            "answered_by",
            "withdrawn_by",
            "open_offer",
        )
        .prefetch_related("arrangement__participations")
        .filter(pk=pk)
        .first()
    )
    if found is not None:
        return found
    if Observation.objects.facts_visible_to(user).filter(pk=pk).exists():
        raise Denied(
            _("You can see that this observation took place, not what was seen. That stays between the two.")
        )
    raise NotFound


def back_to(found: Observation) -> dict[str, str]:
    """Where a page that asks why leads back to."""
    return {"url": _url("observation", found.pk), "back_label": _("The observation")}


# Lists --------------------------------------------------------------------------------------------------------


@require_safe
def observations(request: HttpRequest) -> HttpResponse:
    """One's own, newest first, and with whom one can agree on another."""
    user = reader(request)
    rows = Observation.objects.visible_to(user).select_related("supervisor", "worker", "open_offer")
    rows = rows.defer("open_offer__content", "setting", "look_for", "reason", "strengths", "growth")
    page = page_of(rows.prefetch_related("open_offer__answers"), request.GET, date_field="day")
    context = {
        "page": page,
        "rows": [_row(one, user) for one in page.items],
        "propose": _to_propose(user),
        "manages": Management.objects.current().filter(person=user).exists(),
    }
    return render(request, "sessions/observations/list.html", context)


def _row(one: Observation, user: User) -> dict[str, Any]:
    tag, kind = _tag(one, user)
    known = one.held_on if one.state == State.HELD and not one.is_draft else None
    return {
        "observation": one,
        "day": known or one.day,
        "other": one.other(user).name,
        "tag": tag,
        "kind": kind,
        "url": _url("observation", one.pk),
    }


def _tag(one: Observation, user: User) -> tuple[str, str]:
    if one.state == State.PROPOSED:
        return (_("With the other"), "") if one.proposed_by_id == user.pk else (_("Your answer"), "wait")
    if one.state != State.HELD:
        return str(one.get_state_display()), "info" if one.state == State.AGREED else ""
    if one.is_sealed:
        return _("Signed and sealed"), "done"
    if one.is_draft:
        return (_("Draft"), "") if one.supervisor_id == user.pk else (_("Being written up"), "")
    answered = one.open_offer is not None and any(
        answer.person_id == user.pk for answer in one.open_offer.answers.all()
    )
    return (_("With the other"), "") if answered else (_("Your signature"), "wait")


def _to_propose(user: User) -> list[dict[str, str]]:
    """Everybody with whom this person can agree on an observation now."""
    mine = Participation.objects.current().filter(person=user).values("arrangement")
    rows = Arrangement.objects.filter(pk__in=mine).current().prefetch_related(TAKING_PART)
    found = []
    for one in rows.exclude(structure=Arrangement.Structure.CO_REFLECTION):
        for row in one.participations.all():
            if explain(policy.check_can_propose, user, one, row.person):
                url = reverse("sessions:observation_propose", args=[one.pk, row.person_id])
                found.append({"name": row.person.name, "url": url})
    return sorted(found, key=lambda row: row["name"])


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """For managers: that observations took place in their programs, when and of whom. Never a word of them."""
    user = reader(request)
    if not Management.objects.current().filter(person=user).exists():
        raise Denied(_("This log is for the managers of a program. Your own observations are in your list."))
    rows = Observation.objects.facts_visible_to(user).select_related(
        "supervisor", "worker", "arrangement__program"
    )
    page = page_of(
        rows.only(
            "held_on", "sealed_at", "kind", "supervisor__name", "worker__name", "arrangement__program__name"
        ),
        request.GET,
        date_field="held_on",
    )
    return render(request, "sessions/observations/log.html", {"page": page})


# Agreeing on it -----------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
def propose(request: HttpRequest, arrangement_id: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    """Propose an observation to the other of the two."""
    user = reader(request)
    arrangement = (
        Arrangement.objects.filter(pk=arrangement_id).prefetch_related("participations__person").first()
    )
    if arrangement is None or part_now(user, arrangement) is None:
        raise NotFound
    there = (row.person for row in arrangement.participations.all() if row.person_id == person_id)
    other = next(there, None)
    if other is None:
        raise NotFound
    policy.check_can_propose(user, arrangement, other)
    form = PlanForm(posted(request), initial={"key": uuid.uuid4(), "kind": Observation.Kind.PRACTICE})
    if guiding_pressed(request, form):
        return _plan_form(request, form, other, url=reverse("sessions:observations"))
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.propose(
                arrangement, by=user, other=other, plan=form.plan(), key=form.cleaned_data["key"]
            )
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Proposed to %(name)s.") % {"name": other.called})
            return redirect("sessions:observation", made.pk)
    return _plan_form(request, form, other, url=reverse("sessions:observations"))


def guiding_pressed(request: HttpRequest, form: Any) -> bool:
    return request.method == "POST" and guiding.silence_pressed(request, form)


def _plan_form(
    request: HttpRequest, form: PlanForm, other: User, *, url: str, observation: Observation | None = None
) -> HttpResponse:
    guiding.under(request, form)
    context = {"form": form, "other": other, "back_url": url, "observation": observation}
    invalid = request.method == "POST" and bool(form.errors)
    return render_form(request, "sessions/observations/plan.html", context, invalid=invalid)


@require_http_methods(METHODS)
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Propose it differently; the other one then answers."""
    user = reader(request)
    found = _for(user, pk)
    url = _url("observation", pk)
    try:
        policy.check_can_change_plan(user, found)
    except WrongState as refusal:
        if request.method != "POST":
            raise
        return conflict(request, what=refusal.message, url=url, forms=[PlanForm(request.POST)])
    encryption.unlock([found])
    initial = {
        "version": found.version,
        "kind": found.kind,
        "day": found.day,
        "setting": found.setting,
        "look_for": found.look_for,
    }
    form = PlanForm(posted(request), initial=initial)
    if request.method == "POST" and not guiding_pressed(request, form) and form.is_valid():
        try:
            operations.change_plan(found, by=user, plan=form.plan(), version=form.cleaned_data["version"])
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=url, forms=[form])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("%(name)s is asked to agree.") % {"name": found.other(user).called})
            return redirect("sessions:observation", pk)
    audit.opened(user, found, why="party")
    return _plan_form(request, form, found.other(user), url=url, observation=found)


@require_POST
@second_press_shows("sessions:observation")
def agree(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say yes to what was on the page."""
    user = reader(request)
    found = _for(user, pk)
    try:
        operations.agree(found, by=user, version=_version(request))
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=_url("observation", pk))
    except Invalid as refusal:
        messages.error(request, refusal.message)
        return redirect("sessions:observation", pk)
    messages.success(request, _("You both agree."))
    return redirect("sessions:observation", pk)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def decline_proposal(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say no to a proposal, with the reason."""
    user = reader(request)
    found = _for(user, pk)
    policy.check_can_answer_proposal(user, found)
    form = DeclinePlanForm(posted(request), initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.decline_proposal(found, by=user, reason=data["reason"], version=data["version"])
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=_url("observation", pk), forms=[form])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Declined. %(name)s is told.") % {"name": found.other(user).called})
            return redirect("sessions:observation", pk)
    name = found.other(user).called
    return confirm(
        request,
        form,
        title=_("Decline this observation"),
        text=_(
            "Nobody has to be observed, and another day or another way may suit you better. %(name)s reads why."
        )
        % {"name": name},
        verb=_("Decline it"),
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def call_off(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Call it off before it takes place."""
    user = reader(request)
    found = _for(user, pk)
    policy.check_can_withdraw(user, found)
    form = ReasonForm(posted(request), label=_("Why"), hint=_("Only the two of you read this."))
    return with_reason(
        request,
        found,
        form,
        operations.withdraw,
        done=_("Called off. %(name)s is told.") % {"name": found.other(user).called},
        title=_("Call this observation off"),
        text=_("It does not take place. What you wrote together stays here for the two of you."),
        verb=_("Call it off"),
        **back_to(found),
    )


# Writing it up ------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write up what was seen, as a draft of one's own."""
    user = reader(request)
    found = _for(user, pk)
    about = f"sessions.observation:{pk}"
    try:
        policy.check_can_write(user, found)
    except WrongState as refusal:
        if request.method != "POST" or found.supervisor_id != user.pk:
            raise
        late = WriteForm(request.POST, observation=found)
        return conflict(request, what=refusal.message, url=_url("observation", pk), forms=[late])
    if request.method != "POST":
        return _begin_writing(request, found, about)
    if request.headers.get("X-Requested-With") == "draft":
        return HttpResponse(status=204 if keep(request, about) else 409)
    if "start_over" in request.POST:
        forget(request, about)
        return redirect(request.path)
    form = WriteForm(request.POST, observation=found, later="later" in request.POST)
    if guiding.silence_pressed(request, form):
        return _write_page(request, found, form)
    if not form.is_valid():
        return _write_page(request, found, form, status=422)
    try:
        operations.write_up(found, by=user, written=form.written(), version=form.cleaned_data["version"])
    except (Stale, WrongState) as refusal:
        return conflict(request, what=refusal.message, url=_url("observation", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _write_page(request, found, form, status=422)
    forget(request, about)
    if "later" in request.POST:
        messages.success(request, _("Draft saved. Only you can see it until you send it."))
    return redirect("sessions:observation", pk)


def _begin_writing(request: HttpRequest, found: Observation, about: str) -> HttpResponse:
    """The form as it is saved, or with what this person typed here and did not save."""
    encryption.unlock([found])
    typed = kept_and_when(request, about)
    initial = {
        "version": found.version,
        "held_on": found.held_on or min(found.day, timezone.localdate()),
        "strengths": found.strengths,
        "growth": found.growth,
        "recording_agreed": found.recording_agreed,
    }
    form = WriteForm(typed[0] if typed else None, initial=initial, observation=found)
    if typed:
        form.unchecked()
    audit.opened(reader(request), found, why="party")
    return _write_page(request, found, form, kept_at=typed[1] if typed else None)


def _write_page(
    request: HttpRequest, found: Observation, form: WriteForm, *, status: int = 200, kept_at: Any = None
) -> HttpResponse:
    guiding.under(request, form)
    context = {
        "observation": found,
        "form": form,
        "prompts": prompts_by_place(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "invalid": status == 422,
    }
    return render(request, "sessions/observations/write.html", context, status=status)


@require_http_methods(METHODS)
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign the record and send it to the worker."""
    user = reader(request)
    found = _for(user, pk)
    policy.check_can_write(user, found)
    if found.state != State.HELD:
        raise WrongState(_("Write the record before you send it."))
    about = f"sessions.observation_send:{pk}"
    if (elsewhere := limits_first(request, about)) is not None:
        return elsewhere
    if request.method != "POST":
        back = kept(request, about)
        form = SendForm(back, initial={"version": found.version})
        if back is not None:
            form.unchecked()
        return _draft_page(request, found, form)
    form = SendForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, found, form, status=422)
    if (again := sign_in_again(request, about, request.path)) is not None:
        return again
    data = form.cleaned_data
    try:
        operations.sign_and_send(
            found, by=user, evidence=signature(request, data["typed_name"]), version=data["version"]
        )
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=_url("observation", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _draft_page(request, found, form, status=422)
    forget(request, about)
    messages.success(request, _("Signed, and sent to %(name)s.") % {"name": found.worker.called})
    return redirect("sessions:observation", pk)


# Reading it ---------------------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An observation as it stands: what was agreed, one's own draft, or the record."""
    user = reader(request)
    found = _for(user, pk)
    if found.open_offer_id:
        return _reading_page(request, found)
    if found.is_draft and found.supervisor_id == user.pk:
        return _draft_page(request, found, SendForm(initial={"version": found.version}))
    return _plan_page(request, found)


def _papers(found: Observation) -> list[Paper]:
    offers = list(
        Offer.objects.of(found)
        .select_related("seal__document", "closed__by", "offered_by")
        .defer("seal__document__pdf")
        .prefetch_related("parties__person", "answers")
    )
    encryption.unlock(offers, [found])
    return [paper_of(offer) for offer in reversed(offers)]


def _given_back(papers: list[Paper]) -> Paper | None:
    return papers[-1] if papers and papers[-1].closed is not None else None


def _plan_page(request: HttpRequest, found: Observation) -> HttpResponse:
    user = reader(request)
    papers = _papers(found) if found.state == State.HELD else []
    encryption.unlock([found])
    if found.state != State.PROPOSED or found.proposed_by_id != user.pk:
        audit.opened(user, found, why="party")
    context = {
        "observation": found,
        "other": found.other(user),
        "is_supervisor": found.supervisor_id == user.pk,
        "given_back": _given_back(papers),
        "can_answer": explain(policy.check_can_answer_proposal, user, found),
        "can_change": explain(policy.check_can_change_plan, user, found),
        "can_call_off": explain(policy.check_can_withdraw, user, found),
        "can_write": explain(policy.check_can_write, user, found),
    }
    return render(request, "sessions/observations/agreed.html", context)


def _draft_page(
    request: HttpRequest, found: Observation, form: SendForm, *, status: int = 200
) -> HttpResponse:
    """The supervisor's own draft as the worker will read it."""
    papers = _papers(found)
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
        "given_back": _given_back(papers),
        "invalid": status == 422,
    }
    return render(request, "sessions/observations/draft.html", context, status=status)


def _reading_page(
    request: HttpRequest, found: Observation, form: SignForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The record, out for signature or sealed, from the signed content alone."""
    user = reader(request)
    papers = _papers(found)
    record = papers[-1]
    found.open_offer = record.offer  # with its parties and answers at hand, for the policy
    audit.opened(user, found, why="party")
    asks = record.waits_for(user)
    context = {
        "observation": found,
        "paper": record,
        "content": record.content,
        "other": found.other(user),
        "asks": asks,
        "form": (form or SignForm(initial={"seen": record.offer.digest})) if asks else None,
        "steps": steps_of(papers),
        "waits_for": [signer.name for signer in record.signers if signer.kind == "waiting"],
        "is_supervisor": found.supervisor_id == user.pk,
        "can_decline": explain(policy.check_can_decline, user, found),
        "can_ask": explain(policy.check_can_ask_for_change, user, found),
        "can_take_back": explain(policy.check_can_take_back, user, found),
        "invalid": status == 422,
    }
    return render(request, "sessions/observations/reading.html", context, status=status)


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sealed PDF."""
    user = reader(request)
    found = _for(user, pk)
    document = documents.document_of(found) if found.is_sealed else None
    if document is None:
        raise WrongState(_("The PDF is made when the record is sealed. It will be here in a minute."))
    audit.opened(user, found, why="party", action="downloaded")
    return documents.stream(document, f"observation-{found.held_on:%Y-%m-%d}.pdf")


# Answering it -------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign the record."""
    user = reader(request)
    found = _for(user, pk)
    about = f"sessions.observation_sign:{pk}"
    if not found.open_offer_id:
        policy.check_is_offered(found)
    if (elsewhere := limits_first(request, about)) is not None:
        return elsewhere
    if request.method != "POST":
        back = kept(request, about)
        form = SignForm(back) if back is not None else None
        if form is not None:
            form.unchecked()
        return _reading_page(request, found, form)
    policy.check_can_sign(user, found)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _reading_page(request, found, form, status=422)
    if (again := sign_in_again(request, about, request.path)) is not None:
        return again
    data = form.cleaned_data
    try:
        operations.sign(
            found,
            by=user,
            evidence=signature(request, data["typed_name"]),
            seen=data["seen"],
            statement=data["statement"],
        )
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=_url("observation", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _reading_page(request, found, form, status=422)
    forget(request, about)
    messages.success(request, _("Signed."))
    return redirect("sessions:observation", pk)


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do not sign the record, saying why."""
    user = reader(request)
    found = _for(user, pk)
    policy.check_can_decline(user, found)
    about = f"sessions.observation_decline:{pk}"
    back = kept(request, about) if request.method != "POST" else None
    digest = found.open_offer.digest if found.open_offer else ""
    form = DeclineForm(
        request.POST if request.method == "POST" else back, initial={"seen": digest}, with_attendance=False
    )
    if back is not None:
        form.unchecked()
    if request.method == "POST" and form.is_valid():
        if (again := sign_in_again(request, about, request.path)) is not None:
            return again
        data = form.cleaned_data
        try:
            operations.decline(
                found,
                by=user,
                evidence=signature(request, data["typed_name"]),
                seen=" ".join(data["seen"]),
                reason=data["reason"],
            )
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=_url("observation", pk), forms=[form])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            forget(request, about)
            messages.success(request, _("Your answer is kept beside the record."))
            return redirect("sessions:observation", pk)
    return confirm(
        request,
        form,
        title=_("Do not sign this record"),
        text=_("A record that somebody declines is still a record: it is kept, with your reason beside it."),
        verb=_("Do not sign, and keep my reason"),
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def ask_for_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what should be different; it goes back to the supervisor."""
    user = reader(request)
    found = _for(user, pk)
    policy.check_can_ask_for_change(user, found)
    name = {"name": found.supervisor.called}
    form = ReasonForm(
        posted(request),
        label=_("What would you like changed?"),
        hint=_("Only the two of you read this."),
        required=_("Say what you would like changed"),
    )
    return with_reason(
        request,
        found,
        form,
        operations.ask_for_change,
        done=_("%(name)s has it back, with what you said.") % name,
        title=_("Ask for a change"),
        text=_("The record goes back to %(name)s. You read it again before you sign.") % name,
        verb=_("Send it back to %(name)s") % name,
        **back_to(found),
    )


@require_http_methods(METHODS)
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the record back to change it."""
    user = reader(request)
    found = _for(user, pk)
    policy.check_can_take_back(user, found)
    form = ReasonForm(
        posted(request), label=_("What you want to change"), hint=_("Only the two of you read this.")
    )
    return with_reason(
        request,
        found,
        form,
        operations.take_back,
        done=_("It is a draft again. Only you can see it until you send it."),
        title=_("Take the record back"),
        text=_("It becomes a draft again. Your signature no longer counts, and %(name)s is told.")
        % {"name": found.worker.called},
        verb=_("Take it back"),
        **back_to(found),
    )


@require_http_methods(METHODS)
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal with the signatures given."""
    user = reader(request)
    found = _for(user, pk)
    policy.check_can_close(user, found)
    return closing(
        request,
        found,
        operations.close,
        about=f"sessions.observation_close:{pk}",
        text=_(
            "The record is sealed as it is. Whoever has not answered is named as not having answered, never as having "
            "signed. After this nothing in it changes."
        ),
        **back_to(found),
    )
