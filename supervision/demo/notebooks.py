"""A few people of the demo keep notes of their own. One of them shares one."""

from __future__ import annotations

import datetime
from typing import Any

from supervision.notes import operations
from supervision.records.subjects import Subject
from supervision.sessions import subjects

from . import library
from .timeline import Story
from .world import MINUTE, World


def stories(world: World) -> list[Story]:
    return [
        _story(world, key, number, entry)
        for key, entries in library.words()["notebooks"].items()
        for number, entry in enumerate(entries)
    ]


def _story(world: World, key: str, number: int, entry: dict[str, Any]) -> Story:
    """One entry, written some days ago in the evening, where there is that person in this demo."""
    minutes = world.chance("notebook", key, number).randrange(0, 100)
    yield max(world.at(world.day(-entry["ago"]), "17:10") + minutes * MINUTE, world.clock.now() + MINUTE)
    if key not in world.people:
        return
    author = world.people[key]
    written = operations.Written(
        kind=entry["kind"],
        day=world.local_day(world.clock.now()),
        title=entry.get("title", ""),
        text=entry["text"].strip(),
        about=_last_session(world, author) if entry.get("about") else None,
    )
    note = operations.write(by=author, key=world.key("note", key, number), written=written)
    reader = world.people.get(entry.get("share", ""))
    if reader is not None and operations.policy.may_be_shared_with(author).filter(pk=reader.pk).exists():
        yield world.clock.now() + datetime.timedelta(minutes=20)
        operations.share(note, by=author, person=reader)
    if entry.get("deleted"):
        yield world.clock.now() + datetime.timedelta(hours=2)
        operations.delete(note, by=author)


def _last_session(world: World, author: Any) -> Subject | None:
    today = world.local_day(world.clock.now())
    return next((one for one in subjects.recent(author) if one.day <= today), None)
