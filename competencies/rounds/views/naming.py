"""Telling one's supervisor under one's own name how one sees the supervision one gets."""

from __future__ import annotations

import datetime
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.responses import conflict
from supervision.people import hints
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import audit
from supervision.records.errors import AlreadyDone, NotFound, Stale
from supervision.records.typed import begun, forget, kept_or_left

from .. import operations, policy, sentences
from ..forms import NamedForm
from ..models import NamedView, Round, Sheet
from .common import METHODS


@require_http_methods(METHODS)
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """To this supervisor; about one of their rounds when the address says so (`?round=<id>`)."""
    user = reader(request)
    supervisor = _supervisor(user, pk)
    about = _round(user, supervisor, request.GET.get("round", ""))
    draft = f"rounds.named:{pk}"
    first = {"key": uuid.uuid4()}
    if request.method != "POST":
        form, kept_at = begun(request, draft, lambda data: NamedForm(data, initial=first))
        return _page(request, supervisor, form, kept_at=kept_at)
    if (answer := kept_or_left(request, draft)) is not None:
        return answer
    form = NamedForm(request.POST, initial=first)
    if hints.silence_pressed(request, form):
        return _page(request, supervisor, form)
    if not form.is_valid():
        return _page(request, supervisor, form, status=422)
    data = form.cleaned_data
    key = data["key"] or uuid.uuid4()
    try:
        operations.share_by_name(by=user, to=supervisor, key=key, text=data["text"], about=about)
    except AlreadyDone as done:
        messages.info(request, done.message)
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=reverse("rounds:named"), forms=[form])
    else:
        messages.success(request, _("%(name)s can read it now.") % {"name": supervisor.name})
    forget(request, draft)
    return redirect("rounds:named_view", operations.id_of(user, key))


def _supervisor(user: User, pk: uuid.UUID) -> User:
    found = User.objects.filter(pk=pk).first()
    if found is None or not policy.can_write_to(user, found):
        raise NotFound
    return found


def _round(user: User, supervisor: User, text: str) -> Round | None:
    """A round about that person's supervision in which one is asked. Raises NotFound for any other."""
    if not text:
        return None
    try:
        mine = Sheet.objects.of(user).asked().filter(round_id=uuid.UUID(text), round__supervisor=supervisor)
    except ValueError:
        raise NotFound from None
    sheet = mine.select_related("round").first()
    if sheet is None:
        raise NotFound
    return sheet.round


def _page(
    request: HttpRequest,
    supervisor: User,
    form: NamedForm,
    *,
    status: int = 200,
    kept_at: datetime.datetime | None = None,
) -> HttpResponse:
    user = reader(request)
    hints.under(request, form)
    context = {
        "form": form,
        "supervisor": supervisor,
        "sees": sentences.named_is_seen(user, supervisor, user),
        "address": request.get_full_path(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "invalid": status == 422,
    }
    return render(request, "competencies/rounds/write.html", context, status=status)


@require_safe
def named_view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What somebody wrote by name, for the two."""
    user = reader(request)
    rows = NamedView.objects.visible_to(user).select_related("author", "supervisor", "round")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.author_id != user.pk:
        audit.opened(user, found, why="written to them")
    context = {
        "row": found,
        "title": sentences.named_title(found, user),
        "sees": sentences.named_is_seen(found.author, found.supervisor, user),
    }
    return render(request, "competencies/rounds/named_view.html", context)
