"""What one was told of, how one wants to be told, and the page behind the link in a mail that stops it."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from supervision.pages import keyset
from supervision.pages.forms import posted, render_form
from supervision.people import zones
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.people.views.answers import attempt

from . import sending, unsubscribing
from .forms import ChoicesForm, initial_of
from .kinds import CHOSEN
from .models import Reminder


@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """What this person was told of in the last weeks, the newest first."""
    rows = Reminder.objects.of(reader(request)).listed()
    page = keyset.page_of(rows, request.GET, size=25, date_field="made_at")
    new = any(row.seen_at is None for row in page.items)
    return render(request, "notices/list.html", {"page": page, "new": new, "now": timezone.now()})


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Everything that was in the list when the page was made has been seen."""
    sending.mark_seen(reader(request), until=_moment(request.POST.get("until", "")))
    return redirect("notices:list")


def _moment(text: str) -> datetime.datetime:
    """When the page was made; now, where somebody changed it."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and timezone.is_aware(found) else timezone.now()


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    person = reader(request)
    form = ChoicesForm(posted(request), initial=initial_of(sending.choices_of(person)))
    here = reverse("notices:choices")

    def save() -> HttpResponse:
        data = form.cleaned_data
        hours = {name: data[name] for name in ("daily_at", "quiet_from", "quiet_until", "version")}
        sending.choose(by=person, how=form.how, **hours)
        messages.success(request, _("Saved."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    context = {
        "form": form,
        "kinds": [form[kind.value] for kind in CHOSEN],
        "zone": zones.of(person).key.replace("_", " "),
    }
    return render_form(request, "notices/choices.html", context, invalid=request.method == "POST")


@csrf_exempt  # a mail program presses it, without a page: the signed link alone says whose mails it is about
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails of the kinds that a link names, or have them again. A look at the page changes nothing."""
    found = unsubscribing.read(token)
    person = User.objects.filter(pk=found[0]).first() if found else None
    if found is None or person is None or not found[1]:
        return render(request, "notices/stop.html", {"gone": True}, status=404)
    kinds, done = found[1], ""
    if request.method == "POST":
        done = "again" if "again" in request.POST else "stopped"
        (sending.resume_mails if done == "again" else sending.stop_mails)(person, kinds)
    return render(request, "notices/stop.html", {"kinds": [kind.label for kind in kinds], "done": done})
