"""A request whose body cannot be read is answered before anything else looks at it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

View = Callable[[HttpRequest], HttpResponse]


def readable_body(get_response: View) -> View:
    """413 for a body that is too big, 400 for one that is cut short or not what it says it is, each as a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        status = _refused(request) if request.method == "POST" else 0
        if not status:
            return get_response(request)
        # Whoever draws the page may ask what was typed: nothing that could be read.
        request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
        reason = _("That was more than can be sent at once.") if status == 413 else ""
        return render(request, "400.html", {"reason": reason}, status=status)

    return middleware


def _refused(request: HttpRequest) -> int:
    """The status to refuse with, or 0 when the body was read."""
    if _length(request) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        return 413
    try:
        request.POST  # noqa: B018  (reading it is the check)
    except RequestDataTooBig:
        return 413
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return 400
    return 0


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
