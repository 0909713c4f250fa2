"""How the views of one person's practice went over the assessments of the same two with the same framework."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Prefetch

from supervision.records import encryption
from supervision.records.models import Seal

from ..library.models import FrameworkVersion
from ..library.shape import Content
from ..rating import marks as marking
from ..rating.marks import Marks
from .figures import Moment
from .models import Assessment, AssessmentPart, AssessmentQuerySet

MOST = 8  # of a trend: two years, four times a year


def up_to(found: Assessment) -> list[Assessment]:
    """This one and those shown before it, oldest first; whichever program it was in: the two of it read them all. Three queries."""
    return _newest(Assessment.objects.shown(), found)


def signed_before(found: Assessment) -> list[Assessment]:
    """Those before it in the same program that both have signed: a record that managers read tells of no other. Four queries."""
    assert found.arrangement is not None  # noqa: S101  # only of assessments of two
    both = Seal.objects.filter(how=Seal.How.ALL_SIGNED).values("record_id")
    rows = Assessment.objects.shown().filter(pk__in=both).exclude(pk=found.pk)
    rows = rows.filter(arrangement__program=found.arrangement.program_id)
    earlier = _newest(rows, found)
    encryption.unlock([part for one in earlier for part in one.parts.all()])
    return earlier


def _newest(rows: AssessmentQuerySet, found: Assessment) -> list[Assessment]:
    rows = rows.filter(
        person=found.person_id,
        other=found.other_id,
        framework__in=_on_the_same_scale(found),
        shown_at__lte=found.shown_at,
    )
    rows = rows.select_related("framework").defer("settled", "strengths", "to_grow")
    parts = AssessmentPart.objects.filter(given_at__isnull=False).defer("links")
    newest = rows.order_by("-shown_at", "-id").prefetch_related(Prefetch("parts", parts))[:MOST]
    return list(newest)[::-1]


def _on_the_same_scale(found: Assessment) -> list[Any]:
    """The versions of its framework that can be drawn beside this one: on another scale the points mean something else."""
    versions = FrameworkVersion.objects.filter(framework=found.framework.framework_id)
    points = len(found.framework.body.scale)
    return [one.pk for one in versions if len(one.body.scale) == points]


def moments(rows: Sequence[Assessment], body: Content, day: Callable[[Any], str]) -> list[Moment]:
    """The middles by the domains of now: an id of a statement never means anything else, whatever the version.

    `day` says the last day of the period of each.
    """
    found = []
    for one in rows:
        own, other = views_of(one, list(one.parts.all()))
        found.append(Moment(day(one.until_day), _by_domain(own, body), _by_domain(other, body)))
    return found


def _by_domain(marks: Marks | None, body: Content) -> dict[str, float | None]:
    return {} if marks is None else {one.id: marking.mean(marks, one.statements) for one in body.domains}


def views_of(row: Assessment, parts: Sequence[AssessmentPart]) -> tuple[Marks | None, Marks | None]:
    """The own view and the other one, as far as they were given."""
    found = {part.author_id: marking.of_data(part.marks) for part in parts if part.is_given}
    return found.get(row.person_id), found.get(row.other_id) if row.other_id else None


# As it is signed ------------------------------------------------------------------------------------------------


def as_data(found: Sequence[Moment]) -> list[dict[str, Any]]:
    """What is signed: whole tenths, and days as they are written everywhere. `of_data` reads it back."""
    return [{"day": one.day, "own": _tenths(one.own), "other": _tenths(one.other)} for one in found]


def of_data(data: Sequence[dict[str, Any]], day: Callable[[datetime.date], str]) -> list[Moment]:
    """`day` says a day in words."""
    return [
        Moment(day(datetime.date.fromisoformat(one["day"])), _middles(one["own"]), _middles(one["other"]))
        for one in data
    ]


def _tenths(middles: dict[str, float | None]) -> dict[str, int | None]:
    return {key: None if value is None else round(10 * value) for key, value in middles.items()}


def _middles(tenths: dict[str, int | None]) -> dict[str, float | None]:
    return {key: None if value is None else value / 10 for key, value in tenths.items()}
