"""Pressing the same button twice: no conflict, and nothing to be frightened by."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .errors import AlreadyDone, NotFound
from .models import Offer, Seal
from .sealing import SignedRecord

View = Callable[..., HttpResponse]


def check_not_given_back_by(user: Any, record: SignedRecord) -> None:
    """Raises AlreadyDone for whoever has just taken it back, or asked for a change."""
    if record.is_offered or record.is_sealed:
        return
    newest = Offer.objects.of(record).select_related("closed").first()
    closed = getattr(newest, "closed", None)
    if closed is not None and closed.by_id == user.pk:
        raise AlreadyDone(_("You have done that already. The record went back to be changed."))


def check_not_closed_by(user: Any, record: SignedRecord) -> None:
    """Raises AlreadyDone for whoever has sealed it with the signatures given."""
    if record.is_sealed and Seal.objects.filter(record_id=record.pk, how=Seal.How.CLOSED, by=user).exists():
        raise AlreadyDone(_("You have closed this already."))


def second_press_shows(where: str | Callable[[uuid.UUID], str]) -> Callable[[View], View]:
    """Whoever has done already what the view does is led to the thing itself, and told so.

    `where` is the name of the page that shows it, by the same id, or what makes its address from the id.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, pk: uuid.UUID, **given: Any) -> HttpResponse:
            try:
                return view(request, pk, **given)
            except AlreadyDone as done:
                messages.info(request, done.message)
                shown = redirect(where, pk) if isinstance(where, str) else redirect(where(pk))
                shown.was_taken = False  # type: ignore[attr-defined]  # what was typed this time is nowhere else
                return shown

        return wrapped

    return decorate


# What goes for good ---------------------------------------------------------------------------------------------------

GONE, _SALT = "gone", "records.gone"


def gone_mark(user: Any, pk: uuid.UUID, then: str) -> str:
    """What the page that asks before something goes for good carries: that this person had it, and where they are led.

    Once it is gone nothing is left that would know, and for everybody else it must not be told from what never was there.
    """
    return signing.dumps([str(user.pk), str(pk), then], salt=_SALT)


def second_press_is_gone(view: View) -> View:
    """Whoever was asked, and has removed it by now, is told that it is gone. For everybody else it is not there."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, pk: uuid.UUID, **given: Any) -> HttpResponse:
        try:
            return view(request, pk, **given)
        except NotFound:
            then = _gone_to(request, pk)
            if then is None:
                raise
            messages.info(request, _("It is gone."))
            return redirect(then)

    return wrapped


def _gone_to(request: HttpRequest, pk: uuid.UUID) -> str | None:
    try:
        person, thing, then = signing.loads(request.POST.get(GONE, ""), salt=_SALT)
    except signing.BadSignature:
        return None
    return then if (person, thing) == (str(request.user.pk), str(pk)) else None
