"""Whose clock counts: the person's own, or the agency's for whoever has said nothing and for what no person does."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from .models import Agency, User


def of_agency() -> ZoneInfo:
    """The zone of the agency. UTC before there is one. One query."""
    return ZoneInfo(Agency.objects.values_list("time_zone", flat=True).first() or "UTC")


def of(person: User) -> ZoneInfo:
    """The zone that this person chose, else the agency's."""
    return person.zone or of_agency()
