"""The template that agreements are started from: parts, guidance and first wording, kept as data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "template_default.toml"
_BLANK = re.compile(r"\[[^\[\]\n]{1,60}\]")
NO_LINE_MANAGER = "[name of the line manager]"


@dataclass(frozen=True)
class Part:
    """One of the twelve parts of an agreement (domain 3), as the template has it."""

    key: str
    title: str
    text: str
    required: bool
    guidance: tuple[str, ...]
    sources: str

    @property
    def blanks(self) -> list[str]:
        """What people still have to fill in, such as “[place]”."""
        return _BLANK.findall(self.text.replace("{line_manager}", NO_LINE_MANAGER))


@dataclass(frozen=True)
class Template:
    """A template in one edition. Agreements keep `label`, so that they can say what they came from."""

    name: str
    edition: int
    parts: tuple[Part, ...]

    @property
    def label(self) -> str:
        return f"{self.name}, edition {self.edition}"

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)


@lru_cache(maxsize=1)
def default() -> Template:
    """The template shipped with the software."""
    data: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
    return Template(data["name"], data["edition"], tuple(_part(entry) for entry in data["parts"]))


def _part(entry: dict[str, Any]) -> Part:
    return Part(
        key=entry["key"],
        title=entry["title"],
        text=entry["text"].strip(),
        required=entry["required"],
        guidance=tuple(entry["guidance"]),
        sources=entry["sources"],
    )


def blanks_left(key: str, text: str) -> list[str]:
    """The blanks of the template that a part's wording still has, in order, each once."""
    part = default().part(key)
    known = part.blanks if part is not None else []
    return [blank for blank in dict.fromkeys(known) if blank in text]


def filled(text: str, *, workers: str, supervisors: str, line_manager: str = "") -> str:
    """A part's first wording with the names of the people put in; without a line manager that is left to fill in."""
    line_manager = line_manager or NO_LINE_MANAGER
    names = {"{workers}": workers, "{supervisors}": supervisors, "{line_manager}": line_manager}
    pattern = re.compile("|".join(re.escape(name) for name in names))
    return pattern.sub(lambda found: names[found[0]], text)
