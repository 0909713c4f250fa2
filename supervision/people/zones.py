"""Whose clock counts: the person's own, or the agency's for whoever has said nothing and for what no person does."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from .models import Agency, User


def of_agency() -> ZoneInfo:
    """The zone of the agency. UTC before there is one. One query."""
    return ZoneInfo(Agency.objects.values_list("time_zone", flat=True).first() or "UTC")


def of(person: User) -> ZoneInfo:
    """The zone that this person chose, else the agency's."""
    return person.zone or of_agency()


def begin_of(day: datetime.date, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """The first moment of a day, in UTC: in this zone, else in that of whoever asks.

    Where the clocks skip midnight it is the moment at which they do; where midnight comes twice, the first.
    """
    zone = zone or timezone.get_current_timezone()
    return datetime.datetime.combine(day, datetime.time(), tzinfo=zone).astimezone(datetime.UTC)


def end_of(day: datetime.date, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    """The moment at which a day is over: the first of the next."""
    return begin_of(day + datetime.timedelta(days=1), zone)
