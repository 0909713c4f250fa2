"""Reading a version of a job description, and answering it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages import differences
from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.pages.sight import Line, line
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.again import second_press_shows
from supervision.records.errors import Invalid, WrongState
from supervision.records.policy import explain

from ... import opening
from ...models import SECTIONS, JobDescription
from .. import operations, policy
from ..forms import ReplyForm
from .common import METHODS, address, description_for


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One version, what changed since the one before, and what the person says of it."""
    user = reader(request)
    found = description_for(user, pk)
    versions = list(
        JobDescription.objects.filter(person=found.person_id)
        .only("id", "number", "from_day", "person")
        .order_by("-number")
    )
    before = _before(found)
    replies = list(found.replies.all())
    encryption.unlock([found, *([before] if before else [])], replies)
    opening.description(user, found, before)
    context = {
        "description": found,
        "is_own": found.person_id == user.pk,
        "sees": readers_of_own(user),
        "sections": [(heading, getattr(found, name)) for name, heading in SECTIONS],
        "before": before,
        "changes": _changes(before, found) if before else [],
        "versions": _rows(versions),
        "newest": versions[0],
        "is_newest": versions[0].pk == found.pk,
        "was_read": getattr(found, "was_read", None),
        "replies": replies,
        "can_say_read": explain(policy.check_can_say_read, user, found),
        "can_reply": explain(policy.check_can_reply, user, found),
        "may_write": explain(policy.check_can_write, user, found.person),
    }
    return render(request, "performance/description.html", context)


def _before(found: JobDescription) -> JobDescription | None:
    return JobDescription.objects.filter(person=found.person_id, number=found.number - 1).first()


def _changes(before: JobDescription, now: JobDescription) -> list[dict[str, Any]]:
    """The sections that differ, with what was taken out and what was put in."""
    return [
        {"heading": heading, "difference": differences.words(old, new)}
        for name, heading in SECTIONS
        if (old := getattr(before, name)) != (new := getattr(now, name))
    ]


def _rows(versions: list[JobDescription]) -> list[dict[str, Any]]:
    """Every version, newest first, and which of them holds today."""
    holds = next((one.pk for one in versions if one.has_begun), None)
    return [
        {
            "description": one,
            "url": address("description", one.pk),
            "tag": _("Holds now") if one.pk == holds else "" if one.has_begun else _("To come"),
            "kind": "done" if one.pk == holds else "info",
        }
        for one in versions
    ]


@require_POST
@second_press_shows("performance:description")
def say_read(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """“I have read it”."""
    user = reader(request)
    found = description_for(user, pk)
    operations.say_read(found, by=user)
    messages.success(request, _("Noted: you have read it."))
    return redirect("performance:description", pk)


@require_http_methods(METHODS)
def reply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what does not fit the work they really do."""
    user = reader(request)
    found = description_for(user, pk)
    url = address("description", pk)
    form = ReplyForm(posted(request))
    try:
        policy.check_can_reply(user, found)
        if request.method == "POST" and form.is_valid():
            operations.say_what_differs(found, by=user, words=form.cleaned_data["words"])
            messages.success(request, _("Kept beside your job description."))
            return redirect(url)
    except WrongState as refusal:
        if request.method != "POST":
            raise
        return conflict(request, what=refusal.message, url=url, forms=[form])
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {
        "form": form,
        "title": _("Say what does not fit"),
        "sees": readers_of_own(user),
        "text": _(
            "Your words stand beside this version. It does not change by itself; a new version may follow."
        ),
        "verb": _("Keep it beside my job description"),
        "cancel_url": url,
        "cancel_label": _("Leave it as it is"),
        "back_url": url,
        "back_label": _("Your job description"),
    }
    return render_form(request, "confirm_page.html", context, invalid=bool(form.errors))


def readers_of_own(user: User) -> Line:
    """Who reads one's own job description and what one says of it."""
    return line("job.own") if user.line_manager_id else line("job.own_unled")
