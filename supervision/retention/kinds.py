"""What each kind of rule speaks of: which records are over, since when, whose they are, and which keys go with them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet

from agreements.models import Accession, Agreement, AgreementReview
from competencies.models import Assessment
from supervision.people.models import Arrangement
from supervision.records import disposal
from supervision.records.models import OfferParty
from supervision.requirements.expectation import local_day
from supervision.sessions.models import Addendum, Attendance, Observation, ObservationAddendum, Session

from .models import Hold, Kind


@dataclass(frozen=True)
class Disposable:
    """`over` gives the records that are over, each with the day `over_on`; `people` names whose one is, beside its signers."""

    model: type[models.Model]
    over: Callable[[], QuerySet[Any]]
    people: tuple[str, ...]
    days: Callable[
        [Any], tuple[datetime.date, datetime.date | None]
    ]  # from when until when it is about; None: still
    beside: tuple[tuple[type[models.Model], str], ...] = ()  # records of their own that go with it


def _one_day(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    return day, day


def _sealed(model: Any) -> QuerySet[Any]:
    return model._base_manager.filter(sealed_at__isnull=False).annotate(over_on=F("sealed_at__date"))


def _agreements() -> QuerySet[Any]:
    """Signed versions of arrangements that have ended: as long as one runs, its agreements are of use."""
    rows = Agreement.objects.filter(sealed_at__isnull=False, arrangement__ended_on__isnull=False)
    return rows.annotate(over_on=F("arrangement__ended_on"))


KINDS: dict[str, Disposable] = {
    Kind.SESSION: Disposable(
        Session,
        lambda: _sealed(Session),
        (),
        lambda row: _one_day(local_day(row.starts_at, row.time_zone)),
        beside=((Attendance, "session"), (Addendum, "session")),
    ),
    Kind.OBSERVATION: Disposable(
        Observation,
        lambda: _sealed(Observation),
        ("supervisor", "worker"),
        lambda row: _one_day(row.held_on),
        beside=((ObservationAddendum, "observation"),),
    ),
    Kind.AGREEMENT: Disposable(
        Agreement,
        _agreements,
        (),
        lambda row: (row.starts_on, row.arrangement.ended_on),
        beside=((AgreementReview, "agreement"), (Accession, "agreement")),
    ),
    Kind.ASSESSMENT: Disposable(
        Assessment,
        lambda: _sealed(Assessment),
        ("person", "other"),
        lambda row: (row.from_day, row.until_day),
    ),
}


def over_before(kind: str, day: datetime.date) -> QuerySet[Any]:
    """Records of this kind that were over before a day, with their words still there."""
    return (
        KINDS[kind].over().filter(over_on__lt=day).exclude(pk__in=disposal.gone()).order_by("over_on", "pk")
    )


def beside(kind: str, row: Any) -> list[Any]:
    """The records of their own that go with it."""
    return [
        other for model, field in KINDS[kind].beside for other in model._base_manager.filter(**{field: row})
    ]


def people_of(kind: str, row: Any) -> set[uuid.UUID]:
    """Everybody who is party to it or to what stands beside it: named in it, or asked to sign it; also who joined a group later."""
    named = {getattr(row, f"{name}_id") for name in KINDS[kind].people}
    ids = [row.pk, *(other.pk for other in beside(kind, row))]
    signers = OfferParty.objects.filter(offer__record_id__in=ids).values_list("person_id", flat=True)
    return {pk for pk in (named | set(signers)) if pk is not None}


def is_held(kind: str, row: Any, people: Iterable[uuid.UUID]) -> bool:
    """Whether a hold that runs covers this record: its people, its arrangement, or the program of that on its days."""
    program = Arrangement.objects.filter(pk=row.arrangement_id).values("program")
    first, last = KINDS[kind].days(row)
    in_time = Q(last_day=None) | Q(last_day__gte=first)
    if last is not None:
        in_time &= Q(first_day=None) | Q(first_day__lte=last)
    over = Q(person__in=list(people)) | Q(arrangement=row.arrangement_id) | (Q(program__in=program) & in_time)
    return Hold.objects.running().filter(over).exists()


def remove(kind: str, row: Any, *, by: Any, facts: dict[str, Any]) -> bool:
    """Destroy the keys of a record and of what stands beside it. Whether anything was there."""
    removed = disposal.destroy(row, by=by, facts=facts)
    for other in beside(kind, row):
        disposal.destroy(other, by=by, facts=facts)
    return removed
