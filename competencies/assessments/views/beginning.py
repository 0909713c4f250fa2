"""Beginning an assessment: with whom, then of what, for which period."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from supervision.pages.forms import posted, render_form
from supervision.pages.responses import conflict
from supervision.pages.sight import Line, line
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records.errors import AlreadyDone, Invalid, NotFound, Stale

from ...library.models import FrameworkVersion
from .. import circle, operations
from ..circle import Pair
from ..forms import BeginForm
from ..models import Assessment
from .common import METHODS, address

USUAL = datetime.timedelta(days=91)
DUE_IN = datetime.timedelta(days=14)
ALONE = "me"
About = FrameworkVersion.About


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Alone, or with whom: everybody with whom one can begin it, on either side."""
    user = reader(request)
    rows = [
        {
            "url": f"{reverse('competencies:assessment_new')}?with={pair.key}",
            "name": pair.partner_of(user).name,
            "said": _said(pair, user),
        }
        for pair in circle.pairs(user)
    ]
    return render(request, "competencies/assessments/choose.html", {"rows": rows})


def _said(pair: Pair, user: User) -> str:
    values = {"name": pair.partner_of(user).called, "program": pair.arrangement.program.name}
    if pair.person.pk == user.pk:
        return _("Your practice, as you and %(name)s see it. %(program)s") % values
    return _("The practice of %(name)s, as they and you see it. %(program)s") % values


@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """What is looked at and for which period; `?with=` says with whom, or "me" for oneself alone."""
    user = reader(request)
    pair = _pair(user, request.GET.get("with", ""))
    versions = _versions(pair)
    form = BeginForm(posted(request), frameworks=versions, alone=pair is None, initial=_usual())
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"] or uuid.uuid4()
        try:
            if pair is None:
                made = operations.begin_alone(by=user, key=key, begun=form.begun())
            else:
                made = operations.begin(pair, by=user, key=key, begun=form.begun())
        except AlreadyDone:
            return redirect("competencies:assessment", operations.id_of(user, key))
        except Stale as refusal:
            return conflict(request, what=refusal.message, url=_as_it_stands(user, key), forms=[form])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            if pair is not None:
                name = {"name": pair.partner_of(user).called}
                messages.success(request, _("Begun. %(name)s is told.") % name)
            return redirect("competencies:assessment_part", made.pk)
    context = {
        "form": form,
        "pair": pair,
        "partner": pair.partner_of(user) if pair else None,
        "of_own": pair is None or pair.person.pk == user.pk,
        "sees": _sees(pair, user),
    }
    return render_form(request, "competencies/assessments/new.html", context, invalid=bool(form.errors))


def _as_it_stands(user: User, key: uuid.UUID) -> str:
    """What this form began before; where it began nothing, with whom one can be begun now."""
    there = Assessment.objects.of(user).filter(pk=operations.id_of(user, key)).first()
    return address("assessment", there.pk) if there else reverse("competencies:assessment_choose")


def _pair(user: User, text: str) -> Pair | None:
    """Raises NotFound for whom it cannot be begun with, or not any more."""
    if text == ALONE:
        return None
    found = next((one for one in circle.pairs(user) if one.key == text), None)
    if found is None:
        raise NotFound(_("There is nobody to begin this with here."))
    return found


def _versions(pair: Pair | None) -> list[FrameworkVersion]:
    """What can be looked at with this person; alone, everything that describes a person's practice."""
    if pair is not None:
        return circle.frameworks_for(pair.about, "self", "supervisor")
    return [
        *circle.frameworks_for(About.WORKER, "self"),
        *circle.frameworks_for(About.SUPERVISOR, "self"),
    ]


def _usual() -> dict[str, Any]:
    today = timezone.localdate()
    return {"key": uuid.uuid4(), "from_day": today - USUAL, "until_day": today, "due_on": today + DUE_IN}


def _sees(pair: Pair | None, user: User) -> Line:
    if pair is None:
        return line("own.assessment")
    return line("assessment.beginning", name=pair.partner_of(user).called)
