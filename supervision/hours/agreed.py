"""Since when until when an agreement holds for each person: for those who signed it, from then on. Log facts."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from agreements.models import Accession, Agreement
from supervision.pages.prepared import prepared
from supervision.records.models import Answer
from supervision.requirements.expectation import DAY, Span, Version
from supervision.requirements.judging import Agreed

from . import spans as spans_of


@dataclass(frozen=True)
class Signed:
    """A version of an arrangement's agreement that was signed by all."""

    agreement: uuid.UUID
    arrangement: uuid.UUID
    version: Version


def signed_in(arrangements: Sequence[uuid.UUID]) -> list[Signed]:
    """Those of some arrangements, in their order. One query."""
    return [
        Signed(
            pk,
            arrangement,
            Version(starts_on, timezone.localdate(sealed_at), ends_on, minutes, every_days),
        )
        for pk, arrangement, starts_on, sealed_at, ends_on, minutes, every_days in _sealed(list(arrangements))
    ]


@prepared
def _sealed(arrangements: list[uuid.UUID]) -> QuerySet[Agreement, Any]:
    rows = Agreement.objects.sealed().filter(arrangement__in=arrangements).order_by("number")
    return rows.values_list(
        "pk", "arrangement_id", "starts_on", "sealed_at", "ending__ends_on", "minutes_each", "every_days"
    )


def by_arrangement(signed: Iterable[Signed]) -> defaultdict[uuid.UUID, list[Version]]:
    found: defaultdict[uuid.UUID, list[Version]] = defaultdict(list)
    for one in signed:
        found[one.arrangement].append(one.version)
    return found


def agreed_by(ids: Sequence[uuid.UUID], signed: Sequence[Signed]) -> defaultdict[uuid.UUID, list[Agreed]]:
    """When an agreement was in force for each person. One query.

    It holds for those who signed it, from then on: with the others, or by joining a group's later.
    """
    days = _days_signed(ids, [one.agreement for one in signed])
    versions = by_arrangement(signed)
    spans = {key: span for those in versions.values() for key, span in in_force(those).items()}
    found: defaultdict[uuid.UUID, list[Agreed]] = defaultdict(list)
    for one in signed:
        span = spans.get(id(one.version))
        if span is None:
            continue
        for person, day in days[one.agreement].items():
            if (own := spans_of.common(span, Span(day))) is not None:
                found[person].append(Agreed(own, str(one.arrangement)))
    return found


def in_force(versions: Sequence[Version]) -> dict[int, Span]:
    """When each of these versions, in their order, was in force: until it ended or the next took its place."""
    found: dict[int, Span] = {}
    for number, version in enumerate(versions):
        first = max(version.starts_on, version.signed_on)
        ends = [version.ends_on - DAY] if version.ends_on else []
        ends += [max(later.starts_on, later.signed_on) - DAY for later in versions[number + 1 :]]
        last = min(ends) if ends else None
        if last is None or first <= last:
            found[id(version)] = Span(first, last)
    return found


def _days_signed(
    ids: Sequence[uuid.UUID], agreements: list[uuid.UUID]
) -> defaultdict[uuid.UUID, dict[uuid.UUID, datetime.date]]:
    """Who signed each version, and on which day."""
    found: defaultdict[uuid.UUID, dict[uuid.UUID, datetime.date]] = defaultdict(dict)
    for person, pk, at in _signatures(list(ids), agreements):
        found[pk][person] = timezone.localdate(at)
    return found


@prepared
def _signatures(ids: list[uuid.UUID], agreements: list[uuid.UUID]) -> QuerySet[Any, Any]:
    """With the others, and later by joining a group's."""
    signed = Answer.objects.filter(
        kind=Answer.Kind.SIGNED,
        person__in=ids,
        offer__seal__record_label=Agreement._meta.label_lower,
        offer__seal__record_id__in=agreements,
    )
    joined = Accession.objects.filter(agreement__in=agreements, person__in=ids, sealed_at__isnull=False)
    return (
        signed.order_by()
        .values_list("person_id", "offer__seal__record_id", "answered_at")
        .union(joined.order_by().values_list("person_id", "agreement_id", "sealed_at"), all=True)
    )
