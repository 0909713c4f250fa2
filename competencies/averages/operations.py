"""Making the next averages of a program, when an assessment of it was signed and sealed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from django.db import transaction

from supervision.people.models import Program
from supervision.people.operations.locking import lock
from supervision.records import encryption
from supervision.records.models import Seal

from ..assessments.models import Assessment
from ..library.models import Framework, FrameworkVersion
from ..rating import marks as marking
from .counting import Brought, Members, following
from .models import ProgramAverage


@transaction.atomic
def refresh(program: Program, framework: Framework) -> ProgramAverage | None:
    """The next averages, where they may be shown. None where they may not yet, or nothing is new. Safe to repeat."""
    program = lock(program)
    earlier = list(ProgramAverage.objects.filter(program=program, framework=framework).order_by("number"))
    encryption.unlock(earlier)
    sets: dict[str, set[Members]] = defaultdict(set)
    for one in earlier:
        for domain, ids in one.members.items():
            sets[domain].add(frozenset((person, pk) for person, pk in ids))
    points = len(_newest(framework).body.scale)  # another scale is no measure beside this one
    signed = [one for one in _signed(program, framework) if len(one.framework.body.scale) == points]
    shown = following([_brought(one) for one in signed], sets)
    if shown is None:
        return None
    body = _newest(framework).body
    titles = {domain.id: domain.title for domain in body.domains}
    made = ProgramAverage(
        program=program,
        framework=framework,
        number=len(earlier) + 1,
        people=max(len(ids) for ids in shown.members.values()),
        values={
            "top": len(body.scale),
            "domains": {
                key: {
                    "title": titles.get(key, key),
                    "tenths": value,
                    "place": list(titles).index(key) if key in titles else len(titles),
                }
                for key, value in shown.values.items()
            },
        },
        members={key: [list(pair) for pair in sorted(ids)] for key, ids in shown.members.items()},
    )
    made.save()
    return made


def _signed(program: Program, framework: Framework) -> list[Assessment]:
    """The newest assessment of each person that both have signed."""
    both = Seal.objects.filter(how=Seal.How.ALL_SIGNED).values("record_id")
    rows = Assessment.objects.filter(
        arrangement__program=program,
        framework__framework=framework,
        sealed_at__isnull=False,
        pk__in=both,
    )
    newest: dict[uuid.UUID, Assessment] = {}
    for row in rows.select_related("framework").order_by("-sealed_at", "-id"):
        newest.setdefault(row.person_id, row)
    found = list(newest.values())
    encryption.unlock(found)
    return found


def _brought(row: Assessment) -> Brought:
    settled = marking.of_data(row.settled)
    domains = row.framework.body.domains
    middles: dict[str, Any] = {one.id: marking.mean(settled, one.statements) for one in domains}
    return Brought(
        str(row.person_id), str(row.pk), {key: value for key, value in middles.items() if value is not None}
    )


def _newest(framework: Framework) -> FrameworkVersion:
    return framework.versions.order_by("-number")[0]
