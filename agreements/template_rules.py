"""What a template has to be: the twelve parts, between them the agency's own, and words that extend the five limits.

Pure. The same rules hold for what is typed on a page and for what comes in a file (template_file.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.people.limits import LIMITS
from supervision.records import glyphs

from . import standard

Body = dict[
    str, Any
]  # {"parts": [{key, title, text, required, guidance, sources}], "limits": {key: more words}}
PartData = dict[str, Any]

NAME_LIMIT = 45  # an agreement keeps “name, edition 12” in 60 characters
KEY_LIMIT = 40
MOST_PARTS = 30
TITLE_LIMIT = 120
TEXT_LIMIT = 8_000
GUIDANCE_LINES = 10
GUIDANCE_LIMIT = 400
SOURCES_LIMIT = 200
LIMIT_WORDS = 600
FIRST, LAST = "parties", "signatures"  # the software says who it is between, and what signing means
NAMES = ("{workers}", "{supervisors}", "{line_manager}")  # what becomes names when an agreement is started

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
_NAME = re.compile(r"\{[a-z_]+\}")
_LONG_BLANK = re.compile(r"\[[^\[\]\n]{61,}\]")
_BLANK = re.compile(r"\[[^\[\]\n]{1,60}\]")
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SHOWN = 40  # characters of a name that somebody else chose


@dataclass(frozen=True)
class Problem:
    """One thing to put right: the sentence, the position (from 0) and key of the part or limit, and which field of it."""

    what: str
    part: int | None = None
    key: str = ""
    field: str | None = None

    def said(self, line: int | None = None) -> str:
        """The sentence with where it is; `line` is the line of the file at which that part begins."""
        if self.part is None and not self.key:
            return self.what
        at = {"n": (self.part or 0) + 1, "key": self.key, "line": line, "what": self.what}
        if self.part is None:
            return gettext("Limit “%(key)s”: %(what)s") % at
        if line is None:
            return gettext("Part %(n)d, “%(key)s”: %(what)s") % at
        return gettext("Part %(n)d, “%(key)s”, from line %(line)d: %(what)s") % at


def check(body: Any) -> list[str]:
    """Everything that keeps a body from being published, as plain sentences; empty when it is sound. Takes any value."""
    return [problem.said() for problem in problems(body)]


def problems(body: Any) -> list[Problem]:
    """The same with where each is."""
    if not isinstance(body, Mapping):
        return [Problem(gettext("There are no parts in it."))]
    return [*_unknown_fields(body), *_of_parts(body.get("parts")), *_of_limits(body.get("limits", {}))]


def is_standard(key: str) -> bool:
    """Whether this is one of the twelve parts that every agreement has (D 2.130)."""
    return key in standard.required_keys()


def needs_words(key: str) -> bool:
    """Whether every agreement says this part in words of its own, whatever the agency thinks."""
    part = standard.default().part(key)
    return part is not None and part.required


# Putting in order --------------------------------------------------------------------------------------------------


def tidied_words(text: str) -> str:
    """Words as they are kept: one way to write each letter, plain line ends, no space around."""
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)).strip()


def tidied_part(part: Mapping[str, Any]) -> PartData:
    """A part of the right shape, as it is kept. Empty lines of guidance go."""
    return {
        "key": part["key"],
        "title": tidied_words(part["title"]),
        "text": tidied_words(part["text"]),
        "required": part["required"],
        "guidance": [line for line in map(tidied_words, part["guidance"]) if line],
        "sources": tidied_words(part["sources"]),
    }


def tidied_limits(words: Mapping[str, str]) -> dict[str, str]:
    """What the agency adds to the limits, in their order; where it adds nothing there is no entry."""
    kept = {key: tidied_words(words.get(key, "")) for key, _text in LIMITS}
    return {key: text for key, text in kept.items() if text}


def body_of(template: standard.Template) -> Body:
    """A template's parts and limits as data that can be changed and stored."""
    parts = [
        tidied_part({name: getattr(part, name) for name in _FIELDS} | {"guidance": list(part.guidance)})
        for part in template.parts
    ]
    return {"parts": parts, "limits": tidied_limits(template.limits)}


def new_key(title: str, taken: set[str]) -> str:
    """A key for a part of the agency's own, made from its title, that no other part has."""
    stem = slugify(title)[: KEY_LIMIT - 4].strip("-_") or "part"
    tries = (stem, *(f"{stem}-{n}" for n in range(2, MOST_PARTS + 2)))
    return next(key for key in tries if key not in taken | _RESERVED)


_RESERVED = {"terms", "people", "agreeing"}  # gaps of an agreement that are no part of it (completeness.Gap)


# Parts -------------------------------------------------------------------------------------------------------------

_FIELDS: dict[str, type] = {
    "key": str,
    "title": str,
    "text": str,
    "required": bool,
    "guidance": list,
    "sources": str,
}
_KINDS: dict[type, Promise] = {
    str: _("“%(field)s” has to be a text in quotes."),
    bool: _("“%(field)s” has to be true or false."),
    list: _("“%(field)s” has to be a list of texts in quotes."),
}


def _of_parts(parts: Any) -> Iterator[Problem]:
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        yield Problem(gettext("The parts are missing. Each begins with a line [[parts]]."))
        return
    if len(parts) > MOST_PARTS:
        over = {"n": len(parts), "most": MOST_PARTS}
        yield Problem(gettext("There are %(n)d parts. There is room for %(most)d.") % over)
        return
    for index, part in enumerate(parts):
        yield from _of_part(index, part)
    yield from _of_keys([part.get("key") for part in parts])


def _of_part(index: int, part: Mapping[str, Any]) -> Iterator[Problem]:
    key = _shown(part.get("key"))
    wrong = set()
    for what, field in _of_shape(part):
        wrong.add(field)
        yield Problem(what, index, key, field)
    for field, look in _LOOKS.items():
        if field not in wrong:
            for what in look(part[field]):
                yield Problem(what, index, key, field)
    if not wrong and needs_words(part["key"]) and not part["required"]:
        what = gettext("Every agreement says this part in words, so “required” has to stay true.")
        yield Problem(what, index, key, "required")


def _of_shape(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, kind in _FIELDS.items():
        if field not in part:
            yield gettext("“%(field)s” is missing.") % {"field": field}, field
        elif not isinstance(part[field], kind) or (kind is list and not _all_text(part[field])):
            yield str(_KINDS[kind]) % {"field": field}, field
    for field in part:
        if field not in _FIELDS:
            yield gettext("“%(field)s” is not known here.") % {"field": _shown(field)}, str(field)


def _all_text(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _of_keys(keys: list[Any]) -> Iterator[Problem]:
    """Each key once, the twelve all there, the first and the last in their places."""
    for index, key in enumerate(keys):
        if isinstance(key, str) and key in keys[:index]:
            what = gettext("Another part has this key already. Give each part a key of its own.")
            yield Problem(what, index, _shown(key), "key")
    for part in standard.default().parts:
        if part.key not in keys:
            said = {"key": part.key, "title": part.title}
            yield Problem(
                gettext("The part “%(key)s” (%(title)s) is missing. Every agreement has it.") % said
            )
    if FIRST in keys and keys.index(FIRST) != 0:
        yield Problem(gettext("This part has to be the first."), keys.index(FIRST), FIRST)
    if LAST in keys and keys.index(LAST) != len(keys) - 1:
        yield Problem(gettext("This part has to be the last."), keys.index(LAST), LAST)


# Words -------------------------------------------------------------------------------------------------------------


def _look_at_key(key: str) -> Iterator[str]:
    if len(key) > KEY_LIMIT or not _KEY.fullmatch(key):
        limit = {"limit": KEY_LIMIT}
        yield gettext("A key has small letters, digits and dashes, %(limit)d at most.") % limit
    elif key in _RESERVED:
        yield gettext("This key is used for something else. Choose another.")


def _look_at_title(title: str) -> Iterator[str]:
    if not title.strip():
        yield gettext("Give the part a title.")
    yield from _line(title, TITLE_LIMIT)
    yield from _nothing_to_fill(title)


def _look_at_text(text: str) -> Iterator[str]:
    yield from _words(text, TEXT_LIMIT)
    for name in dict.fromkeys(_NAME.findall(text)):
        if name not in NAMES:
            said = {"name": name, "known": ", ".join(NAMES)}
            yield gettext("%(name)s does not become a name. Those that do: %(known)s.") % said
    if _LONG_BLANK.search(text):
        yield gettext("A blank to fill in, in [square brackets], has 60 characters at most.")


def _look_at_guidance(lines: list[str]) -> Iterator[str]:
    if len(lines) > GUIDANCE_LINES:
        over = {"n": len(lines), "most": GUIDANCE_LINES}
        yield gettext("There are %(n)d lines of guidance. There is room for %(most)d.") % over
        return
    for number, line in enumerate(lines, start=1):
        for what in _line(line, GUIDANCE_LIMIT):
            yield gettext("Line %(number)d of the guidance: %(what)s") % {"number": number, "what": what}


def _look_at_sources(sources: str) -> Iterator[str]:
    yield from _line(sources, SOURCES_LIMIT)


_LOOKS: dict[str, Any] = {
    "key": _look_at_key,
    "title": _look_at_title,
    "text": _look_at_text,
    "guidance": _look_at_guidance,
    "sources": _look_at_sources,
}


def look_at_name(name: str) -> list[str]:
    """What is wrong with the name of a template, as sentences."""
    return list(_line(name, NAME_LIMIT))


def _line(text: str, limit: int) -> Iterator[str]:
    if len(text.splitlines()) > 1:
        yield gettext("Write it in one line.")
    yield from _words(text, limit)


def _words(text: str, limit: int) -> Iterator[str]:
    """Too long, or with a character that a PDF can't print (decision 9)."""
    if len(text) > limit:
        over = {"over": f"{len(text) - limit:,}", "limit": f"{limit:,}"}
        yield (
            ngettext(
                "Shorten this by %(over)s character. There is room for %(limit)s.",
                "Shorten this by %(over)s characters. There is room for %(limit)s.",
                len(text) - limit,
            )
            % over
        )
        return
    unseen = [glyphs.describe(each) for each in dict.fromkeys(text) if not glyphs.normalise(each)]
    if unseen:
        named = {"named": ", ".join(unseen[:5])}
        yield gettext("Remove the character that can’t be shown: %(named)s.") % named
    missing = [f"{character} ({name})" for character, name in glyphs.uncovered(text)]
    if missing:
        named = {"named": ", ".join(missing[:5])}
        yield gettext("The signed PDF has no letter shape for %(named)s. Please replace it.") % named


def _nothing_to_fill(text: str) -> Iterator[str]:
    """For words that are printed as they stand: nobody could fill in a blank there, and nothing becomes a name."""
    if _BLANK.search(text) or any(name in text for name in NAMES):
        yield gettext("Names and [blanks] are for the wording of a part. Here nobody could fill them in.")


def _unknown_fields(body: Mapping[str, Any]) -> Iterator[Problem]:
    for field in body:
        if field not in ("parts", "limits"):
            yield Problem(gettext("“%(field)s” is not known here.") % {"field": _shown(field)})


def _shown(name: Any) -> str:
    """A name out of somebody's file, short and printable enough for a sentence."""
    return glyphs.normalise(name)[:_SHOWN].strip() if isinstance(name, str) else "?"


# Limits ------------------------------------------------------------------------------------------------------------


def _of_limits(words: Any) -> Iterator[Problem]:
    if not isinstance(words, Mapping):
        yield Problem(gettext("The words about the limits stand under a line [limits], one for each key."))
        return
    keys = [key for key, _text in LIMITS]
    for key, text in words.items():
        if key not in keys:
            known = {"keys": ", ".join(keys)}
            what = gettext("There are five limits, and this is none of them: %(keys)s.") % known
            yield Problem(what, key=_shown(key))
        elif not isinstance(text, str):
            yield Problem(gettext("What is added has to be a text in quotes."), key=key, field=key)
        else:
            for what in (*_line(text, LIMIT_WORDS), *_nothing_to_fill(text)):
                yield Problem(what, key=key, field=key)
