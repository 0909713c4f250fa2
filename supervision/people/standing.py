"""Where an arrangement stands (decision 19). Called by the operations above, in the transaction of what they do."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from .models import Arrangement, RecentSessions, Standing, today

DEFAULT_MINUTES = 60  # one hour a week until an agreement says otherwise (D 2.124)
DEFAULT_EVERY_DAYS = 7


def _set(arrangement: Arrangement, **values: Any) -> None:
    if not Standing.objects.filter(arrangement=arrangement).update(**values):
        Standing.objects.update_or_create(arrangement=arrangement, defaults=values)


def set_agreement(
    arrangement: Arrangement,
    *,
    agreement_id: uuid.UUID | None,
    since: datetime.date | None = None,
    review_on: datetime.date | None = None,
    concern_days: int | None = None,
    turn_to_id: uuid.UUID | None = None,
    hears_instead_id: uuid.UUID | None = None,
    minutes_each: int = DEFAULT_MINUTES,
    every_days: int = DEFAULT_EVERY_DAYS,
) -> None:
    """Which agreement is in force, with the terms that other parts read. None when there is none (any more).

    From the day on which the last one ended, sessions without an agreement are counted anew.
    """
    values: dict[str, Any] = {
        "agreement_id": agreement_id,
        "agreement_since": since,
        "review_on": review_on,
        "concern_days": concern_days,
        "turn_to_id": turn_to_id,
        "hears_instead_id": hears_instead_id,
        "minutes_each": minutes_each,
        "every_days": every_days,
    }
    if agreement_id is not None:
        values["agreement_ended_on"] = None
    elif Standing.objects.filter(arrangement=arrangement, agreement_id__isnull=False).exists():
        values["agreement_ended_on"] = today()
    _set(arrangement, **values)


def set_draft(arrangement: Arrangement, *, draft: bool) -> None:
    """Whether a version of the agreement is being written or signed."""
    _set(arrangement, agreement_draft=draft)


def set_sessions(
    arrangement: Arrangement,
    *,
    held_count: int,
    last_met_at: datetime.datetime | None,
    next_planned_at: datetime.datetime | None,
    unsigned_count: int,
    oldest_unsigned_at: datetime.datetime | None,
) -> None:
    """How many sessions were held, the last, the next planned one, how many records wait for a signature and since when."""
    _set(
        arrangement,
        held_count=held_count,
        last_met_at=last_met_at,
        next_planned_at=next_planned_at,
        unsigned_count=unsigned_count,
        oldest_unsigned_at=oldest_unsigned_at,
    )


def set_recent(arrangement: Arrangement, kept: dict[str, Any]) -> None:
    """The last months session by session, as `sessions.recent` reads them."""
    if not RecentSessions.objects.filter(arrangement=arrangement).update(kept=kept):
        RecentSessions.objects.update_or_create(arrangement=arrangement, defaults={"kept": kept})
