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
from supervision.records import audit, encryption
from supervision.records.errors import WrongState

from . import operations, policy
from .forms import AskForm, last_quarter
from .models import Report


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports this person asked for that are still kept."""
    user: Any = request.user
    policy.check_can_list(user)
    reports = (
        Report.objects.visible_to(user).defer("pdf").select_related("supervisor").prefetch_related("programs")
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


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    report = _report(request, pk)
    policy.check_can_open(request.user, report)  # type: ignore[arg-type]
    return render(request, "reports/detail.html", {"report": report})


@require_safe
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The PDF. Every download is in the access log."""
    user: Any = request.user
    report = _report(request, pk)
    policy.check_can_download(user, report)
    encryption.unlock([report])
    audit.opened(user, report, why="asked for it", action="downloaded")
    response = HttpResponse(report.pdf, content_type="application/pdf")
    name = f"supervision-report-{report.first_day:%Y-%m-%d}-to-{report.last_day:%Y-%m-%d}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _report(request: HttpRequest, pk: uuid.UUID) -> Report:
    user: Any = request.user
    policy.check_can_list(user)
    found = Report.objects.visible_to(user).select_related("supervisor").prefetch_related("programs")
    return get_object_or_404(found, pk=pk)
