"""A template as one file (TOML), to take from one agency to another or to write elsewhere. Pure: bytes in, data out.

What is read has passed every rule of template_rules.py; what is written reads back the same.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import tomli_w
from django.utils.translation import gettext

from . import template_rules
from .template_rules import Body, Problem, check

__all__ = ["LARGEST_BYTES", "Body", "TemplateProblems", "check", "read", "write"]

LARGEST_BYTES = 256 * 1024
MOST_PROBLEMS = 40  # a file that is something else altogether need not be told in full
_PARTS_LINE = re.compile(r"[ \t]*\[\[[ \t]*parts[ \t]*\]\]")
_WHERE = re.compile(r"\(at line (\d+), column \d+\)$")
# A key of very many dotted parts costs the reader minutes. None of ours has more than two.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:"[^"\n]*"|'[^'\n]*'|[\w-]++)[ \t]*+\.[ \t]*+){50}""")


class TemplateProblems(Exception):
    """A file that can't be taken. `problems` holds everything to put right, as plain sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(*problems)
        self.problems = problems


def read(data: bytes) -> Body:
    """The body in a file. Raises TemplateProblems, and nothing else, whatever the bytes are."""
    text = _text(data)
    found = _parsed(text)
    wrong = _of_heading(found)
    body = {name: value for name, value in found.items() if name not in ("name", "edition")}
    lines = _lines_of_parts(text, body.get("parts"))
    wrong += [each.said(_line_of(each, lines)) for each in template_rules.problems(_tidied(body))]
    if wrong:
        raise TemplateProblems(_shortened(wrong))
    return _tidied(body)


def write(name: str, edition: int | None, body: Body) -> bytes:
    """A file of this body, which is sound. Without `edition` it is one that was not published."""
    heading: dict[str, Any] = {"name": name} | ({"edition": edition} if edition else {})
    content = heading | {"parts": body["parts"]} | ({"limits": body["limits"]} if body.get("limits") else {})
    return f"{_explanation()}\n{tomli_w.dumps(content, multiline_strings=True)}".encode()


def _explanation() -> str:
    """Comment lines for whoever opens the file in an editor."""
    said = gettext(
        "A template of supervision agreements. Each part begins with [[parts]] and has all six fields.\n"
        "In text, {workers}, {supervisors} and {line_manager} become names; words in [square brackets] are left to fill in.\n"
        "A part that is required needs words before an agreement can be signed. The twelve standard parts all have to stay.\n"
        "Under [limits], words that extend a limit: conduct, ethics, care, safety, law. The five limits themselves always stand."
    )
    return "".join(f"# {line}\n" for line in said.splitlines())


# Reading -----------------------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    if len(data) > LARGEST_BYTES:
        raise TemplateProblems([gettext("This file is larger than 256 KB, so it is not a template.")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = gettext("Line %(line)d holds something that is not text. Save the file as UTF-8.")
        raise TemplateProblems([said % {"line": line}]) from None


def _parsed(text: str) -> dict[str, Any]:
    if _ENDLESS_KEY.search(text):
        raise TemplateProblems([gettext("This file holds a key with far too many dots.")])
    try:
        return tomllib.loads(text)
    except (
        ValueError,
        RecursionError,
    ) as error:  # also numbers too long to read, and lists in lists in lists
        raise TemplateProblems([_unreadable(str(error))]) from None


def _unreadable(reason: str) -> str:
    if found := _WHERE.search(reason):
        said = gettext("Line %(line)s can’t be read. Look for a missing quote, bracket or equals sign there.")
        return said % {"line": found[1]}
    return gettext("The file can’t be read as TOML. Look for a text or list that begins and never ends.")


def _of_heading(found: dict[str, Any]) -> list[str]:
    """What the file says of where it comes from. It is not taken over, but has to make sense."""
    wrong = []
    if not isinstance(found.get("name", ""), str):
        wrong.append(gettext("“name” has to be a text in quotes."))
    edition = found.get("edition", 1)
    if not isinstance(edition, int) or isinstance(edition, bool) or edition < 1:
        wrong.append(gettext("“edition” has to be a whole number, 1 or more."))
    return wrong


def _tidied(body: Body) -> Body:
    """The body in order, as far as it has the right shape; what has not stays for the rules to find."""
    parts, limits = body.get("parts"), body.get("limits", {})
    if isinstance(parts, list):
        parts = [_tidied_part(part) for part in parts]
    if isinstance(limits, dict):
        limits = {key: _tidied_value(value) for key, value in limits.items()}
        limits = {key: value for key, value in limits.items() if value != ""}
    return body | {"parts": parts, "limits": limits}


def _tidied_part(part: Any) -> Any:
    return {key: _tidied_value(value) for key, value in part.items()} if isinstance(part, dict) else part


def _tidied_value(value: Any) -> Any:
    if isinstance(value, str):
        return template_rules.tidied_words(value)
    if isinstance(value, list):
        return [line for line in map(_tidied_value, value) if line != ""]
    return value


# Where -------------------------------------------------------------------------------------------------------------


def _lines_of_parts(text: str, parts: Any) -> list[int]:
    """The line at which each part begins; nothing when that can't be told for sure."""
    lines = [
        number for number, line in enumerate(text.split("\n"), start=1) if _PARTS_LINE.match(line) is not None
    ]
    return lines if isinstance(parts, list) and len(parts) == len(lines) else []


def _line_of(problem: Problem, lines: list[int]) -> int | None:
    return lines[problem.part] if problem.part is not None and problem.part < len(lines) else None


def _shortened(wrong: list[str]) -> list[str]:
    more = len(wrong) - MOST_PROBLEMS
    if more <= 0:
        return wrong
    return [*wrong[:MOST_PROBLEMS], gettext("And %(n)d more.") % {"n": more}]
