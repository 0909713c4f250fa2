"""Who supervises whom: the list, one arrangement, making, joining, leaving, ending."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.pages.forms import posted, render_form, row_button_pressed
from supervision.pages.keyset import page_of

from .. import facts, operations, policy
from ..forms import ArrangementFilter, ArrangementForm, JoinForm, LastDayForm, PartRows, ReplaceForm
from ..models import Arrangement, Participation, Program, User
from ..operations.arrangements import OF_A_PAIR, who_it_needs
from ..requests import PersonRequest
from .accounts import get_or_post
from .answers import attempt

WAITING_SHOWN = 50


@require_safe
def arrangements(request: PersonRequest) -> HttpResponse:
    """Who waits for supervision, and every arrangement: for administrators, and for managers those of their programs."""
    policy.check_can_list_arrangements(request.user)
    manager = facts.manager_of(request.user)
    programs = facts.programs(manager)
    form = ArrangementFilter(request.GET or None, programs=programs)
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    shown = [uuid.UUID(asked["program"])] if asked.get("program") else [one.pk for one in programs]
    found = Arrangement.objects.visible_to(request.user).filter(program__in=shown)
    state = asked.get("state", "")
    if state == "ended":
        found = found.exclude(pk__in=found.current().values("pk"))
    elif state != "all":
        found = found.current()
    page = page_of(found.select_related("program"), request.GET, date_field="started_on")
    context = {
        "page": page,
        "lines": facts.lines_of(page.items),
        "form": form,
        "filtered": bool(request.GET),
        "waiting": facts.waiting(shown, manager, WAITING_SHOWN),
    }
    return render(request, "people/arrangements.html", context)


@require_safe
def arrangement(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """One arrangement, for those in it, the program's managers and administrators."""
    found = get_object_or_404(Arrangement.objects.visible_to(request.user).with_people(), pk=pk)
    may_change = request.user.is_administrator or policy.manages(request.user, found.program_id)
    context = {
        "arrangement": found,
        "participations": found.participations.all(),
        "may_change": may_change and found.ended_on is None,
        "may_list": may_change,
        "changes_people": found.structure not in OF_A_PAIR,
        "leading": Participation.LEADING,
    }
    return render(request, "people/arrangement.html", context)


def _choosable(request: PersonRequest) -> Any:
    """Everybody with an open account, by name and job title: a supervisor need not have a place in the program, and may come
    from outside (D 4.24). Only administrators and managers see the form; nobody can choose themself."""
    return User.objects.working().exclude(pk=request.user.pk)


@get_or_post
def arrangement_add(request: PersonRequest) -> HttpResponse:
    policy.check_can_list_arrangements(request.user)
    people = list(_choosable(request))
    programs = Program.objects.visible_to(request.user).filter(is_active=True)
    form = ArrangementForm(posted(request), initial=_asked_program(request), programs=programs)
    rows = PartRows(posted(request), initial=_asked_people(request), form_kwargs={"people": people})
    context = {
        "form": form,
        "rows": rows,
        "who_it_needs": who_it_needs().values(),
        "add_label": _("Add another person"),
    }
    here = reverse("people:arrangements")

    def save() -> HttpResponse:
        taking = [(row["person"], row["part"]) for row in rows.cleaned_rows]
        made = operations.make_arrangement(by=request.user, people=taking, **form.cleaned_data)
        messages.success(request, _("Made. Everybody in it is told."))
        return redirect("people:arrangement", made.pk)

    if request.method == "POST":
        if row_button_pressed(request, form, rows):
            return render(request, "people/arrangement_add.html", context)
        if answer := attempt(request, form, save, here=here, others=(rows,)):
            return answer
    return render_form(request, "people/arrangement_add.html", context, invalid=request.method == "POST")


def _asked_program(request: PersonRequest) -> dict[str, str]:
    asked = request.GET.get("program", "")
    return {"program": asked} if asked else {}


def _asked_people(request: PersonRequest) -> list[dict[str, Any]]:
    """Two rows to fill in; the button of somebody who waits names them in the second."""
    return [
        {"part": Participation.Part.SUPERVISOR},
        {"part": Participation.Part.SUPERVISEE, "person": request.GET.get("person", "")},
    ]


def _to_change(request: PersonRequest, pk: uuid.UUID) -> Arrangement:
    found = get_object_or_404(Arrangement.objects.visible_to(request.user).select_related("program"), pk=pk)
    policy.check_can_change_arrangement(request.user, found)
    return found


def _form_page(request: PersonRequest, form: Any, here: str, **context: Any) -> HttpResponse:
    context |= {"form": form, "back_url": here, "back_label": _("The arrangement")}
    return render_form(request, "people/form.html", context, invalid=request.method == "POST")


@get_or_post
def join(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    found = _to_change(request, pk)
    form = JoinForm(posted(request), initial={"version": found.version}, people=_choosable(request))
    form.fields["part"].choices = [  # type: ignore[attr-defined]
        choice
        for choice in Participation.Part.choices
        if choice[0] in operations.arrangements.ASKED_FOR[found.structure]
    ]
    here = reverse("people:arrangement", args=[found.pk])

    def save() -> HttpResponse:
        operations.join_arrangement(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Everybody in it is told."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    return _form_page(request, form, here, title=_("Somebody joins"), submit_label=_("Save"))


@get_or_post
def leave(request: PersonRequest, pk: uuid.UUID, participation_pk: uuid.UUID) -> HttpResponse:
    found = _to_change(request, pk)
    taking = found.participations.select_related("person", "arrangement")
    row = get_object_or_404(taking, pk=participation_pk)
    form = LastDayForm(posted(request), initial={"version": found.version})
    here = reverse("people:arrangement", args=[found.pk])

    def save() -> HttpResponse:
        operations.leave_arrangement(row, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Everybody in it is told."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    title = _("%(name)s leaves") % {"name": row.person.name}
    return _form_page(request, form, here, title=title, submit_label=_("Save"))


@get_or_post
def replace(request: PersonRequest, pk: uuid.UUID, participation_pk: uuid.UUID) -> HttpResponse:
    """Somebody else supervises or facilitates from a day on."""
    found = _to_change(request, pk)
    taking = found.participations.select_related("person", "arrangement__program")
    row = get_object_or_404(taking, pk=participation_pk, part__in=Participation.LEADING)
    form = ReplaceForm(posted(request), initial={"version": found.version}, people=_choosable(request))
    here = reverse("people:arrangement", args=[found.pk])

    def save() -> HttpResponse:
        after = operations.replace_leader(row, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Everybody in it is told, and asked to agree on this together."))
        return redirect("people:arrangement", after.pk)

    if answer := attempt(request, form, save, here=here):
        return answer
    lead = _("The agreement is asked for anew, so that it names them.")
    if found.structure in operations.arrangements.OF_A_PAIR:
        lead = _(
            "Each pair keeps its own records: this arrangement ends the day before, and a new one begins. They are asked for an"
            " agreement of their own."
        )
    title = _("Somebody in the place of %(name)s") % {"name": row.person.name}
    return _form_page(request, form, here, title=title, lead=lead, submit_label=_("Save"))


@get_or_post
def end(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    found = _to_change(request, pk)
    form = LastDayForm(posted(request), initial={"version": found.version})
    here = reverse("people:arrangement", args=[found.pk])

    def save() -> HttpResponse:
        operations.end_arrangement(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Ended. Everybody in it is told."))
        return redirect(here)

    if answer := attempt(request, form, save, here=here):
        return answer
    return _form_page(
        request,
        form,
        here,
        title=_("End this arrangement"),
        lead=_("What was recorded and signed stays, and those who were part of it go on reading it."),
        submit_label=_("End it"),
    )
