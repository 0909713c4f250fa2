"""Pages for people who are not signed in: the first start, an invitation, stopping a change of address or a link."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.forms import render_form
from supervision.records.errors import WrongState

from .. import operations, tokens
from ..forms import InvitationForm, StartForm
from ..models import Agency, EmailChange, Invitation, PasswordReset, User
from .accounts import get_or_post
from .answers import attempt


def _sign_in(request: HttpRequest, person: User, how: str) -> HttpResponse:
    """Sign somebody in who has just proved who they are; any second factor they have is still asked for."""
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, person, how)
    return perform_login(request, Login(user=person, email=person.email))


# The first start --------------------------------------------------------------------------------------------------


@require_safe
def not_started(request: HttpRequest) -> HttpResponse:
    """Where every visitor comes as long as there is no agency."""
    if Agency.objects.exists():
        raise Http404
    return render(request, "people/not_started.html")


@get_or_post
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Make the agency and its first administrator. The address comes from the server's console and works once."""
    if not operations.setup_token_works(token):
        raise Http404
    form = StartForm(request.POST or None)

    def save() -> HttpResponse:
        found = form.cleaned_data
        person = operations.make_agency(
            token=token,
            agency=form.agency_facts(),
            name=found["name"],
            email=found["email"],
            password=found["password"],
        )
        messages.success(request, _("Your agency is ready. Next, add programs and invite people."))
        return _sign_in(request, person, "password")

    if answer := attempt(request, form, save, here=request.path):
        return answer
    return render_form(request, "people/start.html", {"form": form}, invalid=request.method == "POST")


# Invitations ------------------------------------------------------------------------------------------------------


def _link_gone(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    """A calm page saying whom to ask. The same for a link that never was one of ours."""
    context = {"was_used": bool(invitation and invitation.used_at)}
    return render(request, "people/link_gone.html", context, status=410 if invitation else 404)


@get_or_post
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invited person chooses a password and what to be called."""
    key = tokens.read(token, tokens.INVITATION)
    found = Invitation.objects.select_related("person").filter(pk=key).first() if key else None
    if found is None or not found.is_open or not found.person.is_active:
        return _link_gone(request, found)
    form = InvitationForm(request.POST or None, person=found.person)

    def save() -> HttpResponse:
        person = operations.accept_invitation(found, **form.cleaned_data)
        return _sign_in(request, person, "invitation")

    try:
        answer = attempt(request, form, save, here=request.path)
    except WrongState:
        found.refresh_from_db()
        return _link_gone(request, found)
    if answer:
        return answer
    agency = Agency.objects.values_list("name", flat=True).first()
    context = {"form": form, "person": found.person, "agency": agency}
    return render_form(request, "people/invitation.html", context, invalid=request.method == "POST")


# Addresses --------------------------------------------------------------------------------------------------------


@get_or_post
def address_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the old address stops a change of it, within the 72 hours."""
    key = tokens.read(token, tokens.STOP_ADDRESS)
    change = EmailChange.objects.select_related("person").filter(pk=key).first() if key else None
    if change is None:
        return _link_gone(request, None)
    if request.method == "POST":
        operations.stop_address_change(change, by=None)
        return redirect(request.path)
    return render(request, "people/address_stop.html", {"change": change})


# Links for a new password -----------------------------------------------------------------------------------------


@get_or_post
def reset_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds an address of a person stops a link for a new password that waits, or that was not used yet."""
    key = tokens.read(token, tokens.STOP_RESET)
    reset = PasswordReset.objects.select_related("person").filter(pk=key).first() if key else None
    if reset is None:
        return _link_gone(request, None)
    if request.method == "POST":
        operations.stop_reset(reset, by=None)
        return redirect(request.path)
    return render(request, "people/reset_stop.html", {"reset": reset})
