"""What a rule of the table is: who reads something, in the words of the field, and what a page says of it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _


class Reader(enum.Enum):
    """Whoever reads something, by what they are to it."""

    SELF = "self"  # whose own page or list it is; what stands on it may be read by others elsewhere
    AUTHOR = "author"  # whoever wrote it, and so far nobody else reads these words
    PARTIES = "parties"  # the people it is between or about
    PRESENT = "present"  # those who were there
    LEADS = "leads"  # whoever supervises there now
    NAMED = "named"  # one person who was chosen or named to read it
    ASKED = "asked"  # everybody who was asked in a round or a self-assessment
    TOLD = "told"  # whom it concerns, once they have been told
    MANAGERS = "managers"  # of that program, now
    LINE_MANAGER = "line manager"
    ADMINISTRATORS = "administrators"
    EVERYBODY = "everybody"  # who has an account here


class Layer(enum.Enum):
    """From the most to the least widely seen; last what it takes to run the agency. A reader of one does not thereby read the next."""

    OPEN = _("For everybody")
    FACTS = _("Dates and signatures")
    SIGNED = _("Signed words, and words about somebody’s work")
    SHARED = _("Between the people it names")
    OWN = _("Only you")
    RUNNING = _("Accounts and keeping")


@dataclass(frozen=True)
class Rule:
    """One line of a page. `also` are the rules that hold later, or held before, for words that stand on the same page."""

    who: Any
    readers: frozenset[Reader]
    not_who: Any = ""
    private: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row of the page “Who can see what”, with the lines that pages carry about it."""

    key: str
    layer: Layer
    name: Any
    what: Any
    who: Any
    rules: dict[str, Rule] = field(default_factory=dict)


def rule(who: Any, *readers: Reader, not_who: Any = "", private: bool = False, also: str = "") -> Rule:
    return Rule(who, frozenset(readers), not_who, private, tuple(also.split()))


def flat(rows: Iterable[Row]) -> dict[str, Rule]:
    """Every rule by its key, such as "session.record"."""
    return {f"{row.key}.{name}": one for row in rows for name, one in row.rules.items()}
