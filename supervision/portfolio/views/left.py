"""The pages of somebody whose account is closed, for 60 days: their files, and their private notes to take and to erase."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.notes.models import Note
from supervision.pages.forms import posted, render_form
from supervision.people.models import User
from supervision.records.errors import WrongState
from supervision.retention.models import DisposalItem

from .. import leaving, operations
from ..forms import LeavingForm
from ..models import Export, LeavingLink
from .own import asked, downloaded, everything_asked, openings_asked

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
View = Callable[..., HttpResponse]


def _gone(request: HttpRequest) -> HttpResponse:
    """A calm page saying whom to ask. The same for a link that never was one of ours."""
    return render(request, "people/link_gone.html", {"was_used": False}, status=404)


@get_and_post
def entry(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: they show once that it is them."""
    link = leaving.read(token)
    if link is None:
        return _gone(request)
    with_code = leaving.needs_code(link.person)
    form = LeavingForm(posted(request), with_code=with_code)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="leaving", key=str(link.pk)):
            return render(request, "429.html", status=429)
        given = form.cleaned_data
        with transaction.atomic():  # a code is used up by being right
            is_them = leaving.is_them(link.person, given["password"], given.get("code", ""))
        if is_them:
            leaving.let_in(request, link)
            return redirect("portfolio:left")
        form.add_error(
            "password",
            _("This is not right. Look at both, and try again.")
            if with_code
            else _("This is not the password. Try again."),
        )
    return render_form(
        request, "portfolio/leaving.html", {"form": form, "link": link}, invalid=request.method == "POST"
    )


def of_who_left(view: View) -> View:
    """For whoever came by a link within the hour. Everybody else is told calmly that there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: object) -> HttpResponse:
        found = leaving.person_in(request)
        return _gone(request) if found is None else view(request, *found, **kwargs)

    return guarded


@require_POST
def left_done(request: HttpRequest) -> HttpResponse:
    """Nobody who uses this browser next is let in. The link of the mail stays good."""
    leaving.let_out(request)
    return render(request, "portfolio/left_done.html")


@require_safe
@of_who_left
def left(request: HttpRequest, person: User, link: LeavingLink) -> HttpResponse:
    context = {
        "person": person,
        "link": link,
        "exports": Export.objects.of(person).without_files(),
        "notes": Note.objects.filter(author=person).count(),
        "removals": DisposalItem.objects.upcoming_for(person),
    }
    return render(request, "portfolio/left.html", context)


@get_and_post
@of_who_left
def left_ask(request: HttpRequest, person: User, link: LeavingLink) -> HttpResponse:
    here, then = reverse("portfolio:left_ask"), reverse("portfolio:left")
    return asked(request, person, "portfolio/left_ask.html", here=here, then=then)


@get_and_post
@of_who_left
def left_everything(request: HttpRequest, person: User, link: LeavingLink) -> HttpResponse:
    return everything_asked(request, person, then=reverse("portfolio:left"), frame="base_plain.html")


@get_and_post
@of_who_left
def left_openings(request: HttpRequest, person: User, link: LeavingLink) -> HttpResponse:
    here, then = reverse("portfolio:left_openings"), reverse("portfolio:left")
    return openings_asked(request, person, here=here, then=then, frame="base_plain.html")


@require_safe
@of_who_left
def left_pdf(request: HttpRequest, person: User, link: LeavingLink, pk: uuid.UUID) -> HttpResponse:
    return downloaded(person, pk, "pdf")


@require_safe
@of_who_left
def left_zip(request: HttpRequest, person: User, link: LeavingLink, pk: uuid.UUID) -> HttpResponse:
    return downloaded(person, pk, "archive")


@get_and_post
@of_who_left
def left_erase(request: HttpRequest, person: User, link: LeavingLink) -> HttpResponse:
    """Private notes, for good, after they took them along."""
    back = reverse("portfolio:left")
    if request.method == "POST":
        try:
            operations.erase_notes(by=person)
        except WrongState as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Your private notes are erased."))
        return redirect(back)
    return render(request, "portfolio/left_erase.html", {"back_url": back})
