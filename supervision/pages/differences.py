"""What changed between two wordings, word by word, so that people can read it.

Pure functions over plain text. A rewritten sentence shows as one run removed and one added, not as a scatter of words; two long
hostile texts cost no more than a comparison line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

SAME, REMOVED, ADDED = "same", "removed", "added"
_TOKENS = re.compile(r"\w+(?:[’'-]\w+)*|\s+|[^\w\s]")
_SENTENCES = re.compile(r"[^.!?\n]*(?:[.!?]+[\s\"’”)]*|\n+|$)")
MOST_PAIRS = 1_500_000  # of words compared with words: a tenth of a second at worst
LONE_WORDS = 2  # so few words that stayed the same between two changes read better as part of the change


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed the same, was removed, or was added."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """`before` holds what stayed and what was removed, `after` what stayed and what was added, `inline` all three in order."""

    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    inline: list[Piece] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        return any(piece.kind != SAME for piece in self.inline)

    @property
    def focused(self) -> Difference:
        """The paragraphs that differ, without those that stayed; all of them where nothing differs."""
        if not self.is_change:
            return self
        return Difference(_changed_lines(self.before), _changed_lines(self.after), self.inline)


def _changed_lines(pieces: Sequence[Piece]) -> list[Piece]:
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        for place, text in enumerate(re.split(r"\n+", piece.text)):
            if place:
                lines.append([])
            if text:
                lines[-1].append(Piece(piece.kind, text))
    kept = [line for line in lines if any(piece.kind != SAME for piece in line)]
    found: list[Piece] = []
    for line in kept:
        found += [Piece(SAME, "\n"), *line] if found else line
    return found


def words(before: str, after: str) -> Difference:
    """Compare two texts word by word; texts of many hundred words sentence by sentence."""
    start = _shared_start(before, after)
    end = _shared_end(before[start:], after[start:])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    runs = [(SAME, before[:start], after[:start])] if start else []
    runs += _compare(old, new)
    if end:
        runs.append((SAME, before[len(before) - end :], after[len(after) - end :]))
    return _difference(_slid(_readable(runs)))


Run = tuple[str, str, str]  # SAME or "changed", what stood before, what stands after


def _compare(old: str, new: str) -> list[Run]:
    left, right = _TOKENS.findall(old), _TOKENS.findall(new)
    if len(left) * len(right) > MOST_PAIRS:
        left, right = _sentences(old), _sentences(new)
    if len(left) * len(right) > MOST_PAIRS:
        return [("changed", old, new)]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [
        (SAME if tag == "equal" else "changed", "".join(left[a:b]), "".join(right[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
    ]


def _sentences(text: str) -> list[str]:
    return [found for found in _SENTENCES.findall(text) if found]


def _shared_start(one: str, other: str) -> int:
    """How many characters both begin with, up to the end of a word."""
    length = 0
    for left, right in zip(_TOKENS.finditer(one), _TOKENS.finditer(other), strict=False):
        if left[0] != right[0]:
            break
        length = left.end()
    return length


def _shared_end(one: str, other: str) -> int:
    """How many characters both end with, from the beginning of a word."""
    length = 0
    for left, right in zip(reversed(_TOKENS.findall(one)), reversed(_TOKENS.findall(other)), strict=False):
        if left != right:
            break
        length += len(left)
    return length


def _readable(runs: Iterable[Run]) -> list[Run]:
    """Neighbours joined; a lone word or two that stayed between two changes goes with them."""
    joined: list[Run] = []
    for run in runs:
        if run[1] or run[2]:
            _join(joined, run)
    found: list[Run] = []
    for place, run in enumerate(joined):
        between = 0 < place < len(joined) - 1
        _join(found, ("changed", *run[1:]) if between and _is_lone(run) else run)
    return found


def _join(runs: list[Run], run: Run) -> None:
    if runs and runs[-1][0] == run[0]:
        runs[-1] = (run[0], runs[-1][1] + run[1], runs[-1][2] + run[2])
    else:
        runs.append(run)


def _is_lone(run: Run) -> bool:
    kind, text, _same = run
    return (
        kind == SAME and "\n" not in text and len(re.findall(r"\w+", text)) <= LONE_WORDS and len(text) <= 16
    )


def _slid(runs: list[Run]) -> list[Run]:
    """What was put in or taken out whole is moved to where it begins and ends with a sentence or a line, if it can be."""
    found = list(runs)
    for place in range(1, len(found) - 1):
        kind, old, new = found[place]
        text = old or new
        if kind == SAME or (old and new) or found[place - 1][0] != SAME or found[place + 1][0] != SAME:
            continue
        ahead = found[place + 1][1]
        length = _repeats(text, ahead)
        if length:
            moved = text[length:] + text[:length]
            found[place - 1] = (SAME, *(2 * (found[place - 1][1] + ahead[:length],)))
            found[place] = (kind, moved if old else "", moved if new else "")
            found[place + 1] = (SAME, *(2 * (ahead[length:],)))
    return [run for run in found if run[1] or run[2]]


def _repeats(text: str, ahead: str) -> int:
    """How many characters, in whole tokens, the text after a change begins with just as the change itself does."""
    length = 0
    for left, right in zip(_TOKENS.finditer(text), _TOKENS.finditer(ahead), strict=False):
        if left[0] != right[0] or left.end() == len(text):
            break
        length = left.end()
    return length


def _difference(runs: Sequence[Run]) -> Difference:
    made = Difference()
    for kind, old, new in runs:
        if kind == SAME:
            same = Piece(SAME, old)
            made.before.append(same)
            made.after.append(same)
            made.inline.append(same)
            continue
        for where, piece in ((made.before, Piece(REMOVED, old)), (made.after, Piece(ADDED, new))):
            if piece.text:
                where.append(piece)
                made.inline.append(piece)
    return made


def lines_of(blocks: Iterable[Mapping[str, Any]]) -> str:
    """The blocks of a part (wording.py) as plain text: paragraphs apart, points of a list on lines of their own."""
    found = []
    for block in blocks:
        if block["kind"] == "list":
            found.append("\n".join(f"• {item}" for item in block["items"]))
        else:
            found.append(block["text"])
    return "\n\n".join(found)


# Whole agreements ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartDifference:
    """One part of two versions: the same, changed, new or gone; moved when only its number changed."""

    title: str
    number: int | None
    state: str
    difference: Difference
    text: str
    moved: bool = False
    title_before: str = ""


def whole(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[PartDifference]:
    """Compare two contents (content.build) part by part, in the order of `after`; what is gone stands where it was."""
    old = {clause["key"]: clause for clause in before["clauses"]}
    new = {clause["key"]: clause for clause in after["clauses"]}
    found = [_part(old.get(clause["key"]), clause) for clause in after["clauses"]]
    for place, clause in enumerate(before["clauses"]):
        if clause["key"] not in new:
            found.insert(min(place, len(found)), _gone(clause))
    return found


def _part(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> PartDifference:
    text = lines_of(new["paragraphs"])
    if old is None:
        return PartDifference(new["title"], new["number"], "new", words("", text), text)
    difference = words(lines_of(old["paragraphs"]), text)
    retitled = old["title"] != new["title"]
    return PartDifference(
        title=new["title"],
        number=new["number"],
        state="changed" if difference.is_change or retitled else "same",
        difference=difference,
        text=text,
        moved=old["number"] != new["number"],
        title_before=old["title"] if retitled else "",
    )


def _gone(old: Mapping[str, Any]) -> PartDifference:
    text = lines_of(old["paragraphs"])
    return PartDifference(old["title"], None, "gone", words(text, ""), text)
