"""Ending an agreement."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages.forms import posted
from supervision.records.again import second_press_shows

from .. import operations, policy
from ..forms import EndForm
from .common import Request, detail_url, find, get_and_post, reason_page, typed_before

END = "end"


@get_and_post
@second_press_shows("agreements:detail")
def end(request: Request, pk: uuid.UUID) -> HttpResponse:
    """End an agreement: from when and why."""
    agreement = find(request, pk)
    policy.check_can_end(request.user, agreement)
    typed = {"ends_on": timezone.localdate()} | typed_before(request, agreement, END)
    form = EndForm(posted(request), label=_("Why it ends"), initial=typed)

    def write() -> None:
        data = form.cleaned_data
        operations.end(agreement=agreement, ends_on=data["ends_on"], reason=data["reason"], by=request.user)
        messages.success(request, _("Recorded. The signed text stays readable."))

    words_ = {
        "title": _("End this agreement"),
        "text": _(
            "From the day you choose it no longer holds, and the five limits with the agency’s own times hold instead. The"
            " signed text stays readable. This can’t be undone; you can start a new version at any time."
        ),
        "verb": _("End the agreement"),
    }
    return reason_page(request, agreement, form, write, words_, back=detail_url(agreement), counts_as=END)
