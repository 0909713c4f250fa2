"""Lists of observations: one's own, and the log of a manager."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.keyset import page_of
from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Management, Participation, User
from supervision.people.requests import reader
from supervision.records import audit
from supervision.records.errors import Denied
from supervision.records.policy import explain

from ...views.find import TAKING_PART
from ...views.lists import asked
from .. import finding, policy
from ..models import Observation
from ..rows import rows_of


@require_safe
def observations(request: HttpRequest) -> HttpResponse:
    """One's own, newest first, and with whom one can agree on another; or those that were looked for among the sessions."""
    user, form = reader(request), asked(request)
    chosen = form.cleaned_data if form.is_valid() else {}
    page, found = finding.page_of_own(user, request.GET, chosen)
    if found:
        audit.opened(user, page.items, why="party", action="listed")
    context = {
        "page": page,
        "rows": rows_of(page.items, user, found),
        "is_filtered": any(chosen.values()),
        "propose": _to_propose(user),
        "manages": Management.objects.current().filter(person=user).exists(),
    }
    return render(request, "sessions/observations/list.html", context)


def _to_propose(user: User) -> list[dict[str, str]]:
    """Everybody with whom this person can agree on an observation now."""
    found = []
    for one in _running(user):
        for row in one.participations.all():
            if explain(policy.check_can_propose, user, one, row.person):
                url = reverse("sessions:observation_propose", args=[one.pk, row.person_id])
                found.append({"name": row.person.name, "url": url})
    return sorted(found, key=lambda row: row["name"])


@prepared
def _running(user: User) -> QuerySet[Arrangement]:
    """The arrangements in which they take part, without those among equals."""
    mine = Participation.objects.current().filter(person=user).values("arrangement")
    rows = Arrangement.objects.filter(pk__in=mine).current().prefetch_related(TAKING_PART)
    return rows.exclude(structure=Arrangement.Structure.CO_REFLECTION)


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
