"""Bringing in what an agency has already: for administrators. Templates, sending, what was found, bringing in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.keyset import page_of
from supervision.pages.sight import line
from supervision.pages.spreadsheets import CSV_TYPE, XLSX_TYPE
from supervision.people.models import Invitation, User
from supervision.people.requests import reader
from supervision.records import audit, encryption, evidence, typed
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState
from supervision.records.policy import explain

from . import kinds, operations, policy, templates
from .columns import Problem
from .forms import FileForm, InviteForm
from .models import Import, Imported, Kind
from .plan import KindOf
from .reading import is_small

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 20
SHOWN = 100  # problems, or differences, on one page
ABOUT = {
    Kind.PROGRAMS: gettext_lazy("The parts of your agency, and who manages each."),
    Kind.PEOPLE: gettext_lazy("Accounts, without sending an invitation to anybody."),
    Kind.ARRANGEMENTS: gettext_lazy("Supervisors and peer workers, now and earlier."),
    Kind.CREDENTIALS: gettext_lazy("What people are certified for, and until when."),
    Kind.SESSIONS: gettext_lazy("Days and minutes from before you came here. Never counted as signed."),
}


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What can be brought in, in the order in which it leans on each other; and what was sent so far."""
    user = _importer(request)
    rows = Import.objects.visible_to(user).defer("file", "found", "name").select_related("sent_by")
    context = {
        "kinds": [{"key": each.key, "label": each.label, "about": ABOUT[each.kind]} for each in kinds.ALL],
        "page": page_of(rows, request.GET, size=PAGE, date_field="sent_at"),
    }
    return render(request, "imports/start.html", context)


def _importer(request: HttpRequest) -> User:
    user = reader(request)
    policy.check_can_import(user)
    return user


def _kind(key: str) -> KindOf:
    if key not in kinds.BY_KEY:
        raise Http404
    return kinds.BY_KEY[key]


@require_safe
def template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The file to fill in."""
    _importer(request)
    of = _kind(kind)
    if form == "xlsx":
        return _file(templates.template_xlsx(of), XLSX_TYPE, f"{of.key}.xlsx")
    return _file(templates.template_csv(of), CSV_TYPE, f"{of.key}.csv")


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@get_or_post
def send(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a file. A small one is looked at before the page comes back, a long one in the background."""
    user, of = _importer(request), _kind(kind)
    form = FileForm(posted(request), request.FILES or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        try:
            row = operations.send(of.kind, by=user, name=file.name, data=data, key=form.cleaned_data["key"])
        except (Invalid, WrongState) as refusal:
            form.add_error("file", refusal.message)
        else:
            if is_small(data):
                operations.look(row.pk)
            return redirect("imports:detail", row.pk)
    context = {
        "form": form,
        "kind": of,
        "columns": [(column.label, column.about, column.needed) for column in of.columns],
    }
    return render_form(request, "imports/send.html", context, invalid=request.method == "POST")


# One file --------------------------------------------------------------------------------------------------------


def _import(request: HttpRequest, pk: uuid.UUID) -> Import:
    user = _importer(request)
    rows = Import.objects.visible_to(user).defer("file")
    return get_object_or_404(rows.select_related("sent_by", "confirmed_by", "invited_by"), pk=pk)


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where a file stands: being looked at, what was found, being brought in, what came of it."""
    row = _import(request, pk)
    found = _found(request, row)
    context = {
        "row": row,
        "kind": kinds.BY_KEY[row.kind],
        "problems": _part(request, found.get("problems", []), "problems"),
        "different": _part(request, found.get("different", []), "different"),
        "notes": found.get("notes", [])[:SHOWN],
        "new": found.get("new", []),
        "can_confirm": explain(policy.check_can_confirm, request.user, row),
        "can_leave": explain(policy.check_can_leave, request.user, row),
        "can_invite": explain(policy.check_can_invite, request.user, row),
        "can_take_back": explain(policy.check_can_take_back, request.user, row),
        "invited": _invited(row) if row.invited_by_id else 0,
    }
    return render(request, "imports/detail.html", context)


def _found(request: HttpRequest, row: Import) -> dict[str, Any]:
    """What was found in a file. Somebody else’s file is theirs to show, and so this is logged."""
    if row.sent_by_id != reader(request).pk:
        audit.opened(request.user, row, why="administrator")
    encryption.unlock([row])
    return row.found or {}


def _part(request: HttpRequest, found: list[Any], name: str) -> dict[str, Any]:
    """A stretch of a list that does not change any more, and where the rows before and after it are."""
    asked = request.GET.get(name, "0")
    at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    at = at if at < len(found) else 0
    return {
        "rows": [Problem(*each) for each in found[at : at + SHOWN]],
        "first": at + 1,
        "last": min(at + SHOWN, len(found)),
        "kept": len(found),
        "before": f"?{name}={max(at - SHOWN, 0)}#{name}" if at else "",
        "after": f"?{name}={at + SHOWN}#{name}" if at + SHOWN < len(found) else "",
    }


def _invited(row: Import) -> int:
    made = Imported.objects.filter(source=row, is_new=True).values("record_id")
    return Invitation.objects.filter(person__in=made).values("person").distinct().count()


@require_safe
def problems(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The list of problems, for whoever mends the file."""
    row = _import(request, pk)
    found = [Problem(*each) for each in _found(request, row).get("problems", [])]
    return _file(templates.problems_csv(found), CSV_TYPE, f"{row.kind}-problems.csv")


@get_or_post
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Bring it in. It makes accounts and says who supervises whom, so it asks who it is as a signature does."""
    row = _import(request, pk)
    if (again := _done_already(request, row, policy.check_can_confirm)) is not None:
        return again
    if request.method == "POST":
        if evidence.needs_to_sign_in_again(request):
            return typed.to_sign_in_again(request, request.path)
        return _confirm(request, row)
    count = row.new_count + row.linked_count
    title = ngettext("Bring in %(n)s row?", "Bring in %(n)s rows?", count) % {"n": f"{count:,}"}
    text = _("%(kind)s. All of them are made, or none. What is here already stays as it is.") % {
        "kind": kinds.BY_KEY[row.kind].label
    }
    return _ask(request, row, title=title, text=text, verb=_("Bring it in"), cancel=_("Not now"))


def _confirm(request: HttpRequest, row: Import) -> HttpResponse:
    version = request.POST.get("version", "")
    small = row.rows_total <= operations.AT_ONCE
    try:
        operations.confirm(
            row, by=reader(request), version=int(version) if version.isdecimal() and len(version) < 9 else -1
        )
    except Stale:
        messages.info(request, _("This was looked at anew meanwhile. See what it would change now."))
        return redirect("imports:detail", row.pk)
    if small:
        with suppress(
            IntegrityError
        ):  # somebody made the same at this moment; the job tries again and says so
            operations.make(row.pk)
    return redirect("imports:detail", row.pk)


def _done_already(
    request: HttpRequest, row: Import, check: Callable[[User, Import], None]
) -> HttpResponse | None:
    """Where to go when this was done with an earlier press. Raises what else speaks against it."""
    try:
        check(reader(request), row)
    except AlreadyDone as done:
        messages.info(request, done.message)
        return redirect("imports:detail", row.pk)
    return None


def _ask(request: HttpRequest, row: Import, *, cancel: str, **more: Any) -> HttpResponse:
    here = reverse("imports:detail", args=[row.pk])
    context = {
        "version": row.version,
        "back_url": here,
        "back_label": kinds.BY_KEY[row.kind].label,
        "cancel_url": here,
        "cancel_label": cancel,
        "sees": line("account.imports"),
        **more,
    }
    return render_form(request, "confirm_page.html", context, invalid=request.method == "POST")


@get_or_post
def leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = _import(request, pk)
    if (again := _done_already(request, row, policy.check_can_leave)) is not None:
        return again
    if request.method == "POST":
        return _act(request, row, operations.leave, _("Left. The file is gone, and nothing was brought in."))
    text = _("The file and what was found in it are removed. Nothing is brought in.")
    return _ask(request, row, title=_("Leave this file?"), text=text, verb=_("Leave it"), cancel=_("Keep it"))


def _act(request: HttpRequest, row: Import, act: Callable[..., Import], said: str) -> HttpResponse:
    try:
        act(row, by=reader(request))
    except AlreadyDone as done:
        messages.info(request, done.message)
    else:
        messages.success(request, said)
    return redirect("imports:detail", row.pk)


@get_or_post
def invite(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Invite those who were brought in: a step of its own, and ticked."""
    row = _import(request, pk)
    if (again := _done_already(request, row, policy.check_can_invite)) is not None:
        return again
    form = InviteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if evidence.needs_to_sign_in_again(request):
            return typed.to_sign_in_again(request, request.path)
        return _act(request, row, operations.invite_all, _("The invitations are on their way."))
    count = row.new_count
    title = ngettext(
        "Invite the %(n)s person who was brought in?", "Invite the %(n)s people who were brought in?", count
    ) % {"n": f"{count:,}"}
    text = _("Who was invited one by one already gets no second e-mail.")
    return _ask(
        request, row, title=title, text=text, form=form, verb=_("Send the invitations"), cancel=_("Not now")
    )


@get_or_post
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take sessions from before back, all of one file."""
    row = _import(request, pk)
    if (again := _done_already(request, row, policy.check_can_take_back)) is not None:
        return again
    if request.method == "POST":
        return _act(request, row, operations.take_back, _("Taken back. You can bring in a better file."))
    text = ngettext(
        "%(n)s session from before is removed. Nothing else changes.",
        "%(n)s sessions from before are removed. Nothing else changes.",
        row.new_count,
    ) % {"n": f"{row.new_count:,}"}
    return _ask(
        request,
        row,
        title=_("Take these sessions back?"),
        text=text,
        verb=_("Take them back"),
        cancel=_("Keep them"),
    )
