"""A few pairs of the demo take something up with a manager, at each stage of its life."""

from __future__ import annotations

from typing import Any

from supervision.people.models import Arrangement
from supervision.sessions.matters import operations
from supervision.sessions.matters.models import Matter

from . import library
from .timeline import Story
from .world import DAY, HOUR, MINUTE, World


def stories(world: World) -> list[Story]:
    return [_story(world, number, entry) for number, entry in enumerate(library.words()["taken_up"])]


def _story(world: World, number: int, entry: dict[str, Any]) -> Story:
    """One matter, begun some days ago after lunch, where there are those people in this demo."""
    start = world.at(world.day(-entry["ago"]), "13:20") + 11 * number * MINUTE
    yield max(start, world.clock.now() + MINUTE)
    if not {entry["by"], entry["with"], entry["to"]} <= world.people.keys():
        return
    by, other, manager = (world.people[entry[name]] for name in ("by", "with", "to"))
    arrangement = Arrangement.objects.current().of(by).of(other).order_by("started_on", "id").first()
    if arrangement is None:
        return
    words = operations.Words(entry["kind"], entry["about"], entry["text"], manager, entry.get("wish", ""))
    made = operations.propose(arrangement, by=by, other=other, words=words, key=world.key("matter", number))
    yield from _answered(world, made, entry)


def _answered(world: World, made: Matter, entry: dict[str, Any]) -> Story:
    """What became of it: nothing yet, left, or agreed to and answered."""
    if "left" in entry:
        yield world.soon(1 * DAY)
        operations.withdraw(made, by=made.begun_by, reason=entry["left"])
    if not entry.get("sent"):
        return
    yield world.soon(20 * HOUR)
    operations.agree(made, by=made.partner, version=made.version)
    for reply in entry.get("replies", ()):
        yield world.soon(reply["after"] * DAY)
        operations.reply(made, by=made.manager, kind=reply["kind"], text=reply["text"])
