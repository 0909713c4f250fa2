"""Since when until when an agreement holds for each person: for those who signed it, from then on. Log facts."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils import timezone

from agreements.models import Accession, Agreement
from supervision.records.models import Answer
from supervision.requirements.expectation import DAY, Span, Version
from supervision.requirements.judging import Agreed

from . import spans as spans_of


def agreed_by(
    ids: Sequence[uuid.UUID], arrangements: Sequence[uuid.UUID]
) -> tuple[defaultdict[uuid.UUID, list[Agreed]], defaultdict[uuid.UUID, list[Version]]]:
    """When an agreement was in force for each person, and the versions of each arrangement. Three queries.

    It holds for those who signed it, from then on: with the others, or by joining a group's later.
    """
    numbers = _numbered(arrangements)
    versions = _by_arrangement(numbers)
    signed = _days_signed(ids, numbers)
    found: defaultdict[uuid.UUID, list[Agreed]] = defaultdict(list)
    for arrangement, those in versions.items():
        spans = in_force(those)
        for (person, pk), day in signed.items():
            there, version = numbers[pk]
            span = spans.get(id(version))
            if there == arrangement and span is not None:
                own = spans_of.common(span, Span(day))
                if own is not None:
                    found[person].append(Agreed(own, str(arrangement)))
    return found, versions


def versions_of(arrangements: Sequence[uuid.UUID]) -> defaultdict[uuid.UUID, list[Version]]:
    """The versions of each arrangement that were signed by all, in their order. One query."""
    return _by_arrangement(_numbered(arrangements))


def _numbered(arrangements: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, Version]]:
    rows = Agreement.objects.sealed().filter(arrangement__in=arrangements).order_by("number")
    values = (
        "pk",
        "arrangement_id",
        "starts_on",
        "sealed_at",
        "ending__ends_on",
        "minutes_each",
        "every_days",
    )
    return {
        pk: (arrangement, Version(starts_on, timezone.localdate(sealed_at), ends_on, minutes, every_days))
        for pk, arrangement, starts_on, sealed_at, ends_on, minutes, every_days in rows.values_list(*values)
    }


def _by_arrangement(
    numbers: dict[uuid.UUID, tuple[uuid.UUID, Version]],
) -> defaultdict[uuid.UUID, list[Version]]:
    found: defaultdict[uuid.UUID, list[Version]] = defaultdict(list)
    for arrangement, version in numbers.values():
        found[arrangement].append(version)
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
    ids: Sequence[uuid.UUID], versions: Iterable[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], datetime.date]:
    """On which day each person signed which version."""
    found: dict[tuple[uuid.UUID, uuid.UUID], datetime.date] = {}
    wanted = list(versions)
    answers = Answer.objects.filter(
        kind=Answer.Kind.SIGNED,
        person__in=ids,
        offer__seal__record_label=Agreement._meta.label_lower,
        offer__seal__record_id__in=wanted,
    )
    for person, pk, at in answers.values_list("person_id", "offer__seal__record_id", "answered_at"):
        found[person, pk] = timezone.localdate(at)
    joined = Accession.objects.filter(agreement__in=wanted, person__in=ids, sealed_at__isnull=False)
    for person, pk, sealed_at in joined.values_list("person_id", "agreement_id", "sealed_at"):
        found[person, pk] = timezone.localdate(sealed_at)
    return found
