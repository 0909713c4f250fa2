"""What one takes up together with others, and what was taken up with oneself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.keyset import page_of
from supervision.people.models import Arrangement, Participation, User
from supervision.people.requests import reader
from supervision.records.policy import explain

from ...views.find import TAKING_PART
from .. import policy
from ..models import Matter, MatterReply
from .common import address

State = Matter.State
KINDS = {
    MatterReply.Kind.LOOKING: "info",
    MatterReply.Kind.WILL: "info",
    MatterReply.Kind.DONE: "done",
    MatterReply.Kind.NOT: "",
}


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """Newest first; no words of them, so nothing is opened yet."""
    user = reader(request)
    rows = (
        Matter.objects.visible_to(user)
        .with_reply()
        .select_related("begun_by", "partner", "manager")
        .defer("text", "wish", "reason")
    )
    page = page_of(rows, request.GET, date_field="proposed_at")
    context = {
        "page": page,
        "rows": [_row(one, user) for one in page.items],
        "begin": _to_begin(user),
    }
    return render(request, "sessions/matters/list.html", context)


def _row(one: Any, user: User) -> dict[str, Any]:
    between = one.is_between(user)
    tag, kind = _tag(one, user)
    return {
        "matter": one,
        "people": [one.other(user).name] if between else [one.begun_by.name, one.partner.name],
        "to": one.manager.name if between else _("You"),
        "at": one.answered_at if one.is_sent else one.proposed_at,
        "tag": tag,
        "kind": kind,
        "url": address(one),
    }


def _tag(one: Any, user: User) -> tuple[str, str]:
    if one.state == State.PROPOSED:
        return (_("With the other"), "") if one.proposed_by_id == user.pk else (_("Your answer"), "wait")
    if one.state != State.SENT:
        return str(one.get_state_display()), ""
    if one.last_reply is None:
        return (_("Your answer"), "wait") if one.manager_id == user.pk else (_("Sent"), "")
    said = MatterReply.Kind(one.last_reply)
    return str(said.label), KINDS[said]


def _to_begin(user: User) -> list[dict[str, str]]:
    """Everybody with whom this person can take something up now."""
    mine = Participation.objects.current().filter(person=user).values("arrangement")
    found = []
    for one in Arrangement.objects.filter(pk__in=mine).current().prefetch_related(TAKING_PART):
        for person in {row.person for row in one.participations.all()}:
            if explain(policy.check_can_take_up, user, one, person):
                url = reverse("sessions:matter_propose", args=[one.pk, person.pk])
                found.append({"name": person.name, "url": url})
    return sorted(found, key=lambda row: (row["name"], row["url"]))
