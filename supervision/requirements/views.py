"""What is expected of supervision: for everybody to read, for administrators to keep."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.forms import all_valid, posted, render_form, row_button_pressed
from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.people.requests import reader
from supervision.records.errors import Invalid, WrongState

from . import operations, policy, said, set_file
from .forms import AmountRows, ConfirmForm, EndForm, SetFileForm, SetForm, initial_of, initial_rows
from .models import InForce, RequirementSet
from .rules import Rules

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


# To read ------------------------------------------------------------------------------------------------------


@require_safe
def sets(request: HttpRequest) -> HttpResponse:
    """What applies now or later, in which programs; for administrators also every set there is."""
    user = reader(request)
    rows = InForce.objects.now_or_later().select_related("of", "program", "confirmed_by")
    default = RequirementSet.objects.newest().filter(is_shipped=True, key="as-agreed").first()
    context = {
        "default": default,
        "rows": rows.order_by("of__title", "program__name", "first_day", "id"),
        "today": timezone.localdate(),
        "keeps": user.is_administrator,
        "others": RequirementSet.objects.newest() if user.is_administrator else [],
    }
    return render(request, "requirements/list.html", context)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One version in plain sentences, with where it comes from and where it applies."""
    found = get_object_or_404(RequirementSet.objects.select_related("made_by"), pk=pk)
    versions = RequirementSet.objects.filter(key=found.key).defer("content").order_by("-number")
    where = InForce.objects.filter(of=found).select_related("program", "confirmed_by", "ended_by")
    context = {"shown": found, "content": found.body, **_said(found.rules)}
    context |= {
        "versions": versions,
        "is_newest": versions[0].pk == found.pk,
        "where": where,
        "today": timezone.localdate(),
        "keeps": reader(request).is_administrator,
        "can_remove": not found.is_shipped and not where,
    }
    return render(request, "requirements/detail.html", context)


def _said(rules: Rules) -> dict[str, Any]:
    return {"counts": said.what_counts(rules), "asked": said.what_is_asked(rules)}


# To write -----------------------------------------------------------------------------------------------------


@get_and_post
def write(request: HttpRequest) -> HttpResponse:
    """A new set of the agency's own."""
    policy.check_can_keep(reader(request))
    return _write(request, None, title=_("Write a set of your own"), back=reverse("requirements:list"))


@get_and_post
def write_next(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The next version of one of the agency's own, or a set of its own that begins with a shipped one."""
    policy.check_can_keep(reader(request))
    found = get_object_or_404(RequirementSet, pk=pk)
    title = _("Write a set of your own from this one") if found.is_shipped else _("Write the next version")
    return _write(request, found, title=title, back=_url("detail", found))


def _write(request: HttpRequest, found: RequirementSet | None, *, title: str, back: str) -> HttpResponse:
    initial = {"key": uuid.uuid4(), "checked_on": timezone.localdate()}
    body = found.body if found is not None else None
    if body is not None:
        initial = initial_of(body) | {"key": uuid.uuid4()}
    form = SetForm(posted(request), initial=initial)
    rows = AmountRows(posted(request), initial=initial_rows(body.rules) if body else ())
    pressed = row_button_pressed(request, form, rows)
    if request.method == "POST" and not pressed and all_valid(form, rows):
        key = (
            found.key
            if found is not None and not found.is_shipped
            else operations.free_key(form.cleaned_data["title"])
        )
        content = form.content(rows.amounts(), key=key)
        if not content.rules.asks:
            form.add_error(
                None,
                _(
                    "It asks for nothing yet. Fill in at least one amount, a share, a total or what else there must be."
                ),
            )
        else:
            try:
                made = operations.add(content=content, by=reader(request), form_key=form.cleaned_data["key"])
            except WrongState as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, _("Saved. It applies nowhere until you confirm it."))
                return redirect(_url("detail", made))
    context = {"form": form, "rows": rows, "title": title, "back_url": back, "found": found}
    invalid = request.method == "POST" and not pressed
    return render_form(request, "requirements/write.html", context, invalid=invalid)


@get_and_post
def load(request: HttpRequest) -> HttpResponse:
    """A set from a file."""
    policy.check_can_keep(reader(request))
    files = request.FILES if request.method == "POST" else None
    form = SetFileForm(posted(request), files, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.add(content=form.content, by=reader(request), form_key=form.cleaned_data["key"])
            messages.success(request, _("Loaded. It applies nowhere until you confirm it."))
            return redirect(_url("detail", made))
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "back_url": reverse("requirements:list")}
    return render_form(request, "requirements/load.html", context, invalid=bool(form.errors))


@require_safe
def file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One version as a file, to start from or to compare."""
    policy.check_can_keep(reader(request))
    found = get_object_or_404(RequirementSet, pk=pk)
    response = HttpResponse(set_file.write(found.body), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.key}.toml"'
    return response


@get_and_post
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = reader(request)
    policy.check_can_keep(user)
    found = RequirementSet.objects.filter(pk=pk).first()
    if found is None:
        messages.info(request, _("It is gone already."))
        return redirect("requirements:list")
    policy.check_can_remove(user, found)
    if request.method == "POST":
        operations.remove(found, by=user)
        messages.success(request, _("Removed."))
        return redirect("requirements:list")
    back = _url("detail", found)
    context = {
        "title": _("Remove “%(title)s”, version %(n)s") % {"title": found.title, "n": found.number},
        "text": _("It never applied anywhere. Nothing that was measured changes."),
        "verb": _("Remove it"),
    }
    return render(request, "confirm_page.html", context | _frame(back))


def _frame(back: str) -> dict[str, Any]:
    return {
        "back_url": back,
        "back_label": _("Back"),
        "cancel_url": back,
        "cancel_label": _("Leave it as it is"),
        "sees": line("requirement.keeping"),
    }


# Where it applies ---------------------------------------------------------------------------------------------


@get_and_post
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An administrator has compared a version with the rule: it applies in a program, or everywhere, from a day on."""
    user = reader(request)
    policy.check_can_keep(user)
    found = get_object_or_404(RequirementSet, pk=pk)
    policy.check_can_confirm(user, found)
    form = ConfirmForm(posted(request), initial={"key": uuid.uuid4(), "first_day": _next_month()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.confirm(
                found,
                program=form.chosen,
                first_day=form.cleaned_data["first_day"],
                by=user,
                form_key=form.cleaned_data["key"],
            )
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("Confirmed."))
            return redirect(_url("detail", found))
    context = {"form": form, "shown": found, "content": found.body, **_said(found.rules)}
    context["back_url"] = _url("detail", found)
    return render_form(request, "requirements/confirm.html", context, invalid=request.method == "POST")


def _next_month() -> datetime.date:
    """The first of the next month: rules mostly begin on one."""
    return (timezone.localdate().replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


@get_and_post
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = reader(request)
    policy.check_can_keep(user)
    found = get_object_or_404(InForce.objects.select_related("of", "program"), pk=pk)
    form = EndForm(posted(request), initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end(found, last_day=form.cleaned_data["last_day"], by=user)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=_url("detail", found.of))
        else:
            messages.success(request, _("It ends on that day."))
            return redirect(_url("detail", found.of))
    context = {"form": form, "found": found, "back_url": _url("detail", found.of)}
    return render_form(request, "requirements/end.html", context, invalid=request.method == "POST")


@get_and_post
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user = reader(request)
    policy.check_can_keep(user)
    found = get_object_or_404(InForce.objects.select_related("of", "program"), pk=pk)
    back = _url("detail", found.of)
    if request.method == "POST":
        try:
            operations.withdraw(found, by=user)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=back)
        messages.success(request, _("Withdrawn."))
        return redirect(back)
    context = {
        "title": _("Withdraw “%(title)s”") % {"title": found.of.title},
        "text": _("It counts as if it had never applied there. Reports that were made stay as they are."),
        "verb": _("Withdraw it"),
    }
    return render(request, "confirm_page.html", context | _frame(back))


def _url(name: str, found: RequirementSet | InForce) -> str:
    return reverse(f"requirements:{name}", args=[found.pk])
