"""Addenda to the record of an observation."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records.again import second_press_shows
from supervision.records.errors import NotFound

from ...views import adding
from .. import operations, policy
from ..models import Observation, ObservationAddendum
from .common import METHODS, address, observation_for

KIND = adding.Kind(
    page="sessions:observation_addendum",
    shown_on=ObservationAddendum.shown_on,
    add=operations.add_addendum,
    answer=operations.answer_addendum,
    close=operations.close_addendum,
)


def addendum_for(user: User, pk: uuid.UUID) -> ObservationAddendum:
    """One that this person may read. Raises NotFound: nobody else learns that something was added."""
    found = (
        ObservationAddendum.objects.filter(pk=pk, observation__in=Observation.objects.visible_to(user))
        .select_related(
            "observation__arrangement",
            "observation__supervisor",
            "observation__worker",
            "open_offer",
            "author",
        )
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _record_url(addendum: uuid.UUID) -> str:
    observation = ObservationAddendum.objects.values_list("observation_id", flat=True).get(pk=addendum)
    return address("observation", observation)


@require_http_methods(METHODS)
def add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write an addendum, sign it and offer it to the other."""
    user = reader(request)
    found = observation_for(user, pk)
    policy.check_can_add_addendum(user, found)
    return adding.add(request, found, KIND, names=[found.other(user).called])


@require_http_methods(METHODS)
@second_press_shows(_record_url)
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read an addendum; sign it, or say why not."""
    user = reader(request)
    addendum = addendum_for(user, pk)
    policy.check_can_answer_addendum(user, addendum)
    return adding.sign(request, addendum, KIND, names=[addendum.observation.other(user).called])


@require_http_methods(METHODS)
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
