"""What people of the demo talk about: story lines that go on from session to session, kept as data in `content/`.

A part of a story is a topic with its own outcome, main point, strength and next steps, so that no record says one thing
under another. Words in {braces} become names: {worker}, {supervisor}, and what a story itself offers a choice of.
"""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"
WORKER, SUPERVISOR = "worker", "supervisor"
DONE, DROPPED, OPEN = "done", "dropped", "open"


@dataclass(frozen=True)
class Step:
    """A next step: who takes it, what, in how many days, and what becomes of it."""

    who: str
    days: int
    text: str
    fate: str = DONE
    reason: str = ""


@dataclass(frozen=True)
class Part:
    """One topic of a story, with everything that a record says about it."""

    area: str
    by: str
    topic: str
    said: str
    point: str
    strength: str = ""
    purposes: tuple[str, ...] = ()
    method: str = ""
    steps: tuple[Step, ...] = ()

    def filled(self, names: Mapping[str, str]) -> Part:
        """The part with names in the place of words in braces."""
        steps = tuple(
            replace(step, text=_fill(step.text, names), reason=_fill(step.reason, names))
            for step in self.steps
        )
        return replace(
            self,
            topic=_fill(self.topic, names),
            said=_fill(self.said, names),
            point=_fill(self.point, names),
            strength=_fill(self.strength, names),
            steps=steps,
        )


class Names(dict[str, str]):
    """What words in braces become. {they}, {them}, {their} and {themself} are the worker's pronouns.

    A verb of the present goes with them as in {they_want}: she wants, they want.
    """

    def __missing__(self, key: str) -> str:
        pronoun, found, verb = key.partition("_")
        if not found:
            raise KeyError(key)
        plural = self["they"] == "they"
        return f"{self[pronoun]} {verb if plural else _third_person(verb)}"


PRONOUNS = {
    "she": ("she", "her", "her", "herself"),
    "he": ("he", "him", "his", "himself"),
    "they": ("they", "them", "their", "themself"),
}
IRREGULAR = {"are": "is", "have": "has", "do": "does"}


def _third_person(verb: str) -> str:
    return IRREGULAR.get(verb) or f"{verb}{'es' if verb.endswith(('s', 'sh', 'ch', 'x')) else 's'}"


def names_of(worker: Any, supervisor: Any, **more: str) -> Names:
    """The names and pronouns that a story between these two needs. Pronouns are the ones that a person set first."""
    they, them, their, themself = PRONOUNS.get(worker.pronouns.split("/")[0], PRONOUNS["they"])
    return Names(
        more,
        worker=worker.called,
        supervisor=supervisor.called,
        they=they,
        They=they.capitalize(),
        them=them,
        their=their,
        themself=themself,
    )


def _fill(text: str, names: Mapping[str, str]) -> str:
    filled = text.format_map(names)
    return filled[:1].upper() + filled[1:]


@dataclass(frozen=True)
class Thread:
    """A story line. `place` says where it can happen: a kind of program, a kind of arrangement, or anywhere.

    `stage` says whom it fits: somebody `new`, somebody `seasoned`, or everybody.
    """

    name: str
    place: str
    parts: tuple[Part, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stage: str = ""


@lru_cache(maxsize=1)
def threads() -> tuple[Thread, ...]:
    """Every story line there is."""
    files = sorted(FOLDER.glob("stories_*.toml"))
    return tuple(
        _thread(entry) for file in files for entry in tomllib.loads(file.read_text("utf-8"))["thread"]
    )


def _thread(entry: dict[str, Any]) -> Thread:
    choices = {name: tuple(offered) for name, offered in entry.get("choices", {}).items()}
    parts = tuple(_part(one) for one in entry["part"])
    return Thread(entry["name"], entry["place"], parts, choices, entry.get("stage", ""))


def _part(entry: dict[str, Any]) -> Part:
    steps = tuple(Step(*step) for step in entry.get("steps", ()))
    purposes = tuple(entry["purposes"].split())
    return Part(**{**entry, "steps": steps, "purposes": purposes})


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Statements, reasons, notes, places and wordings that are not part of a story line."""
    return tomllib.loads((FOLDER / "words.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def concerns() -> dict[str, Any]:
    """Concerns and letters, by who has them with whom."""
    return tomllib.loads((FOLDER / "concerns.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def training() -> dict[str, Any]:
    """What people have learned, and credentials that they keep themselves."""
    return tomllib.loads((FOLDER / "training.toml").read_text("utf-8"))


class Deck:
    """Story lines for the people of one supervisor: none twice to the same, and no two of them the same at a time."""

    def __init__(self, places: Iterable[str], rng: random.Random) -> None:
        wanted = set(places)
        self._threads = [thread for thread in threads() if thread.place in wanted]
        rng.shuffle(self._threads)
        self._running: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        takes = list(words()["takes"])
        rng.shuffle(takes)
        self._takes = cycle(takes)

    def draw(self, told: set[str], *, new: bool = False) -> Thread | None:
        """A story line that these people have not had, or None when they have had them all.

        Lines that nobody is in the middle of come first, then those told least. `new` is for somebody's first weeks.
        """
        fitting = ("new", "") if new else ("", "seasoned")
        left = [one for one in self._threads if one.stage in fitting and one.name not in told]
        if not left:
            return None
        chosen = min(
            left, key=lambda one: (one.stage != "new", self._running[one.name], self._told[one.name])
        )
        self._running[chosen.name] += 1
        self._told[chosen.name] += 1
        return chosen

    def give_back(self, thread: Thread) -> None:
        """This line has been told to its end."""
        self._running[thread.name] -= 1

    def something_to_take(self) -> dict[str, Any]:
        """A small next step that fits any session: its words and days. All of them have their turn."""
        return next(self._takes)
