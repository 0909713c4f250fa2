"""How the sessions of an arrangement stand, for the hub that managers' lists read (decision 19)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from supervision.people import standing
from supervision.people.models import Arrangement

from .models import Session


def standing_of(arrangement: Arrangement) -> dict[str, Any]:
    """The values that `people.standing.set_sessions` keeps, computed from the sessions. Changes nothing.

    Of sessions that are planned the earliest one from today on counts as the next; one whose day has passed waits to be
    written up and is not a plan any more.
    """
    held, planned = Q(state=Session.State.HELD), Q(state=Session.State.PLANNED)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Session.objects.filter(arrangement=arrangement).aggregate(
        held_count=Count("pk", filter=held),
        last_met_at=Max("starts_at", filter=held),
        next_planned_at=Min("starts_at", filter=planned & Q(starts_at__gte=today)),
        unsigned_count=Count("pk", filter=held & Q(sealed_at__isnull=True)),
    )


def keep(arrangement: Arrangement) -> None:
    """Bring the hub up to date. Called in the transaction of whatever changed a session."""
    standing.set_sessions(arrangement, **standing_of(arrangement))
