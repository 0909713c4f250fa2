"""People as administrators and managers see them: accounts and facts of work, never record content."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages import words
from supervision.pages.forms import posted, render_form
from supervision.records.policy import explain

from .. import facts, operations, policy
from ..forms import AddPersonForm, AddressForm, EditPersonForm, PeopleFilter
from ..models import PasswordReset, Place, Program, User
from ..paging import page_by_name
from ..requests import PersonRequest
from .answers import attempt

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def state_of(person: Any) -> tuple[str, str]:
    """The words and the kind of tag for an account."""
    if not person.is_active:
        return _("Closed"), ""
    if person.has_usable_password():
        return (_("Administrator"), "info") if person.is_administrator else ("", "")
    if person.open_invitation:
        return _("Invited"), "wait"
    return _("Not invited yet"), "wait"


@require_safe
def people_list(request: PersonRequest) -> HttpResponse:
    """Everybody, for administrators; the people of their programs, for managers."""
    policy.check_can_list_people(request.user)
    manager = facts.manager_of(request.user)
    programs = facts.programs(manager)
    administrator = request.user.is_administrator
    form = PeopleFilter(request.GET or None, programs=programs, administrator=administrator)
    form.is_valid()
    found = _filtered(User.objects.account_visible_to(request.user), getattr(form, "cleaned_data", {}))
    page = page_by_name(facts.with_state(found), request.GET)
    programs_now = facts.programs_now(page.items, manager)
    for person in page.items:
        person.state, person.state_kind = state_of(person)
        person.programs_now = ", ".join(programs_now.get(person.pk, []))
    context = {"page": page, "form": form, "administrator": administrator, "filtered": bool(request.GET)}
    return render(request, "people/list.html", context)


def _filtered(people: Any, asked: dict[str, Any]) -> Any:
    """An answer that the form refused is left out: it shows everybody."""
    state = asked.get("state", "")
    if state == "administrators":
        people = people.filter(is_administrator=True)
    if state == "invited":
        people = people.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    people = people.filter(is_active=state != "closed")
    if asked.get("program"):
        here = Place.objects.current().filter(program_id=asked["program"])
        people = people.filter(pk__in=here.values("person"))
    if text := asked.get("q"):
        people = people.filter(
            Q(name__icontains=text) | Q(preferred_name__icontains=text) | Q(email__icontains=text)
        )
    return people


def person_or_404(request: PersonRequest, pk: uuid.UUID) -> Any:
    """The person whose account page this is; for outsiders there is no such page."""
    return get_object_or_404(
        facts.with_state(User.objects.account_visible_to(request.user)).select_related("line_manager"), pk=pk
    )


@require_safe
def detail(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """One person: work facts for their managers, the account too for administrators."""
    if pk == request.user.pk and not request.user.is_administrator:
        return redirect("people:your_details")
    manager = facts.manager_of(request.user)
    person = next(iter(facts.person(pk, request.user, manager, timezone.now())), None)
    if person is None:
        raise Http404
    person.state, person.state_kind = state_of(person)
    context = {
        "person": person,
        "administrator": request.user.is_administrator,
        "is_self": person.pk == request.user.pk,
        "places": facts.places(person, manager),
        "managements": facts.managements(person, manager),
        "arrangements": facts.lines_of(facts.arrangements(person, manager)),
        "credentials": facts.credentials(person, manager),
        "manages": person.is_managed,
        "away": facts.away(person),
    }
    context |= _account(request, person)
    return render(request, "people/detail.html", context)


def _account(request: PersonRequest, person: Any) -> dict[str, Any]:
    """What an administrator sees of the account, and which buttons are offered; each operation asks again."""
    if not request.user.is_administrator:
        return {}
    other = person.pk != request.user.pk
    resets = list(person.password_resets.open().select_related("person", "asked_by").order_by("asked_at"))
    for reset in resets:  # one that waits and those that went out within a day, so two or three at most
        if reset.is_waiting:
            reset.may_agree = explain(policy.check_can_agree_to_reset, request.user, reset)
    change = person.email_changes.waiting().first()
    no_link_waits = not any(reset.is_waiting for reset in resets)
    return {
        "address_change": change,
        "resets": resets,
        "entrusted": person.is_active and policy.is_entrusted(person),
        "may_invite": person.is_active and not person.has_usable_password() and no_link_waits,
        "may_reset": person.is_active and person.has_usable_password() and no_link_waits,
        "may_close": other and person.is_active,
        "may_open": other and not person.is_active,
        "may_change_role": other and person.is_active,
        "may_change_address": other and person.is_active,
    }


# Adding and editing --------------------------------------------------------------------------------------------


def _choosable(user: User, now: uuid.UUID | None = None) -> Any:
    """Who can be named as line manager: everybody with an open account but whoever fills in the form, and who it is now."""
    return User.objects.filter(Q(is_active=True) & ~Q(pk=user.pk) | Q(pk=now))


@get_or_post
def add(request: PersonRequest) -> HttpResponse:
    policy.check_can_administer(request.user)
    programs = Program.objects.visible_to(request.user).filter(is_active=True)
    initial = {"program": request.GET.get("program", "")}
    form = AddPersonForm(posted(request), initial=initial, people=_choosable(request.user), programs=programs)

    def save() -> HttpResponse:
        person = operations.add_person(by=request.user, **form.cleaned_data)
        if form.cleaned_data["invite_now"]:
            messages.success(request, _("Added. The invitation goes to %(email)s.") % {"email": person.email})
        else:
            messages.success(request, _("Added. Nothing was sent yet."))
        return redirect("people:detail", person.pk)

    if answer := attempt(request, form, save, here=reverse("people:list")):
        return answer
    context = {
        "form": form,
        "title": _("Add a person"),
        "lead": _("They get an e-mail with a link, and choose their own password."),
        "back_url": reverse("people:list"),
        "back_label": _("People"),
        "submit_label": _("Add this person"),
    }
    return render_form(request, "people/form.html", context, invalid=request.method == "POST")


@get_or_post
def edit(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    policy.check_can_administer(request.user)
    facts = [
        "name",
        "job_title",
        "job_role",
        "line_manager",
        "started_on",
        "ended_on",
        "time_zone",
        "is_external",
    ]
    initial = {name: getattr(person, name) for name in [*facts, "version"]}
    people = _choosable(request.user, person.line_manager_id).exclude(pk=person.pk)
    form = EditPersonForm(posted(request), initial=initial, people=people)
    here = reverse("people:detail", args=[person.pk])

    def save() -> HttpResponse:
        operations.edit_person(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    context = {
        "form": form,
        "title": person.name,
        "lead": _("Facts about work only. There is no field for anybody’s health, on purpose."),
        "back_url": here,
        "back_label": person.name,
        "submit_label": _("Save"),
    }
    return render_form(request, "people/form.html", context, invalid=request.method == "POST")


@get_or_post
def address(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for another address: it waits 72 hours, and the old one is told (decision 11)."""
    person = person_or_404(request, pk)
    policy.check_can_change_address(request.user, person)
    form = AddressForm(posted(request))
    here = reverse("people:detail", args=[person.pk])

    def save() -> HttpResponse:
        operations.ask_address_change(person, by=request.user, **form.cleaned_data)
        told = _("Asked. It waits 72 hours; %(email)s is told and can stop it.") % {"email": person.email}
        messages.success(request, told)
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    context = {
        "form": form,
        "title": _("Change the e-mail of %(name)s") % {"name": person.name},
        "lead": _(
            "They sign in with %(email)s until 72 hours have passed. That address is told now, and can stop the change."
        )
        % {"email": person.email},
        "back_url": here,
        "back_label": person.name,
        "submit_label": _("Ask for the change"),
    }
    return render_form(request, "people/form.html", context, invalid=request.method == "POST")


# One question, one button ---------------------------------------------------------------------------------------


def confirmed(
    request: PersonRequest,
    person: Any,
    check: Any,
    save: Any,
    *,
    title: str,
    text: str,
    verb: str,
    done: str | Callable[[Any], str],
) -> HttpResponse:
    """Ask on GET, do on POST. `check` refuses before anything is asked; `done` may say it from what `save` returned."""
    check()
    here = reverse("people:detail", args=[person.pk])
    if request.method == "POST":
        saved = save()
        messages.success(request, done if isinstance(done, str) else done(saved))
        return redirect(here)
    context = {"title": title, "text": text, "verb": verb, "cancel_url": here, "cancel_label": _("Back")}
    return render(request, "confirm_page.html", context)


@get_or_post
def invite(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """An invitation, or a link for a new password: to the address on file only."""
    person = person_or_404(request, pk)
    policy.check_can_administer(request.user)
    if person.has_usable_password():
        return confirmed(
            request,
            person,
            lambda: policy.check_can_send_reset(request.user, person),
            lambda: operations.send_reset(person, by=request.user),
            title=_("Send %(name)s a link for a new password") % {"name": person.called},
            text=_what_a_link_does(request.user, person),
            verb=_("Ask for the link") if _waits(request.user, person) else _("Send the link"),
            done=lambda reset: _how_it_goes(reset, person),
        )
    return confirmed(
        request,
        person,
        lambda: policy.check_can_invite(request.user, person),
        lambda: operations.invite(person, by=request.user),
        title=_("Invite %(name)s") % {"name": person.called},
        text=_("The link goes to %(email)s and works for 7 days. Links sent before stop working.")
        % {"email": person.email},
        verb=_("Send the invitation"),
        done=lambda invitation: _how_it_goes(
            None if invitation else person.password_resets.waiting().first(), person
        ),
    )


def _waits(user: User, person: User) -> bool:
    return user.pk != person.pk and policy.is_entrusted(person)


def _what_a_link_does(user: User, person: User) -> str:
    given = {"name": person.called, "email": person.email}
    first = _("It goes to %(email)s, the address on file. You do not see it.") % given
    second = (
        _("%(name)s is told. Their second step at sign-in, if they have one, is asked as before.") % given
    )
    if not _waits(user, person):
        return f"{first} {second}"
    wait = _(
        "Because of what this account opens, it waits 72 hours, or until a second administrator agrees. %(name)s is told now, and "
        "can stop it."
    )
    return f"{first} {wait % given} {second}"


def _how_it_goes(reset: PasswordReset | None, person: User) -> str:
    if reset is None:
        return _("The link goes to %(email)s.") % {"email": person.email}
    when = f"{words.day(reset.takes_effect_at)}, {words.clock(reset.takes_effect_at)}"
    return _("The link waits until %(when)s, or until a second administrator agrees. %(name)s is told.") % {
        "when": when,
        "name": person.called,
    }


@get_or_post
def deactivate(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    running = person.participations.current().count()
    text = _(
        "They can’t sign in any more, and where they are signed in now they are signed out. What they signed stays. Programs that "
        "they manage, the people whose line manager they are and the administrator’s role are taken away."
    )
    if running:
        text += " " + _(
            "They take part in supervision that is still running: end it, or find them a successor there."
        )
    return confirmed(
        request,
        person,
        lambda: policy.check_can_deactivate(request.user, person),
        lambda: operations.deactivate(person, by=request.user),
        title=_("Close the account of %(name)s") % {"name": person.name},
        text=text,
        verb=_("Close the account"),
        done=_("Closed. %(name)s is told.") % {"name": person.called},
    )


@get_or_post
def reactivate(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    return confirmed(
        request,
        person,
        lambda: policy.check_can_reactivate(request.user, person),
        lambda: operations.reactivate(person, by=request.user),
        title=_("Open the account of %(name)s again") % {"name": person.name},
        text=_(
            "They sign in with their password, and their second step if they have one. Programs to manage, people whose line "
            "manager they were and the administrator’s role are not given back. Supervision that they are still part of opens "
            "to them again, and everybody in it is told."
        ),
        verb=_("Open the account"),
        done=_("Open again. %(name)s is told.") % {"name": person.called},
    )


@get_or_post
def administrator(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Give or take the role of an administrator. The form says which, so that a double click does not undo itself."""
    person = person_or_404(request, pk)
    asked = {"give": True, "take": False}.get(request.POST.get("role", ""))
    value = not person.is_administrator if asked is None else asked
    policy.check_can_set_administrator(request.user, person, value=value)
    if request.method == "POST" and asked is not None:
        operations.set_administrator(person, by=request.user, value=value)
        messages.success(request, _("Saved. %(name)s is told.") % {"name": person.called})
        return redirect("people:detail", person.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/administrator.html", {"person": person, "value": value}, status=status)


@get_or_post
def address_keep(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """An administrator stops a change of address that still waits."""
    person = person_or_404(request, pk)
    change = person.email_changes.waiting().first()

    def stop() -> None:
        if change is not None:
            operations.stop_address_change(change, by=request.user)

    return confirmed(
        request,
        person,
        lambda: policy.check_can_administer(request.user),
        stop,
        title=_("Keep the e-mail of %(name)s") % {"name": person.name},
        text=_("They go on signing in with %(email)s.") % {"email": person.email},
        verb=_("Keep it"),
        done=_("The e-mail stays as it is."),
    )
