"""Signing a record about somebody's work, and the other answers to it."""

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
from .common import METHODS, address, back_to, note_for, who_reads
from .reading import reading_page


@require_http_methods(METHODS)
@second_press_shows("performance:note")
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign the record, with an answer of one's own if one likes."""
    user = reader(request)
    found = note_for(user, pk)
    about = f"performance.note_sign:{pk}"
    if not found.open_offer_id:
        policy.check_is_offered(found)
    return signing(
        request,
        found,
        operations.sign,
        show=partial(reading_page, request, found),
        check=partial(policy.check_can_sign, user, found),
        intent=content.WORKER_INTENT,
        about=about,
        url=address("note", pk),
    )


@require_http_methods(METHODS)
@second_press_shows("performance:note")
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do not sign the record, saying why."""
    user = reader(request)
    found = note_for(user, pk)
    policy.check_can_decline(user, found)
    return declining(
        request,
        found,
        operations.decline,
        about=f"performance.note_decline:{pk}",
        who_sees=who_reads(found, user)["who"],
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("performance:note")
def ask_for_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what should be different; it goes back to its author."""
    user = reader(request)
    found = note_for(user, pk)
    policy.check_can_ask_for_change(user, found)
    name = {"name": found.author.called}
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
        text=_("The record goes back to %(name)s. You read it again before you sign.") % name,
        verb=_("Send it back to %(name)s") % name,
        who_sees=who_reads(found, user)["who"],
        **back_to(found),
    )


@require_http_methods(METHODS)
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the record back to change it."""
    user = reader(request)
    found = note_for(user, pk)
    policy.check_can_take_back(user, found)
    form = ReasonForm(posted(request), label=_("What you want to change"))
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
        who_sees=who_reads(found, user)["who"],
        **back_to(found),
    )


@require_http_methods(METHODS)
@second_press_shows("performance:note")
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal with the signatures given."""
    user = reader(request)
    found = note_for(user, pk)
    policy.check_can_close(user, found)
    return closing(
        request,
        found,
        operations.close,
        about=f"performance.note_close:{pk}",
        text=_(
            "The record is sealed as it is. Whoever has not answered is named as not having answered, never as having "
            "signed. After this nothing in it changes."
        ),
        who_sees=who_reads(found, user)["who"],
        **back_to(found),
    )
