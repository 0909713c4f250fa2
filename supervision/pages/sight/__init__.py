"""Who can see what: one table, from which every page takes its line and the page “Who can see what” its rows.

That it is true is asked of the policies by the access matrix: each page is shown only to those whom its line names, and whoever
is named is shown it (tests/architecture/sight_check.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from supervision.pages import words

from .facts import FACTS
from .growing import GROWING
from .kinds import Layer, Reader, Row, Rule, flat
from .limits import LIMITS
from .own import OWN
from .running import RUNNING
from .shared import SHARED
from .signed import SIGNED

__all__ = ["ROWS", "RULES", "Layer", "Line", "Reader", "Row", "Rule", "by_layer", "line", "placeholders"]

ROWS: tuple[Row, ...] = (*RUNNING, *FACTS, *SIGNED, *SHARED, *LIMITS, *GROWING, *OWN)
RULES: dict[str, Rule] = flat(ROWS)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Line:
    """What one page says: the rule it comes from and its two sentences."""

    key: str
    who: str
    not_who: str
    private: bool


def placeholders(rule: Rule) -> set[str]:
    return set(PLACEHOLDER.findall(f"{rule.who} {rule.not_who}"))


def line(key: str, **values: Any) -> Line:
    """The line of a rule with its names; several names may be given as a list."""
    rule = RULES[key]
    if values.keys() != placeholders(rule):
        raise ValueError(f"{key} takes {sorted(placeholders(rule))}, not {sorted(values)}")
    said = {
        name: words.join_names(value) if isinstance(value, list | tuple) else str(value)
        for name, value in values.items()
    }
    who, not_who = (str(text) % said if said else str(text) for text in (rule.who, rule.not_who))
    return Line(key, who, not_who, rule.private)


def by_layer() -> list[tuple[Any, list[Row]]]:
    """The rows of the page “Who can see what”, under the name of each layer."""
    return [(layer.value, [row for row in ROWS if row.layer is layer]) for layer in Layer]
