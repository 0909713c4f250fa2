"""How the sessions of an arrangement stand, for the hub that managers' lists read (decision 19)."""

from __future__ import annotations

from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.db.models import Case, Count, F, IntegerField, Max, Min, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people import standing
from supervision.people.models import Arrangement, Standing

from . import recent
from .models import Session


def standing_of(arrangement: Arrangement) -> dict[str, Any]:
    """The values that `people.standing.set_sessions` keeps, computed from the sessions. Changes nothing.

    Of sessions that are planned the earliest one from today on counts as the next; one whose day has passed waits to be
    written up and is not a plan any more.
    """
    held, planned = Q(state=Session.State.HELD), Q(state=Session.State.PLANNED)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    unsigned = held & Q(sealed_at__isnull=True)
    return Session.objects.filter(arrangement=arrangement).aggregate(
        held_count=Count("pk", filter=held),
        last_met_at=Max("starts_at", filter=held),
        next_planned_at=Min("starts_at", filter=planned & Q(starts_at__gte=today)),
        unsigned_count=Count("pk", filter=unsigned),
        oldest_unsigned_at=Min("starts_at", filter=unsigned),
    )


def keep(arrangement: Arrangement) -> None:
    """Bring the hub up to date. Called in the transaction of whatever changed a session."""
    now = standing_of(arrangement)
    standing.set_sessions(arrangement, **now)
    standing.set_recent(arrangement, recent.recent_of(arrangement, last_met_at=now["last_met_at"]))


BY_SESSION = 3  # an agreement is signed within the first two or three sessions (D 2.130)


def held_without_agreement(arrangement: str) -> Case:
    """For a query: how many sessions were held since no agreement is in force, 0 where one is.

    `arrangement` names the way to the arrangement, such as "arrangement__". They are counted from the start, or from the day on
    which the last agreement ended; only then does a row look at its sessions.
    """
    held = Session.objects.filter(
        arrangement=OuterRef(f"{arrangement}pk"),
        state=Session.State.HELD,
        starts_at__date__gte=OuterRef(f"{arrangement}standing__agreement_ended_on"),
    )
    since = held.order_by().values("arrangement").annotate(n=Count("pk")).values("n")
    at = f"{arrangement}standing__"
    return Case(
        When(**{f"{at}agreement_id__isnull": False}, then=0),
        When(**{f"{at}agreement_ended_on__isnull": False}, then=Coalesce(Subquery(since), 0)),
        default=Coalesce(F(f"{at}held_count"), 0),
        output_field=IntegerField(),
    )


def held_too_many(arrangement: Arrangement) -> int:
    """How many sessions were held without an agreement, where it is time for one (domain 3); otherwise 0. At most one query.

    Co-reflection is among equals and needs none.
    """
    kept: Standing | None = getattr(arrangement, "standing", None)
    if kept is None or kept.agreement_id or arrangement.structure == Arrangement.Structure.CO_REFLECTION:
        return 0
    held = kept.held_count
    if held >= BY_SESSION and kept.agreement_ended_on is not None:
        since = Session.objects.held().filter(
            arrangement=arrangement, starts_at__date__gte=kept.agreement_ended_on
        )
        held = since.count()
    return held if held >= BY_SESSION else 0


def met_without_agreement(held: int) -> str:
    """That it is time for an agreement, said to those it would be between."""
    return _("You have met %(n)s times without a signed agreement.") % {"n": apnumber(held)}
