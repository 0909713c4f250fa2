"""A few people of the demo write down what they want to get better at. Some share it."""

from __future__ import annotations

import datetime
from typing import Any

from competencies.goals import operations, policy
from competencies.models import Goal
from supervision.people.models import Arrangement, User

from . import library
from .timeline import Story
from .world import DAY, MINUTE, World


def stories(world: World) -> list[Story]:
    return [
        _story(world, key, number, entry)
        for key, entries in library.words()["goals"].items()
        for number, entry in enumerate(entries)
    ]


def _story(world: World, key: str, number: int, entry: dict[str, Any]) -> Story:
    """Written some days ago; shared, noted on and ended later, where there are those people in this demo."""
    minutes = world.chance("goal", key, number).randrange(0, 60)
    yield max(world.at(world.day(-entry["ago"]), "12:20") + minutes * MINUTE, world.clock.now() + MINUTE)
    if key not in world.people:
        return
    owner = world.people[key]
    goal = operations.begin(by=owner, key=world.key("goal", key, number), written=_written(world, entry))
    if "share" in entry:
        yield world.clock.now() + datetime.timedelta(hours=1)
        _share(goal, owner, world.people.get(entry["share"]))
    for note in sorted(entry.get("notes", ()), key=lambda one: -one["ago"]):
        yield max(world.at(world.day(-note["ago"]), "16:40"), world.clock.now() + MINUTE)
        _note(world, goal, note)
    if "ended" in entry:
        yield max(world.at(world.day(-entry["ended"]["ago"]), "17:30"), world.clock.now() + MINUTE)
        goal.refresh_from_db()
        operations.end(
            goal, by=owner, version=goal.version, how=entry["ended"]["how"], words=entry["ended"]["words"]
        )


def _written(world: World, entry: dict[str, Any]) -> operations.Written:
    today = world.local_day(world.clock.now())
    return operations.Written(
        title=entry["title"],
        why=entry.get("why", ""),
        support=entry.get("support", ""),
        support_from=entry.get("from", ""),
        review_on=max(world.day(entry["review"]), today) if "review" in entry else None,
        steps=[operations.Step(what, today + days * DAY) for what, days in entry.get("steps", ())],
    )


def _share(goal: Goal, owner: User, leader: User | None) -> None:
    """With the pair in which that person supervises."""
    for circle in policy.circles(owner):
        is_pair = circle.arrangement.structure == Arrangement.Structure.INDIVIDUAL
        if is_pair and [row.person for row in circle.readers] == [leader]:
            operations.share(goal, by=owner, arrangement=circle.arrangement, readers=circle.reader_ids)
            return


def _note(world: World, goal: Goal, note: dict[str, Any]) -> None:
    """A progress note by somebody who reads the goal; and a step that is done by then."""
    by = world.people.get(note["by"])
    if by is None or not Goal.objects.visible_to(by).filter(pk=goal.pk).exists():
        return
    operations.add_progress(
        goal, by=by, key=world.key("progress", goal.pk, note["ago"]), text=note["text"].strip()
    )
    open_step = goal.steps.filter(done_at=None).first()
    if note.get("done") and open_step is not None:
        operations.tick(open_step, by=goal.owner, done=True)
