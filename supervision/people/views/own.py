"""A person's own pages: details, times away, the limits, and which of their roles the navigation shows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from supervision.guidance.shown import silenced_hints
from supervision.pages import words
from supervision.pages.forms import render_form
from supervision.records.errors import Denied

from .. import operations, policy
from ..changes import changes_page, newest_changes
from ..forms import AwayForm, DetailsForm
from ..limits import LIMITS, REPORT_NOTE, STEPS
from ..models import (
    Agency,
    Away,
    Credential,
    Management,
    Participation,
    Place,
    Standing,
    User,
)
from ..requests import PersonRequest
from .accounts import get_or_post
from .answers import attempt

ROLES = {
    "peer-worker": ("peer_worker", gettext_lazy("Peer worker")),
    "supervisor": ("supervisor", gettext_lazy("Supervisor")),
    "program-manager": ("program_manager", gettext_lazy("Program manager")),
    "line-manager": ("line_manager", gettext_lazy("Line manager")),
    "administrator": ("administrator", gettext_lazy("Administrator")),
}


@get_or_post
def your_details(request: PersonRequest) -> HttpResponse:
    person = request.user
    initial = {
        name: getattr(person, name)
        for name in ("preferred_name", "pronouns", "time_zone", "theme", "version")
    }
    form = DetailsForm(request.POST or None, initial=initial)
    here = reverse("people:your_details")

    def save() -> HttpResponse:
        operations.change_own_details(by=person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    places = list(Place.objects.visible_to(person).current().filter(person=person).select_related("program"))
    managers = Management.objects.current().filter(program__in=[place.program_id for place in places])
    context = {
        "form": form,
        "person": person,
        "places": places,
        "managers": managers.select_related("person", "program").order_by("program__name", "person__name"),
        "credentials": Credential.objects.filter(person=person),
        "changes": newest_changes(person),
        "silenced_hints": silenced_hints(person),
        "address_change": person.email_changes.waiting().first(),
        "resets": person.password_resets.open()
        .select_related("asked_by", "consented_by")
        .order_by("asked_at"),
    }
    return render_form(request, "people/your_details.html", context, invalid=request.method == "POST")


# What others changed ------------------------------------------------------------------------------------------


@require_safe
def changes(request: PersonRequest) -> HttpResponse:
    """Everything that others changed about this person, the newest first."""
    return render(request, "people/changes.html", {"page": changes_page(request.user, request.GET)})


@get_or_post
def reset_stop(request: PersonRequest, reset_pk: uuid.UUID) -> HttpResponse:
    """The person stops a link for a new password that an administrator asked for."""
    reset = get_object_or_404(request.user.password_resets.select_related("person"), pk=reset_pk)
    return _stopped(
        request,
        lambda: operations.stop_reset(reset, by=request.user),
        title=_("Stop the link for a new password"),
        text=_("Your password stays as it is. The administrators are told that you stopped it."),
    )


@get_or_post
def address_keep(request: PersonRequest) -> HttpResponse:
    """The person stops a change of their address."""
    change = request.user.email_changes.waiting().select_related("person").first()
    return _stopped(
        request,
        lambda: change is not None and operations.stop_address_change(change, by=request.user),
        title=_("Keep your e-mail"),
        text=_("You go on signing in with %(email)s.") % {"email": request.user.email},
    )


def _stopped(request: PersonRequest, stop: Callable[[], bool], *, title: str, text: str) -> HttpResponse:
    """Ask on GET, stop on POST, and say what came of it."""
    if request.method == "POST":
        if stop():
            messages.success(request, _("Stopped."))
        else:
            messages.info(request, _("There is nothing to stop any more."))
        return redirect("people:your_details")
    context = {
        "title": title,
        "text": text,
        "verb": _("Stop it"),
        "cancel_url": reverse("people:your_details"),
        "cancel_label": _("Back"),
    }
    return render(request, "confirm_page.html", context)


# Away ---------------------------------------------------------------------------------------------------------


@get_or_post
def away(request: PersonRequest) -> HttpResponse:
    """One's own times away."""
    return _away(request, request.user, reverse("people:your_details"), _("Your details"))


@get_or_post
def away_of(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The times away of somebody else, for their managers and administrators."""
    person = get_object_or_404(User.objects.account_visible_to(request.user), pk=pk)
    policy.check_can_set_away(request.user, person)
    return _away(request, person, reverse("people:detail", args=[person.pk]), person.name)


def _away(request: PersonRequest, person: Any, back_url: str, back_label: str) -> HttpResponse:
    here = request.path
    form = AwayForm(request.POST if request.method == "POST" and "remove" not in request.POST else None)
    if request.method == "POST" and "remove" in request.POST:
        return _remove_away(request, person, here)

    def save() -> HttpResponse:
        operations.add_away(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Nothing is expected in that time."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    context = {
        "form": form,
        "person": person,
        "is_self": person.pk == request.user.pk,
        "rows": person.away.filter(last_day__gte=timezone.localdate()).order_by("first_day"),
        "past": person.away.filter(last_day__lt=timezone.localdate()).order_by("-first_day")[:12],
        "back_url": back_url,
        "back_label": back_label,
    }
    return render_form(request, "people/away.html", context, invalid=form.is_bound)


def _remove_away(request: PersonRequest, person: Any, here: str) -> HttpResponse:
    try:
        key = uuid.UUID(request.POST["remove"])
    except ValueError:
        raise Http404 from None
    row = Away.objects.visible_to(request.user).filter(pk=key, person=person).select_related("person").first()
    if row is not None:
        operations.remove_away(row, by=request.user)
    messages.success(request, _("Taken off the list."))
    return redirect(here)


# The limits -----------------------------------------------------------------------------------------------------


@get_or_post
def limits(request: PersonRequest) -> HttpResponse:
    """The five limits of confidentiality and the agency's time to raise a concern, read before a first session (D 2.100)."""
    following = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        operations.acknowledge_limits(by=request.user)
        messages.success(
            request, _("Thank you. You find the limits in your account menu and in every agreement.")
        )
        return redirect(following or "home")
    context = {
        "limits": [text for _key, text in LIMITS],
        "report_note": REPORT_NOTE,
        "steps": STEPS,
        "concern_days": Agency.objects.values_list("concern_days", flat=True).first(),
        "agreed_days": _agreed_days(request.user),
        "acknowledged": request.user.acknowledgements.order_by("-edition").first(),
        "is_current": policy.has_acknowledged(request.user),
        "next": following,
    }
    return render(request, "people/limits.html", context)


def _agreed_days(user: User) -> list[dict[str, Any]]:
    """Where an agreement in force of this person says another time than the agency: with whom, and how many working days."""
    kept = Standing.objects.filter(
        arrangement__in=Participation.objects.current().filter(person=user).values("arrangement"),
        agreement_id__isnull=False,
        concern_days__isnull=False,
    )
    people = Participation.objects.current().filter(arrangement__in=kept.values("pk")).exclude(person=user)
    names: dict[Any, list[str]] = {}
    for arrangement, name in people.order_by("person__name").values_list("arrangement", "person__name"):
        names.setdefault(arrangement, []).append(name)
    return [
        {"names": words.join_names(names.get(pk, [])), "days": days}
        for pk, days in kept.order_by("arrangement__started_on", "pk").values_list("pk", "concern_days")
    ]


def _safe(request: PersonRequest, target: str) -> str:
    """A path of this site, or nothing."""
    here = {request.get_host()}
    return target if url_has_allowed_host_and_scheme(target, here, require_https=request.is_secure()) else ""


# Roles --------------------------------------------------------------------------------------------------------------


@require_POST
def role(request: PersonRequest, role: str) -> HttpResponse:
    """Which of one's roles the navigation shows. No rule ever asks for it (decision 25)."""
    if role not in ROLES:
        raise Http404
    attribute, _label = ROLES[role]
    if not getattr(request.user.roles, attribute):
        raise Denied(_("This is not one of your roles."))
    request.session["role"] = role
    return redirect("home")
