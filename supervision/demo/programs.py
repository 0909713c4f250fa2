"""Programs of the demo look at themselves: one has two results and something done about them, one is being answered."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from competencies.library import operations as frameworks
from competencies.models import ProgramAsked, ProgramAssessment
from competencies.programs import actions, letters, operations, policy
from competencies.rating.marks import Mark, described_by, statements_of
from supervision.people.models import User
from supervision.records.errors import WrongState

from .library import FOLDER
from .timeline import Story
from .world import DAY, HOUR, MINUTE, World


@lru_cache
def _content() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "programs.toml").read_text(encoding="utf-8"))


def stories(world: World) -> list[Story]:
    return [_story(world, number, entry) for number, entry in enumerate(_content()["assessments"])]


def _story(world: World, number: int, entry: dict[str, Any]) -> Story:
    """Opened, answered by most in the days that follow, closed, shown, and something done about it."""
    start = world.at(world.day(entry["opened"]), "09:40")
    if start < world.clock.now():
        return  # before there was anybody in a demo that goes back less far
    yield start
    assessment = _open(world, number, entry)
    if assessment is None:
        return
    for moment, asked in _in_their_time(world, assessment, entry):
        yield moment
        _answer(world, assessment, asked, entry)
    if entry["closes"] >= 0:
        return
    yield world.at(world.day(entry["closes"] + 1), "04:10")
    operations.put_together(assessment, by=None)
    for place, given in enumerate(entry["actions"]):
        yield world.at(world.day(entry["closes"] + 3), "15:20") + place * 9 * MINUTE
        yield from _act(world, assessment, number, place, entry["by"], given)


def _open(world: World, number: int, entry: dict[str, Any]) -> ProgramAssessment | None:
    """None where too few people are in this demo."""
    frameworks.bring_in(frameworks.shipped())
    program = world.programs[entry["program"]]
    try:
        return operations.open_assessment(
            program,
            by=world.people[entry["by"]],
            key=world.key("program", number),
            framework=operations.frameworks()[0],
            first_day=world.day(entry["from"]),
            last_day=world.day(entry["to"]),
            closes_on=world.day(entry["closes"]),
            asked=policy.circle(program).mark,
        )
    except WrongState:
        return None


def _in_their_time(world: World, assessment: ProgramAssessment, entry: dict[str, Any]) -> list[Any]:
    """Who answers, and when: each on a day of their own in the first week."""
    quiet = {world.people[key].pk for key in entry["quiet"] if key in world.people}
    rows = ProgramAsked.objects.filter(assessment=assessment).select_related("person")
    found = []
    for row in rows.order_by("person__name"):
        if row.person_id not in quiet:
            wait = world.chance("program", assessment.pk, row.person_id).randrange(3, 80)
            found.append((world.clock.now() + wait * HOUR, row))
    return sorted(found, key=lambda one: one[0])


def _answer(world: World, assessment: ProgramAssessment, asked: ProgramAsked, entry: dict[str, Any]) -> None:
    """Around what their group says, each in their own way. 0 is "can't say yet"."""
    content = assessment.framework_version.body
    said = entry["said"][asked.group]
    chance = world.chance("program answer", assessment.pk, asked.person_id)
    marks = {}
    for one in statements_of(described_by(content, asked.group)):
        if one.id in said:
            point = said[one.id] and min(max(said[one.id] + chance.choice((0, 0, 0, 0, -1, 1)), 1), 4)
            marks[one.id] = Mark(point or None)
    named = {world.people[key] for key in entry["by_name"] if key in world.people}
    page = letters.new_page()
    operations.answer(
        assessment,
        by=asked.person,
        marks=marks,
        by_name=asked.person in named,
        seen=letters.Said().page,
        page=page,
    )


def _act(
    world: World, assessment: ProgramAssessment, number: int, place: int, by: str, given: dict[str, Any]
) -> Story:
    manager, who = world.people[by], _who(world, given["who"], by)
    today = world.local_day(world.clock.now())
    action = actions.note(
        ProgramAssessment.objects.get(pk=assessment.pk),
        given["statement"],
        by=manager,
        key=world.key("program action", number, place),
        written=actions.Written(given["what"], who, today + given["days"] * DAY),
    )
    if "done" in given:
        yield world.clock.now() + given["done"] * DAY
        actions.finish(action, by=who, version=action.version, words=given["came"])


def _who(world: World, key: str, otherwise: str) -> User:
    return world.people.get(key) or world.people[otherwise]
