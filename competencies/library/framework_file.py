"""A framework read from one TOML file. Pure: bytes in, data out, with everything that is wrong named by file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tomli_w
from django.utils.translation import gettext

from supervision.records.toml_reading import LONGEST_ID, Reader, shown

from .shape import DESCRIBED_BY, KINDS, USES, Content, Domain, Point, Statement, as_data

MOST_DOMAINS, MOST_STATEMENTS, MOST_SOURCES = 20, 200, 20
FEWEST_POINTS, MOST_POINTS = 2, 7
HIGHEST_VERSION = 9_999
LONGEST_TITLE, LONGEST_TEXT, LONGEST_DETAIL, LONGEST_SOURCE = 120, 400, 1_000, 200

_LETTER = re.compile(r"[A-Za-z0-9_-]{1,20}")


def read(data: bytes, *, name: str) -> Content:
    """The framework in a file of this name. Raises FileFaults, and nothing else, whatever the bytes are."""
    reader = _Reader(name)
    content = reader.content(reader.parsed(data))
    reader.raise_faults()
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


class _Reader(Reader):
    """Reads one file."""

    TABLES = ("scale", "domains", "domains.statements")

    # The whole ------------------------------------------------------------------------------------------------

    def content(self, found: Mapping[str, Any]) -> Content:
        known = ("key", "version", "title", "about", "described_by", "uses", "introduction")
        self.only(found, (*known, "sources", "scale", "domains"))
        key, about = self.id(found, "key"), self.one_of(found, "about", tuple(DESCRIBED_BY))
        self.ids.clear()  # the key of the file may be the id of one of its domains
        described_by = self.some_of(found, "described_by", DESCRIBED_BY.get(about, ()))
        uses = self.some_of(found, "uses", USES.get(about, ()))
        if "rounds" in uses and "workers" not in described_by:
            self.wrong(
                gettext("Rounds are filled in by workers, so “described_by” has to name them."), key="uses"
            )
        sources = self._sources(found.get("sources"))
        return Content(
            key=key,
            version=self._version(found),
            title=self.words(found, "title", LONGEST_TITLE),
            about=about,
            described_by=described_by,
            uses=uses,
            introduction=self.words(found, "introduction", LONGEST_DETAIL),
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
                self.wrong(said % {"name": shown(letter)})
            elif (words := self.text(name, letter, LONGEST_SOURCE)) is not None:
                names[letter] = words
        return names

    # The scale ------------------------------------------------------------------------------------------------

    def _scale(self, found: Mapping[str, Any]) -> tuple[Point, ...]:
        rows = list(self.tables(found.get("scale"), "scale", FEWEST_POINTS, MOST_POINTS))
        points: list[Point] = []
        for number, row in enumerate(rows):
            self.begin("scale", number, len(rows), gettext("point %(n)d of the scale"))
            self.only(row, ("label", "means"))
            point = Point(self.words(row, "label", LONGEST_ID), self.words(row, "means", LONGEST_TEXT))
            if point.label and point.label.casefold() in {other.label.casefold() for other in points}:
                self.wrong(gettext("Another point has the same label."), key="label")
            points.append(point)
        self.end()
        return tuple(points)

    # Domains and statements -----------------------------------------------------------------------------------

    def _domains(
        self, found: Mapping[str, Any], described_by: tuple[str, ...], sources: Mapping[str, str]
    ) -> tuple[Domain, ...]:
        rows = list(self.tables(found.get("domains"), "domains", 1, MOST_DOMAINS))
        held = [row.get("statements") for row in rows]
        self.statements = sum(len(one) for one in held if isinstance(one, list))
        if self.statements > MOST_STATEMENTS:
            over = {"n": self.statements, "most": MOST_STATEMENTS}
            self.wrong(gettext("There are %(n)d statements, and room for %(most)d.") % over)
            return ()
        self.read_statements = 0
        made = []
        for number, row in enumerate(rows):
            self.begin("domains", number, len(rows), gettext("domain %(n)d"))
            made.append(self._domain(row, described_by, sources))
        self.end()
        return tuple(made)

    def _domain(
        self, row: Mapping[str, Any], described_by: tuple[str, ...], sources: Mapping[str, str]
    ) -> Domain:
        self.only(row, ("id", "kind", "title", "purpose", "source", "described_by", "statements"))
        given = {
            "id": self.id(row, "id"),
            "kind": self.one_of(row, "kind", KINDS) if "kind" in row else KINDS[0],
            "title": self.words(row, "title", LONGEST_TITLE),
            "purpose": self.words(row, "purpose", LONGEST_TEXT),
            "source": self._source(row, sources),
        }
        named = self.some_of(row, "described_by", described_by) if "described_by" in row else described_by
        if not isinstance(row.get("statements"), list) or not row["statements"]:
            self.wrong(gettext("It needs statements. Each begins with a line [[domains.statements]]."))
        statements = list(self.tables(row.get("statements", []), "domains.statements", 0, MOST_STATEMENTS))
        return Domain(
            **given,
            described_by=named,
            statements=tuple(self._statement(one, sources) for one in statements),
        )

    def _statement(self, row: Mapping[str, Any], sources: Mapping[str, str]) -> Statement:
        self.begin("domains.statements", self.read_statements, self.statements, gettext("statement %(n)d"))
        self.read_statements += 1
        self.only(row, ("id", "title", "text", "detail", "source"))
        return Statement(
            id=self.id(row, "id"),
            title=self.words(row, "title", LONGEST_TITLE) if "title" in row else "",
            text=self.words(row, "text", LONGEST_TEXT),
            detail=self.words(row, "detail", LONGEST_DETAIL) if "detail" in row else "",
            source=self._source(row, sources),
        )

    def _source(self, row: Mapping[str, Any], sources: Mapping[str, str]) -> str:
        source = self.words(row, "source", LONGEST_SOURCE)
        if source and sources and source.split()[0].rstrip(",;") not in sources:
            said = gettext("“source” has to begin with a letter of [sources]: %(known)s.")
            self.wrong(said % {"known": ", ".join(sources)}, key="source")
        return source
