"""Days from until, put together and taken apart. Pure functions; no last day means still."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from supervision.requirements.expectation import DAY, Span


def common(one: Span, other: Span) -> Span | None:
    """The days that are in both, if any."""
    first = max(one.first, other.first)
    ends = [span.last for span in (one, other) if span.last is not None]
    last = min(ends) if ends else None
    return Span(first, last) if last is None or first <= last else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days in spans that neither meet nor overlap, in order."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.first):
        before = found[-1] if found else None
        if before is None or (before.last is not None and before.last + DAY < span.first):
            found.append(span)
        elif before.last is not None:
            found[-1] = Span(before.first, None if span.last is None else max(before.last, span.last))
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The days of these spans that are in none of the others, in order."""
    others = merged(taken)
    found: list[Span] = []
    for span in merged(spans):
        first: datetime.date | None = span.first
        for other in others:
            if first is None or (span.last is not None and other.first > span.last):
                break
            if other.last is not None and other.last < first:
                continue
            if first < other.first:
                found.append(Span(first, other.first - DAY))
            first = None if other.last is None else other.last + DAY
        if first is not None and (span.last is None or first <= span.last):
            found.append(Span(first, span.last))
    return found
