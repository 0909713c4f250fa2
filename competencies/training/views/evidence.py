"""Files that show what somebody learned or holds: taken, given back as a download to their owner alone, removed."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages.sight import line
from supervision.people.models import Credential, User
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.again import gone_mark, second_press_is_gone, second_press_shows
from supervision.records.errors import Invalid

from .. import files, operations, policy
from ..forms import EvidenceForm
from ..models import EvidenceFile, TrainingEntry
from . import credentials, entries
from .common import METHODS, key_in, own_credential, own_entry


@require_POST
@second_press_shows("training:entry")
def add_to_entry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A file with an entry of one's own."""
    entry = own_entry(reader(request), pk)
    return _add(request, entry, lambda form: entries.page(request, entry, form, status=422))


@require_POST
@second_press_shows("training:credential")
def add_to_credential(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A file with a credential that one keeps oneself."""
    credential = own_credential(reader(request), pk)
    policy.check_can_change_credential(reader(request), credential)
    return _add(request, credential, lambda form: credentials.page(request, credential, form, status=422))


def _add(
    request: HttpRequest, of: TrainingEntry | Credential, again: Callable[[EvidenceForm], HttpResponse]
) -> HttpResponse:
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return again(form)
    sent = form.cleaned_data["file"]
    try:
        operations.attach(of, by=reader(request), key=key_in(form), name=sent.name, content=sent.read())
    except Invalid as refusal:
        form.add_error("file", refusal.message)
        return again(form)
    messages.success(request, _("The file is kept. Only you can open it."))
    return redirect(f"{_page_of(of)}#evidence")


def _page_of(of: TrainingEntry | Credential | None) -> str:
    name = "training:entry" if isinstance(of, TrainingEntry) else "training:credential"
    return reverse(name, args=[of.pk if of else None])


def _own_file(user: User, pk: uuid.UUID) -> EvidenceFile:
    """One of this person's own. Managers know that it is there: 403; for everybody else it is not there."""
    rows = EvidenceFile.objects.defer("content").select_related("entry__owner", "credential__person")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise policy.no_such_file()
    if found.entry is not None:
        policy.check_is_owner(user, found.entry)
    elif found.credential is not None:
        policy.check_is_holder(user, found.credential)
    return found


@require_safe
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The file as a download. Never shown inside a page or a window of this site, whatever it holds."""
    file = _own_file(reader(request), pk)
    encryption.unlock([file])
    response = HttpResponse(file.content, content_type=files.MIME[file.type])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(METHODS)
@second_press_is_gone
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Remove a file, after asking."""
    user = reader(request)
    file = _own_file(user, pk)
    back = _page_of(file.entry or file.credential)
    if request.method == "POST":
        operations.detach(file, by=user)
        messages.success(request, _("The file is removed."))
        return redirect(back)
    encryption.unlock([file])
    context = {
        "title": _("Remove this file?"),
        "text": _("“%(name)s” goes for good.") % {"name": file.name},
        "verb": _("Remove it for good"),
        "back_url": back,
        "back_label": _("Back"),
        "cancel_url": back,
        "gone": gone_mark(user, pk, back),
        "sees": line("own.file"),
    }
    return render(request, "confirm_page.html", context)
