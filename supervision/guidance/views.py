"""The page that lists all guidance, and the buttons that silence a hint for oneself. Nothing here ever sees what was written."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import operations
from .current import book
from .shown import silenced_by


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every prompt and every hint with its source."""
    return render(request, "guidance/page.html", {"book": book(), "silenced": silenced_by(request.user)})


@require_POST
def silence(request: HttpRequest) -> HttpResponse:
    """Do not show a hint again to whoever asks. A script gets 204; without one it leads back."""
    operations.silence(request.POST.get("silence", ""), by=request.user)
    if request.headers.get("X-Requested-With") == "hints":
        return HttpResponse(status=204)
    messages.success(request, _("Not shown to you again. You can undo this in “Your details”."))
    return redirect(_back(request))


@require_POST
def show_again(request: HttpRequest) -> HttpResponse:
    """Show a hint again to whoever asks."""
    operations.show_again(request.POST.get("hint", ""), by=request.user)
    messages.success(request, _("This hint shows again where it fits."))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page that was asked for, if it is one of this site."""
    wanted = request.POST.get("next", "")
    fits = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if fits else reverse("guidance:page")
