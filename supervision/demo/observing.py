"""A few people of the demo look at practice together: one observation at each stage."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from supervision.people.models import Arrangement, User
from supervision.sessions.observations import operations
from supervision.sessions.observations.models import Observation

from . import library
from .timeline import Story
from .world import DAY, HOUR, MINUTE, World


def stories(world: World) -> list[Story]:
    return [_story(world, number, told) for number, told in enumerate(library.words()["observations"])]


def _story(world: World, number: int, told: dict[str, Any]) -> Story:
    """From the proposal to the stage that is told, where both are in this demo."""
    yield max(world.at(world.day(-told["ago"]), "12:15") + 7 * number * MINUTE, world.clock.now() + DAY)
    if not {told["supervisor"], told["worker"]} <= world.people.keys():
        return
    supervisor, worker = world.people[told["supervisor"]], world.people[told["worker"]]
    between = _between(supervisor, worker)
    if between is None:
        return
    by, other = (worker, supervisor) if told["by"] == "worker" else (supervisor, worker)
    plan = operations.Plan(told["kind"], _day(world, told), told["setting"], told["look_for"].strip())
    made = operations.propose(between, by=by, other=other, plan=plan, key=world.key("observation", number))
    if told["stage"] == "proposed":
        return
    yield world.soon(5 * HOUR)
    made = operations.agree(made, by=other, version=made.version)
    if told["stage"] != "agreed":
        yield from _held(world, made, told)


def _held(world: World, made: Observation, told: dict[str, Any]) -> Iterator[Any]:
    day = _day(world, told)
    yield world.at(day, "16:40")
    words = operations.Written(day, told["strengths"].strip(), told["growth"])
    made = operations.write_up(made, by=made.supervisor, written=words)
    yield world.clock.now() + 20 * MINUTE
    evidence = world.evidence(made.supervisor)
    offered = operations.sign_and_send(made, by=made.supervisor, evidence=evidence, version=made.version)
    if told["stage"] != "sealed":
        return
    yield world.soon(26 * HOUR)
    evidence = world.evidence(made.worker)
    operations.sign(made, by=made.worker, evidence=evidence, seen=offered.digest, statement=told["statement"])
    yield world.soon(2 * DAY)
    made.refresh_from_db()
    given = {"reason": told["addendum_reason"], "text": told["addendum_text"]}
    added = operations.add_addendum(made, by=made.worker, evidence=world.evidence(made.worker), **given)
    yield world.soon(20 * HOUR)
    seen = added.open_offer.digest if added.open_offer else ""
    evidence = world.evidence(made.supervisor)
    operations.answer_addendum(added, by=made.supervisor, evidence=evidence, seen=seen)


def _day(world: World, told: dict[str, Any]) -> datetime.date:
    """The working day that it is for."""
    if "held" in told:
        return world.workday(told["held"])
    ahead = world.day(told["in"])
    while ahead.isoweekday() > 5:
        ahead += DAY
    return ahead


def _between(supervisor: User, worker: User) -> Arrangement | None:
    """What the two are in together, each in their part."""
    led = Arrangement.objects.current().filter(
        structure=Arrangement.Structure.INDIVIDUAL,
        participations__person=supervisor,
        participations__part="supervisor",
    )
    return led.filter(participations__person=worker).first()
