"""Planning, moving, cancelling, booking again."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from supervision.pages import words
from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.people.models import Arrangement, User
from supervision.people.requests import reader
from supervision.people.standing import DEFAULT_EVERY_DAYS
from supervision.records.errors import Invalid, Stale

from .. import local_time, operations, policy, recurrence, series
from ..forms import DaysForm, MoveForm, NotHeldForm, PlanForm, SeriesForm, WhenForm
from ..models import Session
from .find import TAKING_PART, no_agreement, session_for


def _arrangement_for(user: User, pk: uuid.UUID) -> Arrangement:
    found = Arrangement.objects.visible_to(user).select_related("standing").prefetch_related(TAKING_PART)
    return get_object_or_404(found, pk=pk)


def others_in(arrangement: Arrangement, user: User) -> list[str]:
    """What to call the other people who take part now."""
    day = timezone.localdate()
    return [
        row.person.called
        for row in arrangement.participations.all()
        if row.person_id != user.pk and row.joined_on <= day and (row.left_on is None or row.left_on >= day)
    ]


def attending(session: Session, user: User) -> list[str]:
    """What to call the others of this session; of one that was held those who were there, since nobody else reads of it.

    What a draft says of who was there is its recorder's alone: for the others it is still everybody.
    """
    held = session.state == Session.State.HELD
    is_told = held and (not session.is_draft or session.recorder_id == user.pk)
    others = [row for row in session.attendees.all() if row.person_id != user.pk]
    return [row.person.called for row in others if row.attended or not is_told]


def _suggested(arrangement: Arrangement) -> dict[str, Any]:
    """The usual time: what the agreement says after the last session."""
    standing = getattr(arrangement, "standing", None)
    zone = timezone.get_current_timezone()
    last = Session.objects.filter(arrangement=arrangement).order_by("-starts_at").first()
    values: dict[str, Any] = {"minutes": standing.minutes_each if standing else 60, "modality": "in_person"}
    if last is not None:
        days = standing.every_days if standing else DEFAULT_EVERY_DAYS
        day, clock = local_time.same_time(last.starts_at, days, zone)
        if day > timezone.localdate():
            values |= {"date": day, "start": clock}
        values |= {"modality": last.modality, "place": last.place}
    return values


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, arrangement_id: uuid.UUID) -> HttpResponse:
    """Plan a session of an arrangement."""
    user = reader(request)
    arrangement = _arrangement_for(user, arrangement_id)
    policy.check_can_plan(user, arrangement)
    zone: Any = timezone.get_current_timezone()
    initial = {**_suggested(arrangement), "key": uuid.uuid4()} if request.method != "POST" else {}
    form = PlanForm(posted(request), zone=zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.plan(
                arrangement,
                by=user,
                starts_at=data["starts_at"],
                minutes=data["minutes"],
                modality=data["modality"],
                place=data["place"],
                zone=str(zone),
                key=data["key"],
            )
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Planned for %(when)s.") % {"when": words.day(made.starts_at)})
            return redirect("sessions:detail", made.pk)
    names = words.join_names(others_in(arrangement, user))
    context = {
        "form": form,
        "names": names,
        "zone": local_time.zone_name(zone),
        "cancel_url": reverse("sessions:list"),
        "several_url": reverse("sessions:plan_several", args=[arrangement.pk]),
        "no_agreement": no_agreement(arrangement),
    }
    return render_form(request, "sessions/plan.html", context, invalid=request.method == "POST")


@require_http_methods(["GET", "HEAD", "POST"])
def plan_several(request: HttpRequest, arrangement_id: uuid.UUID) -> HttpResponse:
    """Plan a rhythm: first the days are shown with what speaks against them, then those that are ticked are planned."""
    user = reader(request)
    arrangement = _arrangement_for(user, arrangement_id)
    policy.check_can_plan(user, arrangement)
    zone: Any = timezone.get_current_timezone()
    initial = _suggested_rhythm(arrangement) if request.method != "POST" else {}
    form = SeriesForm(posted(request), zone=zone, initial=initial)
    plans = request.POST.get("step") == "plan"
    days: DaysForm | None = None
    listed: list[series.Day] = []
    if request.method == "POST" and form.is_valid():
        listed = series.looked_at(arrangement, form.cleaned_data["days"], form.cleaned_data["start"], zone)
        days = DaysForm(request.POST if plans else None, listed=listed)
        if plans and days.is_valid():
            try:
                made = _plan_several(arrangement, user, form.cleaned_data, days, zone)
            except Invalid as refusal:
                _add_refusal(form, days, refusal)
            else:
                said = ngettext("%(n)d session is planned.", "%(n)d sessions are planned.", len(made))
                messages.success(request, said % {"n": len(made)})
                return redirect("sessions:list")
    context = {
        "form": form,
        "days": days,
        "skipped": [one for one in listed if one.starts_at is None],
        "names": words.join_names(others_in(arrangement, user)),
        "zone": local_time.zone_name(zone),
        "one_url": reverse("sessions:plan", args=[arrangement.pk]),
        "no_agreement": no_agreement(arrangement),
    }
    invalid = request.method == "POST" and (bool(form.errors) or bool(days and days.errors))
    return render_form(request, "sessions/series.html", context, invalid=invalid)


def _plan_several(
    arrangement: Arrangement, user: User, data: dict[str, Any], days: DaysForm, zone: Any
) -> list[Session]:
    return operations.plan_series(
        arrangement,
        by=user,
        moments=days.moments(),
        minutes=data["minutes"],
        modality=data["modality"],
        place=data["place"],
        zone=str(zone),
        key=data["key"],
    )


def _add_refusal(form: SeriesForm, days: DaysForm, refusal: Invalid) -> None:
    if refusal.field in form.fields:
        form.add_error(refusal.field, refusal.message)
    else:
        days.add_error("days", refusal.message)


def _suggested_rhythm(arrangement: Arrangement) -> dict[str, Any]:
    """What the agreement says, for the next three months."""
    values = {**_suggested(arrangement), "key": uuid.uuid4()}
    standing = getattr(arrangement, "standing", None)
    every = str(standing.every_days if standing else DEFAULT_EVERY_DAYS)
    values["every"] = every if every in dict(recurrence.EVERY) else "7"
    values["until"] = (values.get("date") or timezone.localdate()) + datetime.timedelta(days=91)
    return values


def _when_of(session: Session) -> dict[str, Any]:
    local = session.local_start
    return {
        "date": local.date(),
        "start": local.time(),
        "minutes": session.minutes,
        "modality": session.modality,
        "place": session.place,
        "version": session.version,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Move a planned session to another time."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_change_plan(user, session)
    form = MoveForm(posted(request), zone=session.zone, initial=_when_of(session))
    if request.method == "POST" and form.is_valid():
        try:
            moved = operations.move(
                session,
                by=user,
                **_when(form),
                note=form.cleaned_data["note"],
                version=form.cleaned_data["version"],
            )
        except Stale:
            return _changed_meanwhile(request, session, form)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Moved to %(when)s.") % {"when": words.day(moved.starts_at)})
            return redirect("sessions:detail", moved.pk)
    context = {"form": form, "session": session, "names": words.join_names(attending(session, user))}
    return render_form(request, "sessions/move.html", context, invalid=request.method == "POST")


def _when(form: WhenForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {name: data[name] for name in ("starts_at", "minutes", "modality", "place")}


def _changed_meanwhile(request: HttpRequest, session: Session, form: Any) -> HttpResponse:
    return conflict(
        request,
        what=_("Somebody changed this session or its agenda while you had this page open."),
        url=reverse("sessions:detail", args=[session.pk]),
        forms=[form],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Cancel a planned session."""
    return _not_held(request, pk, operations.cancel, policy.check_can_change_plan, "cancel")


@require_http_methods(["GET", "HEAD", "POST"])
def missed(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Note that a planned session did not take place."""
    return _not_held(request, pk, operations.missed, policy.check_can_mark_missed, "missed")


def _not_held(request: HttpRequest, pk: uuid.UUID, operation: Any, check: Any, name: str) -> HttpResponse:
    user = reader(request)
    session = session_for(user, pk)
    check(user, session)
    form = NotHeldForm(posted(request), initial={"version": session.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operation(session, by=user, why=data["why"], note=data["note"], version=data["version"])
        except Stale:
            return _changed_meanwhile(request, session, form)
        messages.success(
            request,
            _("Cancelled. Everybody was told.") if name == "cancel" else _("Noted. Everybody was told."),
        )
        return redirect("sessions:detail", session.pk)
    context = {
        "form": form,
        "session": session,
        "names": words.join_names(attending(session, user)),
        "missed": name == "missed",
    }
    return render_form(request, "sessions/not_held.html", context, invalid=request.method == "POST")


@require_http_methods(["GET", "HEAD", "POST"])
def rebook(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Find a new time for a session that did not take place."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_rebook(user, session)
    initial = {**_when_of(session), "date": None}
    form = WhenForm(posted(request), zone=session.zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.rebook(session, by=user, **_when(form))
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("Planned for %(when)s.") % {"when": words.day(made.starts_at)})
            return redirect("sessions:detail", made.pk)
    names = words.join_names(attending(session, user))
    context = {
        "form": form,
        "names": names,
        "zone": local_time.zone_name(session.zone),
        "cancel_url": reverse("sessions:detail", args=[session.pk]),
        "again": True,
    }
    return render_form(request, "sessions/plan.html", context, invalid=request.method == "POST")
