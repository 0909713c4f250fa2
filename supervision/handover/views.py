"""Handing over: for the worker what goes over to whom, for who supervises them now what is known of before and what they were given."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages import words
from supervision.pages.forms import posted, render_form
from supervision.pages.keyset import page_of
from supervision.people.models import Participation, User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.errors import Invalid, NotFound
from supervision.records.printed import as_signed, seals_of
from supervision.sessions.models import Action, Addendum, ObservationAddendum, Session

from . import operations, policy, scope
from .forms import GOALS, ChooseForm
from .models import HandedOver, Handover

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
Kind = HandedOver.Kind
GIVEN, NOW = "handed over to them", "supervises now"
ADDED: dict[str, tuple[Any, str]] = {
    Kind.SESSION: (Addendum, "session"),
    Kind.OBSERVATION: (ObservationAddendum, "observation"),
}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Who supervises this person, and whom they supervise."""
    user = reader(request)
    parts = list(scope.leaders_of(user))
    chosen = set(Handover.objects.filter(worker=user, to__in=parts).values_list("to", flat=True))
    over = HandedOver.objects.standing().filter(handover__worker=user).exclude(handover__to__in=parts)
    context = {
        "own": [(part, part.pk in chosen) for part in parts],
        "over": _labelled(over.select_related("handover__to__person").order_by("at", "id")),
        "others": scope.supported_by(user),
    }
    return render(request, "handover/list.html", context)


# The worker -----------------------------------------------------------------------------------------------------


@get_and_post
def choose(request: HttpRequest, part_id: uuid.UUID) -> HttpResponse:
    """What goes over to somebody who leads their supervision now, and what went over already."""
    user = reader(request)
    to = policy.leader_of(user, part_id)
    rows = HandedOver.objects.standing().filter(handover__worker=user, handover__to=to)
    items = _labelled(rows.order_by("at", "id"))
    offered = _offered(user, to)
    there = {item.record_id for item, _label in items}
    form = ChooseForm(
        posted(request),
        offered={kind: [one for one in rows if one.pk not in there] for kind, rows in offered.items()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.hand_over(to, by=user, chosen=form.chosen, goal_ids=form.chosen_goals)
        except Invalid as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _done(form, to))
            return redirect("handover:choose", part_id)
    context = {
        "to": to,
        "form": form,
        "items": items,
        "was_chosen": Handover.objects.filter(worker=user, to=to).exists(),
    }
    return render_form(request, "handover/choose.html", context, invalid=request.method == "POST")


def _labelled(rows: Iterable[HandedOver]) -> list[tuple[HandedOver, str]]:
    """Each with what it is called for its worker: also a step that is done by now."""
    items = list(rows)
    called: dict[uuid.UUID, str] = {}
    for kind in scope.OFFERED:
        called |= scope.called([one.record_id for one in items if one.kind == kind], kind, words=True)
    return [(item, called.get(item.record_id, "")) for item in items]


def _offered(user: User, to: Participation) -> dict[str, list[scope.Choice]]:
    """Everything that could go over. What others wrote of the next steps is logged as seen."""
    found = {kind: scope.choices(kind, user, to) for kind in scope.OFFERED}
    steps = Action.objects.filter(pk__in=[one.pk for one in found[Kind.ACTION]])
    sessions = set(steps.values_list("session", flat=True))
    audit.opened(user, [Session(pk=pk) for pk in sessions], why="party", action="listed")
    return {**found, GOALS: scope.goal_choices(user, to)}


def _done(form: ChooseForm, to: Participation) -> str:
    if form.chosen or form.chosen_goals:
        return _("%(name)s reads it from now on.") % {"name": to.person.called}
    return _("Nothing more goes over. You can come back to this at any time.")


@require_POST
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = reader(request)
    item = get_object_or_404(HandedOver.objects.select_related("handover"), pk=pk, handover__worker=user)
    operations.take_back(item, by=user)
    messages.success(request, _("Taken back. It is not read any more."))
    leads = scope.leaders_of(user).filter(pk=item.handover.to_id).exists()
    return redirect("handover:choose", item.handover.to_id) if leads else redirect("handover:list")


# Who supervises them now ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """One thing that was handed over, as it is listed. `step` is set for a next step, of which the words stand there."""

    item: HandedOver
    label: str
    step: Any = None


@require_safe
def of(request: HttpRequest, part_id: uuid.UUID, worker_id: uuid.UUID) -> HttpResponse:
    """What is known of the time before, and what was handed over."""
    user = reader(request)
    part, worker = policy.supported_there(user, part_id, worker_id)
    before = list(scope.with_leaders(scope.earlier(worker, part), "participations"))
    held = Session.objects.held().filter(
        arrangement__in=before, attendees__person=worker, attendees__attended=True
    )
    context = {
        "part": part,
        "worker": worker,
        "before": [(row, scope.led_by(row)) for row in before],
        "agreements": scope.agreements(worker, part),
        "page": page_of(held, request.GET, size=30, date_field="starts_at"),
        "given": _given(user, worker, part),
    }
    return render(request, "handover/of.html", context)


def _given(user: User, worker: User, part: Participation) -> list[Given]:
    rows = HandedOver.objects.readable_by(user).filter(handover__worker=worker, handover__to=part)
    items = list(rows.order_by("at", "id"))
    named = {
        kind: scope.called([one.record_id for one in items if one.kind == kind], kind)
        for kind in scope.OFFERED
    }
    steps = Action.objects.with_state().filter(pk__in=named[Kind.ACTION]).select_related("owner")
    found = {row.pk: row for row in steps}
    encryption.unlock(list(found.values()))
    sessions = {row.session_id for row in found.values()}
    audit.opened(user, [Session(pk=pk) for pk in sessions], why=GIVEN, action="listed")
    return [
        Given(item, named[item.kind][item.record_id], found.get(item.record_id))
        for item in items
        if item.record_id in named[item.kind]
    ]


@require_safe
def agreement(request: HttpRequest, part_id: uuid.UUID, worker_id: uuid.UUID, pk: uuid.UUID) -> HttpResponse:
    """A signed agreement of before."""
    user = reader(request)
    part, worker = policy.supported_there(user, part_id, worker_id)
    found = scope.agreements(worker, part).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such record."))
    return _signed_page(
        request, found, worker, part, title=_("Supervision agreement"), why=NOW, who="agreement"
    )


@require_safe
def record(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A record that was handed over, as it was signed, and what was added to it."""
    user = reader(request)
    item = policy.handed_to(user, pk)
    row = scope.record_of(item)
    if row is None:
        raise NotFound(_("There is no such record."))
    handover = item.handover
    title = str(item.get_kind_display())
    return _signed_page(
        request, row, handover.worker, handover.to, title=title, why=GIVEN, who="given", kind=item.kind
    )


def _signed_page(
    request: HttpRequest,
    row: Any,
    worker: User,
    part: Participation,
    *,
    title: str,
    why: str,
    who: str,
    kind: str = "",
) -> HttpResponse:
    user, added = reader(request), _added(kind, row)
    audit.opened(user, [row, *added], why=why)
    papers = [*_papers([row]), *_papers(added)]
    context = {
        "worker": worker,
        "title": title,
        "day": words.full_day(row.sealed_at),
        "papers": papers,
        "who_reads": who,
        "back_url": reverse("handover:of", args=[part.pk, worker.pk]),
    }
    return render(request, "handover/signed.html", context)


def _added(kind: str, row: Any) -> list[Any]:
    if kind not in ADDED:
        return []
    model, name = ADDED[kind]
    return list(model.objects.filter(**{name: row}, sealed_at__isnull=False).order_by("number"))


def _papers(rows: list[Any]) -> list[SafeString]:
    if not rows:
        return []
    seals = seals_of(type(rows[0]), [row.pk for row in rows])
    return [as_signed(seals[row.pk], deeper=0) for row in rows if row.pk in seals]
