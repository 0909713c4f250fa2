"""Putting something forward for a next agenda, and what people make of it; the notice of a year that is over."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from supervision.people.models import Arrangement, User

from . import mail
from .models import Suggestion, YearlyNotice


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
    again: bool = False,
) -> Suggestion:
    """Offer a topic for the next agenda from a day on, once for each source unless `again` is asked for. `title` is encrypted.

    `by` is whose topic it is; without it, it becomes that of whoever takes it. Whoever suggests again holds the lock of the source.
    """
    there = Suggestion.objects.filter(arrangement=arrangement, kind=kind, source_id=source.pk)
    found = there.order_by("-round").first()
    if found is not None and not again:
        return found
    made = Suggestion(
        arrangement=arrangement,
        audience=audience,
        kind=kind,
        title=title,
        source_label=source._meta.label_lower,
        source_id=source.pk,
        round=0 if found is None else found.round + 1,
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
def forget(source: Any, *, from_day: datetime.date | None = None) -> None:
    """Nobody is offered it any more, and its words go: for what is somebody's own again. With a day, only what was for that day.

    What was taken is a topic of an agenda by now, and stays.
    """
    left = Suggestion.objects.filter(source_id=source.pk, taken_at=None)
    if from_day is not None:
        left = left.filter(from_day=from_day, dismissed_at=None)
    left.delete()


@transaction.atomic
def reword(source: Any, title: str) -> None:
    """The source is called something else by now: so is what waits to be offered."""
    for row in Suggestion.objects.filter(source_id=source.pk, taken_at=None, dismissed_at=None):
        row.title = title
        row.save(update_fields=["title"])


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
    return bool(waiting.update(taken_at=timezone.now())) and _settled(suggestion)


@transaction.atomic
def dismiss(suggestion: Suggestion, *, by: User) -> bool:
    """Not now. False when somebody was quicker."""
    waiting = Suggestion.objects.filter(pk=suggestion.pk, taken_at=None, dismissed_at=None)
    return bool(waiting.update(dismissed_at=timezone.now())) and _settled(suggestion)


def _settled(suggestion: Suggestion) -> bool:
    """An earlier suggestion of the same, still waiting, does not come up behind this one."""
    earlier = Suggestion.objects.filter(
        arrangement=suggestion.arrangement_id,
        kind=suggestion.kind,
        source_id=suggestion.source_id,
        round__lt=suggestion.round,
        taken_at=None,
        dismissed_at=None,
    )
    earlier.update(dismissed_at=timezone.now())
    return True


@transaction.atomic
def close_year(person: User, year: int, *, something: bool, path: str) -> bool:
    """Their access log of a year that is over was looked at; with `something` in it, they get a mail that leads to `path`.

    By the software itself. False when that was done before: two workers at once send one mail.
    """
    _row, new = YearlyNotice.objects.get_or_create(person=person, year=year, defaults={"was_sent": something})
    if new and something:
        mail.tell(person, "yearly", path=path)
    return new
