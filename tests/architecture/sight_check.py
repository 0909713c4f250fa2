"""Whether the line “Who can see this” is true, on every page that the access matrices are shown.

(a) Whoever is shown a page is among the readers that its lines name. (b) Whoever a line names is shown a page of that row
somewhere. (c) Nobody else may read a word that stands on it. (d) A page of a record names exactly those who are shown it.
(e) A page that shows or takes words has a line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from supervision.pages.sight import ROWS, RULES, Reader

from .kinds import World
from .standings import OF_ANOTHER

LINE = re.compile(r'<p class="sees[^"]*" data-sees="([\w.]+)">.*?<strong>(.*?)</strong>', re.S)
# Lines over a part of one’s own, under an address that others have too; that it is no other's is asked word by word (matrix.leaks).
EACH_THEIR_OWN = re.compile(
    r"competencies:assessment_own page\.private|competencies:assessment_part |rounds:answer |program_assessment:answer "
    r"|performance:person work\.yours|retention:restriction |sessions:(detail|agenda_add) own\.topics"
    r"|sessions:record session\.recording"
)
# A page that says so of others too: whoever joins later reads it, without being named.
AND_OTHERS = {"agreement.signed_group"}
NAMES_WHO_COMES_NEXT = {"matter.proposed"}
# Pages of a record of several people: who is named on them is who is shown them.
OF_RECORDS = re.compile(
    r"(sessions:(detail|observation|matter)|agreements:(detail|history)|notes:detail|performance:note|concerns:(detail|letter)"
    r"|competencies:(assessment|goal)|rounds:named_view) "
)
ALONE = {Reader.SELF, Reader.AUTHOR}
# A field for words: of many lines, or of one that is called so.
WRITING = re.compile(r'<textarea|<input type="text" name="(?:[\w-]+-)?(?:text|topic|title|words|why|note)"')


@dataclass
class Shown:
    """What one address showed, as far as lines are concerned: by column the lines and the words."""

    lines: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    words: dict[str, set[str]] = field(default_factory=dict)
    writing: set[str] = field(default_factory=set)  # whoever can write something longer there

    def note(self, world: World, column: str, response: Any) -> None:
        if response.status_code != 200 or not response.get("Content-Type", "").startswith("text/html"):
            return
        said = response.content.decode()
        self.words[column] = {word for word in world.canaries if word in said}
        if WRITING.search(said):
            self.writing.add(column)
        for key, who in LINE.findall(said):
            self.lines[column][key] = unescape(who)

    def shown(self, key: str) -> set[str]:
        return {column for column, lines in self.lines.items() if key in lines}


def findings(world: World, url_name: str, target: str, page: Shown) -> list[str]:
    where = f"{url_name} {target}"
    wrong = []
    for column in page.words:
        wrong += _without(where, column, page)
        for key, who in page.lines[column].items():
            wrong += _to_others(world, where, column, key, page)
            wrong += _named(world, where, column, key, who, page)
        wrong += _read_by_others(world, where, column, page)
    return wrong


def _without(where: str, column: str, page: Shown) -> list[str]:
    if page.lines[column]:
        return []
    if page.words[column]:
        return [f"{where} shows {min(page.words[column])} to {column}, and not who can see that"]
    if column in page.writing:
        return [f"{where} lets {column} write something, and does not say who can see that"]
    return []


def _is(world: World, where: str, column: str) -> frozenset[Reader]:
    url_name, target = where.split()
    return world.standing(url_name, target, column)


def _to_others(world: World, where: str, column: str, key: str, page: Shown) -> list[str]:
    """(a)"""
    readers = RULES[key].readers
    if readers & _is(world, where, column):
        return []
    own = EACH_THEIR_OWN.match(f"{where.split()[0]} {key}")
    if readers & ALONE and (own or page.shown(key) == {column}):
        return []
    names = ", ".join(sorted(reader.value for reader in readers))
    return [f"{where} is shown to {column}, and its line {key} names only: {names}"]


def _read_by_others(world: World, where: str, column: str, page: Shown) -> list[str]:
    """(c) What held before and comes next is counted as well: a draft shows what the others wrote and read."""
    keys = {one for key in page.lines[column] for one in (key, *RULES[key].also)}
    named = frozenset().union(*(RULES[key].readers for key in keys))
    if not keys or Reader.SELF in named or where.endswith(" -"):
        return []
    return [
        f"{where} says to {column} {sorted(page.lines[column])}, and {reader} may read {word}"
        for word in sorted(page.words[column])
        for reader in sorted(world.canaries[word])
        if reader != column
        if not named & _is(world, where, reader)
        if not _of_another(where, reader)
    ]


def _of_another(where: str, column: str) -> bool:
    return any(re.match(pattern, where) and column in columns.split() for pattern, columns, _ in OF_ANOTHER)


def _named(world: World, where: str, column: str, key: str, who: str, page: Shown) -> list[str]:
    """(d)"""
    if key in NAMES_WHO_COMES_NEXT:
        return []
    if not OF_RECORDS.match(where) or RULES[key].readers <= ALONE or not re.search(r"\bYou\b|\byou\b", who):
        return []
    named = {
        name
        for name, person in world.people.items()
        if person and name != column and re.search(rf"\b{re.escape(person.called)}\b", who)
    }
    shown = {name for name in page.words if name != column}
    if Reader.MANAGERS in RULES[key].readers:
        shown -= {"manager"}
    if not named or named == shown or (key in AND_OTHERS and named < shown):
        return []
    return [f"{where} says to {column} “{who}”, and is shown to {sorted(shown)}"]


# (b) --------------------------------------------------------------------------------------------------------------

ROW_OF = {f"{row.key}.{name}": row.key for row in ROWS for name in row.rules}


def met_by(world: World, url_name: str, target: str, column: str, said: str) -> set[tuple[str, Reader]]:
    """The rows of which a page was shown to somebody, with what they are to it."""
    is_ = world.standing(url_name, target, column)
    return {(ROW_OF[key], reader) for key, _ in LINE.findall(said) for reader in RULES[key].readers & is_}


def claimed() -> set[tuple[str, Reader]]:
    return {
        (row.key, reader) for row in ROWS for rule in row.rules.values() for reader in rule.readers - ALONE
    }
