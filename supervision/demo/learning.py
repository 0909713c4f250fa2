"""A few people of the demo keep a training log, with evidence, and credentials of their own, one of them renewed."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from competencies.training import areas, operations
from supervision.people.models import Credential

from . import library
from .timeline import Story
from .world import DAY, MINUTE, World


def stories(world: World) -> list[Story]:
    content = library.training()
    return [
        *_each(world, content["entries"], _entry),
        *_each(world, content["credentials"], _credential),
    ]


def _each(world: World, content: dict[str, Any], tell: Any) -> list[Story]:
    return [
        tell(world, key, number, entry)
        for key, entries in content.items()
        for number, entry in enumerate(entries)
    ]


def _entry(world: World, key: str, number: int, entry: dict[str, Any]) -> Story:
    """Put into the log some days after it took place."""
    last = world.day(-entry["ago"])
    yield max(world.at(last + 2 * DAY, "17:10") + number * MINUTE, world.clock.now() + MINUTE)
    if key not in world.people:
        return
    days = entry.get("days", 1)
    known = {area.statement.id: area.key for area in areas.in_force()}
    made = operations.add(
        by=world.people[key],
        key=world.key("training", key, number),
        written=operations.Written(
            title=entry["title"],
            kind=entry["kind"],
            provider=entry.get("provider", ""),
            day=last - (days - 1) * DAY,
            until=last if days > 1 else None,
            minutes=entry["minutes"],
            took=entry.get("took", "").strip(),
            areas=frozenset(known[one] for one in entry.get("areas", ()) if one in known),
        ),
    )
    _attach(world, made, key, entry)


def _credential(world: World, key: str, number: int, entry: dict[str, Any]) -> Story:
    """Kept by its holder; where it was renewed, the new one too."""
    issued = world.day(-entry["ago"])
    yield max(world.at(issued + 3 * DAY, "12:40"), world.clock.now() + MINUTE)
    if key not in world.people:
        return
    holder = world.people[key]
    facts = {name: entry[name] for name in ("name", "issuer", "number")}
    made = operations.keep_credential(
        by=holder,
        key=world.key("credential", key, number),
        issued_on=issued,
        expires_on=world.day(entry["expires"]),
        **facts,
    )
    _attach(world, made, key, entry)
    if "renewed" in entry:
        day = world.day(-entry["renewed"])
        yield max(world.at(day, "12:15"), world.clock.now() + MINUTE)
        until = day + entry["lasts"] * DAY
        again = world.key("credential renewed", key, number)
        operations.renew(made, by=holder, key=again, issued_on=day, expires_on=until, **facts)


def _attach(world: World, of: Any, key: str, entry: dict[str, Any]) -> None:
    if "evidence" in entry:
        what = of.name if isinstance(of, Credential) else of.title
        operations.attach(
            of,
            by=world.people[key],
            key=world.key("evidence", of.pk),
            name=f"{entry['evidence']}.png",
            content=_picture(what),
        )


def _picture(words: str) -> bytes:
    """A made-up certificate."""
    picture = Image.new("RGB", (480, 320), "#fffdf5")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((12, 12, 467, 307), outline="#14524a", width=3)
    draw.text((40, 120), "Certificate (made up for this demo)", fill="#17211e")
    draw.text((40, 160), words.encode("ascii", "ignore").decode(), fill="#17211e")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
