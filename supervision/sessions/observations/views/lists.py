"""Lists of observations: one's own, and the log of a manager."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.keyset import page_of
from supervision.people.models import Arrangement, Management, Participation, User
from supervision.people.requests import reader
from supervision.records.errors import Denied
from supervision.records.policy import explain

from ...views.find import TAKING_PART
from .. import policy
from ..models import Observation
from .common import State, address


@require_safe
def observations(request: HttpRequest) -> HttpResponse:
    """One's own, newest first, and with whom one can agree on another."""
    user = reader(request)
    rows = Observation.objects.visible_to(user).select_related("supervisor", "worker", "open_offer")
    rows = rows.defer("open_offer__content", "setting", "look_for", "reason", "strengths", "growth")
    page = page_of(rows.prefetch_related("open_offer__answers"), request.GET, date_field="day")
    context = {
        "page": page,
        "rows": [_row(one, user) for one in page.items],
        "propose": _to_propose(user),
        "manages": Management.objects.current().filter(person=user).exists(),
    }
    return render(request, "sessions/observations/list.html", context)


def _row(one: Observation, user: User) -> dict[str, Any]:
    tag, kind = _tag(one, user)
    known = one.held_on if one.state == State.HELD and not one.is_draft else None
    return {
        "observation": one,
        "day": known or one.day,
        "other": one.other(user).name,
        "tag": tag,
        "kind": kind,
        "url": address("observation", one.pk),
    }


def _tag(one: Observation, user: User) -> tuple[str, str]:
    if one.state == State.PROPOSED:
        return (_("With the other"), "") if one.proposed_by_id == user.pk else (_("Your answer"), "wait")
    if one.state != State.HELD:
        return str(one.get_state_display()), "info" if one.state == State.AGREED else ""
    if one.is_sealed:
        return _("Signed and sealed"), "done"
    if one.is_draft:
        return (_("Draft"), "") if one.supervisor_id == user.pk else (_("Being written up"), "")
    answered = one.open_offer is not None and any(
        answer.person_id == user.pk for answer in one.open_offer.answers.all()
    )
    return (_("With the other"), "") if answered else (_("Your signature"), "wait")


def _to_propose(user: User) -> list[dict[str, str]]:
    """Everybody with whom this person can agree on an observation now."""
    mine = Participation.objects.current().filter(person=user).values("arrangement")
    rows = Arrangement.objects.filter(pk__in=mine).current().prefetch_related(TAKING_PART)
    found = []
    for one in rows.exclude(structure=Arrangement.Structure.CO_REFLECTION):
        for row in one.participations.all():
            if explain(policy.check_can_propose, user, one, row.person):
                url = reverse("sessions:observation_propose", args=[one.pk, row.person_id])
                found.append({"name": row.person.name, "url": url})
    return sorted(found, key=lambda row: row["name"])


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """For managers: that observations took place in their programs, when and of whom. Never a word of them."""
    user = reader(request)
    if not Management.objects.current().filter(person=user).exists():
        raise Denied(_("This log is for the managers of a program. Your own observations are in your list."))
    rows = Observation.objects.facts_visible_to(user).select_related(
        "supervisor", "worker", "arrangement__program"
    )
    page = page_of(
        rows.only(
            "held_on", "sealed_at", "kind", "supervisor__name", "worker__name", "arrangement__program__name"
        ),
        request.GET,
        date_field="held_on",
    )
    return render(request, "sessions/observations/log.html", {"page": page})
