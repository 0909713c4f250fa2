"""How a form of this app answers when an operation refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from supervision.pages.forms import all_valid
from supervision.pages.responses import conflict
from supervision.records.errors import Invalid, Stale


def attempt(
    request: HttpRequest,
    form: Any,
    save: Callable[[], HttpResponse],
    *,
    here: str,
    others: tuple[Any, ...] = (),
) -> HttpResponse | None:
    """What a form that was sent leads to: the answer of `save`, or the page of a conflict. None when nothing was sent,
    or when the form now says what to fix. `here` leads to the version of now; `others` are rows or forms sent with it.
    """
    if request.method != "POST" or not all_valid(form, *others):
        return None
    try:
        return save()
    except Invalid as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal.message)
    except Stale:
        what = _("Somebody changed this while you were writing.")
        return conflict(request, what=what, url=here, forms=[form, *others])
    return None
