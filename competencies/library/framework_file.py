"""A framework read from one TOML file. Pure: bytes in, data out, with everything that is wrong named by file and line."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w
from django.utils.translation import gettext

from supervision.records import glyphs

from .shape import DESCRIBED_BY, KINDS, USES, Content, Domain, Point, Statement, as_data

LARGEST_BYTES = 256 * 1024
MOST_DOMAINS, MOST_STATEMENTS, MOST_SOURCES = 20, 200, 20
FEWEST_POINTS, MOST_POINTS = 2, 7
HIGHEST_VERSION = 9_999
LONGEST_ID, LONGEST_TITLE, LONGEST_TEXT, LONGEST_DETAIL, LONGEST_SOURCE = 60, 120, 400, 1_000, 200
MOST_FAULTS = 40

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LETTER = re.compile(r"[A-Za-z0-9_-]{1,20}")
_HEADER = re.compile(r"[ \t]*\[\[[ \t]*(scale|domains|domains[ \t]*\.[ \t]*statements)[ \t]*\]\]")
# A key of very many dotted parts costs the reader minutes. None of ours has more than two.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:"[^"\n]*"|'[^'\n]*'|[\w-]++)[ \t]*+\.[ \t]*+){50}""")
_WHERE = re.compile(r"\(at line (\d+), column \d+\)$")


class FrameworkFaults(Exception):
    """A file that can't be used. `said` names everything that is wrong with it and where, as plain sentences."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(*said)
        self.said = said


def read(data: bytes, *, name: str) -> Content:
    """The framework in a file of this name. Raises FrameworkFaults, and nothing else, whatever the bytes are."""
    reader = _Reader(name)
    found = reader.parsed(data)
    content = reader.content(found) if found is not None else None
    if content is None or reader.faults:
        said = [what for _line, what in sorted(reader.faults, key=lambda fault: fault[0])]
        more = len(said) - MOST_FAULTS
        rest = [gettext("And %(n)d more.") % {"n": more}] if more > 0 else []
        raise FrameworkFaults(said[:MOST_FAULTS] + rest)
    return content


def write(content: Content) -> bytes:
    """A file of this framework, to be changed in an editor. `read` takes it back the same."""
    data = as_data(content)
    for domain in data["domains"]:
        domain["statements"] = [
            {name: value for name, value in one.items() if value} for one in domain["statements"]
        ]
        if domain["described_by"] == data["described_by"]:
            del domain["described_by"]
    said = gettext(
        "A framework of competencies. To make one of your own, give it another key first: small letters, digits and hyphens.\n"
        "Each statement has an id that stays with it, and a source that begins with a letter of [sources].\n"
        "“Can’t say yet” always stands beside the points of the scale, so it is not written here."
    )
    heading = "".join(f"# {line}\n" for line in said.splitlines())
    return f"{heading}\n{tomli_w.dumps(data)}".encode()


class _Lines:
    """Where the tables of a file begin, and in them each key: found by looking, since the parser does not say."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.begins: dict[str, list[int]] = {"scale": [], "domains": [], "statements": []}
        self.headers: list[int] = []
        for number, line in enumerate(self.lines, start=1):
            if found := _HEADER.match(line):
                self.headers.append(number)
                self.begins["statements" if "statements" in found[1] else found[1]].append(number)

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


class _Reader:
    """Reads one file and keeps a list of everything that is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = glyphs.normalise(name)[:80].strip() or gettext("The file")
        self.faults: list[tuple[int, str]] = []  # with the line, 0 where there is none
        self.lines = _Lines("")
        self.table: int | None = None  # the line at which the piece begins that is being read
        self.piece = ""
        self.ids: set[str] = set()

    def wrong(self, what: str, *, key: str = "", line: int | None = None) -> None:
        line = line or (self.lines.of_key(key, self.table) if key else self.table)
        where = gettext("%(file)s, line %(line)d") if line else "%(file)s"
        said = where % {"file": self.name, "line": line}
        piece = f", {self.piece}" if self.piece else ""
        self.faults.append((line or 0, f"{said}{piece}: {what}"))

    # The bytes ------------------------------------------------------------------------------------------------

    def parsed(self, data: bytes) -> dict[str, Any] | None:
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
        self.lines = _Lines(text)
        return found

    # The whole ------------------------------------------------------------------------------------------------

    def content(self, found: Mapping[str, Any]) -> Content:
        known = ("key", "version", "title", "about", "described_by", "uses", "introduction")
        self._only(found, (*known, "sources", "scale", "domains"))
        key, about = self._id(found, "key"), self._one_of(found, "about", tuple(DESCRIBED_BY))
        self.ids.clear()  # the key of the file may be the id of one of its domains
        described_by = self._some_of(found, "described_by", DESCRIBED_BY.get(about, ()))
        uses = self._some_of(found, "uses", USES.get(about, ()))
        if "rounds" in uses and "workers" not in described_by:
            self.wrong(
                gettext("Rounds are filled in by workers, so “described_by” has to name them."), key="uses"
            )
        sources = self._sources(found.get("sources"))
        return Content(
            key=key,
            version=self._version(found),
            title=self._words(found, "title", LONGEST_TITLE),
            about=about,
            described_by=described_by,
            uses=uses,
            introduction=self._words(found, "introduction", LONGEST_DETAIL),
            sources=sources,
            scale=self._scale(found),
            domains=self._domains(found, described_by, sources),
        )

    def _version(self, found: Mapping[str, Any]) -> int:
        version = found.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= HIGHEST_VERSION:
            most = {"most": HIGHEST_VERSION}
            self.wrong(
                gettext("“version” has to be a whole number from 1 to %(most)d.") % most, key="version"
            )
            return 1
        return version

    def _sources(self, found: Any) -> dict[str, str]:
        if not isinstance(found, dict) or not 1 <= len(found) <= MOST_SOURCES:
            said = gettext('It needs a table [sources] of up to %(most)d lines, such as H = "Our handbook".')
            self.wrong(said % {"most": MOST_SOURCES})
            return {}
        names = {}
        for letter, name in found.items():
            if _LETTER.fullmatch(letter) is None:
                said = gettext("“%(name)s” of [sources] has to be a letter or one short word.")
                self.wrong(said % {"name": _shown(letter)})
            elif (words := self._text(name, letter, LONGEST_SOURCE)) is not None:
                names[letter] = words
        return names

    # The scale ------------------------------------------------------------------------------------------------

    def _scale(self, found: Mapping[str, Any]) -> tuple[Point, ...]:
        rows = list(self._tables(found.get("scale"), "scale", FEWEST_POINTS, MOST_POINTS))
        points: list[Point] = []
        for number, row in enumerate(rows):
            self._begin("scale", number, len(rows), gettext("point %(n)d of the scale"))
            self._only(row, ("label", "means"))
            point = Point(self._words(row, "label", LONGEST_ID), self._words(row, "means", LONGEST_TEXT))
            if point.label and point.label.casefold() in {other.label.casefold() for other in points}:
                self.wrong(gettext("Another point has the same label."), key="label")
            points.append(point)
        self._end()
        return tuple(points)

    # Domains and statements -----------------------------------------------------------------------------------

    def _domains(
        self, found: Mapping[str, Any], described_by: tuple[str, ...], sources: Mapping[str, str]
    ) -> tuple[Domain, ...]:
        rows = list(self._tables(found.get("domains"), "domains", 1, MOST_DOMAINS))
        held = [row.get("statements") for row in rows]
        self.statements = sum(len(one) for one in held if isinstance(one, list))
        if self.statements > MOST_STATEMENTS:
            over = {"n": self.statements, "most": MOST_STATEMENTS}
            self.wrong(gettext("There are %(n)d statements, and room for %(most)d.") % over)
            return ()
        self.read_statements = 0
        made = []
        for number, row in enumerate(rows):
            self._begin("domains", number, len(rows), gettext("domain %(n)d"))
            made.append(self._domain(row, described_by, sources))
        self._end()
        return tuple(made)

    def _domain(
        self, row: Mapping[str, Any], described_by: tuple[str, ...], sources: Mapping[str, str]
    ) -> Domain:
        self._only(row, ("id", "kind", "title", "purpose", "source", "described_by", "statements"))
        given = {
            "id": self._id(row, "id"),
            "kind": self._one_of(row, "kind", KINDS) if "kind" in row else KINDS[0],
            "title": self._words(row, "title", LONGEST_TITLE),
            "purpose": self._words(row, "purpose", LONGEST_TEXT),
            "source": self._source(row, sources),
        }
        named = self._some_of(row, "described_by", described_by) if "described_by" in row else described_by
        if not isinstance(row.get("statements"), list) or not row["statements"]:
            self.wrong(gettext("It needs statements. Each begins with a line [[domains.statements]]."))
        statements = list(self._tables(row.get("statements", []), "domains.statements", 0, MOST_STATEMENTS))
        return Domain(
            **given,
            described_by=named,
            statements=tuple(self._statement(one, sources) for one in statements),
        )

    def _statement(self, row: Mapping[str, Any], sources: Mapping[str, str]) -> Statement:
        self._begin("statements", self.read_statements, self.statements, gettext("statement %(n)d"))
        self.read_statements += 1
        self._only(row, ("id", "title", "text", "detail", "source"))
        return Statement(
            id=self._id(row, "id"),
            title=self._words(row, "title", LONGEST_TITLE) if "title" in row else "",
            text=self._words(row, "text", LONGEST_TEXT),
            detail=self._words(row, "detail", LONGEST_DETAIL) if "detail" in row else "",
            source=self._source(row, sources),
        )

    # Pieces ---------------------------------------------------------------------------------------------------

    def _begin(self, table: str, position: int, how_many: int, piece: str) -> None:
        self.table = self.lines.of(table, position, how_many)
        self.piece = piece % {"n": position + 1}

    def _end(self) -> None:
        self.table, self.piece = None, ""

    def _tables(self, found: Any, name: str, fewest: int, most: int) -> Iterator[Mapping[str, Any]]:
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.wrong(gettext("Each of these begins with a line [[%(name)s]].") % {"name": name}, key=name)
        elif not fewest <= len(found) <= most:
            said = gettext("There are %(n)d of [[%(name)s]]. It takes %(fewest)d to %(most)d.")
            self.wrong(said % {"n": len(found), "name": name, "fewest": fewest, "most": most})
        else:
            yield from found

    def _only(self, row: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in row:
            if name not in known:
                said = gettext("“%(name)s” is not known here. Known are %(known)s.")
                self.wrong(said % {"name": _shown(name), "known": ", ".join(known)}, key=name)

    # Values ---------------------------------------------------------------------------------------------------

    def _id(self, row: Mapping[str, Any], name: str) -> str:
        found = row.get(name)
        if not isinstance(found, str) or len(found) > LONGEST_ID or _ID.fullmatch(found) is None:
            said = gettext(
                "“%(name)s” has to be small letters, digits and hyphens in quotes, %(most)d at most."
            )
            self.wrong(said % {"name": name, "most": LONGEST_ID}, key=name)
            return ""
        if found in self.ids:
            said = gettext("The id “%(id)s” is there already. Each domain and statement has its own.")
            self.wrong(said % {"id": found}, key=name)
        self.ids.add(found)
        return found

    def _one_of(self, row: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
        found = row.get(name)
        if not isinstance(found, str) or found not in known:
            said = gettext("“%(name)s” has to be one of these, in quotes: %(known)s.")
            self.wrong(said % {"name": name, "known": ", ".join(known)}, key=name)
            return ""
        return found

    def _some_of(self, row: Mapping[str, Any], name: str, known: tuple[str, ...]) -> tuple[str, ...]:
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

    def _source(self, row: Mapping[str, Any], sources: Mapping[str, str]) -> str:
        source = self._words(row, "source", LONGEST_SOURCE)
        if source and sources and source.split()[0].rstrip(",;") not in sources:
            said = gettext("“source” has to begin with a letter of [sources]: %(known)s.")
            self.wrong(said % {"known": ", ".join(sources)}, key="source")
        return source

    def _words(self, row: Mapping[str, Any], name: str, longest: int) -> str:
        return self._text(row.get(name), name, longest) or ""

    def _text(self, found: Any, name: str, longest: int) -> str | None:
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


def _shown(name: str) -> str:
    """A name out of somebody's file, short and printable enough for a sentence."""
    return glyphs.normalise(name)[:40].strip() or "?"
