"""Patterns of words, and where they stand in a text. Pure, and never a regular expression made from what somebody wrote.

A pattern is made of words with spaces between them; case and the shape of apostrophes do not matter:

    mandated reporter     these words in this order
    takes/took/taking     any of these
    decompensat*          any word that begins so
    the/a?                may be there or not
    ...                   up to four other words between

A pattern never reaches over the end of a sentence or line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

GAP = 4  # words that "..." may stand for
MOST_PARTS = 12
LONGEST_PATTERN = 300
SHORTEST_BEGINNING = 3  # of a word with *

# A word, or the end of a sentence. A hyphen only parts words: "self-harm" is read like "self harm".
_PIECE = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.!?;:\r\n]+")
_ENDS = ".!?;:\r\n"
_PLAIN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
# After these a full stop ends no sentence.
_TITLES = frozenset({"mr", "mrs", "ms", "mx", "dr", "st", "no", "nr"})


class BadPattern(ValueError):
    """A pattern that can't be read. Its text says why, in plain words."""


class Word(NamedTuple):
    """A word of a text: where it stands, how it is compared, and the number of its sentence."""

    start: int
    end: int
    plain: str
    sentence: int


def plain(text: str) -> str:
    """As words are compared."""
    return text.replace("’", "'").casefold()


def words_of(text: str) -> list[Word]:
    """The words of a text in order. Takes time in proportion to its length."""
    found: list[Word] = []
    sentence = 0
    for piece in _PIECE.finditer(text):
        shown = piece[0]
        if shown[0] not in _ENDS:
            found.append(Word(piece.start(), piece.end(), plain(shown), sentence))
        elif not (shown == "." and found and _is_shortened(text, found[-1], piece.start())):
            sentence += 1
    return found


def _is_shortened(text: str, word: Word, stop: int) -> bool:
    """Whether a full stop right after this word only shortens it: "Ms." or the "J." of a name."""
    initial = word.end - word.start == 1 and text[word.start].isupper()
    return word.end == stop and (initial or word.plain in _TITLES)


@dataclass(frozen=True)
class Part:
    """One place in a pattern: the words that fit there, whether it may stay empty, and how many others may come before."""

    exact: frozenset[str]
    beginnings: tuple[str, ...]
    optional: bool
    gap: int

    def fits(self, word: str) -> bool:
        return word in self.exact or word.startswith(self.beginnings)


@dataclass(frozen=True)
class Pattern:
    source: str
    parts: tuple[Part, ...]

    def end_at(self, words: Sequence[Word], first: int) -> int | None:
        """Where a match that begins with this word ends (the number of the word after it). None when there is none.

        Looks at no more words than the pattern can span, whatever the text is.
        """
        sentence, last = words[first].sentence, len(words)
        ends = {first}
        for part in self.parts:
            reached = set(ends) if part.optional else set()
            for begin in ends:
                for at in range(begin, min(begin + part.gap + 1, last)):
                    if words[at].sentence != sentence:
                        break
                    if part.fits(words[at].plain):
                        reached.add(at + 1)
            if not reached:
                return None
            ends = reached
        return min(ends)


def compiled(source: str) -> Pattern:
    """Read a pattern. Raises BadPattern."""
    if len(source) > LONGEST_PATTERN:
        raise BadPattern("it is longer than 300 characters")
    parts: list[Part] = []
    gap = 0
    for piece in source.split():
        if piece == "...":
            if not parts or gap:
                raise BadPattern("“...” has to stand between two words")
            gap = GAP
            continue
        for one in _halves(piece):
            parts.append(_part(one, gap))
            gap = 0
    if not parts:
        raise BadPattern("it holds no words")
    if gap:
        raise BadPattern("“...” has to stand between two words")
    if len(parts) > MOST_PARTS:
        raise BadPattern("it has more than 12 words")
    if parts[0].optional:
        raise BadPattern("its first word may not be one that can be left out (?)")
    return Pattern(source, tuple(parts))


def _halves(piece: str) -> list[str]:
    """A word with hyphens as the words that it is read as."""
    if "-" not in piece:
        return [piece]
    if "/" in piece or "?" in piece:
        raise BadPattern(f"“{piece}” mixes a hyphen with / or ?; write two patterns instead")
    return [half for half in piece.split("-") if half]


def _part(piece: str, gap: int) -> Part:
    optional = piece.endswith("?")
    exact, beginnings = set(), []
    for word in piece.removesuffix("?").split("/"):
        cut = word.removesuffix("*")
        if _PLAIN.fullmatch(plain(cut)) is None:
            raise BadPattern(f"“{piece}” is not a word")
        if cut == word:
            exact.add(plain(word))
        elif len(cut) < SHORTEST_BEGINNING:
            raise BadPattern(f"“{word}” fits too many words; give three letters or more before the *")
        else:
            beginnings.append(plain(cut))
    return Part(frozenset(exact), tuple(beginnings), optional, gap)


# Many patterns at once --------------------------------------------------------------------------------------------


@dataclass
class Index:
    """Patterns by the word that they begin with, so that most words of a text cost one look-up."""

    exact: dict[str, list[tuple[Pattern, str]]] = field(default_factory=dict)
    beginnings: dict[str, list[tuple[str, Pattern, str]]] = field(default_factory=dict)

    def add(self, pattern: Pattern, key: str) -> None:
        first = pattern.parts[0]
        for word in first.exact:
            self.exact.setdefault(word, []).append((pattern, key))
        for start in first.beginnings:
            self.beginnings.setdefault(start[:SHORTEST_BEGINNING], []).append((start, pattern, key))

    def matches(self, words: Sequence[Word]) -> Iterator[tuple[str, int, int]]:
        """Every match as (key, its first word, the word after its last)."""
        for first, word in enumerate(words):
            for pattern, key in self._that_begin(word.plain):
                end = pattern.end_at(words, first)
                if end is not None:
                    yield key, first, end

    def _that_begin(self, word: str) -> Iterable[tuple[Pattern, str]]:
        found = self.exact.get(word, ())
        if starts := self.beginnings.get(word[:SHORTEST_BEGINNING]):
            return [*found, *((pattern, key) for start, pattern, key in starts if word.startswith(start))]
        return found
