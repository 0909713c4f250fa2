"""Pages of their own that name a record, say what happens to it, and ask why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from supervision.pages.forms import posted, render_form

from .errors import Invalid
from .forms import ReasonForm
from .typed import forget, kept, sign_in_again


def confirm(request: HttpRequest, form: Any, *, url: str, back_label: str, **page: Any) -> HttpResponse:
    """The page. `url` is the address of the record, to go back to; `page` its title, text and verb."""
    context = {
        "form": form,
        "cancel_url": url,
        "cancel_label": _("Leave it as it is"),
        "back_url": url,
        "back_label": back_label,
        **page,
    }
    return render_form(request, "confirm_page.html", context, invalid=request.method == "POST")


def with_reason(
    request: HttpRequest,
    record: Any,
    form: ReasonForm,
    operation: Callable[..., Any],
    *,
    url: str,
    done: str,
    then: str = "",
    about: str = "",
    **page: Any,
) -> HttpResponse:
    """The page, and once it is sent the operation. `then` is where it leads, to the record unless given; `about` names what
    was kept while somebody signed in again."""
    if request.method == "POST" and form.is_valid():
        try:
            operation(record, by=request.user, **form.given)
        except Invalid as refusal:
            form.add_error("reason", refusal.message)
        else:
            if about:
                forget(request, about)
            messages.success(request, done)
            return redirect(then or url)
    return confirm(request, form, url=url, **page)


def closing(
    request: HttpRequest, record: Any, operation: Callable[..., Any], *, about: str, text: str, **page: Any
) -> HttpResponse:
    """Seal with the signatures given: counts as much as a signature, so whoever does it has just shown that it is them."""
    form = _closing_form(request, about)
    sends = request.method == "POST" and form.is_valid()
    if sends and (again := sign_in_again(request, about, request.path)) is not None:
        return again
    return with_reason(
        request,
        record,
        form,
        operation,
        about=about,
        done=_("Closed and sealed."),
        title=_("Close with the signatures given"),
        text=text,
        verb=_("Close and seal it"),
        **page,
    )


def _closing_form(request: HttpRequest, about: str) -> ReasonForm:
    """Why a record or an addendum is closed: as it was sent, or as it was typed before signing in again."""
    back = kept(request, about) if request.method != "POST" else None
    form = ReasonForm(
        posted(request) if back is None else back,
        label=_("Why it is closed without every answer"),
        hint=_("It stands in the record."),
        required=_("Say why it is closed without every answer. It stands in the record."),
    )
    if back is not None:
        form.unchecked()
    return form
