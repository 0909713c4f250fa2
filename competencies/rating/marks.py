"""What one person marks, statement by statement, and what may be counted of it (domain 10). No database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from ..library.shape import Content, Domain, Statement

UNSURE = "unsure"  # how a form and a stored row say "can't say yet"
LOWEST = 1


@dataclass(frozen=True)
class Mark:
    """A point of the scale, 1 the lowest, or None for "can't say yet"; and what shows it, in words."""

    point: int | None
    words: str = ""


Marks = Mapping[str, Mark]  # by the id of a statement; one that is missing has not been looked at


def described_by(content: Content, who: str) -> list[Domain]:
    """The domains that such a person fills in: "self", "supervisor", "workers" and so on, see shape.py."""
    return [domain for domain in content.domains if who in domain.described_by]


def of_domains(content: Content, *sides: str) -> Content:
    """The framework with the domains alone that one of these fills in."""
    asked = tuple(domain for domain in content.domains if set(sides) & set(domain.described_by))
    return replace(content, domains=asked)


def no_letter_shape(missing: Iterable[tuple[str, str]]) -> str:
    """What to say of characters that no PDF could show."""
    named = ", ".join(f"{character} ({name})" for character, name in list(missing)[:5])
    return _("A signed PDF has no letter shape for %(named)s. Please replace it.") % {"named": named}


def statements_of(domains: Iterable[Domain]) -> list[Statement]:
    return [one for domain in domains for one in domain.statements]


def as_data(marks: Marks) -> dict[str, Any]:
    """What is stored. `of_data` reads it back the same."""
    return {
        key: {"point": UNSURE if mark.point is None else mark.point, "words": mark.words}
        for key, mark in marks.items()
    }


def of_data(data: Mapping[str, Any] | None) -> dict[str, Mark]:
    return {
        key: Mark(None if value["point"] == UNSURE else int(value["point"]), value["words"])
        for key, value in (data or {}).items()
    }


def mean(marks: Marks, statements: Sequence[Statement]) -> float | None:
    """The middle of the points given, not rounded. None where every answer is "can't say yet", or there is none."""
    points = [mark.point for one in statements if (mark := marks.get(one.id)) and mark.point is not None]
    return sum(points) / len(points) if points else None


def means(marks: Marks, domains: Sequence[Domain]) -> list[float | None]:
    """The same for each domain, in their order."""
    return [mean(marks, domain.statements) for domain in domains]


def unanswered(marks: Marks, statements: Iterable[Statement]) -> list[Statement]:
    return [one for one in statements if one.id not in marks]


def nobody_showed(
    settled: Marks, views: Sequence[Marks], statements: Iterable[Statement], *, top: int
) -> list[Statement]:
    """Where the lowest or the highest point is settled on, and none of the views holds it with what shows it (domain 10)."""
    return [
        one
        for one in statements
        if (mark := settled.get(one.id))
        and mark.point in (LOWEST, top)
        and not any((view := each.get(one.id)) and view.point == mark.point and view.words for each in views)
    ]


def lacking_words(marks: Marks, statements: Iterable[Statement], *, top: int) -> list[Statement]:
    """Where the lowest or the highest point stands without anything that shows it (domain 10)."""
    ends = (LOWEST, top)
    return [
        one for one in statements if (mark := marks.get(one.id)) and mark.point in ends and not mark.words
    ]
