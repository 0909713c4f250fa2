"""Writing to somebody when supervision is not working, and being answered."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.keyset import page_of
from supervision.pages.responses import conflict
from supervision.people.models import Arrangement, Participation, User
from supervision.people.requests import reader
from supervision.records import audit, encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import AlreadyDone, Invalid, NotFound, WrongState
from supervision.records.models import Opening
from supervision.records.policy import explain

from .. import people
from . import operations, policy
from .forms import LetterForm, MessageForm
from .models import Letter

LET_READ = "let read by the writer"

METHODS = ["GET", "HEAD", "POST"]
SHOWN = "concerns:letter"


def letter_for(user: User, pk: uuid.UUID) -> Letter:
    """One that this person may read. Raises NotFound for everybody else: for them it does not exist."""
    found = (
        Letter.objects.visible_to(user)
        .select_related("writer", "recipient", "arrangement__program", "closed_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such page."))
    return found


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """One's own, those that one received, and those that one may read; no words of them."""
    user = reader(request)
    rows = Letter.objects.visible_to(user).select_related("writer", "recipient").defer("text")
    page = page_of(rows, request.GET, date_field="sent_at")
    context = {
        "page": page,
        "rows": [_row(one, user) for one in page.items],
        "begin": [
            {"name": _leaders(one), "url": reverse("concerns:letter_write", args=[one.pk])}
            for one in people.supervision_of(user)
        ],
    }
    return render(request, "concerns/letters.html", context)


def _leaders(arrangement: Arrangement) -> str:
    """Whose supervision it is: what it is known by to the one who is supervised. After its end, who led it to the last."""
    rows = [row for row in arrangement.participations.all() if row.part in Participation.LEADING]
    last = max((row.left_on or datetime.date.max for row in rows), default=None)
    return ", ".join(sorted({row.person.name for row in rows if (row.left_on or datetime.date.max) == last}))


def _row(one: Letter, user: User) -> dict[str, Any]:
    tag, kind = _tag(one, user)
    if user.pk == one.writer_id:
        title = _("To %(name)s") % {"name": one.recipient.name}
    elif user.pk == one.recipient_id:
        title = _("From %(name)s") % {"name": one.writer.name}
    else:
        title = _("From %(one)s to %(two)s") % {"one": one.writer.name, "two": one.recipient.name}
    return {"title": title, "at": one.sent_at, "url": reverse(SHOWN, args=[one.pk]), "tag": tag, "kind": kind}


def _tag(one: Letter, user: User) -> tuple[str, str]:
    if one.is_closed:
        return _("Closed"), "done"
    if one.received_at is not None:
        return _("Received"), "info"
    return (_("Your answer"), "wait") if user.pk == one.recipient_id else (_("Sent"), "")


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write about one supervision, to somebody else than whoever supervises."""
    user = reader(request)
    arrangement = get_object_or_404(Arrangement.objects.visible_to(user).with_people(), pk=pk)
    policy.check_can_write(user, arrangement)
    able = operations.recipients(arrangement, user)
    form = LetterForm(posted(request), recipients=able)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.write(
                arrangement, by=user, recipient=form.recipient_chosen(), text=data["text"], key=data["key"]
            )
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=reverse("concerns:letters"), forms=[form])
        else:
            messages.success(request, _("Sent to %(name)s.") % {"name": made.recipient.name})
            return redirect(SHOWN, made.pk)
    context = {"form": form, "leaders": _leaders(arrangement), "nobody": not able}
    return render_form(request, "concerns/letter_write.html", context, invalid=request.method == "POST")


@require_http_methods(METHODS)
@second_press_shows(SHOWN)
def letter(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read it with what was answered; answer it."""
    user = reader(request)
    found = letter_for(user, pk)
    form = MessageForm(posted(request), initial={"key": uuid.uuid4()})
    if request.method == "POST":
        try:
            policy.check_can_answer(user, found)
            if form.is_valid():
                data = form.cleaned_data
                operations.answer(found, by=user, text=data["text"], key=data["key"])
                messages.success(request, _("Sent to %(name)s.") % {"name": found.other(user).called})
                return redirect(SHOWN, pk)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        except AlreadyDone:
            raise
        except WrongState as refusal:
            return conflict(request, what=refusal.message, url=reverse(SHOWN, args=[pk]), forms=[form])
    return _page(request, user, found, form)


def _page(request: HttpRequest, user: User, found: Letter, form: MessageForm) -> HttpResponse:
    encryption.unlock([found])
    if found.is_between(user):
        audit.opened(user, found, why="party")
    else:
        audit.opened(user, found, why=LET_READ)
    shown_to = list(found.readers.select_related("person").order_by("since"))
    context = {
        "letter": found,
        "thread": found.messages.select_related("by"),
        "form": form if explain(policy.check_can_answer, user, found) else None,
        "other": found.other(user) if found.is_between(user) else None,
        "is_writer": user.pk == found.writer_id,
        "is_recipient": user.pk == found.recipient_id,
        "can_receive": explain(policy.check_can_receive, user, found),
        "can_close": explain(policy.check_can_close, user, found),
        "shown_to": shown_to,
        "can_show_to": _can_show_to(user, found, shown_to),
        "leads_now": policy.leads_now(found),
        "recipient_is_gone": not people.can_sign_in(found.recipient),
        "was_read": not shown_to and _was_read(found),
    }
    return render_form(request, "concerns/letter.html", context, invalid=request.method == "POST")


def _was_read(found: Letter) -> bool:
    """Whether somebody whom its writer let read it has done so."""
    return Opening.objects.filter(record_id=found.pk, why=LET_READ).exists()


def _can_show_to(user: User, found: Letter, shown_to: list[Any]) -> list[User]:
    """Those who supervise there and do not read it yet: for the writer alone."""
    if user.pk != found.writer_id:
        return []
    ids = people.leading(found.arrangement) - {row.person_id for row in shown_to}
    return list(User.objects.visible_to(user).filter(pk__in=ids).order_by("name"))


@require_POST
@second_press_shows(SHOWN)
def receive(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that it has arrived."""
    found = letter_for(reader(request), pk)
    operations.receive(found, by=reader(request))
    messages.success(request, _("%(name)s sees that it has reached you.") % {"name": found.writer.called})
    return redirect(SHOWN, pk)


@require_POST
@second_press_shows(SHOWN)
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Nothing more is to be said."""
    found = letter_for(reader(request), pk)
    operations.close(found, by=reader(request))
    messages.success(request, _("Closed. What was written stays."))
    return redirect(SHOWN, pk)


@require_POST
def show(request: HttpRequest, pk: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    """Let one who supervises there read it."""
    user = reader(request)
    found = letter_for(user, pk)
    policy.check_can_show(user, found)
    person = get_object_or_404(User.objects.visible_to(user), pk=person_id)
    try:
        operations.show(found, by=user, to=person)
    except Invalid as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("%(name)s can read it now, until you take that back.") % {"name": person.called}
        )
    return redirect(SHOWN, pk)


@require_POST
def stop_showing(request: HttpRequest, pk: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    """They no longer read it."""
    user = reader(request)
    found = letter_for(user, pk)
    policy.check_can_show(user, found)
    person = get_object_or_404(User.objects.visible_to(user), pk=person_id)
    operations.stop_showing(found, by=user, to=person)
    messages.success(request, _("%(name)s can’t read it any more.") % {"name": person.called})
    return redirect(SHOWN, pk)
