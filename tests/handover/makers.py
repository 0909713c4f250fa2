"""A change of supervisor: Dana supervised Marisol until yesterday, Ben does from today."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from supervision.handover import scope
from supervision.people.models import Arrangement, Participation, User
from tests import factories
from tests.cast import Cast

DAY = datetime.timedelta(days=1)


def changed(cast: Cast, new: User | None = None, *, days_ago: int = 0) -> Arrangement:
    """The arrangement that goes on. What was signed before stays in the other one."""
    today = timezone.localdate() - days_ago * DAY
    old = cast.arrangement
    Arrangement.objects.filter(pk=old.pk).update(ended_on=today - DAY)
    old.participations.update(left_on=today - DAY)
    made = factories.arrangement(cast.program, [new or cast.other_supervisor], [cast.worker])
    Arrangement.objects.filter(pk=made.pk).update(started_on=today)
    made.participations.update(joined_on=today)
    made.refresh_from_db()
    return made


def part_of(arrangement: Arrangement, person: User) -> Participation:
    return arrangement.participations.select_related("person", "arrangement__program").get(person=person)


def pks(rows: Any) -> set[Any]:
    return {row.pk for row in rows}


def choice(kind: str, *rows: Any) -> list[tuple[str, Any]]:
    return [(kind, row.pk) for row in rows]


def offered(worker: User, to: Participation) -> dict[str, set[Any]]:
    """Everything that could go over, by kind."""
    return {kind: pks(of.rows(worker, to)) for kind, of in scope.OFFERED.items()}
