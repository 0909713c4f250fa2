"""The templates that agreements are started from: parts, guidance, first wording and words about the limits, as data.

One is shipped (template_default.toml); an agency keeps its own in editions (operations/templates.py). Both have the
same shape: `{"parts": [{key, title, text, required, guidance, sources}], "limits": {key of a limit: more words}}`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Agreement, TemplateEdition

FILE = Path(__file__).parent / "template_default.toml"
_BLANK = re.compile(r"\[[^\[\]\n]{1,60}\]")
NO_LINE_MANAGER = "[name of the line manager]"
FUNCTIONS = "[which functions of the supervision]"  # co-supervision: who takes what (domain 2; B, table 1)


@dataclass(frozen=True)
class Part:
    """One part of an agreement as a template has it: one of the twelve (domain 3), or the agency's own."""

    key: str
    title: str
    text: str
    required: bool
    guidance: tuple[str, ...]
    sources: str

    @property
    def blanks(self) -> list[str]:
        """What people still have to fill in, such as “[place]”."""
        extra = f"{FUNCTIONS}\n" if self.key == "parties" else ""
        return _BLANK.findall(extra + self.text.replace("{line_manager}", NO_LINE_MANAGER))


@dataclass(frozen=True)
class Template:
    """A template in one edition. Agreements keep `label`, so that they can say what they came from."""

    name: str
    edition: int
    parts: tuple[Part, ...]
    limits: Mapping[str, str] = field(default_factory=dict)  # what the agency adds to a limit, by its key

    @property
    def label(self) -> str:
        return f"{self.name}, edition {self.edition}"

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)


@lru_cache(maxsize=1)
def default() -> Template:
    """The template shipped with the software."""
    data: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
    return of_body(data["name"], data["edition"], data)


def required_keys() -> tuple[str, ...]:
    """The twelve parts that every agreement has (D 2.130), in the order of the shipped template."""
    return tuple(part.key for part in default().parts)


def of_edition(edition: TemplateEdition) -> Template:
    return of_body(edition.name, edition.number, edition.body)


def of(agreement: Agreement) -> Template:
    """The template that a version came from. One query unless its edition is loaded."""
    return of_edition(agreement.edition) if agreement.edition else default()


def of_body(name: str, edition: int, body: Mapping[str, Any]) -> Template:
    """A template from its data, which is taken to be sound (template_file.py checks what comes from outside)."""
    return Template(
        name, edition, tuple(_part(entry) for entry in body["parts"]), dict(body.get("limits", {}))
    )


def _part(entry: Mapping[str, Any]) -> Part:
    return Part(
        key=entry["key"],
        title=entry["title"],
        text=entry["text"].strip(),
        required=entry["required"],
        guidance=tuple(entry["guidance"]),
        sources=entry["sources"],
    )


def blanks_left(template: Template, key: str, text: str) -> list[str]:
    """The blanks of the template that a part's wording still has, in order, each once."""
    part = template.part(key)
    known = part.blanks if part is not None else []
    return [blank for blank in dict.fromkeys(known) if blank in text]


def filled(text: str, *, workers: str, supervisors: str, line_manager: str = "") -> str:
    """A part's first wording with the names of the people put in; without a line manager that is left to fill in."""
    line_manager = line_manager or NO_LINE_MANAGER
    names = {"{workers}": workers, "{supervisors}": supervisors, "{line_manager}": line_manager}
    pattern = re.compile("|".join(re.escape(name) for name in names))
    return pattern.sub(lambda found: names[found[0]], text)
