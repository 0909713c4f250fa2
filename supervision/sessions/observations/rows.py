"""One line of a list of observations: with whom, when, and the one thing to say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.people.models import User

from .models import Observation

State = Observation.State


def rows_of(
    observations: Iterable[Observation], user: User, excerpts: Mapping[Any, str]
) -> list[dict[str, Any]]:
    """Observations of this person's own, each with its excerpt where words were looked for. No query."""
    return [_row(one, user) | {"excerpt": excerpts.get(one.pk, "")} for one in observations]


def _row(one: Observation, user: User) -> dict[str, Any]:
    tag, kind = _tag(one, user)
    known = one.held_on if one.state == State.HELD and not one.is_draft else None
    return {
        "observation": one,
        "day": known or one.day,
        "other": one.other(user).name,
        "tag": tag,
        "kind": kind,
        "url": reverse("sessions:observation", args=[one.pk]),
    }


def _tag(one: Observation, user: User) -> tuple[str, str]:
    if one.state == State.PROPOSED:
        return (_("With the other"), "") if one.proposed_by_id == user.pk else (_("Your answer"), "wait")
    if one.state != State.HELD:
        return str(one.get_state_display()), "info" if one.state == State.AGREED else ""
    if one.is_sealed:
        return _("Signed and sealed"), "done"
    if one.is_draft:
        return (_("Draft"), "") if one.supervisor_id == user.pk else (_("Being written up"), "")
    answered = one.open_offer is not None and any(
        answer.person_id == user.pk for answer in one.open_offer.answers.all()
    )
    return (_("With the other"), "") if answered else (_("Your signature"), "wait")
