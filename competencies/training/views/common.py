"""What the views of the training log share: finding one's own, and a form that keeps what is typed into it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from supervision.pages.responses import conflict
from supervision.people.models import Credential, User
from supervision.people.requests import reader
from supervision.records import ids
from supervision.records.errors import AlreadyDone, Invalid, Stale
from supervision.records.typed import begun, forget, kept_or_left, merged

from .. import policy
from ..models import TrainingEntry

METHODS = ["GET", "HEAD", "POST"]


def own_entry(user: User, pk: uuid.UUID) -> TrainingEntry:
    """One of this person's own. Raises NotFound; Denied for a manager, who knows that it is there."""
    found = TrainingEntry.objects.select_related("owner").filter(pk=pk).first()
    if found is None:
        raise policy.no_such_entry()
    policy.check_is_owner(user, found)
    return found


def own_credential(user: User, pk: uuid.UUID) -> Credential:
    """One that this person holds. Raises NotFound; Denied for a manager, who knows of it."""
    found = Credential.objects.select_related("person", "renews", "renewed_as").filter(pk=pk).first()
    if found is None:
        raise policy.no_such_credential()
    policy.check_is_holder(user, found)
    return found


@dataclass(frozen=True)
class Sheet:
    """A form of one's own. `make` gives it as it is saved now, or filled with what was sent; `save` puts it in place."""

    about: str  # under which name what is typed is kept
    make: Callable[[QueryDict | None], Any]
    save: Callable[[Any], Any]
    url_of: Callable[[uuid.UUID], str]
    template: str
    is_new: bool
    done: str
    context: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "credential"  # what its key makes, see operations/ids.py


def written(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Show the form with what was typed and not saved, or take it. Nothing that is typed is lost, whatever comes between."""
    if request.method != "POST":
        form, kept_at = begun(request, sheet.about, sheet.make)
        return _page(request, sheet, form, kept_at=kept_at)
    if (answer := kept_or_left(request, sheet.about)) is not None:
        return answer
    form = sheet.make(request.POST)
    if not form.is_valid():
        return _page(request, sheet, form, status=422)
    try:
        stored = sheet.save(form)
    except AlreadyDone as done:
        forget(request, sheet.about)
        messages.info(request, done.message)
        return redirect(sheet.url_of(_made_by(request, sheet, form)))
    except Stale as refusal:
        return _both(request, sheet, form, refusal)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, sheet, form, status=422)
    forget(request, sheet.about)
    messages.success(request, sheet.done)
    return redirect(sheet.url_of(stored.pk))


def key_in(form: Any) -> uuid.UUID:
    """What the form makes is named by this. A forged one counts as none."""
    return form.cleaned_data["key"] or uuid.uuid4()


def _made_by(request: HttpRequest, sheet: Sheet, form: Any) -> uuid.UUID:
    return ids.made_by(reader(request), form.cleaned_data["key"], sheet.kind)


def _both(request: HttpRequest, sheet: Sheet, form: Any, refusal: Stale) -> HttpResponse:
    """409: saved from another window meanwhile. Both texts; what is kept already is changed by sending the form again."""
    if sheet.is_new:
        url = sheet.url_of(_made_by(request, sheet, form))
        return conflict(request, what=refusal.message, url=url, forms=[form])
    anew, saved = merged(request, sheet.make(request.POST), sheet.make, about=sheet.about)
    return _page(request, sheet, anew, status=409, stale=refusal.message, saved=saved)


def _page(
    request: HttpRequest,
    sheet: Sheet,
    form: Any,
    *,
    status: int = 200,
    kept_at: datetime.datetime | None = None,
    stale: str = "",
    saved: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    context = {
        **sheet.context,
        "form": form,
        "address": request.get_full_path(),
        "page": uuid.uuid4().hex,
        "kept_at": kept_at,
        "kept_note": _("It was kept for you alone and is not saved yet."),
        "stale": stale,
        "saved": saved or [],
        "invalid": status == 422,
    }
    return render(request, sheet.template, context, status=status)
