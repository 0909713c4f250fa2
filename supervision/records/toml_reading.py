"""Reading what an agency says in a TOML file: every fault is named by file and line, in plain words.

Pure. A reader of one kind of file builds on `Reader`, asks it for each value, and in the end calls `raise_faults`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from . import glyphs

LARGEST_BYTES = 256 * 1024
LONGEST_ID = 60
MOST_FAULTS = 40

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# A key of very many dotted parts costs the reader minutes. None of ours has more than two.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:"[^"\n]*"|'[^'\n]*'|[\w-]++)[ \t]*+\.[ \t]*+){50}""")
_WHERE = re.compile(r"\(at line (\d+), column \d+\)$")


class FileFaults(Exception):
    """A file that can't be used. `said` names everything that is wrong with it and where, as plain sentences."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(*said)
        self.said = said


class _Lines:
    """Where the tables of a file begin, and in them each key: found by looking, since the parser does not say."""

    def __init__(self, text: str, tables: Iterable[str]) -> None:
        """`tables` names the kinds of [[tables]] that a file of this kind has, such as "domains.statements"."""
        self.lines = text.split("\n")
        self.begins: dict[str, list[int]] = {name: [] for name in tables}
        self.headers: list[int] = []
        dotted = {re.escape(name).replace(r"\.", r"[ \t]*\.[ \t]*"): name for name in self.begins}
        header = re.compile(rf"[ \t]*\[\[[ \t]*({'|'.join(dotted)})[ \t]*\]\]")
        for number, line in enumerate(self.lines, start=1):
            if found := header.match(line):
                self.headers.append(number)
                self.begins[re.sub(r"[ \t]", "", found[1])].append(number)

    def of(self, table: str, position: int, how_many: int) -> int | None:
        """The line of the table at this position, or None when that can't be told for sure."""
        begins = self.begins[table]
        return begins[position] if len(begins) == how_many else None

    def of_key(self, key: str, table: int | None) -> int | None:
        """The line of a key in the table that begins at a line; of the head of the file for None."""
        start = table or 0
        end = next((number for number in self.headers if number > start), len(self.lines) + 1)
        says = re.compile(rf"[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=")
        inside = range(start + 1, end)
        return next((number for number in inside if says.match(self.lines[number - 1])), table)


class Reader:
    """Reads one file and keeps a list of everything that is wrong with it. `TABLES` names the [[tables]] of this kind of file."""

    TABLES: tuple[str, ...] = ()

    def __init__(self, name: str) -> None:
        self.name = glyphs.normalise(name)[:80].strip() or gettext("The file")
        self.faults: list[tuple[int, str]] = []  # with the line, 0 where there is none
        self.lines = _Lines("", self.TABLES)
        self.table: int | None = None  # the line at which the piece begins that is being read
        self.piece = ""
        self.ids: set[str] = set()

    def raise_faults(self) -> None:
        """Raises FileFaults with everything that is wrong, in the order of lines, if anything is."""
        if self.faults:
            said = [what for _line, what in sorted(self.faults, key=lambda fault: fault[0])]
            more = len(said) - MOST_FAULTS
            rest = [gettext("And %(n)d more.") % {"n": more}] if more > 0 else []
            raise FileFaults(said[:MOST_FAULTS] + rest)

    def wrong(self, what: str, *, key: str = "", line: int | None = None) -> None:
        line = line or (self.lines.of_key(key, self.table) if key else self.table)
        where = gettext("%(file)s, line %(line)d") if line else "%(file)s"
        said = where % {"file": self.name, "line": line}
        piece = f", {self.piece}" if self.piece else ""
        self.faults.append((line or 0, f"{said}{piece}: {what}"))

    # The bytes ------------------------------------------------------------------------------------------------

    def parsed(self, data: bytes) -> dict[str, Any]:
        """What the file holds. Raises FileFaults when it can't be read at all."""
        found = self._parse(data)
        self.raise_faults()
        return found or {}

    def _parse(self, data: bytes) -> dict[str, Any] | None:
        if len(data) > LARGEST_BYTES:
            self.wrong(gettext("This is larger than 256 KB."))
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.wrong(gettext("This is not text. Save the file as UTF-8."), line=line)
            return None
        if _ENDLESS_KEY.search(text):
            self.wrong(gettext("There is a key with far too many dots."))
            return None
        try:
            found = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            place = _WHERE.search(str(error))
            look = gettext("This can’t be read. Look for a missing quote, bracket, comma or equals sign.")
            self.wrong(look, line=int(place[1]) if place else None)
            return None
        self.lines = _Lines(text, self.TABLES)
        return found

    # Pieces ---------------------------------------------------------------------------------------------------

    def begin(self, table: str, position: int, how_many: int, piece: str) -> None:
        self.table = self.lines.of(table, position, how_many)
        self.piece = piece % {"n": position + 1}

    def end(self) -> None:
        self.table, self.piece = None, ""

    def tables(self, found: Any, name: str, fewest: int, most: int) -> Iterator[Mapping[str, Any]]:
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.wrong(gettext("Each of these begins with a line [[%(name)s]].") % {"name": name}, key=name)
        elif not fewest <= len(found) <= most:
            said = gettext("There are %(n)d of [[%(name)s]]. It takes %(fewest)d to %(most)d.")
            self.wrong(said % {"n": len(found), "name": name, "fewest": fewest, "most": most})
        else:
            yield from found

    def only(self, row: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in row:
            if name not in known:
                said = gettext("“%(name)s” is not known here. Known are %(known)s.")
                self.wrong(said % {"name": shown(name), "known": ", ".join(known)}, key=name)

    # Values ---------------------------------------------------------------------------------------------------

    def id(self, row: Mapping[str, Any], name: str) -> str:
        found = row.get(name)
        if not isinstance(found, str) or len(found) > LONGEST_ID or _ID.fullmatch(found) is None:
            said = gettext(
                "“%(name)s” has to be small letters, digits and hyphens in quotes, %(most)d at most."
            )
            self.wrong(said % {"name": name, "most": LONGEST_ID}, key=name)
            return ""
        if found in self.ids:
            said = gettext("The id “%(id)s” is there already. Each one in a file has its own.")
            self.wrong(said % {"id": found}, key=name)
        self.ids.add(found)
        return found

    def one_of(self, row: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
        found = row.get(name)
        if not isinstance(found, str) or found not in known:
            said = gettext("“%(name)s” has to be one of these, in quotes: %(known)s.")
            self.wrong(said % {"name": name, "known": ", ".join(known)}, key=name)
            return ""
        return found

    def some_of(self, row: Mapping[str, Any], name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """A list of some of these, each once. Nothing is said where nothing can be known yet: something else is wrong then."""
        if not known:
            return ()
        found = row.get(name)
        texts = isinstance(found, list) and all(isinstance(one, str) for one in found)
        if not texts or not found or len(set(found)) != len(found) or not set(found) <= set(known):
            said = gettext("“%(name)s” has to be a list of some of these, each once: %(known)s.")
            self.wrong(said % {"name": name, "known": ", ".join(known)}, key=name)
            return ()
        return tuple(one for one in known if one in found)

    def words(self, row: Mapping[str, Any], name: str, longest: int) -> str:
        return self.text(row.get(name), name, longest) or ""

    def text(self, found: Any, name: str, longest: int) -> str | None:
        """One line of words, as it is kept. None, and said, when it can't be."""
        if not isinstance(found, str) or not found.strip():
            self.wrong(gettext("“%(name)s” has to be a text in quotes.") % {"name": name}, key=name)
            return None
        words = " ".join(unicodedata.normalize("NFC", found).split())
        if len(words) > longest:
            said = gettext("“%(name)s” has %(n)d characters, and there is room for %(most)d.")
            self.wrong(said % {"name": name, "n": len(words), "most": longest}, key=name)
            return None
        unseen = [glyphs.describe(one) for one in dict.fromkeys(words) if not glyphs.normalise(one)]
        unseen += [f"{one} ({called})" for one, called in glyphs.uncovered(words)]
        if unseen:
            said = gettext("“%(name)s” holds a character that can’t be shown: %(named)s.")
            self.wrong(said % {"name": name, "named": ", ".join(unseen[:5])}, key=name)
            return None
        return words


def shown(name: str) -> str:
    """A name out of somebody's file, short and printable enough for a sentence."""
    return glyphs.normalise(name)[:40].strip() or "?"
