"""How things stand with an arrangement's agreement, told to the hub that other parts read (decision 19)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from supervision.people import standing
from supervision.people.models import Arrangement, Standing

from ..models import Agreement, AgreementEnding, in_force, next_review


def standing_of(arrangement: Arrangement, day: datetime.date | None = None) -> dict[str, Any]:
    """What people.standing.set_agreement is to be told of an arrangement on a day (by default today)."""
    agreement = in_force(arrangement, day)
    if agreement is None:
        return {"agreement_id": None}
    return {
        "agreement_id": agreement.pk,
        "since": agreement.in_force_from,
        "review_on": next_review(agreement),
        "concern_days": agreement.concern_days,
        "turn_to_id": agreement.turn_to_id,
        "hears_instead_id": agreement.hears_instead_id,
        "minutes_each": agreement.minutes_each,
        "every_days": agreement.every_days,
    }


@transaction.atomic
def restate(arrangement: Arrangement) -> None:
    """Write the standing of an arrangement anew, as far as agreements are concerned. Safe to repeat."""
    standing.set_agreement(arrangement, **standing_of(arrangement))
    standing.set_draft(arrangement, draft=Agreement.objects.open().filter(arrangement=arrangement).exists())


def restate_what_a_day_changed(day: datetime.date | None = None) -> int:
    """Versions signed ahead begin, and endings made ahead take effect, without anybody writing. Returns how many."""
    day = day or timezone.localdate()
    begun = Agreement.objects.begun(day).exclude(arrangement__standing__agreement_id=F("id"))
    newest = begun.filter(starts_on__gte=day - datetime.timedelta(days=31))
    ended = Standing.objects.filter(
        agreement_id__in=AgreementEnding.objects.filter(ends_on__lte=day).values("agreement_id")
    )
    stale = set(newest.values_list("arrangement_id", flat=True)) | set(ended.values_list("pk", flat=True))
    for arrangement in Arrangement.objects.filter(pk__in=stale):
        restate(arrangement)
    return len(stale)
