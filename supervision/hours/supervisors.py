"""Who supervised: what they held and had learned when, and whom they supervised. Log facts."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from competencies.models import TrainingEntry
from supervision.people.models import Credential, Participation, User
from supervision.requirements import expectation
from supervision.requirements.counting import Held, Supervisor, Trained
from supervision.requirements.expectation import Span

from . import spans as spans_of

Pair = tuple[uuid.UUID, uuid.UUID]  # who supervises, and whom


def credentials_of(ids: Sequence[uuid.UUID]) -> defaultdict[uuid.UUID, list[Held]]:
    """What each of these people hold or held."""
    found: defaultdict[uuid.UUID, list[Held]] = defaultdict(list)
    rows = Credential.objects.filter(person__in=ids).order_by("name", "id")
    for person, name, first, last in rows.values_list("person_id", "name", "issued_on", "expires_on"):
        found[person].append(Held(name, first, last))
    return found


def supervisors(ids: set[uuid.UUID]) -> dict[uuid.UUID, Supervisor]:
    """Who supervised, with what they hold, have learned, and whom they supervise when. Five queries."""
    held, trained = credentials_of(list(ids)), _trained(ids)
    supervises = _supervises(ids)
    names = User.objects.filter(pk__in=ids).values_list("pk", "name")
    return {
        pk: Supervisor(name, tuple(held[pk]), tuple(trained[pk]), tuple(supervises[pk]), str(pk))
        for pk, name in names
    }


def _trained(ids: set[uuid.UUID]) -> defaultdict[uuid.UUID, list[Trained]]:
    found: defaultdict[uuid.UUID, list[Trained]] = defaultdict(list)
    rows = TrainingEntry.objects.filter(owner__in=ids).order_by("day", "id")
    for person, day, until, minutes in rows.values_list("owner_id", "day", "until", "minutes"):
        found[person].append(Trained(until or day, minutes / 60))
    return found


def _supervises(ids: set[uuid.UUID]) -> defaultdict[uuid.UUID, list[Span]]:
    """When each supervised whom, anywhere. Somebody they supervise in two ways at a time is one person."""
    leading = list(
        Participation.objects.filter(person__in=ids, part__in=Participation.LEADING).values_list(
            "arrangement_id", "person_id", "joined_on", "left_on"
        )
    )
    supported: defaultdict[uuid.UUID, list[tuple[uuid.UUID, Span]]] = defaultdict(list)
    rows = Participation.objects.filter(
        arrangement__in={row[0] for row in leading}, part__in=Participation.SUPPORTED
    )
    for row in rows.values_list(
        "arrangement_id",
        "person_id",
        "joined_on",
        "left_on",
        "arrangement__started_on",
        "arrangement__ended_on",
    ):
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
