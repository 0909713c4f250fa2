"""Who supervised: what they held and had learned when, and whom they supervised. Log facts."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from competencies.models import TrainingEntry
from supervision.pages.prepared import prepared
from supervision.people.models import Credential, Participation
from supervision.requirements import expectation
from supervision.requirements.counting import Held, Supervisor, Trained
from supervision.requirements.expectation import Span
from supervision.requirements.needed import Needed

from . import spans as spans_of

Pair = tuple[uuid.UUID, uuid.UUID]  # who supervises, and whom


def supervisors(
    names: Mapping[uuid.UUID, str], held: Mapping[uuid.UUID, list[Held]], needed: Needed
) -> dict[uuid.UUID, Supervisor]:
    """Who supervised, with what they hold; where it is looked at, also what they have learned (one query) and whom they supervise
    when (two queries)."""
    trained = _trained(list(names)) if needed.training else {}
    supervises = _supervises(list(names)) if needed.caseloads else {}
    return {
        pk: Supervisor(
            name,
            tuple(held.get(pk, ())),
            tuple(trained.get(pk, ())),
            tuple(supervises.get(pk, ())),
            str(pk),
        )
        for pk, name in names.items()
    }


def credentials_of(ids: Iterable[uuid.UUID]) -> defaultdict[uuid.UUID, list[Held]]:
    """What each of these people hold or held. One query."""
    found: defaultdict[uuid.UUID, list[Held]] = defaultdict(list)
    for person, name, first, last in _credentials(list(ids)):
        found[person].append(Held(name, first, last))
    return found


@prepared
def _credentials(ids: list[uuid.UUID]) -> QuerySet[Credential, Any]:
    rows = Credential.objects.filter(person__in=ids).order_by("name", "id")
    return rows.values_list("person_id", "name", "issued_on", "expires_on")


def _trained(ids: list[uuid.UUID]) -> defaultdict[uuid.UUID, list[Trained]]:
    found: defaultdict[uuid.UUID, list[Trained]] = defaultdict(list)
    for person, day, until, minutes in _training(ids):
        found[person].append(Trained(until or day, minutes / 60))
    return found


@prepared
def _training(ids: list[uuid.UUID]) -> QuerySet[TrainingEntry, Any]:
    rows = TrainingEntry.objects.filter(owner__in=ids).order_by("day", "id")
    return rows.values_list("owner_id", "day", "until", "minutes")


def _supervises(ids: list[uuid.UUID]) -> defaultdict[uuid.UUID, list[Span]]:
    """When each supervised whom, anywhere. Somebody they supervise in two ways at a time is one person."""
    leading = _led(ids)
    supported: defaultdict[uuid.UUID, list[tuple[uuid.UUID, Span]]] = defaultdict(list)
    for row in _supported(list({row[0] for row in leading})):
        supported[row[0]].append((row[1], expectation.membership(*row[2:])))
    together: defaultdict[Pair, list[Span]] = defaultdict(list)
    for arrangement, leader, joined, left in leading:
        for person, span in supported[arrangement]:
            if (both := spans_of.common(Span(joined, left), span)) is not None:
                together[leader, person].append(both)
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    for (leader, _person), spans in together.items():
        found[leader] += spans_of.merged(spans)
    return found


@prepared
def _led(ids: list[uuid.UUID]) -> QuerySet[Participation, Any]:
    rows = Participation.objects.filter(person__in=ids, part__in=Participation.LEADING)
    return rows.values_list("arrangement_id", "person_id", "joined_on", "left_on")


@prepared
def _supported(arrangements: list[uuid.UUID]) -> QuerySet[Participation, Any]:
    rows = Participation.objects.filter(arrangement__in=arrangements, part__in=Participation.SUPPORTED)
    return rows.values_list(
        "arrangement_id",
        "person_id",
        "joined_on",
        "left_on",
        "arrangement__started_on",
        "arrangement__ended_on",
    )
