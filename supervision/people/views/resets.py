"""Links for a new password, and changes of address, that wait: what administrators see of them, agree to and stop."""

from __future__ import annotations

import datetime
import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.records.policy import explain

from .. import operations, policy
from ..models import EmailChange, PasswordReset
from ..requests import PersonRequest
from .accounts import get_or_post, person_or_404

RECENT = datetime.timedelta(days=30)
MANY = 50


@require_safe
def waiting(request: PersonRequest) -> HttpResponse:
    """Everything that waits because somebody's way in would change by it, and what was stopped lately."""
    policy.check_can_administer(request.user)
    resets = PasswordReset.objects.visible_to(request.user).select_related("person", "asked_by", "stopped_by")
    stopped_since = timezone.now() - RECENT
    rows = list(resets.waiting().order_by("takes_effect_at")[:MANY])
    second = policy.second_for(request.user, [reset.person_id for reset in rows])
    for reset in rows:
        reset.may_agree = explain(policy.check_can_agree_to_reset, request.user, reset, second=second)
    context = {
        "resets": rows,
        "stopped": resets.filter(stopped_at__gt=stopped_since).order_by("-stopped_at")[:MANY],
        "changes": EmailChange.objects.visible_to(request.user)
        .waiting()
        .select_related("person", "asked_by")
        .order_by("takes_effect_at")[:MANY],
    }
    return render(request, "people/waiting.html", context)


def _reset(request: PersonRequest, pk: uuid.UUID, reset_pk: uuid.UUID) -> PasswordReset:
    """A link of this person. Managers see their page, and no link; for everybody else there is no such page."""
    person = person_or_404(request, pk)
    policy.check_can_administer(request.user)
    resets = PasswordReset.objects.visible_to(request.user).select_related("person", "asked_by")
    return get_object_or_404(resets, pk=reset_pk, person=person)


@get_or_post
def agree(request: PersonRequest, pk: uuid.UUID, reset_pk: uuid.UUID) -> HttpResponse:
    """A second administrator agrees that the link is sent now."""
    reset = _reset(request, pk, reset_pk)
    here = reverse("people:detail", args=[pk])
    if request.method == "POST":
        operations.agree_to_reset(reset, by=request.user)
        messages.success(request, _("Agreed. The link goes to %(email)s.") % {"email": reset.person.email})
        return redirect(here)
    policy.check_can_agree_to_reset(request.user, reset)
    if not reset.is_waiting:
        messages.info(request, _("This link does not wait any more."))
        return redirect(here)
    return render(request, "people/reset_agree.html", {"reset": reset, "person": reset.person})


@get_or_post
def keep(request: PersonRequest, pk: uuid.UUID, reset_pk: uuid.UUID) -> HttpResponse:
    """An administrator stops a link that waits, or that was not used yet."""
    reset = _reset(request, pk, reset_pk)
    here = reverse("people:detail", args=[pk])
    if request.method == "POST":
        if operations.stop_reset(reset, by=request.user):
            messages.success(request, _("Stopped. %(name)s is told.") % {"name": reset.person.called})
        else:
            messages.info(request, _("There is nothing to stop any more."))
        return redirect(here)
    context = {
        "title": _("Stop the link for %(name)s") % {"name": reset.person.name},
        "text": _(
            "No link is sent, and one that was sent works no more. Their password stays as it is. They are told."
        ),
        "verb": _("Stop it"),
        "cancel_url": here,
        "cancel_label": _("Back"),
    }
    return render(request, "confirm_page.html", context)
