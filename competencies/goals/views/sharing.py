"""Sharing a goal with those who lead an arrangement, and taking it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.pages import words
from supervision.pages.forms import posted, render_form
from supervision.people.requests import reader
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, Stale

from .. import operations, policy
from ..forms import ShareForm
from .common import METHODS, own_goal


@require_http_methods(METHODS)
@second_press_shows("competencies:goal")
def share(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who would read it, by name, before it is shared."""
    user = reader(request)
    goal = own_goal(user, pk)
    policy.check_can_change(user, goal)
    circles = policy.circles(user)
    if goal.shared_as_id is not None:  # anew, with whoever has come to lead the same arrangement since
        circles = [one for one in circles if one.part.pk == goal.shared_as_id]
    form = ShareForm(posted(request), circles=circles)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen
        try:
            operations.share(goal, by=user, arrangement=chosen.arrangement, readers=chosen.reader_ids)
        except (Invalid, Stale) as refusal:
            form.add_error("circle", refusal.message)
        else:
            names = words.join_names(row.person.called for row in chosen.readers)
            messages.success(request, _("Shared with %(names)s.") % {"names": names})
            return redirect("competencies:goal", pk)
    context = {"form": form, "goal": goal, "circles": circles}
    return render_form(request, "competencies/goals/share.html", context, invalid=request.method == "POST")


@require_POST
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """From now on only the owner reads it."""
    user = reader(request)
    operations.take_back(own_goal(user, pk), by=user)
    messages.success(request, _("Taken back. Only you can see it now."))
    return redirect("competencies:goal", pk)
