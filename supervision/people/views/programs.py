"""Programs, places and managers; the agency's settings."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.forms import posted, render_form

from .. import facts, operations, policy
from ..forms import AgencyForm, EditPlaceForm, EditProgramForm, ManagerForm, PlaceForm, ProgramForm
from ..models import Agency, Management, Place, Program, User, today
from ..paging import page_by_name
from ..requests import PersonRequest
from .accounts import get_or_post
from .answers import attempt


@require_safe
def programs(request: PersonRequest) -> HttpResponse:
    policy.check_can_list_people(request.user)
    still = Q(places__until=None) | Q(places__until__gte=today())
    here = still & Q(places__since__lte=today(), places__person__is_active=True)
    found = Program.objects.visible_to(request.user).annotate(
        people_now=Count("places", filter=here, distinct=True)
    )
    managers = (
        Management.objects.visible_to(request.user)
        .current()
        .select_related("person")
        .order_by("person__name")
    )
    by_program: dict[uuid.UUID, list[str]] = {}
    for each in managers:
        by_program.setdefault(each.program_id, []).append(each.person.name)
    rows = [(program, by_program.get(program.pk, [])) for program in found.order_by("-is_active", "name")]
    return render(
        request, "people/programs.html", {"rows": rows, "administrator": request.user.is_administrator}
    )


def _program(request: PersonRequest, pk: uuid.UUID) -> Program:
    return get_object_or_404(Program.objects.visible_to(request.user), pk=pk)


@require_safe
def program(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """A program: who manages it, who has a place in it, and who waits for supervision there."""
    found = _program(request, pk)
    places = Place.objects.visible_to(request.user).filter(program=found).current()
    waiting = Place.objects.visible_to(request.user).waiting().filter(pk=OuterRef("pk"))
    shown = (
        places.filter(person__is_active=True).select_related("person").annotate(is_waiting=Exists(waiting))
    )
    context = {
        "program": found,
        "administrator": request.user.is_administrator,
        "page": page_by_name(shown, request.GET, field="person__name"),
        "managements": facts.managers(found, facts.manager_of(request.user)),
        "may_arrange": found.is_active,
    }
    return render(request, "people/program.html", context)


def _form_page(request: PersonRequest, form: Any, **context: Any) -> HttpResponse:
    return render_form(
        request, "people/form.html", {"form": form, **context}, invalid=request.method == "POST"
    )


@get_or_post
def program_add(request: PersonRequest) -> HttpResponse:
    policy.check_can_administer(request.user)
    form = ProgramForm(posted(request))
    here = reverse("people:programs")

    def save() -> HttpResponse:
        made = operations.add_program(by=request.user, **form.cleaned_data)
        messages.success(request, _("Added."))
        return redirect("people:program", made.pk)

    if answer := attempt(request, form, save, here=here):
        return answer
    return _form_page(
        request,
        form,
        title=_("Add a program"),
        lead=_("Such as a drop-in center or a warm line."),
        back_url=here,
        back_label=_("Programs"),
        submit_label=_("Add this program"),
    )


@get_or_post
def program_edit(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    found = _program(request, pk)
    policy.check_can_administer(request.user)
    initial = {"name": found.name, "is_active": found.is_active, "version": found.version}
    form = EditProgramForm(posted(request), initial=initial)
    here = reverse("people:program", args=[found.pk])

    def save() -> HttpResponse:
        operations.edit_program(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    title = found.name
    return _form_page(request, form, title=title, back_url=here, back_label=title, submit_label=_("Save"))


# Places ---------------------------------------------------------------------------------------------------------


@get_or_post
def place_add(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    found = _program(request, pk)
    policy.check_can_administer(request.user)
    held = Place.objects.visible_to(request.user).filter(program=found, until=None)
    people = User.objects.working().exclude(pk=request.user.pk).exclude(pk__in=held.values("person"))
    initial = {"person": request.GET.get("person", "")}
    form = PlaceForm(posted(request), initial=initial, people=people)
    here = reverse("people:program", args=[found.pk])

    def save() -> HttpResponse:
        place = operations.place_person(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(name)s has a place in %(program)s.") % _words(place.person, found))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    return _form_page(
        request,
        form,
        title=_("Give somebody a place in %(program)s") % {"program": found.name},
        back_url=here,
        back_label=found.name,
        submit_label=_("Give this place"),
    )


def _words(person: User, found: Program) -> dict[str, str]:
    return {"name": person.name, "program": found.name}


@get_or_post
def place_edit(request: PersonRequest, pk: uuid.UUID, place_pk: uuid.UUID) -> HttpResponse:
    found = _program(request, pk)
    policy.check_can_administer(request.user)
    places = Place.objects.visible_to(request.user).select_related("person")
    place = get_object_or_404(places, pk=place_pk, program=found)
    form = EditPlaceForm(posted(request), initial={"supervised": place.supervised, "until": place.until})
    here = reverse("people:program", args=[found.pk])

    def save() -> HttpResponse:
        operations.change_place(place, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. %(name)s is told.") % {"name": place.person.called})
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    return _form_page(
        request,
        form,
        title=_("%(name)s in %(program)s") % _words(place.person, found),
        back_url=here,
        back_label=found.name,
        submit_label=_("Save"),
    )


# Managers -------------------------------------------------------------------------------------------------------


@get_or_post
def manager_add(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    found = _program(request, pk)
    policy.check_can_administer(request.user)
    already = Management.objects.visible_to(request.user).filter(program=found, until=None)
    people = User.objects.working().exclude(pk=request.user.pk).exclude(pk__in=already.values("person"))
    form = ManagerForm(posted(request), people=people)
    here = reverse("people:program", args=[found.pk])

    def save() -> HttpResponse:
        management = operations.appoint_manager(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(name)s manages %(program)s.") % _words(management.person, found))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    return _form_page(
        request,
        form,
        title=_("Name a manager of %(program)s") % {"program": found.name},
        lead=_(
            "A manager sees that supervision happens, and reads signed agreements, never what was said. Everybody in "
            "supervision there is told."
        ),
        back_url=here,
        back_label=found.name,
        submit_label=_("Name this manager"),
    )


@get_or_post
def manager_end(request: PersonRequest, pk: uuid.UUID, management_pk: uuid.UUID) -> HttpResponse:
    found = _program(request, pk)
    policy.check_can_administer(request.user)
    here = reverse("people:program", args=[found.pk])
    managements = Management.objects.visible_to(request.user).select_related("person", "program")
    management = managements.filter(pk=management_pk, program=found).first()
    if request.method == "POST":
        if management is not None:
            operations.end_management(management, by=request.user)
        messages.success(request, _("Saved."))
        return redirect(here)
    if management is None:
        return redirect(here)
    context = {
        "title": _("%(name)s stops managing %(program)s") % _words(management.person, found),
        "text": _("From this moment they no longer see who met when in this program. They are told."),
        "verb": _("End it now"),
        "cancel_url": here,
        "cancel_label": _("Back"),
    }
    return render(request, "confirm_page.html", context)


# The agency -----------------------------------------------------------------------------------------------------


@get_or_post
def agency(request: PersonRequest) -> HttpResponse:
    policy.check_can_administer(request.user)
    found = get_object_or_404(Agency)
    initial = {
        "agency_name": found.name,
        "agency_zone": found.time_zone,
        "concern_days": found.concern_days,
        "answer_days": found.answer_days,
        "review_months": found.review_months,
        "holiday_country": found.holiday_country,
        "second_factor_required": found.second_factor_required,
        "version": found.version,
    }
    form = AgencyForm(posted(request), initial=initial)
    here = reverse("people:agency")

    def save() -> HttpResponse:
        facts = dict(form.cleaned_data)
        facts["name"], facts["time_zone"] = facts.pop("agency_name"), facts.pop("agency_zone")
        operations.edit_agency(found, by=request.user, **facts)
        messages.success(request, _("Saved."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    return _form_page(
        request,
        form,
        title=_("The agency"),
        lead=_("These hold for everybody. The other administrators are told of a change."),
        submit_label=_("Save"),
    )
