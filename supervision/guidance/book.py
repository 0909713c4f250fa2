"""The prompts and hints of an agency, read from one TOML file. Pure: bytes in, data out, with every fault named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .wording import BadPattern, Index, compiled

# Beside which field of a session record, or in which other form, a prompt stands. "page" is on the page "Guidance" alone.
PLACES = ("topics", "strengths", "outcomes", "steps", "next", "performance", "job", "page")
FINDERS = ("name", "phone", "birth", "case")  # what identity.py looks for

LARGEST_BYTES = 512 * 1024
MOST_ENTRIES, MOST_PATTERNS, MOST_ITEMS = 200, 200, 60
LONGEST_TITLE, LONGEST_TEXT = 120, 1000
LONGEST_ID = 60
MOST_FAULTS = 40

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# A key of very many dotted parts costs the reader minutes. None of ours has more than two.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:"[^"\n]*"|'[^'\n]*'|[\w-]++)[ \t]*+\.[ \t]*+){50}""")
_WHERE = re.compile(r"\(at line (\d+), column \d+\)$")


class Faults(Exception):
    """A file that can't be used. `said` names everything that is wrong and where, as plain sentences."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(*said)
        self.said = said


@dataclass(frozen=True)
class Item:
    text: str
    source: str


@dataclass(frozen=True)
class Prompt:
    """Something to think about, beside a field."""

    id: str
    title: str
    where: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Hint:
    """What to look for in words, why, and what one might write instead."""

    id: str
    title: str
    why: str
    instead: str
    source: str
    finds: str = ""


@dataclass
class Book:
    """Everything in the file, with its patterns ready to be looked for."""

    prompts: tuple[Prompt, ...] = ()
    hints: dict[str, Hint] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    patterns: Index = field(default_factory=Index)  # by the id of their hint
    unless: dict[str, Index] = field(default_factory=dict)  # where a hint does not apply
    near: dict[str, Index] = field(default_factory=dict)  # words for people supported

    def at(self, place: str) -> list[Prompt]:
        """The prompts that stand beside this field."""
        return [prompt for prompt in self.prompts if place in prompt.where]


def read(data: bytes) -> Book:
    """The book in a file. Raises Faults, and nothing else, whatever the bytes are."""
    text = _text(data)
    found = _parsed(text)
    reader = _Reader(text)
    book = reader.book(found)
    if reader.faults:
        more = len(reader.faults) - MOST_FAULTS
        raise Faults(reader.faults[:MOST_FAULTS] + ([f"And {more} more."] if more > 0 else []))
    return book


def _text(data: bytes) -> str:
    if len(data) > LARGEST_BYTES:
        raise Faults(["It is larger than 512 KB."])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Faults([f"Line {line} holds something that is not text. Save the file as UTF-8."]) from None


def _parsed(text: str) -> dict[str, Any]:
    if _ENDLESS_KEY.search(text):
        raise Faults(["It holds a key with far too many dots."])
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = _WHERE.search(str(error))
        where = f"Line {line[1]} can’t be read" if line else "It can’t be read as TOML"
        raise Faults([f"{where}. Look for a missing quote, bracket, comma or equals sign."]) from None


class _Reader:
    """Reads one file and keeps a list of everything that is wrong with it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[str] = []
        self.where = ""
        self.ids: set[str] = set()

    def wrong(self, said: str) -> None:
        self.faults.append(f"{self.where}: {said}" if self.where else said)

    # The whole ------------------------------------------------------------------------------------------------

    def book(self, found: Mapping[str, Any]) -> Book:
        self._only(found, ("sources", "prompts", "hints"))
        book = Book(sources=self._sources(found.get("sources", {})))
        book.prompts = tuple(self._prompt(one) for one in self._tables(found, "prompts", "prompt"))
        for one in self._tables(found, "hints", "hint"):
            self._hint(one, book)
        return book

    def _sources(self, found: Any) -> dict[str, str]:
        self.where = "[sources]"
        if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
            self.wrong('every line has to be a letter and a name in quotes, such as A = "Our handbook"')
            return {}
        self.where = ""
        return {str(key): str(name) for key, name in found.items()}

    def _tables(self, found: Mapping[str, Any], name: str, one: str) -> Iterable[Mapping[str, Any]]:
        """Each [[prompts]] or [[hints]] in turn, with `where` saying which one and at which line."""
        self.where = ""
        rows = found.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.wrong(f"each {one} has to begin with a line [[{name}]]")
            return
        if len(rows) > MOST_ENTRIES:
            self.wrong(f"there are {len(rows)} of [[{name}]], and room for {MOST_ENTRIES}")
            return
        lines = self._lines(name)
        for number, row in enumerate(rows):
            line = f" (line {lines[number]})" if len(lines) == len(rows) else ""
            known = row.get("id")
            self.where = f"The {one} “{known}”{line}" if isinstance(known, str) else f"A {one}{line}"
            yield row
        self.where = ""

    def _lines(self, name: str) -> list[int]:
        begins = re.compile(rf"[ \t]*\[\[[ \t]*{name}[ \t]*\]\]")
        return [number for number, line in enumerate(self.text.split("\n"), start=1) if begins.match(line)]

    # Pieces ----------------------------------------------------------------------------------------------------

    def _prompt(self, row: Mapping[str, Any]) -> Prompt:
        self._only(row, ("id", "title", "where", "items"))
        return Prompt(
            id=self._id(row),
            title=self._words(row, "title", LONGEST_TITLE),
            where=self._places(row.get("where")),
            items=self._items(row.get("items")),
        )

    def _places(self, found: Any) -> tuple[str, ...]:
        if not isinstance(found, list) or not found or any(place not in PLACES for place in found):
            self.wrong(f"“where” has to be a list of some of these: {', '.join(PLACES)}")
            return ()
        return tuple(found)

    def _items(self, found: Any) -> tuple[Item, ...]:
        if not isinstance(found, list) or not 1 <= len(found) <= MOST_ITEMS:
            self.wrong(f"“items” has to be a list of 1 to {MOST_ITEMS} entries")
            return ()
        items = []
        for number, one in enumerate(found, start=1):
            if not isinstance(one, dict) or set(one) != {"text", "source"}:
                self.wrong(f'item {number} has to look like {{ text = "…", source = "…" }}')
                continue
            items.append(
                Item(
                    self._words(one, "text", LONGEST_TEXT, f" of item {number}"),
                    self._words(one, "source", LONGEST_TITLE, f" of item {number}"),
                )
            )
        return tuple(items)

    def _hint(self, row: Mapping[str, Any], book: Book) -> None:
        self._only(row, ("id", "title", "why", "instead", "source", "patterns", "unless", "finds", "near"))
        hint = Hint(
            id=self._id(row),
            title=self._words(row, "title", LONGEST_TITLE),
            why=self._words(row, "why", LONGEST_TEXT),
            instead=self._words(row, "instead", LONGEST_TEXT),
            source=self._words(row, "source", LONGEST_TITLE),
            finds=self._finds(row),
        )
        book.hints[hint.id] = hint
        self._patterns(row, "patterns", hint.id, book.patterns)
        book.unless[hint.id] = self._patterns(row, "unless", hint.id, Index())
        book.near[hint.id] = self._patterns(row, "near", hint.id, Index())

    def _finds(self, row: Mapping[str, Any]) -> str:
        finds = row.get("finds", "")
        if "finds" in row and finds not in FINDERS:
            self.wrong(f"“finds” has to be one of these: {', '.join(FINDERS)}")
        if not row.get("finds") and not row.get("patterns"):
            self.wrong("it needs “patterns”, the words to look for")
        if finds == "name" and not row.get("near"):
            self.wrong("it needs “near”, the words for people supported")
        if finds != "name" and "near" in row:
            self.wrong('“near” belongs to finds = "name" alone')
        return finds if isinstance(finds, str) else ""

    def _patterns(self, row: Mapping[str, Any], name: str, key: str, index: Index) -> Index:
        found = row.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self.wrong(f"“{name}” has to be a list of texts in quotes")
            return index
        if len(found) > MOST_PATTERNS:
            self.wrong(f"“{name}” holds {len(found)} patterns, and there is room for {MOST_PATTERNS}")
            return index
        for one in found:
            try:
                index.add(compiled(one), key)
            except BadPattern as reason:
                self.wrong(f"the pattern “{one[:80]}” of “{name}” can’t be used: {reason}")
        return index

    # Values ----------------------------------------------------------------------------------------------------

    def _id(self, row: Mapping[str, Any]) -> str:
        found = row.get("id")
        if not isinstance(found, str) or len(found) > LONGEST_ID or _ID.fullmatch(found) is None:
            self.wrong('“id” has to be small letters, numbers and hyphens, such as id = "person-first"')
            return ""
        if found in self.ids:
            self.wrong("another entry has the same id")
        self.ids.add(found)
        return found

    def _words(self, row: Mapping[str, Any], name: str, longest: int, of: str = "") -> str:
        found = row.get(name)
        if not isinstance(found, str) or not found.strip():
            self.wrong(f"“{name}”{of} has to be a text in quotes")
            return ""
        if len(found) > longest:
            self.wrong(f"“{name}”{of} is {len(found)} characters long, and there is room for {longest}")
        return " ".join(found.split())

    def _only(self, row: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in row:
            if name not in known:
                self.wrong(f"“{name[:60]}” is not known here; known are {', '.join(known)}")
