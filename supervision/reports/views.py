"""Asking for reports, waiting for them, and having them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages import keyset
from supervision.pages.forms import posted, render_form
from supervision.pages.prepared import prepared
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.errors import Invalid, NotFound, WrongState

from . import choosing, offers, operations, policy
from .forms import AboutForm, AskForm, last_year
from .models import Choice, Kind, Report

SIZE = 20  # reports on a page
FORMS = {
    "pdf": ("pdf", "application/pdf"),
    "zip": ("archive", "application/zip"),
    "csv": ("table", "text/csv; charset=utf-8"),
    "xlsx": ("book", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
CALLED = {Kind.PROGRAM: "report", Kind.PACKET: "packet"}


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports this person asked for that are still kept, and the choices that they keep."""
    user = reader(request)
    policy.check_can_list(user)
    if request.GET.get(keyset.PARAMETER):
        page = keyset.page_of(_listed(user), request.GET, size=SIZE, date_field="asked_at")
    else:
        page = keyset.first_page(_newest(user), request.GET, size=SIZE, date_field="asked_at")
    kept = _kept(user)
    managed = {program.pk for program in offers.programs_of(user)}
    for choice in kept:
        choice.can_be_made = {program.pk for program in choice.programs.all()} <= managed
    return render(request, "reports/list.html", {"page": page, "kept": kept})


def _listed(user: User) -> QuerySet[Report]:
    reports = Report.objects.visible_to(user).without_files()
    return reports.select_related("supervisor", "about").prefetch_related("programs")


@prepared
def _newest(user: User) -> QuerySet[Report]:
    return _listed(user).order_by("-asked_at", "-id")[: SIZE + 1]


@prepared
def _kept(user: User) -> QuerySet[Choice]:
    return Choice.objects.filter(owner=user).select_related("supervisor").prefetch_related("programs")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    policy.check_can_list(user)
    form = AskForm(posted(request), manager=user, initial={"key": uuid.uuid4()})
    if form.is_search:
        form.unchecked()
        return render_form(request, "reports/ask.html", {"form": form})
    if request.method == "POST" and form.is_valid():
        try:
            report = _ask(form, user)
        except (Invalid, WrongState) as refusal:
            form.add_error(getattr(refusal, "field", None) or None, refusal.message)
        else:
            messages.success(
                request, _("Your report is being prepared. You can leave this page; it will be here.")
            )
            return redirect("reports:detail", report.pk)
    return render_form(request, "reports/ask.html", {"form": form}, invalid=request.method == "POST")


@transaction.atomic
def _ask(form: AskForm, user: User) -> Report:
    """Ask, and keep the choice where it has a name: both or neither."""
    data = form.cleaned_data
    report = operations.ask(
        **form.chosen, first_day=data["first_day"], last_day=data["last_day"], by=user, key=data["key"]
    )
    if data["name"]:
        kept = {"name": data["name"], "period": data["period"], "every_month": data["every_month"]}
        choosing.keep(**form.chosen, **kept, by=user, key=data["key"])
    return report


@require_http_methods(["GET", "HEAD", "POST"])
def packet(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The audit packet of somebody: their page of hours sends the period that is shown there."""
    return _about(request, person, Kind.PACKET, "reports/packet.html")


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The supervision log of somebody."""
    return _about(request, person, Kind.LOG, "reports/log.html")


def _about(request: HttpRequest, person: uuid.UUID, kind: str, template: str) -> HttpResponse:
    user = reader(request)
    about = get_object_or_404(User.objects.visible_to(user), pk=person)
    policy.check_sees(user, about)
    form = AboutForm(posted(request), initial={**last_year(), "key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        days = {"first_day": data["first_day"], "last_day": data["last_day"]}
        try:
            report = operations.ask_about(about, kind=kind, **days, by=user, key=data["key"])
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("reports:detail", report.pk)
    context = {"form": form, "person": about, "own": about.pk == user.pk}
    return render_form(request, template, context, invalid=request.method == "POST")


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = reader(request)
    report = _report(user, pk)
    policy.check_can_open(user, report)
    return render(request, "reports/detail.html", {"report": report})


@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """It is not wanted any more."""
    user = reader(request)
    if operations.cancel(_report(user, pk), by=user):
        messages.success(request, _("Cancelled."))
    return redirect("reports:detail", pk)


@require_POST
def again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same once more, after it failed or was cancelled."""
    user = reader(request)
    try:
        operations.ask_again(_report(user, pk), by=user)
    except WrongState as refusal:
        messages.warning(request, refusal.message)
    return redirect("reports:detail", pk)


# Choices that are kept --------------------------------------------------------------------------------------------


@require_POST
def by_choice(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for what was kept, as of today."""
    user = reader(request)
    policy.check_can_list(user)
    try:
        report = choosing.ask_by(_choice(user, pk), by=user)
    except WrongState as refusal:
        messages.warning(request, refusal.message)
        return redirect("reports:list")
    return redirect("reports:detail", report.pk)


@require_POST
def change_choice(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Every month, not every month, or not kept any more."""
    user = reader(request)
    policy.check_can_list(user)
    choice = _choice(user, pk)
    if request.POST.get("what") == "remove":
        if choosing.remove(choice, by=user):
            messages.success(request, _("Removed. The reports that were made by it stay until their day."))
    elif choosing.set_every_month(choice, request.POST.get("what") == "monthly", by=user):
        messages.success(request, _("Saved."))
    return redirect("reports:list")


def _choice(user: User, pk: uuid.UUID) -> Choice:
    return get_object_or_404(Choice.objects.filter(owner=user).select_related("supervisor"), pk=pk)


# Files --------------------------------------------------------------------------------------------------------------


@require_safe
def download(request: HttpRequest, pk: uuid.UUID, form: str = "pdf") -> HttpResponse:
    """One of its files. Every download is in the access log."""
    user = reader(request)
    report = _report(user, pk, files=True)
    policy.check_can_download(user, report)
    name, kind = FORMS[form]
    encryption.unlock([report])
    data = bytes(getattr(report, name))
    if not data:
        raise NotFound(_("There is no such file."))
    audit.opened(user, report, why="asked for it", action="downloaded")
    return _file(report, data, form, kind)


def _file(report: Report, data: bytes, ending: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    what = CALLED.get(Kind(report.kind), report.kind)
    name = f"supervision-{what}-{report.first_day:%Y-%m-%d}-to-{report.last_day:%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _report(user: User, pk: uuid.UUID, *, files: bool = False) -> Report:
    found: Any = Report.objects.visible_to(user) if files else Report.objects.visible_to(user).without_files()
    found = found.select_related("supervisor", "about", "asked_by").prefetch_related("programs", "people")
    return get_object_or_404(found, pk=pk)
