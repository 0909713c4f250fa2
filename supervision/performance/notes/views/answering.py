"""Signing a record about somebody's work, and the other answers to it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.forms import posted
from supervision.pages.responses import conflict
from supervision.people.requests import reader
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, Stale
from supervision.records.forms import DeclineForm, ReasonForm, SignForm
from supervision.records.reasons import closing, confirm, with_reason
from supervision.records.typed import forget, kept, sign_in_again, signature

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
    if request.method != "POST":
        back = kept(request, about)
        form = SignForm(back, intent=content.WORKER_INTENT) if back is not None else None
        if form is not None:
            form.unchecked()
        return reading_page(request, found, form)
    policy.check_can_sign(user, found)
    form = SignForm(request.POST, intent=content.WORKER_INTENT)
    if not form.is_valid():
        return reading_page(request, found, form, status=422)
    if (again := sign_in_again(request, about, request.path)) is not None:
        return again
    data = form.cleaned_data
    try:
        operations.sign(
            found,
            by=user,
            evidence=signature(request, data["typed_name"]),
            seen=data["seen"],
            statement=data["statement"],
        )
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=address("note", pk), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return reading_page(request, found, form, status=422)
    forget(request, about)
    messages.success(request, _("Signed."))
    return redirect("performance:note", pk)


@require_http_methods(METHODS)
@second_press_shows("performance:note")
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do not sign the record, saying why."""
    user = reader(request)
    found = note_for(user, pk)
    policy.check_can_decline(user, found)
    about = f"performance.note_decline:{pk}"
    back = kept(request, about) if request.method != "POST" else None
    digest = found.open_offer.digest if found.open_offer else ""
    form = DeclineForm(request.POST if request.method == "POST" else back, initial={"seen": digest})
    if back is not None:
        form.unchecked()
    if request.method == "POST" and form.is_valid():
        if (again := sign_in_again(request, about, request.path)) is not None:
            return again
        data = form.cleaned_data
        try:
            operations.decline(
                found,
                by=user,
                evidence=signature(request, data["typed_name"]),
                seen=data["seen"],
                reason=data["reason"],
            )
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=address("note", pk), forms=[form])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            forget(request, about)
            messages.success(request, _("Your answer is kept beside the record."))
            return redirect("performance:note", pk)
    return confirm(
        request,
        form,
        title=_("Do not sign this record"),
        text=_("A record that somebody declines is still a record: it is kept, with your reason beside it."),
        verb=_("Do not sign, and keep my reason"),
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
