"""Keeping and removing: rules, lists and holds for administrators; what will be removed for whom it concerns."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.keyset import page_of
from supervision.pages.sight import line
from supervision.people.models import Arrangement, User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.errors import AlreadyDone, Invalid, NotFound, WrongState
from supervision.records.policy import explain

from . import kinds, operations, policy
from .forms import ApproveForm, HoldForm, ReasonForm, RuleForm
from .models import NOTICE, Disposal, DisposalItem, Hold, HoldEnding, Kind, Rule

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50


def _keeper(request: HttpRequest) -> User:
    user = reader(request)
    policy.check_can_keep(user)
    return user


@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """Rules, lists and holds. What others wrote of a hold is logged as seen."""
    return _keeping(request, _keeper(request))


def _keeping(request: HttpRequest, user: User, wrong: RuleForm | None = None) -> HttpResponse:
    """The page, or the page with a rule that cannot be, status 422."""
    rules = {rule.kind: rule for rule in Rule.objects.select_related("set_by")}
    rows = [
        {
            "kind": kind,
            "label": label,
            "rule": rules.get(kind),
            "form": wrong
            if wrong is not None and wrong.prefix == kind
            else RuleForm(initial={"months": str(rules[kind].months) if kind in rules else ""}, prefix=kind),
        }
        for kind, label in Kind.choices
    ]
    disposals = Disposal.objects.select_related("proposed_by", "first_by", "approved_by", "stopped_by")
    named = Arrangement.objects.with_people()
    holds = list(
        Hold.objects.running()
        .select_related("person", "program", "set_by")
        .prefetch_related(Prefetch("arrangement", named))
    )
    lifted = HoldEnding.objects.select_related("hold__person", "hold__program", "by")
    ended = list(lifted.prefetch_related(Prefetch("hold__arrangement", named)).order_by("-at")[:20])
    encryption.unlock(holds, ended, [one.hold for one in ended])
    of_others = [one for one in holds if one.set_by_id != user.pk]
    of_others += [one.hold for one in ended if user.pk not in (one.by_id, one.hold.set_by_id)]
    audit.opened(user, of_others, why="administrator", action="listed")
    context = {
        "rules": rows,
        "open": disposals.open(),
        "past": disposals.exclude(pk__in=Disposal.objects.open())[:20],
        "holds": holds,
        "ended": ended,
        "notice": NOTICE.days,
        "wrong": wrong,
    }
    return render_form(request, "retention/keeping.html", context, invalid=wrong is not None)


@require_POST
def rule(request: HttpRequest, kind: str) -> HttpResponse:
    """Set for how long one kind is kept."""
    user = _keeper(request)
    if kind not in Kind.values:
        raise NotFound(_("There is no such kind of record."))
    form = RuleForm(request.POST, prefix=kind)
    if not form.is_valid():
        return _keeping(request, user, form)
    operations.set_rule(kind, form.chosen, by=user)
    messages.success(request, _("Saved."))
    return redirect("retention:keeping")


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Make the lists now, without waiting for tonight."""
    made = operations.propose_by_rules(by=_keeper(request))
    said = _("New lists are ready to be looked at.") if made else _("Nothing is over its time.")
    messages.success(request, said)
    return redirect("retention:keeping")


def _disposal(pk: uuid.UUID) -> Disposal:
    rows = Disposal.objects.select_related("proposed_by", "first_by", "approved_by", "stopped_by")
    found = get_object_or_404(rows, pk=pk)
    encryption.unlock([found])
    return found


@get_and_post
def disposal(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One list: which records, and what happened with it. Approving is its button."""
    user, found = _keeper(request), _disposal(pk)
    if request.method == "POST":
        form = ApproveForm(request.POST)
        version = form.cleaned_data["version"] if form.is_valid() else -1
        try:
            operations.approve(found, by=user, version=version)
        except AlreadyDone as done:
            messages.info(request, done.message)
        else:
            messages.success(request, _("Approved."))
        return redirect("retention:disposal", pk)
    page = page_of(found.items.prefetch_related("people"), request.GET, size=PAGE, date_field="day")
    if (found.reason and found.proposed_by_id != user.pk) or (
        found.stopped_reason and found.stopped_by_id != user.pk
    ):
        audit.opened(user, found, why="administrator")
    context = {
        "disposal": found,
        "page": page,
        "can_approve": explain(policy.check_can_approve, user, found),
        "can_stop": explain(policy.check_can_stop, user, found),
        "count": found.items.count(),
    }
    return render(request, "retention/disposal.html", context)


@get_and_post
def stop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user, found = _keeper(request), _disposal(pk)
    return _with_reason(
        request,
        lambda reason: operations.stop(found, by=user, reason=reason),
        back=reverse("retention:disposal", args=[pk]),
        done=_("Stopped. Nothing on this list is removed."),
        title=_("Stop this list"),
        text=_("Nothing on it is removed. What is still over its time comes onto a later list."),
        verb=_("Stop it"),
    )


@get_and_post
def hold(request: HttpRequest) -> HttpResponse:
    """Set a hold."""
    user = _keeper(request)
    form = HoldForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            operations.hold(by=user, basis=form.cleaned_data["basis"], **form.chosen)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("From now on nothing of it is removed."))
            return redirect("retention:keeping")
    return render_form(request, "retention/hold.html", {"form": form}, invalid=request.method == "POST")


@get_and_post
def lift(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = _keeper(request)
    found = get_object_or_404(Hold.objects.all(), pk=pk)
    return _with_reason(
        request,
        lambda reason: operations.lift(found, by=user, reason=reason),
        back=reverse("retention:keeping"),
        done=_("The hold has ended."),
        title=_("End the hold"),
        text=_("What is over its time can be proposed for removal again."),
        verb=_("End it"),
    )


@require_safe
def upcoming(request: HttpRequest) -> HttpResponse:
    """What of this person's will be removed, and when."""
    user = reader(request)
    items = DisposalItem.objects.upcoming_for(user)
    return render(request, "retention/upcoming.html", {"items": items})


@get_and_post
def restriction(request: HttpRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """A party asks that one record is removed, because something in it should not stand there."""
    user = reader(request)
    found = kinds.KINDS[kind].over().filter(pk=pk).first() if kind in kinds.KINDS else None
    if found is None or user.pk not in kinds.people_of(kind, found):
        raise NotFound(_("There is no such record."))
    return _with_reason(
        request,
        lambda reason: operations.propose_restriction(kind, pk, by=user, reason=reason),
        back=reverse("retention:upcoming"),
        done=_(
            "Asked. Two administrators decide, and everybody who is party to it is told before it is removed."
        ),
        title=_("Something in this record should not stand there"),
        text=_(
            "A signed record is never changed. It can be removed as a whole, if two administrators who are not party to it agree. "
            "They read your reason, not the record: do not repeat what should not stand there. Often an addendum is enough."
        ),
        verb=_("Ask for it to be removed"),
        sees=line("keeping.asking"),
    )


def _with_reason(
    request: HttpRequest, act: Callable[[str], Any], *, back: str, done: str, **page: Any
) -> HttpResponse:
    """A page of its own that says what happens and asks why."""
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, done)
            return redirect(back)
    context = {"form": form, "back_url": back, "back_label": _("Back"), "cancel_url": back}
    context |= {"sees": line("keeping.reason"), **page}
    context["cancel_label"] = _("Leave it as it is")
    return render_form(request, "confirm_page.html", context, invalid=request.method == "POST")
