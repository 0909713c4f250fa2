"""What becomes of an assessment before it is shown: a part taken back, shown alone, left at that, called off, thrown away."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from supervision.people.requests import reader
from supervision.records.again import gone_mark, second_press_is_gone, second_press_shows
from supervision.records.typed import forget

from .. import operations, policy
from ..models import Assessment, AssessmentPart
from .common import METHODS, address, assessment_of, own_part

PAGE = "competencies:assessment"


def _asked_first(
    operation: Callable[..., Any],
    check: Callable[[Any, Assessment, AssessmentPart], None],
    *,
    title: Any,
    text: Any,
    verb: Any,
    done: Any,
    then: str = PAGE,
) -> Callable[..., HttpResponse]:
    """A page that says what will happen, and does it when it is sent. `check` says whether it may be asked for."""

    @require_http_methods(METHODS)
    @second_press_shows(PAGE)
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        user = reader(request)
        found = assessment_of(user, pk)
        partner = found.partner_of(user)
        name = {"name": partner.called if partner else ""}
        if request.method == "POST":
            operation(found, by=user)
            messages.success(request, str(done) % name)
            return redirect(then, pk)
        check(user, found, own_part(found, user))
        return _confirm(request, found, title=title, text=str(text) % name, verb=verb)

    return view


def _confirm(request: HttpRequest, found: Assessment, **page: Any) -> HttpResponse:
    url = address("assessment", found.pk)
    context = {"cancel_url": url, "back_url": url, "back_label": _("The assessment"), **page}
    return render(request, "confirm_page.html", context)


take_back_part = _asked_first(
    operations.take_back_part,
    policy.check_can_take_back_part,
    title=gettext_lazy("Take your part back"),
    text=gettext_lazy("Nobody has seen it. You can change it and give it again."),
    verb=gettext_lazy("Take it back"),
    done=gettext_lazy("You have your part again. Give it once more when it is right."),
    then="competencies:assessment_part",
)
release_alone = _asked_first(
    operations.release_alone,
    policy.check_can_release_alone,
    title=gettext_lazy("Show your part alone"),
    text=gettext_lazy("%(name)s has not given theirs. They read yours, and theirs can’t be given any more."),
    verb=gettext_lazy("Show mine"),
    done=gettext_lazy("Your part is shown to both of you now."),
)
withdraw_part = _asked_first(
    operations.withdraw_part,
    policy.check_can_end_early,
    title=gettext_lazy("Leave it at that"),
    text=gettext_lazy("The assessment ends. Nobody sees your part, and %(name)s is told that it has ended."),
    verb=gettext_lazy("End it"),
    done=gettext_lazy("It has ended. Nobody has seen your part."),
)
call_off = _asked_first(
    operations.call_off,
    lambda user, found, own: policy.check_can_call_off(
        user, found, found.parts.filter(given_at__isnull=False).exists()
    ),
    title=gettext_lazy("Call it off"),
    text=gettext_lazy("What either of you has marked is shown to nobody. %(name)s is told."),
    verb=gettext_lazy("Call it off"),
    done=gettext_lazy("Called off. %(name)s is told."),
)


@require_http_methods(METHODS)
@second_press_is_gone
def throw_away(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What is one's own alone goes for good."""
    user = reader(request)
    found = assessment_of(user, pk)
    if request.method == "POST":
        operations.throw_away(found, by=user)
        forget(request, operations.draft_of(pk))
        messages.success(request, _("It is gone."))
        return redirect("competencies:assessments")
    policy.check_can_throw_away(user, found)
    return _confirm(
        request,
        found,
        title=_("Throw it away"),
        text=_("Nobody but you knows of it. What you marked is gone for good."),
        verb=_("Throw it away"),
        gone=gone_mark(user, pk, reverse("competencies:assessments")),
    )
