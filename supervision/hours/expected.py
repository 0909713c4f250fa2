"""What each arrangement of somebody is measured by: its own agreements, and an hour a week where there is none. Pure functions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from supervision.people.models import Arrangement
from supervision.requirements import expectation
from supervision.requirements.counting import Meeting
from supervision.requirements.expectation import Attended, Span, Version

from . import spans as spans_of

DEFAULT = expectation.HOUR_A_WEEK
CO_REFLECTION = Arrangement.Structure.CO_REFLECTION


@dataclass(frozen=True)
class Place:
    """Where somebody is supported: an arrangement with its structure and program, from when until when."""

    arrangement: uuid.UUID
    person: uuid.UUID
    structure: str
    program: uuid.UUID
    span: Span
    from_before: bool = False  # whether meetings of theirs were brought in, here or elsewhere


def facts_by_arrangement(
    places: Sequence[Place],
    away: Sequence[Span],
    meetings: Sequence[Meeting],
    versions: Mapping[uuid.UUID, Sequence[Version]],
) -> list[tuple[expectation.Facts, expectation.Rhythm | None]]:
    """The facts of each arrangement, with what is expected of it on days on which none of the person's agreements holds.

    That hour a week is expected once of a person, in the arrangement that they have been in longest, and never of a co-reflection.
    """
    takes_part: dict[uuid.UUID, list[Span]] = {}
    for place in places:
        takes_part.setdefault(place.arrangement, []).append(place.span)
    rhythms = {key: expectation.rhythms_of(versions.get(key, ())) for key in takes_part}
    agreed = [
        both
        for key, spans in takes_part.items()
        for rhythm in rhythms[key]
        for span in spans
        if (both := spans_of.common(span, Span(rhythm.first, rhythm.last))) is not None
    ]
    among_equals = {place.arrangement for place in places if place.structure == CO_REFLECTION}
    for key, spans in takes_part.items():
        if key not in among_equals:
            free = spans_of.without(spans, agreed)
            rhythms[key] = [
                *(replace(DEFAULT, first=one.first, last=one.last) for one in free),
                *rhythms[key],
            ]
            agreed += free
    return [
        (expectation.Facts(spans, rhythms[key], away, _attended_there(meetings, key)), None)
        for key, spans in takes_part.items()
    ]


def _attended_there(meetings: Iterable[Meeting], arrangement: uuid.UUID) -> list[Attended]:
    there = (one for one in meetings if one.arrangement == str(arrangement))
    return [Attended(one.day, one.minutes, one.signed_on is not None) for one in there]
