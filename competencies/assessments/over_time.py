"""How the views of one person's practice went over the assessments of the same two with the same framework."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Prefetch

from supervision.records import encryption
from supervision.records.models import Seal

from ..library.shape import Content
from ..rating import marks as marking
from ..rating.marks import Marks
from .figures import Moment
from .models import Assessment, AssessmentPart, AssessmentQuerySet

MOST = 8  # of a trend: two years, four times a year


def up_to(found: Assessment) -> list[Assessment]:
    """This one and those shown before it, oldest first. Two queries."""
    return _newest(Assessment.objects.shown(), found)


def signed_before(found: Assessment) -> list[Assessment]:
    """Those before it that both have signed: a record that managers read tells of no other. Three queries."""
    both = Seal.objects.filter(how=Seal.How.ALL_SIGNED).values("record_id")
    rows = Assessment.objects.shown().filter(pk__in=both).exclude(pk=found.pk)
    earlier = _newest(rows, found)
    encryption.unlock([part for one in earlier for part in one.parts.all()])
    return earlier


def _newest(rows: AssessmentQuerySet, found: Assessment) -> list[Assessment]:
    rows = rows.filter(
        person=found.person_id,
        other=found.other_id,
        framework__framework=found.framework.framework_id,
        shown_at__lte=found.shown_at,
    )
    rows = rows.select_related("framework").defer("settled", "strengths", "to_grow")
    parts = AssessmentPart.objects.filter(given_at__isnull=False).defer("links")
    newest = rows.order_by("-shown_at", "-id").prefetch_related(Prefetch("parts", parts))[:MOST]
    points = len(found.framework.body.scale)  # another scale cannot be drawn beside this one
    return [one for one in newest if len(one.framework.body.scale) == points][::-1]


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
    """What is signed: whole tenths. `of_data` reads it back."""
    return [{"day": one.day, "own": _tenths(one.own), "other": _tenths(one.other)} for one in found]


def of_data(data: Sequence[dict[str, Any]]) -> list[Moment]:
    return [Moment(one["day"], _middles(one["own"]), _middles(one["other"])) for one in data]


def _tenths(middles: dict[str, float | None]) -> dict[str, int | None]:
    return {key: None if value is None else round(10 * value) for key, value in middles.items()}


def _middles(tenths: dict[str, int | None]) -> dict[str, float | None]:
    return {key: None if value is None else value / 10 for key, value in tenths.items()}
