"""Putting something forward for a next agenda, and what people make of it."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from supervision.people.models import Arrangement, User

from .models import Suggestion


@transaction.atomic
def suggest(
    arrangement: Arrangement,
    *,
    kind: str,
    title: str,
    source: Any,
    from_day: datetime.date | None = None,
    audience: User | None = None,
    by: User | None = None,
) -> Suggestion:
    """Offer a topic for the next agenda from a day on, once for each source. `title` is encrypted.

    `by` is whose topic it is; without it, it becomes that of whoever takes it.
    """
    found = Suggestion.objects.filter(arrangement=arrangement, kind=kind, source_id=source.pk).first()
    if found is not None:
        return found
    made = Suggestion(
        arrangement=arrangement,
        audience=audience,
        kind=kind,
        title=title,
        source_label=source._meta.label_lower,
        source_id=source.pk,
        from_day=from_day or timezone.localdate(),
        made_by=by,
    )
    made.save()
    return made


@transaction.atomic
def withdraw(source: Any) -> None:
    """What a suggestion pointed at is settled: nobody is offered it any more."""
    open_ones = Suggestion.objects.filter(source_id=source.pk, taken_at=None, dismissed_at=None)
    open_ones.update(dismissed_at=timezone.now())


@transaction.atomic
def withdraw_all(arrangement: Arrangement, kind: str) -> None:
    """Nothing of this kind is offered for a next agenda of this arrangement any more, whatever it came from."""
    open_ones = Suggestion.objects.filter(
        arrangement=arrangement, kind=kind, taken_at=None, dismissed_at=None
    )
    open_ones.update(dismissed_at=timezone.now())


@transaction.atomic
def take(suggestion: Suggestion, *, by: User) -> bool:
    """It goes on the agenda. False when somebody was quicker."""
    waiting = Suggestion.objects.filter(pk=suggestion.pk, taken_at=None, dismissed_at=None)
    return bool(waiting.update(taken_at=timezone.now()))


@transaction.atomic
def dismiss(suggestion: Suggestion, *, by: User) -> bool:
    """Not now. False when somebody was quicker."""
    waiting = Suggestion.objects.filter(pk=suggestion.pk, taken_at=None, dismissed_at=None)
    return bool(waiting.update(dismissed_at=timezone.now()))
