"""One concern, for whoever raised it, for the worker, and for whoever it was shared with: each reads their own part."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.people.models import User
from supervision.people.requests import reader
from supervision.records import encryption
from supervision.records.policy import Decision, explain

from .. import policy, receivers, steps
from ..models import Concern
from .common import concern_for, opened, who_sees

CHECKS = {
    "can_change": policy.check_can_change,
    "can_throw_away": policy.check_can_throw_away,
    "can_tell": policy.check_can_tell,
    "can_tell_again": policy.check_can_tell_again,
    "can_share": policy.check_can_share,
    "can_share_out_of_order": policy.check_can_share_out_of_order,
    "can_accept": policy.check_can_accept,
    "can_withdraw": policy.check_can_withdraw,
    "can_add_report": policy.check_can_add_report,
    "can_say_seen": policy.check_can_say_seen,
    "can_decline": policy.check_can_decline,
    "can_say_taken": policy.check_can_say_taken,
    "can_let_ask": policy.check_can_let_ask,
    "can_add_statement": policy.check_can_add_statement,
    "can_answer": policy.check_can_answer,
    "can_close": policy.check_can_close,
}


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """As it stands, with what this person may do next."""
    user = reader(request)
    found = concern_for(user, pk)
    encryption.unlock([found])
    opened(user, found)
    context = {
        "concern": found,
        "title": _title(found, user),
        "lead": steps.where_it_stands(found, user),
        "limit": steps.limit_of(found),
        "steps": steps.steps_of(found, user),
        "until": steps.until(found),
        "taken_to": steps.taken_to(found),
        "why_not_line": steps.why_not_line_manager(found),
        "is_raiser": policy.is_raiser(user, found),
        "is_worker": policy.is_worker(user, found),
        "is_receiver": policy.is_receiver(user, found),
        "statements": _statements(found, user),
        "reports": _reports(found, user),
        "nobody_hears": policy.is_raiser(user, found) and not found.is_shared and not receivers.of(found),
        **_decisions(found, user),
        "sees": who_sees(found, user),
    }
    return render(request, "concerns/detail.html", context)


def _decisions(found: Concern, user: User) -> dict[str, Decision]:
    return {name: explain(check, user, found) for name, check in CHECKS.items()}


def _title(found: Concern, user: User) -> str:
    if policy.is_raiser(user, found):
        return _("A concern with %(name)s") % {"name": found.worker.name}
    if policy.is_worker(user, found):
        return _("A concern that %(name)s told you of") % {"name": found.raised_by.name}
    return _("A concern about the work of %(name)s") % {"name": found.worker.name}


def _statements(found: Concern, user: User) -> list[Any]:
    """The worker's own words: whoever receives it reads those that are meant for them."""
    rows = found.statements.all()
    return list(rows.filter(for_receiver=True) if policy.is_receiver(user, found) else rows)


def _reports(found: Concern, user: User) -> list[Any]:
    return [] if policy.is_receiver(user, found) else list(found.outside_reports.select_related("by"))
