"""Assessments at every stage, made with the operations that people use."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from competencies.assessments import circle, content, operations
from competencies.assessments.operations import Begun, Filled, WrittenUp
from competencies.library import operations as library
from competencies.models import Assessment, FrameworkVersion
from competencies.rating import marks as marking
from competencies.rating.marks import Mark
from supervision.people.models import User
from tests.sessions.makers import evidence

OWN_WORDS = "canary-siskin: I waited while she looked for the word."
OTHER_WORDS = "canary-crossbill: left the choice with the group on Tuesday."
STRENGTHS = "canary-dunlin: trusted by people who trust few."
TO_GROW = "canary-knot: asking for help before it is late."
PRACTICE, FIVE = "peer-support-practice", "supervisor-five-domains"


def framework(key: str = PRACTICE) -> FrameworkVersion:
    """One that is shipped, brought in when it is first asked for."""
    if not FrameworkVersion.objects.filter(framework__key=key).exists():
        library.bring_in([one for one in library.shipped() if one.key == key])
    return FrameworkVersion.objects.select_related("framework").get(framework__key=key)


def begun(**given: Any) -> Begun:
    today = timezone.localdate()
    values: dict[str, Any] = {
        "framework": given.pop("framework", None) or framework(),
        "from_day": today - datetime.timedelta(days=91),
        "until_day": today,
        "due_on": today + datetime.timedelta(days=14),
    }
    return Begun(**(values | given))


def pair_of(user: User, other: User) -> circle.Pair:
    return next(one for one in circle.pairs(user) if one.partner_of(user).pk == other.pk)


def together(cast: Any, *, by: User | None = None, **given: Any) -> Assessment:
    """Of the worker's practice, with their supervisor."""
    by = by or cast.supervisor
    other = cast.worker if by.pk == cast.supervisor.pk else cast.supervisor
    made = operations.begin(pair_of(by, other), by=by, key=uuid.uuid4(), begun=begun(**given))
    return fresh(made)


def formal(cast: Any, **given: Any) -> Assessment:
    return together(cast, is_formal=True, **given)


def alone(person: User, **given: Any) -> Assessment:
    return fresh(operations.begin_alone(by=person, key=uuid.uuid4(), begun=begun(due_on=None, **given)))


def filled(row: Assessment, by: User, point: int | None = 3, words: str = "", **points: int | None) -> Filled:
    """Every statement at one point, but for those named: `practice_1=4` is the statement practice-1."""
    asked = marking.statements_of(marking.described_by(row.framework.body, content.side_of(row, by)))
    named = {key.replace("_", "-"): value for key, value in points.items()}
    words = words or (OWN_WORDS if by.pk == row.person_id else OTHER_WORDS)
    return Filled({one.id: Mark(named.get(one.id, point), words) for one in asked})


def version_of(row: Assessment, by: User) -> int:
    return row.parts.get(author=by).version


def save(row: Assessment, by: User, what: Filled) -> Any:
    return operations.save_part(row, by=by, version=version_of(row, by), filled=what)


def give(row: Assessment, by: User, what: Filled | None = None, **given: Any) -> Assessment:
    what = what or filled(row, by, **given)
    operations.give_part(row, by=by, version=version_of(row, by), filled=what)
    return fresh(row)


def shown(cast: Any, row: Assessment | None = None, **given: Any) -> Assessment:
    row = row or formal(cast, **given)
    give(row, row.person)
    assert row.other is not None
    return give(row, row.other, point=2)


def settled_marks(row: Assessment, point: int = 3) -> Mapping[str, Mark]:
    return {one.id: Mark(point) for one in row.framework.body.statements}


def written_up(cast: Any, row: Assessment | None = None, **given: Any) -> Assessment:
    row = row or shown(cast)
    values: dict[str, Any] = {
        "talked_on": timezone.localdate(),
        "settled": settled_marks(row),
        "strengths": STRENGTHS,
        "to_grow": TO_GROW,
    }
    operations.write_up(row, by=row.other, version=row.version, written=WrittenUp(**(values | given)))
    return fresh(row)


def sent(cast: Any, row: Assessment | None = None) -> Assessment:
    row = row or written_up(cast)
    assert row.other is not None
    operations.sign_and_send(row, by=row.other, evidence=evidence(row.other), version=row.version)
    return fresh(row)


def sealed(cast: Any, row: Assessment | None = None, statement: str = "") -> Assessment:
    row = sent(cast, row)
    assert row.open_offer is not None
    operations.sign(
        row, by=row.person, evidence=evidence(row.person), seen=row.open_offer.digest, statement=statement
    )
    return fresh(row)


def fresh(row: Assessment) -> Assessment:
    related = ("person", "other", "framework", "arrangement__program", "open_offer", "begun_by")
    return Assessment.objects.select_related(*related).get(pk=row.pk)


def past_due(row: Assessment) -> Assessment:
    """As if the day for both parts were over."""
    Assessment.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - datetime.timedelta(days=2))
    return fresh(row)
