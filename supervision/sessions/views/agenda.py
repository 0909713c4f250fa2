"""The agenda of a planned session, and what is suggested for it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.notices.models import Suggestion
from supervision.pages.forms import posted, render_form
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records.errors import Invalid

from .. import operations, policy, suggested
from ..forms import ItemForm
from ..models import AgendaItem, Session
from .find import item_for, session_for
from .reading import agenda_page


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a topic on the agenda."""
    user = reader(request)
    session = session_for(user, pk)
    policy.check_can_add_item(user, session)
    form = ItemForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.add_item(
                session,
                by=user,
                text=data["text"],
                category=data["category"],
                share=not data["private"],
                key=data["key"],
            )
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _said(session, private=data["private"]))
            return redirect(_back(user, session))
    return agenda_page(request, session, form=form, invalid=request.method == "POST")


def _said(session: Session, *, private: bool) -> str:
    if private:
        return _("Kept for you alone, until you share it.")
    if session.is_draft and session.recorder is not None:
        said = _("On the agenda. %(name)s finds it in the record, as a topic for next time.")
        return said % {"name": session.recorder.called}
    return _("On the agenda.")


def _back(user: User, session: Session) -> str:
    """The page of the session; for who was not there, its facts in the log."""
    if Session.objects.visible_to(user).filter(pk=session.pk).exists():
        return f"{reverse('sessions:detail', args=[session.pk])}#agenda"
    return reverse("sessions:facts", args=[session.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a topic of one's own, share it, or take it off."""
    user = reader(request)
    topic = item_for(user, pk)
    policy.check_can_change_item(user, topic)
    verb = request.POST.get("verb", "save")
    initial = {"text": topic.text, "category": topic.category, "private": topic.is_private}
    form = ItemForm(request.POST if request.method == "POST" and verb == "save" else None, initial=initial)
    if not topic.is_private:
        del form.fields["private"]
    if request.method == "POST":
        try:
            if (done := _changed(topic, verb, form, by=user)) is not None:
                messages.success(request, done)
                return redirect(_back(user, topic.session))
        except Invalid as refusal:
            if not form.is_bound:
                form = ItemForm({**initial, "private": "on"})
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {"form": form, "item": topic, "back_url": _back(user, topic.session)}
    return render_form(request, "sessions/item.html", context, invalid=request.method == "POST")


@require_POST
def place(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a topic at another place of the agenda."""
    user = reader(request)
    topic = item_for(user, pk)
    to = request.POST.get("to", "")
    policy.check_can_order(user, topic)
    if to.isdecimal() and to.isascii() and len(to) < 4:
        operations.place_item(topic, by=user, to=int(to))
    return redirect(_back(user, topic.session))


def _changed(topic: AgendaItem, verb: str, form: ItemForm, *, by: Any) -> str | None:
    """Do what was pressed and say so; None when the form has to be looked at again. Raises Invalid."""
    if verb == "remove":
        operations.remove_item(topic, by=by)
        return _("Taken off the agenda.")
    if verb == "share":
        operations.share_item(topic, by=by)
        return _("Shared. Everybody who takes part sees it now.")
    if not form.is_valid():
        return None
    data = form.cleaned_data
    operations.change_item(
        topic, by=by, text=data["text"], category=data["category"], share=not data.get("private", False)
    )
    return _("Saved.")


@require_POST
def suggestion(request: HttpRequest, pk: uuid.UUID, suggestion_id: uuid.UUID) -> HttpResponse:
    """Put a suggested topic on the agenda, or not now."""
    user = reader(request)
    session = session_for(user, pk)
    offered = suggested.for_party(Suggestion.objects.filter(arrangement=session.arrangement_id), user)
    found = get_object_or_404(offered.filter(Q(audience=None) | Q(audience=user)), pk=suggestion_id)
    if request.POST.get("answer") == "dismiss":
        operations.dismiss_suggestion(session, found, by=user)
        messages.success(request, _("Not now, then. It will not be suggested again for this."))
    else:
        operations.take_suggestion(session, found, by=user)
        messages.success(request, _("On the agenda."))
    return redirect(_back(user, session))
