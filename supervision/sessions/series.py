"""Which days of a rhythm suit: what falls on a holiday, on somebody's time away, or on a session that is planned already."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.people import public_holidays
from supervision.people.models import Arrangement, Away
from supervision.records.errors import Invalid

from . import local_time
from .models import Session


@dataclass(frozen=True)
class Day:
    """One day of a rhythm. `why` says why it is better left out; `starts_at` is None for a time that the clocks skip."""

    day: datetime.date
    starts_at: datetime.datetime | None
    why: str = ""


def looked_at(
    arrangement: Arrangement, days: Iterable[datetime.date], clock: datetime.time, zone: ZoneInfo
) -> list[Day]:
    """Each of the days, with what speaks against it. Three queries, however many days. Participations are prefetched."""
    listed = list(days)
    if not listed:
        return []
    first, last = listed[0], listed[-1]
    holidays = public_holidays.between(first, last)
    away = _away(arrangement, first, last)
    taken = _taken(arrangement, first, last, zone)
    found = []
    for day in listed:
        try:
            starts_at = local_time.moment(day, clock, zone)
        except Invalid as skipped:
            found.append(Day(day, None, skipped.message))
            continue
        against = [taken.get(day, ""), holidays.get(day, ""), _said(away, day)]
        found.append(Day(day, starts_at, ". ".join(filter(None, against))))
    return found


def _away(
    arrangement: Arrangement, first: datetime.date, last: datetime.date
) -> list[tuple[str, datetime.date, datetime.date]]:
    """Who of those who take part now is away when. For what reason is nobody's business."""
    people = {
        row.person_id: row.person.called
        for row in arrangement.participations.all()
        if row.left_on is None or row.left_on >= first
    }
    rows = Away.objects.filter(person__in=people, first_day__lte=last, last_day__gte=first)
    return [
        (people[person], begins, ends)
        for person, begins, ends in rows.values_list("person_id", "first_day", "last_day")
    ]


def _said(away: list[tuple[str, datetime.date, datetime.date]], day: datetime.date) -> str:
    names = sorted({name for name, begins, ends in away if begins <= day <= ends})
    if not names:
        return ""
    if len(names) == 1:
        return _("%(name)s is away") % {"name": names[0]}
    return _("%(names)s are away") % {"names": words.join_names(names)}


def _taken(
    arrangement: Arrangement, first: datetime.date, last: datetime.date, zone: ZoneInfo
) -> dict[datetime.date, str]:
    """On which of the days these people meet already."""
    begin = datetime.datetime.combine(first, datetime.time(), tzinfo=zone)
    end = datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(), tzinfo=zone)
    rows = Session.objects.filter(
        arrangement=arrangement,
        state__in=[Session.State.PLANNED, Session.State.HELD],
        starts_at__gte=begin,
        starts_at__lt=end,
    )
    return {
        moment.astimezone(zone).date(): _("You meet on this day already, at %(time)s")
        % {"time": words.clock(moment.astimezone(zone).timetz())}
        for moment in rows.values_list("starts_at", flat=True)
    }
