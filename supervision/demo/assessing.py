"""Assessments of the demo, at every stage: some alone, most of them of two, a few of them signed."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle, islice
from typing import Any

from competencies.assessments import circle, content, operations
from competencies.assessments.operations import Begun, Filled, WrittenUp
from competencies.library import operations as frameworks
from competencies.models import Assessment, FrameworkVersion
from competencies.rating import marks as marking
from competencies.rating.marks import Mark
from supervision.people.models import User

from .library import FOLDER
from .timeline import Story
from .world import DAY, HOUR, MINUTE, World


@lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """Who assesses what with whom, and the moments that they name."""
    return tomllib.loads((FOLDER / "assessments.toml").read_text("utf-8"))


def stories(world: World) -> list[Story]:
    return [_story(world, number, entry) for number, entry in enumerate(told()["all"])]


def _story(world: World, number: int, entry: dict[str, Any]) -> Story:
    """From its beginning to the stage that is told, where its people are in this demo and in supervision by then."""
    yield max(world.at(world.day(-entry["ago"]), "11:40") + 3 * number * MINUTE, world.clock.now() + MINUTE)
    if entry["person"] not in world.people:
        return
    person = world.people[entry["person"]]
    other = world.people.get(entry.get("other", ""))
    made = _begun(world, number, entry, person, other)
    if made is None:
        return
    yield world.soon(3 * HOUR)
    if entry["stage"] == "begun":
        _put(made, person, entry, "own", operations.save_part)
        return
    _put(made, person, entry, "own", operations.give_part)
    if other is None or entry["stage"] == "own":
        return
    yield world.soon(2 * DAY)
    _put(made, other, entry, "seen_as", operations.give_part)
    if entry["stage"] != "shown":
        yield from _signed(world, made, entry)


def _begun(
    world: World, number: int, entry: dict[str, Any], person: User, other: User | None
) -> Assessment | None:
    today = world.local_day(world.clock.now())
    begun = Begun(
        framework=_framework(entry["framework"]),
        from_day=today - entry["days"] * DAY,
        until_day=today,
        due_on=today + 14 * DAY if other else None,
        is_formal=entry.get("formal", False),
    )
    key = world.key("assessment", number)
    if other is None:
        return None if "other" in entry else operations.begin_alone(by=person, key=key, begun=begun)
    by = person if entry["by"] == "worker" else other
    pair = next((one for one in circle.pairs(by) if {one.person, one.other} == {person, other}), None)
    return operations.begin(pair, by=by, key=key, begun=begun) if pair else None


def _framework(key: str) -> FrameworkVersion:
    if not FrameworkVersion.objects.filter(framework__key=key).exists():
        frameworks.bring_in(frameworks.shipped())
    return FrameworkVersion.objects.filter(framework__key=key, framework__is_shipped=True).latest("number")


def _put(made: Assessment, by: User, entry: dict[str, Any], points: str, save: Any) -> None:
    body = made.framework.body
    asked = marking.statements_of(marking.described_by(body, content.side_of(made, by)))
    given = entry.get(points, "23")
    wanted = asked if entry["stage"] != "begun" else asked[:7]
    moments = cycle(told()["moments" if points == "own" else "seen"])
    marks = {}
    for one, point in zip(wanted, islice(cycle(given), len(wanted)), strict=True):
        ends = point in ("1", str(len(body.scale)))
        marks[one.id] = Mark(int(point) or None, next(moments) if ends else "")
    version = made.parts.get(author=by).version
    save(made, by=by, version=version, filled=Filled(marks))


def _signed(world: World, made: Assessment, entry: dict[str, Any]) -> Iterator[datetime.datetime]:
    """They talk, it is written up and sent; signed, where that is told."""
    yield world.soon(3 * DAY)
    made.refresh_from_db()
    if made.other is None:
        return
    statements = made.framework.body.statements
    points = islice(cycle(entry["settled"]), len(statements))
    settled = {one.id: Mark(int(point) or None) for one, point in zip(statements, points, strict=True)}
    words = (entry["strengths"].strip(), entry["to_grow"].strip())
    written = WrittenUp(world.local_day(world.clock.now()), settled, *words)
    made = operations.write_up(made, by=made.other, version=made.version, written=written)
    yield world.clock.now() + 15 * MINUTE
    lead: Any = made.other
    offered = operations.sign_and_send(made, by=lead, evidence=world.evidence(lead), version=made.version)
    if entry["stage"] != "sealed":
        return
    yield world.soon(20 * HOUR)
    operations.sign(
        made,
        by=made.person,
        evidence=world.evidence(made.person),
        seen=offered.digest,
        statement=entry["statement"],
    )
