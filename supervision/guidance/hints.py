"""Which hints fit a text: where, about which words, and why. Pure and quick; nothing is stored or sent anywhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from . import identity
from .book import Book, Hint
from .wording import Index, Word, words_of

MOST = 60  # findings in one text; nobody reads more
Span = tuple[int, int]
SHAPES: dict[str, Callable[[str], Iterator[Span]]] = {
    "phone": identity.phones,
    "birth": identity.births,
    "case": identity.cases,
}


@dataclass(frozen=True)
class Finding:
    """Words of a text (`text[start:end]`) that a hint is about."""

    start: int
    end: int
    words: str
    hint: Hint

    @property
    def id(self) -> str:
        return self.hint.id


def findings(text: str, book: Book, *, silenced: Collection[str] = ()) -> list[Finding]:
    """What may be worth a second look in a text, in the order of the text, at most 60.

    Where two hints are about the same words the one about more of them stays. `silenced` holds ids that are left out.
    Raises nothing, whatever the text; takes time in proportion to its length.
    """
    words = words_of(text)
    spans = [
        (words[first].start, words[end - 1].end, key) for key, first, end in book.patterns.matches(words)
    ]
    exceptions: dict[str, list[Span]] = {}
    spans = [span for span in spans if not _is_excepted(span, words, book, exceptions)]
    for hint in book.hints.values():
        if hint.finds:
            spans += [(start, end, hint.id) for start, end in _found_by(hint, text, words, book)]
    kept = [span for span in _without_overlaps(spans) if span[2] not in silenced]
    return [Finding(start, end, text[start:end], book.hints[key]) for start, end, key in kept[:MOST]]


def _found_by(hint: Hint, text: str, words: Sequence[Word], book: Book) -> Iterator[Span]:
    if hint.finds == "name":
        return identity.names(text, words, book.near[hint.id])
    return SHAPES[hint.finds](text)


def _is_excepted(
    span: tuple[int, int, str], words: Sequence[Word], book: Book, known: dict[str, list[Span]]
) -> bool:
    start, end, key = span
    index: Index = book.unless[key]
    if not index.exact and not index.beginnings:
        return False
    if key not in known:
        known[key] = [(words[first].start, words[last - 1].end) for _k, first, last in index.matches(words)]
    return any(begin < end and start < stop for begin, stop in known[key])


def _without_overlaps(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Of findings that share words the longest, in the order of the text."""
    kept: list[tuple[int, int, str]] = []
    for span in sorted(set(spans), key=lambda one: (one[0], one[0] - one[1], one[2])):
        if kept and span[0] < kept[-1][1]:
            if span[1] - span[0] > kept[-1][1] - kept[-1][0]:
                kept[-1] = span
            continue
        kept.append(span)
    return kept
