"""Opening a round about one's own supervision: until when, and who is asked, by name."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from supervision.pages.forms import posted, render_form
from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records.errors import AlreadyDone, Invalid, Stale, WrongState

from ...library.models import Framework, FrameworkVersion
from .. import circle, operations, policy, sheets
from ..anonymity import FEWEST
from ..forms import OpenForm
from .common import METHODS

USUAL = datetime.timedelta(days=14)


@require_http_methods(METHODS)
def open_round(request: HttpRequest) -> HttpResponse:
    """Who would be asked, what comes of it and who sees that; then the day. Where it can't be opened now, why."""
    user = reader(request)
    asked = list(circle.supervised_by(user))
    policy.check_supervises(asked)
    today = timezone.localdate()
    first = {"key": uuid.uuid4(), "last_day": today + USUAL}
    form = OpenForm(posted(request), versions=versions(), today=today, initial=first)
    if request.method == "POST" and form.is_valid():
        answer = _opened(request, form, asked)
        if answer is not None:
            return answer
    refusal = _refusal(user, asked)
    if refusal and request.method == "POST":
        raise WrongState(refusal)
    context = {
        "form": form,
        "asked": asked,
        "reads": names_mark(asked),
        "fewest": FEWEST,
        "refusal": refusal,
    }
    return render_form(request, "competencies/rounds/open.html", context, invalid=request.method == "POST")


def _opened(request: HttpRequest, form: OpenForm, asked: Sequence[User]) -> HttpResponse | None:
    user, data = reader(request), form.cleaned_data
    key = data["key"] or uuid.uuid4()
    if data["reads"] != names_mark(asked):
        form.add_error(None, _("Whom you supervise has changed meanwhile. Look at the names again."))
        return None
    try:
        made = operations.open_round(
            by=user,
            key=key,
            framework_version=form.version,
            last_day=data["last_day"],
            asked=frozenset(person.pk for person in asked),
        )
    except AlreadyDone as done:
        messages.info(request, done.message)
        return redirect("rounds:detail", operations.id_of(user, key))
    except (Invalid, Stale) as refusal:
        form.add_error(None, refusal.message)
        return None
    messages.success(
        request, _("Opened. Everybody who is asked gets an e-mail that says so, and nothing else.")
    )
    return redirect("rounds:detail", made.pk)


def _refusal(user: User, asked: Sequence[User]) -> str:
    """Why no round can be opened now. Nothing where one can."""
    people = frozenset(person.pk for person in asked)
    try:
        policy.check_can_open(people, operations.unfinished(user), operations.published_to(user))
    except WrongState as refusal:
        return refusal.message
    return ""


def names_mark(asked: Sequence[User]) -> str:
    """It fits exactly the people who stand on the page."""
    ids = ",".join(sorted(str(person.pk) for person in asked))
    return hashlib.sha256(ids.encode()).hexdigest()[:16]


def versions() -> list[FrameworkVersion]:
    """The newest version of each framework that rounds can be held with; those that come with the software first."""
    usable = Framework.objects.to_read().filter(retired_on=None).values("pk")
    rows = FrameworkVersion.objects.filter(framework__in=usable, about=FrameworkVersion.About.SUPERVISOR)
    newest: dict[uuid.UUID, FrameworkVersion] = {}
    for one in rows.select_related("framework").order_by("-framework__is_shipped", "title", "-number"):
        newest.setdefault(one.framework_id, one)
    return [one for one in newest.values() if "rounds" in one.body.uses and sheets.statements_in(one.body)]
