"""The figures of the program overview: whether supervision happens, without what was said in it. Log facts only."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import charts
from supervision.pages.prepared import prepared
from supervision.people import zones
from supervision.people.models import Management, Place, User
from supervision.requirements import expectation
from supervision.requirements.expectation import WEEK
from supervision.requirements.strip import WEEKS, last_mondays

from . import need, sentences
from .caseload import Line

WINDOW = 4  # weeks over which “as often as agreed” is looked at
# Of each WINDOW of successive weeks, the minutes expected and attended.
Windows = tuple[tuple[int, int], ...]
RECENT = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Overview:
    """What stands above the list."""

    lead: str
    facts: list[dict[str, Any]]
    waiting: list[Place]


def overview_of(lines: Sequence[Line], user: User, *, answer_days: int) -> Overview:
    """The sentence, the four facts and who waits for an arrangement, for all of these lines. One query."""
    people = {line.person_id for line in lines}
    recently = timezone.now() - RECENT
    met = {line.person_id for line in lines if line.last_met_at and line.last_met_at >= recently}
    hand = {line.person_id for line in lines if line.need.state == need.HAND}
    facts: list[dict[str, Any] | None] = []
    if people:
        facts = [
            {"value": _of(len(met), len(people)), "label": _("met in the last 7 days")},
            _agreements(lines),
            _signed_in_time(lines, answer_days),
            _as_agreed(lines),
        ]
    return Overview(
        lead=sentences.manager_lead(people=len(people), met=len(met), hand=len(hand)),
        facts=[fact for fact in facts if fact],
        waiting=waiting_for_arrangement(user),
    )


def waiting_for_arrangement(user: User) -> list[Place]:
    """People of the programs that `user` manages who should have supervision and have no arrangement yet."""
    return _waiting(user)


@prepared
def _waiting(user: User) -> QuerySet[Place]:
    managed = Place.objects.waiting().filter(
        program__managements__in=Management.objects.current().filter(person=user)
    )
    return managed.select_related("person", "program").order_by("person__name", "id")


def _of(part: int, whole: int) -> str:
    return gettext("%(part)s of %(whole)s") % {"part": part, "whole": whole}


def _agreements(lines: Sequence[Line]) -> dict[str, Any]:
    wanted = [line for line in lines if line.needs_agreement]
    return {
        "value": _of(sum(line.has_agreement or line.begins_later for line in wanted), len(wanted)),
        "label": _("have a signed agreement"),
    }


def _signed_in_time(lines: Sequence[Line], days: int) -> dict[str, Any] | None:
    """The share of the records of the last twelve weeks that everybody signed within the days they have."""
    now = timezone.now()
    since, until = (now - datetime.timedelta(weeks=WEEKS), now - datetime.timedelta(days=days))
    seconds = int(datetime.timedelta(days=days).total_seconds())
    signed = held = 0
    for recent in {line.arrangement_id: line.recent for line in lines}.values():
        some, all_of_it = recent.signed_within(seconds, since=since.timestamp(), until=until.timestamp())
        signed, held = signed + some, held + all_of_it
    if not held:
        return None
    return {
        "value": f"{round(100 * signed / held)}%",
        "label": ngettext(
            "of records signed by everyone within %(n)s day",
            "of records signed by everyone within %(n)s days",
            days,
        )
        % {"n": days},
        "note": gettext("sessions of the last 12 weeks"),
    }


def _as_agreed(lines: Sequence[Line]) -> dict[str, Any] | None:
    """How many have met as often as agreed over the last four weeks, and how that went over twelve."""
    mondays = last_mondays(timezone.localdate())
    people = _weeks_of_people(lines, mondays)
    counts = [_kept(window) for window in zip(*people, strict=True)]
    if not counts or not counts[-1][1]:
        return None
    shares = [100 * kept / asked if asked else None for kept, asked in counts]
    now, before = shares[-1] or 0, shares[0]
    note = ""
    if before is not None and round(before) != round(now):
        text = (
            gettext("up from %(count)s eight weeks before")
            if now > before
            else gettext("%(count)s eight weeks before")
        )
        note = text % {"count": _of(*counts[0])}
    label = gettext("Share who had the agreed time over four weeks, week by week: now %(now)s percent") % {
        "now": round(now)
    }
    return {
        "value": _of(*counts[-1]),
        "label": _("had the agreed time in the last 4 weeks"),
        "note": note,
        "chart": charts.spark(shares, label=label) if len([s for s in shares if s is not None]) > 1 else "",
    }


def _expected_by_line(lines: Sequence[Line], mondays: Sequence[datetime.date]) -> dict[int, list[int]]:
    """Minutes expected of each line week by week. Without an agreement anywhere, one hour a week of each person."""
    agreed = {line.person_id for line in lines if line.has_agreement}
    given: set[str] = set()
    found = {}
    # Most work by the same rhythm and were not away: worked out once for all of them.
    of_rhythm: dict[Any, list[int]] = {}
    for line in lines:
        counts = line.has_agreement
        if (
            not counts
            and not line.is_among_equals
            and not (line.person_id in agreed or line.person_id in given)
        ):
            given.add(line.person_id)
            counts = True
        if not counts:
            found[id(line)] = [0] * len(mondays)
            continue
        away = tuple(span for span in line.away if span.last is None or span.last >= mondays[0])
        alike = (
            max(line.since, mondays[0]),
            line.minutes_each,
            line.every_days,
            away,
        )
        if alike not in of_rhythm:
            of_rhythm[alike] = _expected(line, mondays)
        found[id(line)] = of_rhythm[alike]
    return found


def _expected(line: Line, mondays: Sequence[datetime.date]) -> list[int]:
    """Minutes expected of a line in each of these weeks, by the rhythm that holds now."""
    rhythm = expectation.Rhythm(datetime.date.min, None, line.minutes_each, line.every_days)
    facts = expectation.Facts(
        takes_part=[expectation.Span(line.since)], rhythms=[rhythm], away=line.away, attended=[]
    )
    return [expectation.expected_minutes(facts, monday) for monday in mondays]


def _weeks_of_people(lines: Sequence[Line], mondays: Sequence[datetime.date]) -> list[Windows]:
    """Of each person of whom something was expected, how many minutes of it they attended.

    Time attended where and when nothing was expected, such as co-reflection, is beside that and makes up for nothing: as the report
    counts it.
    """
    edges = [int(zones.begin_of(day).timestamp()) for day in (*mondays, mondays[-1] + WEEK)]
    expected = _expected_by_line(lines, mondays)
    found: dict[str, tuple[list[int], list[int]]] = {}
    for line in lines:
        asked = expected[id(line)]
        if not any(asked):
            continue
        attended = line.recent.minutes_between(line.person_id, edges)
        if 0 in asked:
            attended = [had if wanted else 0 for had, wanted in zip(attended, asked, strict=True)]
        if (other := found.get(line.person_id)) is not None:  # supported in more than one arrangement
            asked, attended = _added(asked, other[0]), _added(attended, other[1])
        found[line.person_id] = (asked, attended)
    return [_over_windows(tuple(asked), tuple(attended)) for asked, attended in found.values()]


def _added(some: Sequence[int], more: Sequence[int]) -> list[int]:
    return list(map(sum, zip(some, more, strict=True)))


@lru_cache(maxsize=1024)
def _over_windows(asked: tuple[int, ...], attended: tuple[int, ...]) -> Windows:
    """Of one person, from the minutes of each week. Many meet alike."""
    return tuple(
        (sum(asked[begin : begin + WINDOW]), sum(attended[begin : begin + WINDOW]))
        for begin in range(len(asked) - WINDOW + 1)
    )


def _kept(people: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Of the people of whom something was expected, how many reached it."""
    reached = [attended >= asked for asked, attended in people if asked]
    return sum(reached), len(reached)
