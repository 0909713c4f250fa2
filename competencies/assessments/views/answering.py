"""Signing a formal assessment, and the other answers to it."""

from __future__ import annotations

import uuid
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.forms import posted
from supervision.people.requests import reader
from supervision.records.again import second_press_shows
from supervision.records.answering import declining, signing
from supervision.records.forms import ReasonForm
from supervision.records.reasons import closing, with_reason

from .. import content, operations, policy
from .common import METHODS, address, assessment_of, back_to, sees
from .reading import reading_page

SHOWS = "competencies:assessment"


@require_http_methods(METHODS)
@second_press_shows(SHOWS)
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign it, with words of one's own if one likes."""
    user = reader(request)
    found = assessment_of(user, pk)
    if not found.open_offer_id:
        policy.check_is_offered(found)
    return signing(
        request,
        found,
        operations.sign,
        show=partial(reading_page, request, found),
        check=partial(policy.check_can_sign, user, found),
        intent=content.PERSON_INTENT,
        about=f"competencies.assessment_sign:{pk}",
        url=address("assessment", pk),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWS)
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do not sign it, saying why."""
    user = reader(request)
    found = assessment_of(user, pk)
    policy.check_can_decline(user, found)
    return declining(
        request,
        found,
        operations.decline,
        about=f"competencies.assessment_decline:{pk}",
        who_sees=sees(found, user).who,
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWS)
def ask_for_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what should be different; it goes back to whoever wrote it up."""
    user = reader(request)
    found = assessment_of(user, pk)
    policy.check_can_ask_for_change(user, found)
    name = {"name": found.other.called if found.other else ""}
    form = ReasonForm(
        posted(request),
        label=_("What would you like changed?"),
        required=_("Say what you would like changed"),
    )
    return with_reason(
        request,
        found,
        form,
        operations.ask_for_change,
        done=_("%(name)s has it back, with what you said.") % name,
        title=_("Ask for a change"),
        text=_("It goes back to %(name)s. You read it again before you sign.") % name,
        verb=_("Send it back to %(name)s") % name,
        who_sees=sees(found, user).who,
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWS)
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it back to change it."""
    user = reader(request)
    found = assessment_of(user, pk)
    policy.check_can_take_back(user, found)
    form = ReasonForm(posted(request), label=_("What you want to change"))
    return with_reason(
        request,
        found,
        form,
        operations.take_back,
        done=_("You have it back. Only you can see it until you send it."),
        title=_("Take it back"),
        text=_("You can change it. Your signature no longer counts, and %(name)s is told.")
        % {"name": found.person.called},
        verb=_("Take it back"),
        who_sees=sees(found, user).who,
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows(SHOWS)
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal with the signatures given."""
    user = reader(request)
    found = assessment_of(user, pk)
    policy.check_can_close(user, found)
    return closing(
        request,
        found,
        operations.close,
        about=f"competencies.assessment_close:{pk}",
        text=_(
            "The record is sealed as it is. Whoever has not answered is named as not having answered, never as having "
            "signed. After this nothing in it changes."
        ),
        who_sees=sees(found, user).who,
        **back_to(found),
    )
