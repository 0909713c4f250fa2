"""For administrators: whether somebody who has left has their link, and sending it again. Nothing of what is theirs."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records.errors import WrongState

from .. import leaving, operations, policy
from ..models import LINK_DAYS, LeavingLink


@require_http_methods(["GET", "HEAD", "POST"])
def leaver(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Of a closed account that was theirs once; of every other there is no such page."""
    user = reader(request)
    person = get_object_or_404(User, pk=person_id)
    policy.check_sees_leaver(user, person)
    if request.method == "POST":
        try:
            operations.send_link(person, by=user)
        except WrongState as refusal:
            messages.info(request, refusal.message)
        else:
            messages.success(request, _("A new link is on its way. The one before works no more."))
        return redirect("portfolio:leaver", person_id)
    link = LeavingLink.objects.filter(person=person, stopped_at__isnull=True).first()
    context = {
        "person": person,
        "link": link,
        "is_open": link is not None and link.is_open,
        "days": LINK_DAYS,
        "needs_account": leaving.has_passkeys_alone(person),
    }
    return render(request, "portfolio/leaver.html", context)
