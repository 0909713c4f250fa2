"""A few concerns of the demo, at several steps of their order, and a letter about supervision itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from supervision.concerns.letters import operations as letters
from supervision.concerns.models import Concern
from supervision.concerns.raising import operations, receivers
from supervision.people.models import Arrangement

from . import library
from .timeline import Story
from .world import DAY, HOUR, MINUTE, World


def stories(world: World) -> list[Story]:
    told = library.concerns()
    return [
        *(_concern(world, number, entry) for number, entry in enumerate(told["concern"])),
        *(_letter(world, number, entry) for number, entry in enumerate(told["letter"])),
    ]


def _between(world: World, *names: str) -> Arrangement | None:
    """The supervision of these two in this demo, if they are in it."""
    if not set(names) <= world.people.keys():
        return None
    found = Arrangement.objects.current()
    for name in names:
        found = found.of(world.people[name])
    return found.order_by("started_on", "id").first()


def _concern(world: World, number: int, entry: dict[str, Any]) -> Story:
    """Stated in the morning of a working day some days ago; the steps follow, as far as they come before now."""
    start = world.at(world.workday(entry["ago"]), "09:40") + 7 * number * MINUTE
    yield max(start, world.clock.now() + MINUTE)
    arrangement = _between(world, entry["by"], entry["with"])
    if arrangement is None:
        return
    by, worker = world.people[entry["by"]], world.people[entry["with"]]
    words = operations.Words(entry["limit"], entry["text"])
    made = operations.state(arrangement, worker, by=by, words=words, key=world.key("concern", number))
    for step in entry["steps"]:
        yield world.soon(2 * HOUR if step == "tell" else 1 * DAY)
        _STEPS[step](_now(made), entry)


def _now(concern: Concern) -> Concern:
    return Concern.objects.select_related("arrangement", "raised_by", "worker__line_manager").get(
        pk=concern.pk
    )


def _tell(row: Concern, entry: dict[str, Any]) -> None:
    operations.tell(row, by=row.raised_by, version=row.version)


def _seen(row: Concern, entry: dict[str, Any]) -> None:
    operations.say_seen(row, by=row.worker)


def _decline(row: Concern, entry: dict[str, Any]) -> None:
    operations.decline(row, by=row.worker, reason=entry["declined"])


def _own_words(row: Concern, entry: dict[str, Any]) -> None:
    operations.add_statement(row, by=row.worker, text=entry["own_words"], for_receiver=True)


def _taken(row: Concern, entry: dict[str, Any]) -> None:
    """The worker told their line manager, who is asked and says so."""
    line = row.worker.line_manager
    if line is None:
        return
    on = row.told_at.date() if row.told_at else None
    operations.say_taken(row, by=row.worker, on=on, person=line, may_ask=True)
    operations.add_statement(row, by=row.worker, text=entry["on_own_words"], for_receiver=False)
    operations.confirm(row, by=line)


def _tell_again(row: Concern, entry: dict[str, Any]) -> None:
    operations.tell_again(row, by=row.raised_by, version=row.version)


def _share(row: Concern, entry: dict[str, Any]) -> None:
    able = receivers.of(row)
    if able:
        operations.share(
            row, by=row.raised_by, receiver=able[0].person, text=entry["shared"], version=row.version
        )


_STEPS: dict[str, Callable[[Concern, dict[str, Any]], None]] = {
    "tell": _tell,
    "seen": _seen,
    "decline": _decline,
    "own words": _own_words,
    "taken": _taken,
    "tell again": _tell_again,
    "share": _share,
}


def _letter(world: World, number: int, entry: dict[str, Any]) -> Story:
    """Written in the evening, answered two days later."""
    start = world.at(world.workday(entry["ago"]), "18:10") + 7 * number * MINUTE
    yield max(start, world.clock.now() + MINUTE)
    if entry["by"] not in world.people:
        return
    writer = world.people[entry["by"]]
    arrangement = Arrangement.objects.current().of(writer).order_by("started_on", "id").first()
    if arrangement is None:
        return
    able = letters.recipients(arrangement, writer)
    if not able:
        return
    key = world.key("letter", number)
    made = letters.write(arrangement, by=writer, recipient=able[0].person, text=entry["text"], key=key)
    yield world.soon(2 * DAY)
    letters.answer(made, by=able[0].person, text=entry["answer"])
