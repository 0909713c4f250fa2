"""What of a program report the database counts by itself: sessions that are alike, those that are not finished, single numbers."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from competencies.models import TrainingEntry
from supervision.concerns.models import Concern
from supervision.people.models import Arrangement
from supervision.records.models import Offer, Seal
from supervision.sessions.models import Action, ActionEvent, Matter, MatterReply, Observation, Session

from . import scope as scope_of
from .models import Report

# Sessions ---------------------------------------------------------------------------------------------------------


def sessions(
    scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> list[dict[str, Any]]:
    """How many sessions of the period are alike in everything that is counted, and their minutes together.

    Each of those that are still planned, and of those whose record is not sealed, stands alone, with where and when it is.
    """
    seals = Seal.objects.filter(
        record_label=Session._meta.label_lower, record_id=OuterRef("pk"), how=Seal.How.ALL_SIGNED
    )
    offers = Offer.objects.filter(pk=OuterRef("open_offer")).values("offered_at")
    open_ = Q(state=Session.State.PLANNED) | Q(state=Session.State.HELD, sealed_at__isnull=True)
    rows: Any = Session.objects.filter(arrangement__in=scope, starts_at__gte=start, starts_at__lt=end).values(
        "state",
        "state_why",
        "modality",
        "purposes",
        "methods",
        "ad_hoc",
        is_sealed=Q(sealed_at__isnull=False),
        is_offered=Q(open_offer__isnull=False),
        signed_by_all=Exists(seals),
        one=Case(When(open_, then="pk")),
        in_arrangement=Case(When(open_, then="arrangement_id")),
        at=Case(When(open_, then="starts_at")),
        offered_at=Case(When(open_, then=Subquery(offers[:1]))),
    )
    return list(rows.annotate(sessions=Count("pk"), minutes_of_all=Sum("minutes")).order_by("at", "one"))


def counter(rows: Iterable[tuple[Any, dict[str, Any]]]) -> Counter[Any]:
    """Sessions by the first of each."""
    found: Counter[Any] = Counter()
    for key, row in rows:
        found[key] += row["sessions"]
    return found


# Numbers ----------------------------------------------------------------------------------------------------------


def numbers(
    report: Report,
    scope: QuerySet[Arrangement],
    people: Collection[uuid.UUID] | None,
    start: datetime.datetime,
    end: datetime.datetime,
) -> dict[str, Any]:
    """What is a number of its own, and the themes that were taken up: all of them in one query."""
    first, *others = [
        _count("actions_taken_on", _taken_on(scope, start, end)),
        _count("actions_closed", _closed(scope, start, end)),
        _count("observations", _observations(report, scope)),
        _count("concerns", _concerns(report, scope, start, end)),
        _count("learned", _learned(report, people), Sum("minutes"), of_these=Count("owner", distinct=True)),
        _count("themes", _taken_up(report, scope, start, end), theme=F("about"), of_these=_answered()),
    ]
    found = defaultdict(list)
    for what, theme, number, of_these in first.union(*others, all=True):
        found[what].append((theme, number or 0, of_these))
    themes, ((_theme, learned, learners),) = found.pop("themes", []), found.pop("learned")
    return {
        **{what: number for what, ((_theme, number, _of_these),) in found.items()},
        "learned": learned,
        "learners": learners,
        "themes": Counter({theme: number for theme, number, _answered in themes}),
        "themes_answered": sum(answered for _theme, _number, answered in themes),
    }


def _count(
    what: str,
    rows: QuerySet[Any],
    number: Aggregate | None = None,
    *,
    theme: F | None = None,
    of_these: Aggregate | None = None,
) -> QuerySet[Any]:
    """What is counted, of which listed theme, how many (None for the sum of nothing), and how many of these."""
    kinds = rows.order_by().annotate(counted=Value(what), theme=theme or Value("")).values("counted", "theme")
    counts = kinds.annotate(number_of=number or Count("pk"), of_these=of_these or Value(0))
    return counts.values_list("counted", "theme", "number_of", "of_these")


def _taken_on(
    scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> QuerySet[Action]:
    return Action.objects.filter(
        session__arrangement__in=scope,
        session__starts_at__gte=start,
        session__starts_at__lt=end,
        shared_at__isnull=False,
    )


def _closed(
    scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> QuerySet[ActionEvent]:
    return ActionEvent.objects.filter(
        arrangement__in=scope, kind=ActionEvent.Kind.DONE, at__gte=start, at__lt=end
    )


def _learned(report: Report, people: Collection[uuid.UUID] | None) -> QuerySet[TrainingEntry]:
    return TrainingEntry.objects.filter(
        owner__in=scope_of.staff_of(report, people).values("pk"),
        day__gte=report.first_day,
        day__lte=report.last_day,
    )


def _taken_up(
    report: Report, scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> QuerySet[Matter]:
    """What two people took up with the reader in the period. No word of it.

    What was sent to another manager is not counted: even a number would tell that it was.
    """
    return Matter.objects.filter(
        arrangement__in=scope,
        manager=report.asked_by,
        state=Matter.State.SENT,
        answered_at__gte=start,
        answered_at__lt=end,
    )


def _answered() -> Count:
    """How many of these matters have an answer by now."""
    return Count("pk", filter=Exists(MatterReply.objects.filter(matter=OuterRef("pk"))))


def _concerns(
    report: Report, scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> QuerySet[Concern]:
    """Only those that were shared with whoever reads the report; of the others it does not tell that there are any."""
    return Concern.objects.visible_to(report.asked_by).filter(
        arrangement__in=scope, shared_with=report.asked_by, shared_at__gte=start, shared_at__lt=end
    )


def _observations(report: Report, scope: QuerySet[Arrangement]) -> QuerySet[Observation]:
    """Those that took place on the days of the period; in the report of one supervisor, those that they held."""
    rows = Observation.objects.took_place().filter(
        arrangement__in=scope, held_on__gte=report.first_day, held_on__lte=report.last_day
    )
    return rows.filter(supervisor=report.supervisor_id) if report.supervisor_id else rows
