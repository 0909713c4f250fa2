"""Proposing an observation, answering, putting it differently, calling it off."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.people import hints
from supervision.people.models import Arrangement, User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, NotFound, Stale, WrongState
from supervision.records.forms import ReasonForm
from supervision.records.reasons import confirm, with_reason
from supervision.records.typed import merged

from ...policy import part_now
from .. import operations, policy
from ..forms import DeclinePlanForm, PlanForm
from ..models import Observation
from .common import METHODS, address, back_to, observation_for


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
    return request.method == "POST" and hints.silence_pressed(request, form)


def _plan_form(
    request: HttpRequest,
    form: PlanForm,
    other: User,
    *,
    url: str,
    observation: Observation | None = None,
    both: dict[str, Any] | None = None,
) -> HttpResponse:
    """`both` is what changed meanwhile, and what is saved: 409, with everything typed still in the form."""
    hints.under(request, form)
    context = {"form": form, "other": other, "back_url": url, "observation": observation, **(both or {})}
    if both is not None:
        return render(request, "sessions/observations/plan.html", context, status=409)
    invalid = request.method == "POST" and bool(form.errors)
    return render_form(request, "sessions/observations/plan.html", context, invalid=invalid)


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Propose it differently; the other one then answers."""
    user = reader(request)
    found = observation_for(user, pk)
    url = address("observation", pk)
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
            anew, saved = merged(request, form, partial(PlanForm, initial=initial))
            audit.opened(user, found, why="party")
            both = {"stale": refusal.message, "saved": saved}
            return _plan_form(request, anew, found.other(user), url=url, observation=found, both=both)
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
    found = observation_for(user, pk)
    try:
        operations.agree(found, by=user, version=_version(request))
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=address("observation", pk))
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
    found = observation_for(user, pk)
    policy.check_can_answer_proposal(user, found)
    form = DeclinePlanForm(posted(request), initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.decline_proposal(found, by=user, reason=data["reason"], version=data["version"])
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=address("observation", pk), forms=[form])
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
        sees=line("observation.record", name=name),
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def call_off(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Call it off before it takes place."""
    user = reader(request)
    found = observation_for(user, pk)
    policy.check_can_withdraw(user, found)
    form = ReasonForm(posted(request), label=_("Why"))
    return with_reason(
        request,
        found,
        form,
        operations.withdraw,
        done=_("Called off. %(name)s is told.") % {"name": found.other(user).called},
        title=_("Call this observation off"),
        text=_("It does not take place. What you wrote together stays here for the two of you."),
        verb=_("Call it off"),
        sees=line("observation.record", name=found.other(user).called),
        **back_to(found),
    )
