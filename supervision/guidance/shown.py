"""Prompts and hints as a page shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .book import PLACES, Book, Hint, Prompt
from .current import book
from .hints import Finding, findings
from .models import SilencedHint

MOST_QUOTED = 3


@dataclass
class Thought:
    """One hint with the words it is about."""

    hint: Hint
    quoted: list[str]

    @property
    def source(self) -> str:
        return source_words(self.hint.source)


def source_words(source: str, of: Book | None = None) -> str:
    """A source such as "D 2.135; E normative" with its letters as names."""
    known = (of or book()).sources
    pieces = (piece.strip().partition(" ") for piece in source.split(";"))
    return "; ".join(f"{known.get(letter, letter)}{space}{rest}" for letter, space, rest in pieces)


def silenced_by(user: Any) -> set[str]:
    """The ids of the hints that this person does not want to see. One query."""
    return set(SilencedHint.objects.visible_to(user).values_list("hint", flat=True))


def silenced_hints(user: Any) -> list[Hint]:
    """The hints that this person does not want to see, in the order of the book. One query."""
    found = silenced_by(user)
    return [hint for key, hint in book().hints.items() if key in found]


def thoughts(found: Iterable[Finding]) -> list[Thought]:
    """Each hint once, with the words it is about."""
    rows: dict[str, Thought] = {}
    for finding in found:
        row = rows.setdefault(finding.id, Thought(finding.hint, []))
        words = " ".join(finding.words.split())
        if words.casefold() not in {one.casefold() for one in row.quoted} and len(row.quoted) < MOST_QUOTED:
            row.quoted.append(words)
    return list(rows.values())


def look_at(text: str, *, silenced: Collection[str] = ()) -> list[Finding]:
    """The findings in a text, by the book in use."""
    return findings(text, book(), silenced=silenced)


def box(found: Iterable[Finding], *, label: str, request: HttpRequest) -> SafeString:
    """What stands under a field: the thoughts about its words. Its buttons belong to the form around it."""
    return render_to_string("guidance/_hints.html", {"thoughts": thoughts(found), "label": label}, request)


def prompts_by_place() -> dict[str, list[Prompt]]:
    return {place: book().at(place) for place in PLACES}
