"""What a person had typed when their form could not be taken: shown again on the page that says so, never lost in silence."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

SECRET = ("password", "code", "csrfmiddlewaretoken", "credential")
# Ids, digests, numbers, dates, ticks and choices from a list: nothing that somebody would want to copy.
_NO_WORDS = re.compile(r"[\W\d_]*|[0-9a-f\s-]{32,}|[a-z0-9_-]*")


def all_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Every (name, value) that was sent, so that it can be sent again. Never a password or a code."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name for word in SECRET)
    ]


def words_of(request: HttpRequest) -> list[str]:
    """What was typed, so that it can be copied: sentences and names, no choices, dates or ids."""
    sent = ((name, text) for name, text in all_of(request) if not name.startswith("kept_"))
    return [text for _name, text in sent if not _NO_WORDS.fullmatch(text)]


def typed_words(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `typed_words`, read by components/typed_words.html on pages that refuse."""
    return {"typed_words": SimpleLazyObject(lambda: words_of(request))}


def page_with_the_form(request: HttpRequest) -> str:
    """The path of the page from which this form was sent, if the browser tells it, otherwise where it was sent to."""
    sent_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=request.is_secure()):
        place = urlsplit(sent_from)
        return f"{place.path}?{place.query}" if place.query else place.path
    return request.get_full_path()
