"""Addenda to the record of a session."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from supervision.people.requests import reader
from supervision.records.again import second_press_shows

from .. import operations, policy
from ..models import Addendum
from . import adding
from .find import addendum_for, session_for
from .planning import attending

KIND = adding.Kind(
    page="sessions:addendum",
    shown_on=Addendum.shown_on,
    add=operations.add_addendum,
    answer=operations.answer_addendum,
    close=operations.close_addendum,
)


def _record_url(addendum: uuid.UUID) -> str:
    session = Addendum.objects.values_list("session_id", flat=True).get(pk=addendum)
    return reverse(Addendum.shown_on, args=[session])


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write an addendum, sign it and offer it to the others."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_add_addendum(user, session)
    return adding.add(request, session, KIND, names=attending(session, user))


@require_http_methods(["GET", "HEAD", "POST"])
@second_press_shows(_record_url)
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read an addendum; sign it, or say why not."""
    user = reader(request)
    addendum = addendum_for(user, pk)
    policy.check_can_answer_addendum(user, addendum)
    return adding.sign(request, addendum, KIND, names=attending(addendum.session, user))


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal an addendum with the signatures given."""
    user = reader(request)
    addendum = addendum_for(user, pk)
    policy.check_can_close_addendum(user, addendum)
    return adding.close(request, addendum, KIND)


@require_safe
def pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The sealed PDF of an addendum."""
    return adding.pdf(request, addendum_for(reader(request), pk))
