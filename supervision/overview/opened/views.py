"""The page of the log: one's own, and nobody else's."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from supervision.pages.forms import DateField, PlainForm, render_form
from supervision.people.models import Agency

from . import log

MOST_YEARS = 12


class PeriodForm(PlainForm):
    """From which day to which. Both may be left open."""

    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            raise forms.ValidationError(_("The last day comes before the first. Check both dates."))
        return data


@require_safe
def opened(request: HttpRequest) -> HttpResponse:
    """Who has opened what about this person, in a period or at all."""
    user: Any = request.user
    form = PeriodForm(request.GET) if {"since", "until"} & request.GET.keys() else PeriodForm()
    invalid = form.is_bound and not form.is_valid()
    given = form.cleaned_data if form.is_bound and not invalid else {}
    first, last = given.get("since"), given.get("until")
    context = {
        "filter": form,
        "log": log.of(user, request.GET, first=first, last=last),
        "years": _years(),
        "first": first,
        "last": last,
    }
    return render_form(request, "overview/opened.html", context, invalid=invalid)


def _years() -> list[dict[str, Any]]:
    """The years for which there may be something, this one first."""
    began = Agency.objects.values_list("made_at", flat=True).first()
    this = timezone.localdate().year
    oldest = max(timezone.localdate(began).year if began else this, this - MOST_YEARS)
    return [
        {"year": year, "since": datetime.date(year, 1, 1), "until": datetime.date(year, 12, 31)}
        for year in range(this, oldest - 1, -1)
    ]
