"""What somebody typed on the page of a record: kept for them alone while they show once more that it is them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages.responses import saved_meanwhile

from . import drafts, evidence
from .signing import Evidence

KEPT = "kept"


class Unchecked(Protocol):
    """A form, or several as one, that can be shown as it was typed before it is looked at."""

    def unchecked(self) -> None: ...


Form = TypeVar("Form", bound=Unchecked)


def signature(request: HttpRequest, typed_name: str) -> Evidence:
    """How this signature is given; the operation says what its intent is."""
    return evidence.of_request(request, intent="", typed_name=typed_name)


def sign_in_again(request: HttpRequest, about: str, url: str) -> HttpResponse | None:
    """Where to go when the login is too old for a signature; what was typed is kept for this person alone."""
    if not evidence.needs_to_sign_in_again(request):
        return None
    keep(request, about)
    return to_sign_in_again(request, with_kept(url))


def to_sign_in_again(request: HttpRequest, back: str) -> HttpResponse:
    """To the page that asks who it is, and from there `back`. What was typed has been kept."""
    messages.info(request, _("Please show once more that it is you. What you typed is kept."))
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def with_kept(url: str) -> str:
    """The address that shows again what was typed there."""
    return f"{url}{'&' if '?' in url else '?'}{KEPT}=1"


def keep(request: HttpRequest, about: str) -> bool:
    """Keep the form that this person sent. False if the page it came from was saved meanwhile."""
    return drafts.keep(request.user, about, words_sent(request), page=request.POST.get("page", ""))


def words_sent(request: HttpRequest) -> drafts.Words:
    """What came with the form, as it is kept."""
    return {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}


def kept(request: HttpRequest, about: str) -> QueryDict | None:
    """What this person typed before they signed in again, when they come back from there."""
    found = kept_and_when(request, about) if KEPT in request.GET else None
    return found[0] if found else None


def kept_and_when(request: HttpRequest, about: str) -> tuple[QueryDict, datetime.datetime] | None:
    """What this person typed and did not save, and when they typed it."""
    found = drafts.kept(request.user, about)
    if found is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in found[0].items():
        data.setlist(name, values)
    return data, found[1]


def forget(request: HttpRequest, about: str) -> None:
    """The words are saved, or not wanted."""
    drafts.forget(request.user, about, page=request.POST.get("page", ""))


# A long form that its own view keeps ---------------------------------------------------------------------------------


def kept_or_left(request: HttpRequest, about: str, *, url: str = "") -> HttpResponse | None:
    """The answer to what is no sending of the form: what is being typed is kept (204; 409 if this page was saved
    meanwhile), or left, to start from what is saved (at `url`, or here). None for a form that was sent."""
    if request.headers.get("X-Requested-With") == "draft":
        return HttpResponse(status=204 if keep(request, about) else 409)
    if "start_over" in request.POST:
        forget(request, about)
        return redirect(url or request.get_full_path())
    return None


def begun(
    request: HttpRequest, about: str, make: Callable[[QueryDict | None], Form]
) -> tuple[Form, datetime.datetime | None]:
    """What `make` gives, and None; or, made from what this person typed here and did not save and not yet looked at by the
    form, with when they typed it."""
    found = kept_and_when(request, about)
    form = make(found[0] if found else None)
    if found:
        form.unchecked()
    return form, found[1] if found else None


def merged(
    request: HttpRequest, form: Any, make: Callable[[QueryDict], Form], *, about: str = ""
) -> tuple[Form, list[tuple[str, str]]]:
    """For a form that was typed into an older version, and knows the one of now: made anew with everything typed, to be looked
    through and sent again, and with it what was saved meanwhile. `about` names what is kept of it."""
    data = request.POST.copy()
    data["version"] = str(form.initial["version"])
    if about:
        kept = {**words_sent(request), "version": [data["version"]]}
        drafts.keep(request.user, about, kept, page=request.POST.get("page", ""))
    anew = make(data)
    anew.unchecked()
    return anew, saved_meanwhile(form)


# Forms that no view keeps by itself ------------------------------------------------------------------------------

FORM, PAGE, NOTHING, LEFT = "kept_form", "kept_page", "kept_nothing", "kept_left"
MOST_FORMS = 200  # of one person at a time; the oldest go
_LONGEST = 100  # of what a form is called: two pages with an id each
MOST_LETTERS = 400_000  # of one form: more than any page takes


def about_form(name: str) -> str:
    """Under which name the words of a form are kept that is known by the address of its page."""
    is_plain = len(name) <= _LONGEST and name.isprintable()
    return f"typed:{name if is_plain else hashlib.sha256(name.encode()).hexdigest()}"


def is_too_much(request: HttpRequest) -> bool:
    """Whether this is more than any page sends."""
    return sum(len(value) for name in request.POST for value in request.POST.getlist(name)) > MOST_LETTERS


def keep_form(request: HttpRequest) -> bool:
    """Keep what the page sent of such a form, or forget it when nothing is typed there any more, or it is not wanted.

    False if what was typed on this page has been sent meanwhile.
    """
    about = about_form(request.POST.get(FORM, ""))
    if LEFT in request.POST:
        forget(request, about)
        return True
    if NOTHING in request.POST:
        _forget_of_this_page(request, about)
        return True
    kept_now = keep(request, about)
    drafts.thin_out(request.user, "typed:", most=MOST_FORMS)
    return kept_now


def _forget_of_this_page(request: HttpRequest, about: str) -> None:
    """Nothing is typed on this page any more. What another page of the same form keeps stays."""
    found = drafts.kept(request.user, about)
    if found is not None and found[0].get("page") == [request.POST.get("page", "")]:
        drafts.forget(request.user, about)


def was_sent(request: HttpRequest) -> None:
    """The form was taken: its words are where they belong, and are kept here no longer."""
    drafts.forget(request.user, about_form(request.POST[FORM]), page=request.POST.get(PAGE, ""))
