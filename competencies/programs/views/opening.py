"""Opening a self-assessment: who will be asked, by name, and what will be shown of whom, before anybody is."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.forms import posted
from supervision.people.models import Program
from supervision.people.requests import reader
from supervision.records.errors import AlreadyDone, Invalid, Stale

from .. import operations, policy, sentences
from ..forms import OpenForm
from ..models import Group
from ..results import AS_GROUPS, FEWEST
from .common import METHODS

LOOKS_BACK = datetime.timedelta(days=365)
USUALLY_OPEN = datetime.timedelta(days=14)


@require_http_methods(METHODS)
def open_one(request: HttpRequest, program_id: uuid.UUID) -> HttpResponse:
    """For a program that this person manages now."""
    user = reader(request)
    program = get_object_or_404(Program.objects.managed_by(user), pk=program_id)
    versions, circle, today = operations.frameworks(), policy.circle(program), policy.today_there()
    form = OpenForm(posted(request), initial=_first(versions, circle, today), versions=versions, today=today)
    if request.method != "POST":
        policy.check_can_open(user, program, circle)
        return _page(request, program, circle, form)
    if not form.is_valid():
        return _page(request, program, circle, form, status=422)
    data = form.cleaned_data
    key = data["key"] or uuid.uuid4()
    try:
        opened = operations.open_assessment(
            program,
            by=user,
            key=key,
            framework=form.chosen,
            first_day=data["first_day"],
            last_day=data["last_day"],
            closes_on=data["closes_on"],
            asked=data["asked"],
        )
    except AlreadyDone as done:
        messages.info(request, done.message)
        return redirect("program_assessment:detail", operations.id_of(user, key))
    except Stale as refusal:
        again = _with_these(form, request.POST.copy(), circle)
        return _page(request, program, circle, again, stale=refusal.message, status=409)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, program, circle, form, status=422)
    messages.success(request, _("It is open. Everybody who is asked gets an e-mail that something waits."))
    return redirect("program_assessment:detail", opened.pk)


def _first(versions: Any, circle: policy.Circle, today: datetime.date) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(),
        "asked": circle.mark,
        "framework": str(versions[0].pk) if len(versions) == 1 else None,
        "first_day": today - LOOKS_BACK,
        "last_day": today,
        "closes_on": today + USUALLY_OPEN,
    }


def _with_these(form: OpenForm, data: QueryDict, circle: policy.Circle) -> OpenForm:
    """The same form again, for the people who are named now."""
    data["asked"] = circle.mark
    again = OpenForm(data, versions=list(form.by_value.values()), today=form.today)
    again.unchecked()
    return again


def _page(
    request: HttpRequest,
    program: Program,
    circle: policy.Circle,
    form: OpenForm,
    *,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    of = {str(group): len(circle.by_group[group]) for group in Group}
    as_groups = {str(group) for group in AS_GROUPS if of[group] >= FEWEST}
    context = {
        "program": program,
        "form": form,
        "groups": [(sentences.group(group), circle.by_group[group]) for group in sentences.COLUMNS],
        "how_shown": sentences.how_shown(of, as_groups),
        "stale": stale,
        "invalid": status == 422,
    }
    return render(request, "competencies/programs/open.html", context, status=status)
