"""Rounds in which workers say how they see the supervision they get: two that have closed with a result, one that is open."""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from competencies.library import operations as library
from competencies.models import FrameworkVersion, Round, Sheet
from competencies.rating.marks import Mark
from competencies.rounds import circle, operations, sheets
from competencies.rounds.anonymity import FEWEST

from .timeline import Story
from .world import HOUR, MINUTE, World

FRAMEWORK = "supervisor-five-domains"


@dataclass(frozen=True)
class Plan:
    """A round about somebody's supervision, in days from today. `own` is whether the own part is in."""

    supervisor: str
    opens: int
    closes: int
    own: bool = True
    not_yet: tuple[str, ...] = ()  # who does not answer


PLANS = (
    Plan("dana", -40, -26),
    Plan("thandi", -25, -18),
    Plan("dana", -5, 9, own=False, not_yet=("marisol", "amina")),
)
# Around which points people answer, domain by domain; everybody a little differently.
AROUND: Mapping[str, tuple[float, ...]] = {
    "informative": (3.6, 3.5, 2.9, 3.3, 2.9, 2.5),
    "restorative": (3.5, 3.1, 2.4),
    "formative": (2.8, 3.2, 2.4, 1.9, 2.7, 2.8),
    "normative": (3.2, 2.6, 2.7, 1.8, 3.3, 2.6),
    "mediative": (2.0, 1.6, 2.6, 1.8, 2.7, 2.1),
}


def stories(world: World) -> list[Story]:
    return [_story(world, number, plan) for number, plan in enumerate(PLANS)]


def _story(world: World, number: int, plan: Plan) -> Story:
    """Opened where at least three are supervised by then; answered over the days; the result once it has closed."""
    yield max(world.at(world.day(plan.opens), "09:40"), world.clock.now() + MINUTE)
    by = world.people.get(plan.supervisor)
    people = list(circle.supervised_by(by)) if by is not None else []
    if by is None or len(people) < FEWEST:
        return
    found = operations.open_round(
        by=by,
        key=world.key("round", number),
        framework_version=_framework(),
        last_day=world.day(plan.closes),
        asked=frozenset(person.pk for person in people),
    )
    away = {world.people[key] for key in plan.not_yet if key in world.people}
    if plan.own:
        yield world.clock.now() + 3 * HOUR
        _answer(found, by.pk, world.chance("round", number, "own"), higher=-0.2)
    for place, person in enumerate(people):
        yield world.clock.now() + datetime.timedelta(hours=5, minutes=11 * place)
        if person not in away:
            _answer(found, person.pk, world.chance("round", number, place))
    yield max(found.closes_at + 5 * MINUTE, world.clock.now() + MINUTE)
    operations.settle(found)


def _framework() -> FrameworkVersion:
    shipped = Q(framework__key=FRAMEWORK, framework__is_shipped=True)
    rows = FrameworkVersion.objects.filter(shipped).order_by("-number")
    if not rows.exists():  # where nothing has prepared the server
        library.bring_in(library.shipped())
    return rows[0]


def _answer(found: Round, person: uuid.UUID, chance: random.Random, *, higher: float = 0.0) -> None:
    """A sheet filled in with what this person might say, and sent."""
    sheet = Sheet.objects.select_related("person", "round__framework_version", "round__supervisor").get(
        round=found, person=person
    )
    content = found.framework_version.body
    marks = {}
    for domain in sheets.domains_of(content):
        around = AROUND.get(domain.id, (3.0,))
        for place, one in enumerate(domain.statements):
            point = round(around[place % len(around)] + higher + chance.uniform(-0.7, 0.7))
            unsure = chance.random() < 0.04
            marks[one.id] = Mark(None if unsure else min(max(point, 1), len(content.scale)))
    operations.answer(sheet, by=sheet.person, version=0, marks=marks)
