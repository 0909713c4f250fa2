"""Home pages, lists of people, the activity log, and the pages of the footer. All of them only read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from supervision.pages import charts, sight
from supervision.pages.forms import render_form
from supervision.people.limits import LIMITS
from supervision.people.models import Arrangement, Management, Place, User
from supervision.people.requests import person_for

from . import (
    activity,
    administrator_home,
    caseload,
    line_manager_home,
    paging,
    people_table,
    policy,
    roles,
    supervisor_home,
    waiting,
    worker_facts,
    worker_home,
)
from . import manager as manager_facts
from .forms import ActivityFilter, PeopleFilter

SHAPE = (0, "", "")
HELPERS = 5  # names on the help page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the role in use."""
    role = roles.in_use(request)
    if role is None:
        return render(request, "overview/nothing_yet.html", {"tasks": waiting.own(request.user)})
    return HOMES[role.key](request)


def _supervisor(request: HttpRequest) -> HttpResponse:
    return render(request, "overview/supervisor.html", {"home": supervisor_home.home_of(request.user)})  # type: ignore[arg-type]


def _peer_worker(request: HttpRequest) -> HttpResponse:
    return render(request, "overview/worker_home.html", {"home": worker_home.home_of(request.user)})  # type: ignore[arg-type]


def _line_manager(request: HttpRequest) -> HttpResponse:
    return render(request, "overview/line_manager.html", {"home": line_manager_home.home_of(request.user)})  # type: ignore[arg-type]


def _administrator(request: HttpRequest) -> HttpResponse:
    policy.check_can_see_administration(request.user)  # type: ignore[arg-type]
    tasks = [*waiting.own(request.user), *administrator_home.tasks_of(request.user)]
    return render(request, "overview/administrator.html", {"tasks": tasks})


@require_safe
def manager(request: HttpRequest) -> HttpResponse:
    """Everybody in the programs that this person manages, with the figures above."""
    user: Any = request.user
    policy.check_can_see_programs(user)
    days = caseload.answer_days()
    seen = Arrangement.objects.managed_by
    lines = caseload.lines_of(user, caseload.managed_by, answer_days=days, seen=seen)
    above = manager_facts.overview_of(lines, user, answer_days=days)
    context = {"above": above, "today": timezone.localdate(), "tasks": waiting.own(user)}
    return _people_page(request, "overview/manager.html", lines, context, with_supervisors=True)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people one supervises."""
    user: Any = request.user
    policy.check_can_see_people(user)
    lines = caseload.lines_of(user, caseload.led_by, answer_days=caseload.answer_days())
    return _people_page(request, "overview/people.html", lines, {}, with_supervisors=False)


def _people_page(
    request: HttpRequest,
    template: str,
    lines: list[caseload.Line],
    context: dict[str, Any],
    *,
    with_supervisors: bool,
) -> HttpResponse:
    form = PeopleFilter(
        request.GET or None,
        programs=caseload.programs_in(lines),
        supervisors=caseload.supervisors_in(lines) if with_supervisors else None,
    )
    invalid = form.is_bound and not form.is_valid()
    wanted = form.cleaned_data if form.is_bound and not invalid else {}
    order = wanted.pop("order", "")
    found = caseload.ordered(caseload.chosen(lines, wanted), order)
    page = paging.page_of(found, request.GET, key=lambda line: line.key_by(order), shape=SHAPE)
    caseload.add_weeks(page.items)
    context = {
        **context,
        "filter": form,
        "heat_key": charts.heat_key(),
        "page": page,
        "table": people_table.table_of(page.items, with_supervisors=with_supervisors),
        "found": len(found),
        "all": len(lines),
        "filtered": any(wanted.values()),
    }
    return render_form(request, template, context, invalid=invalid)


@require_safe
def worker(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One person's supervision in log facts."""
    user: Any = request.user
    person = person_for(user, pk)
    arrangements = worker_facts.arrangements_of(user, person)
    policy.check_can_see_worker(arrangements)
    seen = [each.pk for each in arrangements]
    context = {
        "person": person,
        "arrangements": arrangements,
        "hours": worker_facts.hours_of(person, arrangements),
        "agreements": worker_facts.agreements_of(user, person, seen),
        "observations": worker_facts.observations_of(user, person, seen),
        "page": worker_facts.sessions_page(user, person, seen, request.GET),
        "own": person.pk == user.pk,
        "from_people": roles.is_in_use(request, roles.SUPERVISOR),
    }
    return render(request, "overview/worker.html", context)


@require_safe
def activity_log(request: HttpRequest) -> HttpResponse:
    """What happened in the programs that this person manages."""
    user: Any = request.user
    policy.check_can_see_programs(user)
    form = ActivityFilter(request.GET or None, programs=activity.programs_of(user))
    invalid = form.is_bound and not form.is_valid()
    chosen = form.cleaned_data["program"] if form.is_bound and not invalid else ""
    program = uuid.UUID(chosen) if chosen else None
    context = {"filter": form, "page": activity.page_of(user, program, request.GET)}
    return render_form(request, "overview/activity.html", context, invalid=invalid)


@require_safe
def who_can_see(request: HttpRequest) -> HttpResponse:
    context = {"layers": sight.by_layer(), "limits": [text for _key, text in LIMITS]}
    return render(request, "overview/who_can_see.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "overview/accessibility.html")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to ask: the administrators, and the managers of the programs this person belongs to. Two queries."""
    user: Any = request.user
    programs = Place.objects.current().filter(person=user).values("program")
    arranged = Arrangement.objects.of(user).values("program")
    managers = Management.objects.current().filter(Q(program__in=programs) | Q(program__in=arranged))
    people = User.objects.working()
    context = {
        "administrators": list(people.filter(is_administrator=True).values_list("name", flat=True)[:HELPERS]),
        "managers": list(
            people.filter(pk__in=managers.values("person"))
            .exclude(pk=user.pk)
            .values_list("name", flat=True)[:HELPERS]
        ),
    }
    return render(request, "overview/help.html", context)


HOMES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    roles.SUPERVISOR: _supervisor,
    roles.PEER_WORKER: _peer_worker,
    roles.PROGRAM_MANAGER: manager,
    roles.LINE_MANAGER: _line_manager,
    roles.ADMINISTRATOR: _administrator,
}
