"""Sending, signing, declining, asking for a change, taking back, closing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages import words
from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.pages.sight import line
from supervision.people.requests import limits_first, reader
from supervision.records import audit
from supervision.records.again import second_press_shows
from supervision.records.errors import Denied, Invalid, Stale
from supervision.records.forms import ReasonForm
from supervision.records.reasons import closing, with_reason
from supervision.records.typed import forget, kept, sign_in_again, signature

from .. import content, operations, papers, policy
from ..forms import DeclineForm, SignForm
from ..models import Session
from . import guiding
from .find import session_for
from .planning import attending
from .reading import attendance_facts, reading_page, sign_form


def _url(name: str, session: Session) -> str:
    return reverse(f"sessions:{name}", args=[session.pk])


# Sending ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Look at the saved record as the others will see it, and send it."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_send(user, session)
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            operations.send(
                session, by=user, version=int(version) if version.isdecimal() and len(version) < 10 else -1
            )
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=_url("record", session))
        except Invalid as refusal:
            messages.error(request, refusal.message)
            return redirect("sessions:record", session.pk)
        messages.success(request, sent_words(session, user))
        return redirect("sessions:detail", session.pk)
    found = content.of_record(session)
    context = {
        "session": session,
        "content": found,
        "thoughts": guiding.of_content(request, found),
        "names": words.join_names(attending(session, user)),
    }
    return render(request, "sessions/send.html", context)


def sent_words(session: Session, user: Any) -> str:
    return _("Sent to %(names)s.") % {"names": words.join_names(attending(session, user))}


# Signing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@second_press_shows("sessions:detail")
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sign the record, one's attendance, or both."""
    user = reader(request)
    session = session_for(user, pk)
    _check_sent(user, session)
    about = f"sessions.sign:{pk}"
    if (elsewhere := limits_first(request, about, known=getattr(session, "knows_limits", None))) is not None:
        return elsewhere
    found = papers.of_session(session)
    if request.method != "POST":
        back = kept(request, about)
        form = sign_form(found, user, back)
        if back is not None:
            form.unchecked()
        return reading_page(request, session, found, form=form)
    form = _posted(request, found, user)
    if not form.is_valid():
        return reading_page(request, session, found, form=form, status=422)
    if (again := sign_in_again(request, about, request.path)) is not None:
        return again
    data = form.cleaned_data
    try:
        operations.sign(
            session,
            by=user,
            evidence=signature(request, data["typed_name"]),
            seen=data["seen"],
            record=bool(data.get("record")),
            attendance=bool(data.get("attendance")),
            statement=data.get("statement", ""),
        )
    except Stale as refusal:
        return conflict(request, what=refusal.message, url=_url("detail", session), forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return reading_page(request, session, form=form, status=422)
    forget(request, about)
    messages.success(request, _("Signed."))
    return redirect("sessions:detail", session.pk)


def _posted(request: HttpRequest, found: papers.Papers, user: Any) -> SignForm:
    """The form with every box that was on the page it was sent from, also when something was settled since."""
    waiting = any(paper.waits_for(user) for paper in found.attendances)
    record = found.record is not None and found.record.waits_for(user)
    return SignForm(
        request.POST,
        with_record=record or "record" in request.POST,
        with_attendance=waiting or "attendance" in request.POST,
    )


def _check_sent(user: Any, session: Session) -> None:
    if session.state != Session.State.HELD or (session.is_draft and session.recorder_id != user.pk):
        policy.check_is_offered(session)


@require_http_methods(["GET", "HEAD", "POST"])
@second_press_shows("sessions:detail")
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do not sign the record, saying why."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_decline(user, session)
    about = f"sessions.decline:{pk}"
    found = papers.of_session(session)
    waiting = [paper for paper in found.attendances if paper.waits_for(user)]
    shown = [*([found.record] if found.record else []), *waiting]
    back = kept(request, about)
    form = DeclineForm(
        request.POST if request.method == "POST" else back,
        initial={"seen": " ".join(paper.offer.digest for paper in shown)},
        with_attendance=bool(waiting),
    )
    if request.method != "POST" and back is not None:
        form.unchecked()
    if request.method == "POST" and form.is_valid():
        if (again := sign_in_again(request, about, request.path)) is not None:
            return again
        try:
            operations.decline(
                session,
                by=user,
                evidence=signature(request, form.cleaned_data["typed_name"]),
                seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"],
                attendance=bool(form.cleaned_data.get("attendance")),
            )
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=_url("detail", session), forms=[form])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            forget(request, about)
            messages.success(request, _("Your answer is kept beside the record."))
            return redirect("sessions:detail", session.pk)
    audit.opened(user, session, why="party")
    context = {
        "session": session,
        "form": form,
        "mine": attendance_facts(waiting),
        "recorder": session.recorder,
    }
    return render_form(request, "sessions/decline.html", context, invalid=request.method == "POST")


# Words to the others --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@second_press_shows("sessions:detail")
def ask_for_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what should be different; the record goes back to its recorder."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_ask_for_change(user, session)
    recorder = session.recorder.called if session.recorder else ""
    form = ReasonForm(
        posted(request),
        label=_("What would you like changed?"),
        required=_("Say what you would like changed"),
    )
    return with_reason(
        request,
        session,
        form,
        operations.ask_for_change,
        url=_url("detail", session),
        back_label=_("The record"),
        done=_("%(name)s has it back, with what you said.") % {"name": recorder},
        title=_("Ask for a change"),
        text=_(
            "The record goes back to %(name)s. Signatures given so far no longer count, and the people who gave them are "
            "told. You read it again before you sign."
        )
        % {"name": recorder},
        verb=_("Send it back to %(name)s") % {"name": recorder},
        sees=line("session.words"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@second_press_shows("sessions:detail")
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the record back to change it."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_take_back(user, session)
    form = ReasonForm(
        posted(request),
        label=_("What you want to change"),
    )
    return with_reason(
        request,
        session,
        form,
        operations.take_back,
        url=_url("detail", session),
        back_label=_("The record"),
        done=_("It is a draft again. Only you can see it until you send it."),
        title=_("Take the record back"),
        text=_(
            "It becomes a draft again. Signatures given so far no longer count, and the people who gave them are told."
        ),
        verb=_("Take it back"),
        sees=line("session.words"),
        then=_url("record", session),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Seal with the signatures given; or, once the record is sealed, the attendances that are still open."""
    user = reader(request)
    session = session_for(user, pk)
    operation: Callable[..., None] = operations.close
    still_open = session.attendances.filter(open_offer__isnull=False, sealed_at__isnull=True)
    if session.is_sealed and still_open.exists():
        operation = operations.close_attendance
        if session.recorder_id != user.pk:
            raise Denied(_("Only the person who wrote the record can close it."))
    else:
        policy.check_can_close(user, session)
    return closing(
        request,
        session,
        operation,
        about=f"sessions.close:{pk}",
        text=_(
            "The record is sealed as it is. Whoever has not answered is named as not having answered, never as having "
            "signed. After this nothing in it changes."
        ),
        url=_url("detail", session),
        back_label=_("The record"),
        sees=line("session.words"),
    )
