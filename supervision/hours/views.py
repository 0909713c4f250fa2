"""One person’s supervision against what is asked for, and hours toward a credential. Log facts only."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from supervision.pages.forms import render_form
from supervision.pages.prepared import prepared
from supervision.people.models import User
from supervision.people.requests import person_for, reader
from supervision.records.policy import explain

from . import measuring, policy, shown
from .facts import places_seen
from .forms import PeriodForm, this_quarter
from .letters import policy as letter_policy
from .letters.models import HoursLetter

LETTERS = 24


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The page of whoever is signed in."""
    return redirect("hours:person", reader(request).pk)


@require_safe
def person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What each set asks of somebody in a period, met or short and why, and what counts toward it."""
    user = reader(request)
    found = person_for(user, pk)
    given = request.GET if "first" in request.GET else None
    form = PeriodForm(given, initial=this_quarter())
    invalid = form.is_bound and not form.is_valid()
    wanted: dict[str, Any] = form.cleaned_data if form.is_bound and not invalid else this_quarter()
    as_of: datetime.date = wanted.get("known") or timezone.localdate()
    places = places_seen(user, found, wanted["last"])
    if not places:  # each of them is one that the reader may see
        policy.check_can_see(user, found)
    measured = None if invalid else measuring.measure(places, wanted["first"], wanted["last"], as_of)
    page = shown.page_of(measured[found.pk]) if measured else None
    context = {
        "letters": _letters(user, found),
        "may_sign": page and page.has_total and explain(letter_policy.check_can_sign, user, found),
        "letter_until": min(wanted["last"], timezone.localdate()),
        "person": found,
        "own": user.pk == found.pk,
        "filter": form,
        "page": page,
        "as_of": as_of,
        "wanted": wanted,
        "key": uuid.uuid4(),
    }
    return render_form(request, "hours/person.html", context, invalid=invalid)


@prepared
def _letters(user: User, found: User) -> QuerySet[HoursLetter]:
    """The newest of this person that the reader may see."""
    rows = HoursLetter.objects.visible_to(user).filter(worker=found).select_related("of", "supervisor")
    return rows.only("first_day", "last_day", "as_of", "of__title", "supervisor__name")[:LETTERS]
