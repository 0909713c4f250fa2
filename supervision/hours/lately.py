"""Who is short of what an outside rule asks, lately: for lists of many people, in a number of queries that does not grow with them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from supervision.people.models import Arrangement, Participation
from supervision.requirements.applying import confirmed, confirmed_for
from supervision.requirements.expectation import DAY, WEEK, Span
from supervision.requirements.judging import Facts, Shortfall, judge
from supervision.requirements.models import InForce
from supervision.requirements.needed import needed_for
from supervision.requirements.rules import Rules

from .facts import known_of, places_of_all, programs_in

LATELY = 2 * WEEK  # a week or month that ended before is history, on their own page


@dataclass(frozen=True)
class Short:
    """What somebody is short of, by which set."""

    title: str
    said: str


@dataclass(frozen=True)
class _Asked:
    """What a set asks of a list, on the days from `first` to `last`."""

    title: str
    rules: Rules
    first: datetime.date
    last: datetime.date


def short_lately(
    people: Iterable[uuid.UUID], find: Callable[[], QuerySet[Arrangement]], today: datetime.date
) -> dict[uuid.UUID, Short]:
    """The newest shortfall of each of these people in the arrangements that `find` finds, by the sets that were confirmed for their
    programs. Neither is looked at where nothing was confirmed.

    Weeks, months, stretches of days, shares and caseloads. What is agreed, agreements and totals have their own place in a list, and
    observations need everything that ever was. Who is supported elsewhere too is left out: they may have met there. One query where
    nothing that was confirmed asks for any of it, nine at most otherwise, three more where meetings were brought in.
    """
    first = today - LATELY + DAY
    rows = confirmed(first, today)
    asks = [rules for row in rows if (rules := _of_a_list(row.of.rules)).asks]
    if not asks:
        return {}
    scope = find()
    wanted = set(people) - _supported_elsewhere(scope)
    needed = needed_for([(rules, first) for rules in asks], first)
    found: dict[uuid.UUID, Short] = {}
    of_programs: dict[frozenset[uuid.UUID], list[_Asked]] = {}
    places = [place for place in places_of_all(scope, today) if place.person in wanted]
    for person, known in known_of(places, today, needed).items():
        programs = frozenset(programs_in(known.places, Span(first, today)))
        if programs not in of_programs:
            of_programs[programs] = _asked_in(programs, rows, first, today)
        if (short := _newest(of_programs[programs], known.facts, today)) is not None:
            found[person] = short
    return found


def _of_a_list(rules: Rules) -> Rules:
    """What can be measured without everything that ever was."""
    return replace(rules, rhythm=False, total=None, agreement_by=0, observed_every=0)


def _supported_elsewhere(scope: QuerySet[Arrangement]) -> set[uuid.UUID]:
    """Of those who are or were supported in these arrangements: who is now in another one too."""
    here = Participation.objects.filter(arrangement__in=scope.values("pk"), part__in=Participation.SUPPORTED)
    rows = Participation.objects.current().filter(
        person__in=here.values("person"), part__in=Participation.SUPPORTED
    )
    rows = rows.exclude(arrangement__structure=Arrangement.Structure.CO_REFLECTION)
    return set(rows.exclude(arrangement__in=scope.values("pk")).values_list("person_id", flat=True))


def _asked_in(
    programs: Iterable[uuid.UUID], rows: Sequence[InForce], first: datetime.date, last: datetime.date
) -> list[_Asked]:
    pieces = [one for pieces in confirmed_for(programs, rows, first, last) for one in pieces]
    asked = [_Asked(one.of.title, _of_a_list(one.of.rules), one.first, one.last) for one in pieces]
    return [one for one in asked if one.rules.asks]


def _newest(asked: Iterable[_Asked], facts: Facts, today: datetime.date) -> Short | None:
    found: list[tuple[datetime.date, str, Shortfall]] = []
    for one in asked:
        shortfalls = judge(one.rules, facts, one.first, one.last, today).shortfalls
        found += [(short.last, one.title, short) for short in shortfalls]
    if not found:
        return None
    _day, title, short = max(found, key=lambda one: one[0])
    return Short(title, short.said)
