"""Asking for program reports, and having them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages import keyset
from supervision.pages.forms import posted, render_form
from supervision.people.models import Participation, Program, User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.errors import Invalid, NotFound, WrongState

from . import operations, policy
from .forms import AskForm, PacketForm, last_quarter, last_year
from .models import Report


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports this person asked for that are still kept."""
    user: Any = request.user
    policy.check_can_list(user)
    reports = (
        Report.objects.visible_to(user)
        .defer("pdf", "archive")
        .select_related("supervisor", "about")
        .prefetch_related("programs")
    )
    page = keyset.page_of(reports, request.GET, size=20, date_field="asked_at")
    return render(request, "reports/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    policy.check_can_list(user)
    programs = Program.objects.managed_by(user)
    leading = Participation.objects.filter(
        arrangement__program__in=programs.values("pk"), part__in=Participation.LEADING
    )
    supervisors = User.objects.visible_to(user).filter(pk__in=leading.values("person"))
    form = AskForm(
        posted(request),
        programs=programs,
        supervisors=supervisors,
        initial=last_quarter() | {"key": uuid.uuid4()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = operations.ask(
                programs=form.chosen_programs,
                supervisor=form.chosen_supervisor,
                first_day=form.cleaned_data["first_day"],
                last_day=form.cleaned_data["last_day"],
                by=user,
                key=form.cleaned_data["key"],
            )
        except WrongState as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request, _("Your report is being prepared. You can leave this page; it will be here.")
            )
            return redirect("reports:detail", report.pk)
    return render_form(request, "reports/ask.html", {"form": form}, invalid=request.method == "POST")


@require_http_methods(["GET", "HEAD", "POST"])
def packet(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The audit packet of somebody: their page of hours sends the period that is shown there."""
    user = reader(request)
    about = get_object_or_404(User.objects.visible_to(user), pk=person)
    policy.check_sees(user, about)
    form = PacketForm(posted(request), initial=last_year() | {"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            report = operations.ask_packet(
                about, first_day=data["first_day"], last_day=data["last_day"], by=user, key=data["key"]
            )
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("reports:detail", report.pk)
    context = {"form": form, "person": about, "own": about.pk == user.pk}
    return render_form(request, "reports/packet.html", context, invalid=request.method == "POST")


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = reader(request)
    report = _report(user, pk)
    policy.check_can_open(user, report)
    return render(request, "reports/detail.html", {"report": report})


@require_safe
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The PDF. Every download is in the access log."""
    report = _to_download(request, pk)
    what = "report" if report.about is None else "packet"
    return _file(report, bytes(report.pdf), f"supervision-{what}", "pdf")


@require_safe
def archive(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The open archive of an audit packet. Every download is in the access log."""
    report = _to_download(request, pk)
    if report.about is None:
        raise NotFound(_("There is no such file."))
    return _file(report, bytes(report.archive), "supervision-packet", "zip")


def _to_download(request: HttpRequest, pk: uuid.UUID) -> Report:
    user = reader(request)
    report = _report(user, pk)
    policy.check_can_download(user, report)
    encryption.unlock([report])
    audit.opened(user, report, why="asked for it", action="downloaded")
    return report


def _file(report: Report, data: bytes, what: str, ending: str) -> HttpResponse:
    kind = "application/pdf" if ending == "pdf" else "application/zip"
    response = HttpResponse(data, content_type=kind)
    name = f"{what}-{report.first_day:%Y-%m-%d}-to-{report.last_day:%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _report(user: User, pk: uuid.UUID) -> Report:
    found = Report.objects.visible_to(user).select_related("supervisor", "about").prefetch_related("programs")
    return get_object_or_404(found, pk=pk)
