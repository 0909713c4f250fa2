"""How often somebody should meet, measured against what happened (domain 9). Pure functions over plain facts.

The measure is the rhythm of the agreement in force, and one hour a week where there is none (D 2.124). Hours rest on
attendance alone. The rules, in the order in which they apply:

- A week runs from Monday to Sunday and belongs to the period in which it ends, so that no week is judged before it is
  over and none is judged twice.
- Its minutes are spread over its five weekdays. A weekday counts when the person takes part in the arrangement and is
  not away.
- A rhythm longer than a week is judged in stretches of as many weeks, which begin at the same Mondays for everybody.
- A stretch of which fewer than three fifths of the weekdays count expects nothing: nobody is short because they began
  on a Thursday or were away for most of it.
- A stretch is met when the minutes attended reach the minutes expected, and short otherwise.

Days are dates where the session took place, so daylight saving time has no say in it (`local_day`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from supervision.pages import words

WEEK = datetime.timedelta(days=7)
DAY = datetime.timedelta(days=1)
FRIDAY, SUNDAY = 4 * DAY, 6 * DAY  # from the Monday
WEEKDAYS = 5
LEAST_WEEKDAYS = 3
DEFAULT_MINUTES, DEFAULT_EVERY_DAYS = 60, 7
LISTED = 3
NOT_THERE = (0, 0)  # minutes attended in a week, and how many of them are not signed
_FIRST_MONDAY = datetime.date(1900, 1, 1)  # a Monday; stretches of several weeks are counted from here


@dataclass(frozen=True)
class Span:
    """From a day until a day, both included. No last day means still."""

    first: datetime.date
    last: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Rhythm:
    """What an agreement says while it is in force: so many minutes every so many days."""

    first: datetime.date
    last: datetime.date | None = None
    minutes_each: int = DEFAULT_MINUTES
    every_days: int = DEFAULT_EVERY_DAYS

    def holds(self, day: datetime.date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def weeks(self) -> int:
        """Over how many weeks it is judged."""
        return max(1, round(self.every_days / 7))


HOUR_A_WEEK = Rhythm(datetime.date.min)


class Attended(NamedTuple):
    """Somebody was there for so many minutes on a day. `signed` when their attendance is signed by all."""

    day: datetime.date
    minutes: int
    signed: bool = True


@dataclass(frozen=True)
class Facts:
    """All there is to know about one person in one arrangement. `rhythms` are its agreements, newest last."""

    takes_part: Sequence[Span]
    rhythms: Sequence[Rhythm] = ()
    away: Sequence[Span] = ()
    attended: Sequence[Attended] = ()


class Stretch(NamedTuple):
    """One week, or as many as the rhythm needs, with minutes expected and attended."""

    first: datetime.date
    last: datetime.date
    expected: int
    attended: int
    unsigned: int = 0

    @property
    def weeks(self) -> int:
        return ((self.last - self.first).days + 1) // 7

    @property
    def short(self) -> bool:
        return self.attended < self.expected

    @property
    def said(self) -> str:
        """Week of March 3: 40 of 60 minutes."""
        name = words.month_and_day(self.first)
        if self.weeks == 1:
            lead = gettext("week of %(day)s") % {"day": name}
        else:
            lead = gettext("%(n)s weeks from %(day)s") % {"n": self.weeks, "day": name}
        minutes = gettext("%(attended)s of %(expected)s minutes") % {
            "attended": self.attended,
            "expected": self.expected,
        }
        return f"{lead}: {minutes}"


@dataclass(frozen=True)
class Evaluation:
    """What came out for one person and period."""

    stretches: tuple[Stretch, ...]

    @cached_property
    def judged(self) -> list[Stretch]:
        """The stretches in which something was expected."""
        return [stretch for stretch in self.stretches if stretch.expected]

    @cached_property
    def short(self) -> list[Stretch]:
        return [stretch for stretch in self.stretches if stretch.short]

    @property
    def met(self) -> bool:
        return not self.short

    @property
    def expected(self) -> int:
        return sum(stretch.expected for stretch in self.stretches)

    @property
    def attended(self) -> int:
        return sum(stretch.attended for stretch in self.stretches)

    @property
    def counted(self) -> int:
        """Minutes attended where something was expected: what stands against `expected`."""
        return sum(stretch.attended for stretch in self.judged)

    @cached_property
    def unsigned(self) -> int:
        """Minutes that are counted although their attendance is not signed by all yet."""
        return sum(stretch.unsigned for stretch in self.stretches)

    @property
    def reason(self) -> str:
        """One sentence: met, or short and exactly why."""
        judged, short = len(self.judged), self.short
        if not judged:
            return gettext("Nothing was expected in this period.")
        if not short:
            return gettext("Met.")
        listed = "; ".join(stretch.said for stretch in short[:LISTED])
        if len(short) > LISTED:
            more = ngettext("and %(n)s more", "and %(n)s more", len(short) - LISTED) % {
                "n": len(short) - LISTED
            }
            listed = f"{listed}; {more}"
        return gettext("Short in %(short)s of %(all)s: %(listed)s.") % {
            "short": len(short),
            "all": judged,
            "listed": listed,
        }


@dataclass(frozen=True)
class Version:
    """One signed version of an agreement, as its terms say. `ends_on` is the first day on which it no longer holds."""

    starts_on: datetime.date
    signed_on: datetime.date
    ends_on: datetime.date | None
    minutes_each: int
    every_days: int


def rhythms_of(versions: Iterable[Version]) -> list[Rhythm]:
    """The rhythm that held when, oldest first, from versions in their order.

    A version holds from the day agreed or that of the last signature, whichever is later, until it is replaced or
    ends. One that was replaced does not come back.
    """
    found: list[Rhythm] = []
    for version in versions:
        begins = max(version.starts_on, version.signed_on)
        while found and found[-1].first >= begins:
            found.pop()
        if found and (found[-1].last is None or found[-1].last >= begins):
            before = found.pop()
            found.append(replace(before, last=begins - DAY))
        until = version.ends_on - DAY if version.ends_on else None
        if until is None or until >= begins:
            found.append(Rhythm(begins, until, version.minutes_each, version.every_days))
    return found


def membership(
    joined: datetime.date, left: datetime.date | None, started: datetime.date, ended: datetime.date | None
) -> Span:
    """From when until when somebody takes part in an arrangement that itself has dates."""
    ends = [day for day in (left, ended) if day]
    return Span(max(joined, started), min(ends) if ends else None)


def local_day(moment: datetime.datetime, zone: str) -> datetime.date:
    """The date of a moment where the session took place. `zone` is an IANA name."""
    return moment.astimezone(ZoneInfo(zone)).date()


def monday_of(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def weeks_ending_in(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The Mondays of the weeks that end (on their Sunday) from `first` to `last`."""
    return [monday for monday, _sunday in _weeks_ending_in(first, last)]


@lru_cache(maxsize=64)
def _weeks_ending_in(
    first: datetime.date, last: datetime.date
) -> tuple[tuple[datetime.date, datetime.date], ...]:
    """Their Mondays and Sundays. A report asks for the same ones for each person."""
    monday = monday_of(first)
    found = []
    while (sunday := monday + SUNDAY) <= last:
        found.append((monday, sunday))
        monday += WEEK
    return tuple(found)


def evaluate(
    facts: Facts, first: datetime.date, last: datetime.date, *, default: Rhythm | None = HOUR_A_WEEK
) -> Evaluation:
    """Measure one person in one arrangement over a period (both days included).

    `default` holds on days without an agreement in force; None expects nothing on them, for a further arrangement of
    somebody whose hour is covered by another.
    """
    stretches = []
    there, changing = _by_week(facts.attended), _weeks_of_change(facts)
    usual: int | None = None  # minutes expected of each week, until something changes
    for monday, sunday in _weeks_ending_in(first, last):
        if monday in changing:
            usual = None
        elif usual is not None:
            stretches.append(Stretch(monday, sunday, usual, *there.get(monday, NOT_THERE)))
            continue
        rhythm = _rhythm_on(facts, sunday, default)
        length = rhythm.weeks if rhythm else 1
        if _ends_here(monday, length):
            stretches.append(_stretch(facts, there, monday, length, default))
            if length == 1 and monday not in changing:
                usual = stretches[-1].expected
    return Evaluation(tuple(stretches))


def _weeks_of_change(facts: Facts) -> set[datetime.date]:
    """The Mondays of the weeks in which something begins, or holds for the last time."""
    found = set()
    spans: list[Span | Rhythm] = [*facts.takes_part, *facts.away, *facts.rhythms]
    for span in spans:
        found.add(monday_of(span.first))
        if span.last is not None:
            found.add(monday_of(span.last))
    return found


def _by_week(attended: Iterable[Attended]) -> dict[datetime.date, tuple[int, int]]:
    """Of the week from each Monday: minutes attended, and how many of them are not signed."""
    found: dict[datetime.date, tuple[int, int]] = {}
    for visit in attended:
        monday = monday_of(visit.day)
        minutes, unsigned = found.get(monday, NOT_THERE)
        found[monday] = (minutes + visit.minutes, unsigned + (0 if visit.signed else visit.minutes))
    return found


def expected_minutes(facts: Facts, monday: datetime.date, *, default: Rhythm | None = HOUR_A_WEEK) -> int:
    """Minutes expected in the week from this Monday, rounded down."""
    return _expected(facts, [monday], 1, default)


def _expected(facts: Facts, mondays: Sequence[datetime.date], length: int, default: Rhythm | None) -> int:
    """Minutes expected in these weeks, which belong to a stretch of `length` weeks."""
    parts: dict[tuple[int, int], int] = {}
    for monday in mondays:
        if (whole := _same_all_week(facts, monday, default)) is not None:
            terms = (whole.minutes_each, whole.every_days)
            parts[terms] = parts.get(terms, 0) + WEEKDAYS
            continue
        for offset in range(WEEKDAYS):
            day = monday + offset * DAY
            rhythm = _rhythm_on(facts, day, default)
            if rhythm and _counts(facts, day):
                terms = (rhythm.minutes_each, rhythm.every_days)
                parts[terms] = parts.get(terms, 0) + 1
    if sum(parts.values()) < LEAST_WEEKDAYS * length:
        return 0
    return _added_up(tuple(parts.items()))


@lru_cache(maxsize=1024)
def _added_up(parts: tuple[tuple[tuple[int, int], int], ...]) -> int:
    """Minutes of so many weekdays under each of these terms, rounded down once. Nearly all weeks are alike."""
    return int(sum(Fraction(minutes * 7 * n, every * WEEKDAYS) for (minutes, every), n in parts))


def _same_all_week(facts: Facts, monday: datetime.date, default: Rhythm | None) -> Rhythm | None:
    """The rhythm of a week on whose weekdays nothing changes and the person is there: most weeks, looked at once and not day by day.

    None where it takes a look at each day.
    """
    friday = monday + FRIDAY
    for span in facts.takes_part:
        if _covers(span, monday, friday):
            break
    else:
        return None
    for span in facts.away:
        if _touches(span, monday, friday):
            return None
    found = default
    for one in facts.rhythms:
        if _touches(one, monday, friday):
            if not _covers(one, monday, friday):
                return None
            found = one
    return found


def _covers(span: Span | Rhythm, first: datetime.date, last: datetime.date) -> bool:
    return span.first <= first and (span.last is None or last <= span.last)


def _touches(span: Span | Rhythm, first: datetime.date, last: datetime.date) -> bool:
    return span.first <= last and (span.last is None or first <= span.last)


def _ends_here(monday: datetime.date, length: int) -> bool:
    if length == 1:  # most are
        return True
    number = (monday - _FIRST_MONDAY).days // 7
    return (number + 1) % length == 0


def _stretch(
    facts: Facts,
    there: Mapping[datetime.date, tuple[int, int]],
    monday: datetime.date,
    length: int,
    default: Rhythm | None,
) -> Stretch:
    """The weeks up to the one of `monday` that are judged together: those with a rhythm of the same length."""
    mondays = [monday]
    while len(mondays) < length:
        before = mondays[0] - WEEK
        rhythm = _rhythm_on(facts, before + 6 * DAY, default)
        if (rhythm.weeks if rhythm else 1) != length:
            break
        mondays.insert(0, before)
    weeks = [there.get(week, NOT_THERE) for week in mondays]
    return Stretch(
        first=mondays[0],
        last=monday + SUNDAY,
        expected=_expected(facts, mondays, length, default),
        attended=sum(minutes for minutes, _unsigned in weeks),
        unsigned=sum(unsigned for _minutes, unsigned in weeks),
    )


def _rhythm_on(facts: Facts, day: datetime.date, default: Rhythm | None) -> Rhythm | None:
    for rhythm in reversed(facts.rhythms):
        if rhythm.holds(day):
            return rhythm
    return default


def _counts(facts: Facts, day: datetime.date) -> bool:
    return _any_holds(facts.takes_part, day) and not _any_holds(facts.away, day)


def _any_holds(spans: Iterable[Span], day: datetime.date) -> bool:
    return any(span.holds(day) for span in spans)
