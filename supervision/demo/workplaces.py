"""A few people of the demo have a job description, and something written about their work: signed, in progress, and waiting."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from supervision.performance.descriptions import operations as describing
from supervision.performance.models import SECTION_NAMES, DescriptionDraft
from supervision.performance.notes import operations, policy

from .library import FOLDER
from .timeline import Story
from .world import DAY, HOUR, MINUTE, World

DATES = ("from_day", "until_day", "review_on")
WORDS = ("happened", "facts", "expectation", "support")


@lru_cache
def _content() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "work.toml").read_text(encoding="utf-8"))


def stories(world: World) -> list[Story]:
    content = _content()
    return [
        *(_job(world, one) for one in content["jobs"]),
        *(_record(world, number, one) for number, one in enumerate(content["records"])),
    ]


def _job(world: World, entry: dict[str, Any]) -> Story:
    """Written by the line manager, put in force; read or answered some days later."""
    yield max(world.at(world.day(-entry["ago"]), "11:05"), world.clock.now() + MINUTE)
    if not {entry["person"], entry["by"]} <= world.people.keys():
        return
    person, by = world.people[entry["person"]], world.people[entry["by"]]
    draft = describing.save_draft(
        person,
        by=by,
        sections=describing.Sections(**{name: entry[name] for name in SECTION_NAMES}),
        version=0,
    )
    yield world.clock.now() + HOUR
    draft = DescriptionDraft.objects.get(pk=draft.pk)
    day = world.day(-entry["since"])
    made = describing.put_in_force(person, by=by, from_day=day, version=draft.version)
    if "read_after" in entry:
        yield world.soon(entry["read_after"] * DAY)
        describing.say_read(made, by=person)
    if "reply" in entry:
        yield world.soon(entry["reply_after"] * DAY)
        describing.say_what_differs(made, by=person, words=entry["reply"])


def _record(world: World, number: int, entry: dict[str, Any]) -> Story:
    """Written and sent by its author; answered some days later, or still waiting."""
    yield max(world.at(world.day(-entry["ago"]), "15:20"), world.clock.now() + MINUTE)
    if not {entry["author"], entry["worker"]} <= world.people.keys():
        return
    author, worker = world.people[entry["author"]], world.people[entry["worker"]]
    if policy.standing_now(author, worker) is None:
        return
    note = operations.start(worker, by=author, kind=entry["kind"], key=world.key("work", number))
    given: dict[str, Any] = {name: entry[name].strip() for name in WORDS if name in entry}
    given |= {name: world.day(entry[name]) for name in DATES if name in entry}
    note = operations.write(note, by=author, written=operations.Written(**given), version=note.version)
    yield world.clock.now() + 25 * MINUTE
    beside = operations.reader_beside(worker, author)
    offer = operations.sign_and_send(
        note,
        by=author,
        evidence=world.evidence(author),
        version=note.version,
        reads=beside.pk if beside else None,
    )
    if "signed_after" in entry:
        yield world.soon(entry["signed_after"] * DAY)
        operations.sign(
            note, by=worker, evidence=world.evidence(worker), seen=offer.digest, statement=entry["answer"]
        )
