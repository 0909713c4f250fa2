"""What of a program report the database counts by itself: sessions that are alike, those that are not finished, single numbers."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)

from competencies.models import TrainingEntry
from supervision.concerns.models import Concern
from supervision.people.models import Arrangement, User
from supervision.records.models import Offer, Seal
from supervision.sessions.models import Action, ActionEvent, Matter, MatterReply, Observation, Session

from . import scope as scope_of
from .models import Report

# Sessions ---------------------------------------------------------------------------------------------------------


def alike(
    scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> list[dict[str, Any]]:
    """How many sessions of the period are alike in everything that is counted, and their minutes together."""
    seals = Seal.objects.filter(
        record_label=Session._meta.label_lower, record_id=OuterRef("pk"), how=Seal.How.ALL_SIGNED
    )
    rows: Any = (
        Session.objects.filter(arrangement__in=scope, starts_at__gte=start, starts_at__lt=end)
        .order_by()
        .values(
            "state",
            "state_why",
            "modality",
            "purposes",
            "methods",
            "ad_hoc",
            is_sealed=Q(sealed_at__isnull=False),
            is_offered=Q(open_offer__isnull=False),
            signed_by_all=Exists(seals),
        )
    )
    return list(rows.annotate(sessions=Count("pk"), minutes_of_all=Sum("minutes")))


def counter(rows: Iterable[tuple[Any, dict[str, Any]]]) -> Counter[Any]:
    """Sessions by the first of each."""
    found: Counter[Any] = Counter()
    for key, row in rows:
        found[key] += row["sessions"]
    return found


def unfinished(
    scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> list[dict[str, Any]]:
    """The sessions of the period that are still planned, and those whose record is not sealed."""
    offered = Offer.objects.filter(pk=OuterRef("open_offer"))
    rows: Any = (
        Session.objects.filter(arrangement__in=scope, starts_at__gte=start, starts_at__lt=end)
        .filter(Q(state=Session.State.PLANNED) | Q(state=Session.State.HELD, sealed_at__isnull=True))
        .annotate(offered_at=Subquery(offered.values("offered_at")[:1]))
        .order_by("starts_at", "id")
    )
    return list(rows.values("arrangement_id", "arrangement__ended_on", "state", "starts_at", "offered_at"))


# Numbers ----------------------------------------------------------------------------------------------------------


def counts(
    report: Report,
    scope: QuerySet[Arrangement],
    people: Collection[uuid.UUID] | None,
    start: datetime.datetime,
    end: datetime.datetime,
) -> dict[str, Any]:
    """What is a number of its own, all of them in one query about whoever asked."""
    sessions = Session.objects.filter(arrangement__in=scope, starts_at__gte=start, starts_at__lt=end)
    closed = ActionEvent.objects.filter(
        arrangement__in=scope, kind=ActionEvent.Kind.DONE, at__gte=start, at__lt=end
    )
    learned = TrainingEntry.objects.filter(
        owner__in=scope_of.staff_of(report, people).values("pk"),
        day__gte=report.first_day,
        day__lte=report.last_day,
    )
    found = User.objects.filter(pk=report.asked_by_id).values(
        actions_taken_on=_over_all(
            Action.objects.filter(session__in=sessions, shared_at__isnull=False), Count("pk")
        ),
        actions_closed=_over_all(closed, Count("pk")),
        observations=_over_all(_observations(report, scope), Count("pk")),
        learned=_over_all(learned, Sum("minutes")),
        learners=_over_all(learned, Count("owner", distinct=True)),
        concerns=_over_all(_concerns(report, scope, start, end), Count("pk")),
    )
    return {name: number or 0 for name, number in found.get().items()}


def _over_all(rows: QuerySet[Any], what: Aggregate) -> Subquery:
    """One number for all of these rows together; None where there are none."""
    together = rows.order_by().annotate(everything=Value(1)).values("everything")
    return Subquery(together.annotate(number=what).values("number"), output_field=IntegerField())


def themes(
    report: Report, scope: QuerySet[Arrangement], start: datetime.datetime, end: datetime.datetime
) -> dict[str, Any]:
    """What two people took up with the reader in the period, and how many of those have an answer by now. No word of it.

    What was sent to another manager is not counted: even a number would tell that it was.
    """
    sent = Matter.objects.filter(
        arrangement__in=scope,
        manager=report.asked_by,
        state=Matter.State.SENT,
        answered_at__gte=start,
        answered_at__lt=end,
    )
    rows = list(
        sent.annotate(has_reply=Exists(MatterReply.objects.filter(matter=OuterRef("pk")))).values_list(
            "about", "has_reply"
        )
    )
    return {
        "themes": Counter(about for about, _answered in rows),
        "themes_answered": sum(answered for _about, answered in rows),
    }


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
