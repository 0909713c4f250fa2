"""What every request goes through: headers, busy database, keys, sign-in, time zone, second factor, refusals."""

from __future__ import annotations

import logging
import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages import typed
from supervision.people.models import Agency, User
from supervision.records import disposal, encryption
from supervision.records import typed as typed_form
from supervision.records.errors import Disposed, DomainError, Stale

logger = logging.getLogger("supervision")
View = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("style", "script", "font", "connect", "manifest")),
        "img-src 'self' data:",  # the QR code of an authenticator app is a data: image
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


def security_headers(get_response: View) -> View:
    """A strict Content-Security-Policy, and nothing of a signed-in person kept in any cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def busy_database(get_response: View) -> View:
    """A database too busy to write answers 503 with what to do; the browser still holds what was typed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError):
            context = {"posted": typed.all_of(request), "action": request.get_full_path()}
            response = render(request, "503.html", context, status=503)
            response["Retry-After"] = "10"
            return response
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def unlocked_keys(get_response: View) -> View:
    """Data keys live as long as the request that needed them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with encryption.unlocked_keys():
            return get_response(request)

    return middleware


OPEN_PATHS = (
    *("/accounts/", "/static/", "/verify/", "/start/", "/invitation/", "/address/", "/link/"),
    "/calendar/",
    "/leaving/",  # each page asks for whoever came by their link
    "/reminders/stop/",
)

OPEN_BEFORE_START = ("/static/", "/start/", "/verify/")


def sign_in_required(get_response: View) -> View:
    """Deny by default: every page but the few named here needs somebody signed in. Before there is an agency, all lead to the start."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return get_response(request)
        if not request.path.startswith(OPEN_BEFORE_START) and not Agency.objects.exists():
            return redirect("people:not_started")
        if request.path.startswith(OPEN_PATHS):
            return get_response(request)
        if request.method == "POST" and typed.words_of(request):
            return _signed_out(request)
        return redirect_to_login(request.get_full_path())

    return middleware


def _signed_out(request: HttpRequest) -> HttpResponse:
    """A form that came after its sign-in had run out: its words are shown to be copied, and nothing is kept of them here."""
    query = urlencode({"next": typed.page_with_the_form(request)})
    return render(request, "signed_out.html", {"url": f"{reverse('account_login')}?{query}"}, status=403)


def own_time_zone(get_response: View) -> View:
    """Times are shown where the reader is; the day somebody was last here is kept, and nothing finer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        zone = getattr(user, "time_zone", "") or getattr(user, "agency_time_zone", "") or settings.TIME_ZONE
        try:
            timezone.activate(zoneinfo.ZoneInfo(zone))
        except (ValueError, zoneinfo.ZoneInfoNotFoundError):
            timezone.deactivate()
        try:
            if user.is_authenticated and user.last_seen_on != timezone.localdate():
                _seen(user)
            return get_response(request)
        finally:
            timezone.deactivate()

    return middleware


def _seen(user: User) -> None:
    """A nicety that must never cost somebody their page."""
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(last_seen_on=timezone.localdate())
    except OperationalError:
        logger.info("The day of a visit was not noted: the database was busy.")


def second_factor_required(get_response: View) -> View:
    """Managers and administrators set up a second factor before anything else, unless the agency turned it off."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        lacks = user.is_authenticated and getattr(user, "lacks_second_factor", False)
        if lacks and not request.path.startswith(("/accounts/", "/static/", "/your-details/")):
            messages.info(
                request, _("Because of what you can see here, please add a second way to prove it is you.")
            )
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def forget_what_was_sent(get_response: View) -> View:
    """A form that was taken leads on to a page: what was kept of it while it was typed goes.

    Not when it leads to signing in again or to the limits first: then it was not taken yet. Nor when it came too late.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            request.method == "POST"
            and response.status_code in (302, 303)
            and typed_form.FORM in request.POST
        ):
            before = (reverse("account_reauthenticate"), reverse("people:limits"), reverse("account_login"))
            taken = getattr(response, "was_taken", True) and not response["Location"].startswith(before)
            if request.user.is_authenticated and taken:
                _forget(request)
        return response

    return middleware


def _forget(request: HttpRequest) -> None:
    """What was sent is saved by now: a database too busy to forget what was typed must not make it look as if it were not."""
    try:
        typed_form.was_sent(request)
    except OperationalError:
        logger.info("What was typed into a form that was sent is still kept: the database was busy.")


def plain_refusals(get_response: View) -> View:
    """Turns a refusal of the domain into its page, with the reason in plain words."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        named = {403: "403.html", 404: "404.html", 409: "409.html", 410: "410.html"}
        template = named.get(error.status, "400.html")
        context: dict[str, Any] = {"reason": error.message}
        if isinstance(error, Disposed):
            context["removal"] = disposal.removal_of(error.record_id)
        if error.status == 409:
            context["stale"] = isinstance(error, Stale)
            context["typed"] = [(_("Your words"), text, "") for text in typed.words_of(request)]
        return render(request, template, context, status=error.status)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
