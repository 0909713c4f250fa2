"""The page of the log: one's own, and nobody else's."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.forms import render_form
from supervision.pages.prepared import prepared
from supervision.people.models import Agency
from supervision.records.errors import NotFound

from .forms import LogFilter
from .log import Book
from .reasons import WHAT_IT_IS_ABOUT

MOST_YEARS = 12


@require_safe
def opened(request: HttpRequest) -> HttpResponse:
    """Who has opened what about this person: at all, in a period, of a kind, by somebody, or of one record (`?record=<id>`).

    A record that is not theirs, that they were not told of or that never was is answered alike: 404.
    """
    user: Any = request.user
    book = Book(user)
    record = _record(request)
    named = book.named(record) if record else None
    if record and named is None:
        raise NotFound(_("There is no such record of yours."))
    bound = request.GET if LogFilter.base_fields.keys() & request.GET.keys() else None
    form = LogFilter(bound, book=book, record=record)
    invalid = form.is_bound and not form.is_valid()
    asked = form.asked(record)
    context = {
        "filter": form,
        "asked": asked,
        "is_filtered": form.is_bound,
        "record": named,
        "log": book.page(request.GET, asked),
        "years": _years(request.GET),
        "what_it_is_about": WHAT_IT_IS_ABOUT,
    }
    return render_form(request, "overview/opened.html", context, invalid=invalid)


def _record(request: HttpRequest) -> uuid.UUID | None:
    """The one record that is asked about, if any. Raises NotFound for what is no id."""
    said = request.GET.get("record", "")
    try:
        return uuid.UUID(said) if said else None
    except ValueError as error:
        raise NotFound(_("There is no such record of yours.")) from error


def _years(params: QueryDict) -> list[dict[str, Any]]:
    """The years for which there may be something, this one first, each with the address of the same page for it."""
    began = next(iter(_made_at()), None)
    this = timezone.localdate().year
    oldest = max(timezone.localdate(began).year if began else this, this - MOST_YEARS)
    return [{"year": year, "query": _query(params, year)} for year in range(this, oldest - 1, -1)]


@prepared
def _made_at() -> QuerySet[Agency, datetime.datetime]:
    return Agency.objects.values_list("made_at", flat=True)[:1]


def _query(params: QueryDict, year: int) -> str:
    kept = QueryDict(mutable=True)
    kept.update({name: str(params[name]) for name in ("kind", "by", "record") if params.get(name)})
    kept["since"], kept["until"] = f"{datetime.date(year, 1, 1)}", f"{datetime.date(year, 12, 31)}"
    return kept.urlencode()
