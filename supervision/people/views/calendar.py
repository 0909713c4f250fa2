"""The page for the secret address of one's own calendar."""

from __future__ import annotations

import re
import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.forms import posted

from .. import operations
from ..forms import CalendarForm
from ..models import CalendarFeed
from ..requests import PersonRequest
from .accounts import get_or_post
from .answers import attempt


@get_or_post
def calendar(request: PersonRequest) -> HttpResponse:
    """Make an address, make a new one, stop it. The address is on the page that answers, this once."""
    person, here = request.user, reverse("people:calendar")
    form = CalendarForm(posted(request))
    if request.method == "POST" and "stop" in request.POST:
        operations.stop_calendar_feed(by=person)
        messages.success(request, _("Stopped. The address does not work any more."))
        return redirect(here)

    def save() -> HttpResponse:
        data = form.cleaned_data
        secret = operations.make_calendar_feed(by=person, version=data["version"], key=data["key"])
        return _page(request, address=settings.SITE_URL + reverse("calendar:feed", args=[secret]))

    return attempt(request, form, save, here=here) or _page(request)


def _page(request: PersonRequest, *, address: str = "") -> HttpResponse:
    feed = CalendarFeed.objects.filter(person=request.user).first()
    context = {
        "feed": feed if feed and feed.digest else None,
        "form": CalendarForm(initial={"key": uuid.uuid4(), "version": feed.version if feed else 0}),
        "address": address,
        "subscribe": re.sub(r"^https?:", "webcal:", address),
    }
    return render(request, "people/calendar.html", context)
