"""Signing the record of an observation, and the other answers to it."""

from __future__ import annotations

import uuid
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.forms import posted
from supervision.people.requests import limits_first, reader
from supervision.records.again import second_press_shows
from supervision.records.answering import declining, signing
from supervision.records.forms import ReasonForm
from supervision.records.reasons import closing, with_reason

from .. import content, operations, policy
from .common import METHODS, address, back_to, observation_for
from .reading import reading_page


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign the record."""
    user = reader(request)
    found = observation_for(user, pk)
    about = f"sessions.observation_sign:{pk}"
    if not found.open_offer_id:
        policy.check_is_offered(found)
    if (elsewhere := limits_first(request, about)) is not None:
        return elsewhere
    return signing(
        request,
        found,
        operations.sign,
        show=partial(reading_page, request, found),
        check=partial(policy.check_can_sign, user, found),
        intent=content.INTENT,
        about=about,
        url=address("observation", pk),
    )


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do not sign the record, saying why."""
    user = reader(request)
    found = observation_for(user, pk)
    policy.check_can_decline(user, found)
    return declining(
        request,
        found,
        operations.decline,
        about=f"sessions.observation_decline:{pk}",
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def ask_for_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what should be different; it goes back to the supervisor."""
    user = reader(request)
    found = observation_for(user, pk)
    policy.check_can_ask_for_change(user, found)
    name = {"name": found.supervisor.called}
    form = ReasonForm(
        posted(request),
        label=_("What would you like changed?"),
        hint=_("Only the two of you read this."),
        required=_("Say what you would like changed"),
    )
    return with_reason(
        request,
        found,
        form,
        operations.ask_for_change,
        done=_("%(name)s has it back, with what you said.") % name,
        title=_("Ask for a change"),
        text=_("The record goes back to %(name)s. You read it again before you sign.") % name,
        verb=_("Send it back to %(name)s") % name,
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("sessions:observation")
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the record back to change it."""
    user = reader(request)
    found = observation_for(user, pk)
    policy.check_can_take_back(user, found)
    form = ReasonForm(
        posted(request), label=_("What you want to change"), hint=_("Only the two of you read this.")
    )
    return with_reason(
        request,
        found,
        form,
        operations.take_back,
        done=_("It is a draft again. Only you can see it until you send it."),
        title=_("Take the record back"),
        text=_("It becomes a draft again. Your signature no longer counts, and %(name)s is told.")
        % {"name": found.worker.called},
        verb=_("Take it back"),
        **back_to(found),
    )


@require_http_methods(METHODS)
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal with the signatures given."""
    user = reader(request)
    found = observation_for(user, pk)
    policy.check_can_close(user, found)
    return closing(
        request,
        found,
        operations.close,
        about=f"sessions.observation_close:{pk}",
        text=_(
            "The record is sealed as it is. Whoever has not answered is named as not having answered, never as having "
            "signed. After this nothing in it changes."
        ),
        **back_to(found),
    )
