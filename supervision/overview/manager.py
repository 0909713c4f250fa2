"""The figures of the program overview: whether supervision happens, without what was said in it. Log facts only."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import charts
from supervision.pages.prepared import prepared
from supervision.people.models import Management, Place, User
from supervision.records.models import Seal
from supervision.requirements import expectation
from supervision.requirements.expectation import WEEK
from supervision.requirements.strip import WEEKS, last_mondays
from supervision.sessions.models import Attendee, Session

from . import need, sentences
from .caseload import Line

WINDOW = 4  # weeks over which “as often as agreed” is looked at
RECENT = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Overview:
    """What stands above the list."""

    lead: str
    facts: list[dict[str, Any]]
    waiting: list[Place]


def overview_of(lines: Sequence[Line], user: User, *, answer_days: int) -> Overview:
    """The sentence, the four facts and who waits for an arrangement, for all of these lines. Three queries."""
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


def _arrangements(lines: Sequence[Line]) -> list[uuid.UUID]:
    """Their ids as they are: with a subquery both databases go through all the sessions of the period instead."""
    return sorted({line.arrangement_id for line in lines})


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
    first = timezone.now() - datetime.timedelta(weeks=WEEKS)
    limit = timezone.now() - datetime.timedelta(days=days)
    counted = next(iter(_signed_share(_arrangements(lines), first, limit, days)), {"held": 0})
    if not counted["held"]:
        return None
    share = round(100 * counted["signed"] / counted["held"])
    return {
        "value": f"{share}%",
        "label": ngettext(
            "of records signed by everyone within %(n)s day",
            "of records signed by everyone within %(n)s days",
            days,
        )
        % {"n": days},
        "note": gettext("sessions of the last 12 weeks"),
    }


@prepared
def _signed_share(
    arrangements: list[uuid.UUID], first: datetime.datetime, limit: datetime.datetime, days: int
) -> QuerySet[Any, Any]:
    in_time = Seal.objects.filter(
        record_label=Session._meta.label_lower,
        record_id=OuterRef("pk"),
        how=Seal.How.ALL_SIGNED,
        sealed_at__lte=F("offer__offered_at") + datetime.timedelta(days=days),
    )
    held = Q(state=Session.State.HELD)  # not a condition of the rows: the index by arrangement is to be used
    rows = Session.objects.filter(arrangement__in=arrangements, starts_at__gte=first, starts_at__lt=limit)
    together = rows.order_by().annotate(everything=Value(1)).values("everything")
    return together.annotate(
        held=Count("pk", filter=held), signed=Count("pk", filter=held & Q(Exists(in_time)))
    )


def _as_agreed(lines: Sequence[Line]) -> dict[str, Any] | None:
    """How many have met as often as agreed over the last four weeks, and how that went over twelve."""
    mondays = last_mondays(timezone.localdate())
    sums = {
        (row[0], row[1]): [value or 0 for value in row[2:]] for row in _minutes_by_week(_arrangements(lines))
    }
    expected = _expected_by_line(lines, mondays)
    weeks = [_weeks_of(line, expected[id(line)], sums) for line in lines]
    counts = [_kept(weeks, end - WINDOW, end) for end in range(WINDOW, len(mondays) + 1)]
    if not counts[-1][1]:
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


@prepared
def _minutes_by_week(arrangements: list[uuid.UUID]) -> QuerySet[Attendee, tuple[Any, ...]]:
    """Attended minutes of everybody there, week by week. One row for each person, however many sessions."""
    mondays = last_mondays(timezone.localdate())
    starts = [timezone.make_aware(datetime.datetime.combine(day, datetime.time())) for day in mondays]
    ends = [*starts[1:], timezone.make_aware(datetime.datetime.combine(mondays[-1] + WEEK, datetime.time()))]
    counts = Q(attended=True, session__state=Session.State.HELD)
    weeks = {
        f"w{number}": Sum(
            "minutes", filter=counts & Q(session__starts_at__gte=begin, session__starts_at__lt=end)
        )
        for number, (begin, end) in enumerate(zip(starts, ends, strict=True))
    }
    rows = Attendee.objects.filter(
        session__arrangement__in=arrangements,
        session__starts_at__gte=starts[0],
        session__starts_at__lt=ends[-1],
    )
    return rows.order_by().values_list("session__arrangement_id", "person_id").annotate(**weeks)


def _expected_by_line(lines: Sequence[Line], mondays: Sequence[datetime.date]) -> dict[int, list[int]]:
    """Minutes expected of each line week by week. Without an agreement anywhere, one hour a week of each person."""
    agreed = {line.person_id for line in lines if line.has_agreement}
    given: set[uuid.UUID] = set()
    found = {}
    # Most work by the same rhythm and were not away: worked out once for all of them.
    of_rhythm: dict[Any, list[int]] = {}
    for line in lines:
        counts = line.has_agreement
        if not counts and not line.is_among_equals and line.person_id not in agreed | given:
            given.add(line.person_id)
            counts = True
        if not counts:
            found[id(line)] = [0] * len(mondays)
            continue
        away = tuple(span for span in line.away if span.last is None or span.last >= mondays[0])
        alike = (
            max(line.since, mondays[0]),
            line.standing["minutes_each"],
            line.standing["every_days"],
            away,
        )
        if alike not in of_rhythm:
            of_rhythm[alike] = _expected(line, mondays)
        found[id(line)] = of_rhythm[alike]
    return found


def _expected(line: Line, mondays: Sequence[datetime.date]) -> list[int]:
    """Minutes expected of a line in each of these weeks, by the rhythm that holds now."""
    rhythm = expectation.Rhythm(
        datetime.date.min, None, line.standing["minutes_each"], line.standing["every_days"]
    )
    facts = expectation.Facts(
        takes_part=[expectation.Span(line.since)], rhythms=[rhythm], away=line.away, attended=[]
    )
    return [expectation.expected_minutes(facts, monday) for monday in mondays]


@dataclass(frozen=True)
class _Weeks:
    """Of one line, week by week: minutes expected, and minutes attended where some were expected."""

    person_id: uuid.UUID
    asked: list[int]
    attended: list[int]


def _weeks_of(line: Line, asked: list[int], sums: dict[tuple[Any, Any], list[int]]) -> _Weeks:
    met = sums.get((line.arrangement_id, line.person_id), [0] * len(asked))
    return _Weeks(
        line.person_id, asked, [had if wanted else 0 for had, wanted in zip(met, asked, strict=True)]
    )


def _kept(weeks: Sequence[_Weeks], begin: int, end: int) -> tuple[int, int]:
    """Of the people of whom something was expected in these weeks, how many reached it. Counted as the report does:

    time attended where and when nothing was expected, such as co-reflection, is beside that and makes up for nothing.
    """
    wanted: dict[uuid.UUID, int] = {}
    reached: dict[uuid.UUID, int] = {}
    for one in weeks:
        wanted[one.person_id] = wanted.get(one.person_id, 0) + sum(one.asked[begin:end])
        reached[one.person_id] = reached.get(one.person_id, 0) + sum(one.attended[begin:end])
    counted = [person for person, minutes in wanted.items() if minutes]
    return sum(reached[person] >= wanted[person] for person in counted), len(counted)
