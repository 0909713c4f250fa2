"""Ticking what was taken on, from the home page or a session, and undoing it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.pages.forms import posted, render_form
from supervision.people.requests import reader
from supervision.records import audit
from supervision.records.forms import ReasonForm

from .. import operations, policy
from .find import action_for


def _back(request: HttpRequest) -> str:
    """The page of ours that the tick was on."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else reverse("home")


@require_POST
def done(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Tick an action."""
    action = action_for(reader(request), pk)
    operations.done(action, by=reader(request))
    messages.success(request, _("Done."))
    return redirect(_back(request))


@require_POST
def reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Undo a tick, or take something up again."""
    action = action_for(reader(request), pk)
    operations.reopen(action, by=reader(request))
    messages.success(request, _("Open again."))
    return redirect(_back(request))


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let an action go, saying why."""
    user = reader(request)
    action = action_for(user, pk)
    policy.check_can_settle(user, action)
    form = ReasonForm(
        posted(request),
        label=_("Why you are letting it go"),
        hint=_("A few words. Everybody who can see this next step reads them."),
        required=_("Say in a few words why you are letting it go"),
    )
    if request.method == "POST" and form.is_valid():
        operations.drop(action, by=user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Let go."))
        return redirect(_back(request))
    audit.opened(user, action, why="party")
    context = {"form": form, "action": action, "next": _back(request)}
    return render_form(request, "sessions/drop.html", context, invalid=request.method == "POST")
