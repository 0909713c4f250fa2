"""Whether somebody's supervision meets a set of rules in a period, and where it does not, exactly why (domain 9).

Pure functions over plain facts. How it is measured, in the order in which it applies:

- A week or a month belongs to the period in which it ends, and is judged once that day is over, so that nothing is judged early or
  twice. “Any 30 days” is judged on every day of the period that is over, by the 30 days up to it.
- What is asked is spread over the weekdays, Monday to Friday. A weekday counts when the person takes part and is not away. Where
  fewer than three fifths of them count, nothing is asked; otherwise minutes are asked in proportion, rounded down, and meetings in full.
- Everything is as known on a day: a signature that comes later changes the answer from that day on.

Days are dates where the session took place (`expectation.local_day`), so clocks that change have no say in it.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from . import counting, expectation
from .counting import Held, Meeting, Supervisor
from .expectation import DAY, WEEK, Span, weeks_ending_in
from .rules import Amount, Of, Per, Rules, Share, Total
from .said import ways

WEEKDAYS = 5


@dataclass(frozen=True)
class Agreed:
    """An agreement of an arrangement was in force from a day until a day."""

    span: Span
    arrangement: str = ""


@dataclass(frozen=True)
class Observed:
    """Somebody's work was observed on a day, and both had signed what was written of it on another."""

    day: datetime.date
    signed_on: datetime.date


@dataclass(frozen=True)
class Facts:
    """All there is to know about one person.

    `earlier` is how many meetings there were in an arrangement before these, without those of equals.
    `arrangements` is what each arrangement's own rhythm is measured by, and what is expected where it has none (`expectation.py`).
    """

    takes_part: Sequence[Span]
    away: Sequence[Span] = ()
    meetings: Sequence[Meeting] = ()
    agreements: Sequence[Agreed] = ()
    observed: Sequence[Observed] = ()
    credentials: Sequence[Held] = ()
    arrangements: Sequence[tuple[expectation.Facts, expectation.Rhythm | None]] = ()
    earlier: Mapping[str, int] = field(default_factory=dict)

    def counts(self, day: datetime.date) -> bool:
        """Whether something can be asked of the person on a day."""
        return any(span.holds(day) for span in self.takes_part) and not any(
            span.holds(day) for span in self.away
        )


@dataclass(frozen=True)
class Shortfall:
    """What was not met, from a day until a day, in one sentence."""

    first: datetime.date
    last: datetime.date
    said: str


@dataclass(frozen=True)
class Judgement:
    """What came out for a period, as known on a day. `asked` is in how many weeks, months and days something was asked."""

    first: datetime.date
    last: datetime.date
    as_of: datetime.date
    asked: int
    shortfalls: tuple[Shortfall, ...]

    @property
    def met(self) -> bool:
        return not self.shortfalls


def judge(
    rules: Rules, facts: Facts, first: datetime.date, last: datetime.date, as_of: datetime.date
) -> Judgement:
    """Measure one person by one set of rules in a period, both days included, as known at the end of `as_of`."""
    until = min(last, as_of)
    found = [
        *(_amount(amount, rules, facts, first, until, as_of) for amount in rules.amounts),
        *(_share(share, rules, facts, first, until, as_of) for share in rules.shares),
        _rhythm(rules, facts, first, until),
        _total(rules, facts, first, until, as_of),
        _agreement(rules, facts, first, until),
        _observed(rules, facts, first, until, as_of),
        _caseload(rules, facts, first, until),
    ]
    shortfalls = sorted((one for _, short in found for one in short), key=lambda one: (one.first, one.last))
    return Judgement(first, last, as_of, sum(asked for asked, _ in found), tuple(shortfalls))


Found = tuple[int, list[Shortfall]]  # in how many places something was asked, and where it was not met


# Minutes and meetings -----------------------------------------------------------------------------------------


def _amount(
    amount: Amount,
    rules: Rules,
    facts: Facts,
    first: datetime.date,
    last: datetime.date,
    as_of: datetime.date,
) -> Found:
    there = counting.of_kind(counting.counted(facts.meetings, rules, as_of), amount.kind)
    if amount.per == Per.DAYS:
        return _any_days(amount, there, facts, first, last)
    asked, short = 0, []
    for begin, end in _stretches(amount.per, first, last):
        least = _asked(amount, facts, begin, end)
        found = _measure(amount, there, begin, end)
        asked += bool(least)
        if found < least:
            said = f"{_name(amount.per, begin)}: {_so_much(amount, found, least)}"
            short.append(Shortfall(begin, end, said))
    return asked, short


def _any_days(
    amount: Amount, there: Sequence[Meeting], facts: Facts, first: datetime.date, last: datetime.date
) -> Found:
    """Days in a row on which the last so many days held too little are one shortfall; it tells of the worst of them."""
    asked, runs = 0, list[list[tuple[datetime.date, int, int]]]()
    for day in _days(first, last):
        begin = day - (amount.days - 1) * DAY
        least, found = _asked(amount, facts, begin, day), _measure(amount, there, begin, day)
        asked += bool(least)
        if found >= least:
            continue
        if runs and runs[-1][-1][0] == day - DAY:
            runs[-1].append((day, found, least))
        else:
            runs.append([(day, found, least)])
    return asked, [_worst(amount, run) for run in runs]


def _worst(amount: Amount, run: Sequence[tuple[datetime.date, int, int]]) -> Shortfall:
    day, found, least = min(run, key=lambda one: (one[1] - one[2], one[0]))
    begin = day - (amount.days - 1) * DAY
    said = gettext("%(n)s days from %(first)s to %(last)s") % {
        "n": amount.days,
        "first": _day(begin),
        "last": _day(day),
    }
    return Shortfall(run[0][0], run[-1][0], f"{said}: {_so_much(amount, found, least)}")


def _asked(amount: Amount, facts: Facts, begin: datetime.date, end: datetime.date) -> int:
    """How much is asked of the person in these days."""
    weekdays = [day for day in _days(begin, end) if day.weekday() < WEEKDAYS]
    there, all_days = sum(_is_asked(amount, facts, day) for day in weekdays), len(weekdays)
    if not all_days or there * 5 < all_days * 3:
        return 0
    return amount.least if amount.of == Of.TIMES else amount.least * there // all_days


def _measure(amount: Amount, there: Iterable[Meeting], begin: datetime.date, end: datetime.date) -> int:
    these = [meeting for meeting in there if begin <= meeting.day <= end]
    return len(these) if amount.of == Of.TIMES else counting.minutes_of(these)


def _is_asked(amount: Amount, facts: Facts, day: datetime.date) -> bool:
    if not facts.counts(day):
        return False
    return not amount.while_holding or counting.holds_one_of(facts.credentials, amount.while_holding, day)


def _so_much(amount: Amount, found: int, least: int) -> str:
    """40 of 60 minutes in person."""
    values = {"found": found, "least": least}
    if amount.of == Of.TIMES:
        said = ngettext("met %(found)s of %(least)s time", "met %(found)s of %(least)s times", least) % values
    else:
        said = gettext("%(found)s of %(least)s minutes") % values
    if amount.kind.individual:
        said = gettext("%(so_much)s one to one") % {"so_much": said}
    if amount.kind.modalities:
        said = gettext("%(so_much)s %(how)s") % {"so_much": said, "how": ways(amount.kind.modalities)}
    return said


def _rhythm(rules: Rules, facts: Facts, first: datetime.date, last: datetime.date) -> Found:
    """What was agreed in each arrangement, by the rules of `expectation.py`."""
    asked, short = 0, []
    for one, default in facts.arrangements if rules.rhythm else ():
        found = expectation.evaluate(one, first, last, default=default)
        asked += len(found.judged)
        short += [Shortfall(each.first, each.last, _capital(each.said)) for each in found.short]
    return asked, short


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# Shares and totals --------------------------------------------------------------------------------------------


def _share(
    share: Share, rules: Rules, facts: Facts, first: datetime.date, last: datetime.date, as_of: datetime.date
) -> Found:
    """A week or month in which nobody met has no share; that too little was met is for an amount to say."""
    there = counting.counted(facts.meetings, rules, as_of)
    asked, short = 0, []
    for begin, end in _stretches(share.per, first, last):
        these = [meeting for meeting in there if begin <= meeting.day <= end]
        asked += bool(these)
        if said := _too_small(share.percent, these):
            short.append(Shortfall(begin, end, f"{_name(share.per, begin)}: {said}"))
    return asked, short


def _too_small(percent: int, meetings: Sequence[Meeting]) -> str:
    """What to say of a share of one to one that is too small, or nothing."""
    everything = counting.minutes_of(meetings)
    alone = counting.minutes_of([meeting for meeting in meetings if meeting.individual])
    if alone * 100 >= everything * percent:
        return ""
    return gettext("%(alone)s of %(all)s minutes one to one; %(percent)s percent are asked for") % {
        "alone": alone,
        "all": everything,
        "percent": percent,
    }


@dataclass(frozen=True)
class Progress:
    """How far somebody is toward a total. Minutes over what group meetings may add do not count: `unused`."""

    minutes: int
    individual: int
    unused: int
    least: int

    @property
    def reached(self) -> bool:
        return self.minutes >= self.least


def progress(rules: Rules, facts: Facts, until: datetime.date, as_of: datetime.date) -> Progress | None:
    """Minutes that count toward the total of these rules up to a day, as known on a day. None where they have no total.

    Where a share must be one to one, the rest counts only as far as that share allows.
    """
    if rules.total is None:
        return None
    there = [one for one in counting.counted(facts.meetings, rules, as_of) if one.day <= until]
    alone = counting.minutes_of([one for one in there if one.individual])
    rest = counting.minutes_of(there) - alone
    most = _most_beside(rules.total, alone)
    used = rest if most is None else min(rest, most)
    return Progress(alone + used, alone, rest - used, rules.total.minutes)


def _most_beside(total: Total, alone: int) -> int | None:
    """How many minutes of groups can count beside these that were one to one. None: any number."""
    if not total.percent_individual:
        return None
    most = total.minutes * (100 - total.percent_individual) // 100
    return min(most, alone * (100 - total.percent_individual) // total.percent_individual)


def _total(
    rules: Rules, facts: Facts, first: datetime.date, last: datetime.date, as_of: datetime.date
) -> Found:
    """A total is something to reach; it is short only when it has a last day and that day is over."""
    total = rules.total
    if total is None or total.by is None or not first <= total.by <= last:
        return 0, []
    made = progress(rules, facts, total.by, as_of)
    if made is None or made.reached:
        return 1, []
    said = gettext("By %(day)s: %(found)s of %(least)s minutes in all") % {
        "day": date_format(total.by, "F j, Y"),
        "found": made.minutes,
        "least": made.least,
    }
    return 1, [Shortfall(total.by, total.by, said)]


# Agreements, observations, caseloads --------------------------------------------------------------------------


def _agreement(rules: Rules, facts: Facts, first: datetime.date, last: datetime.date) -> Found:
    """From a meeting of an arrangement on, its agreement is in force. Said once for each, for those of this period that had none."""
    if not rules.agreement_by:
        return 0, []
    asked, short = 0, []
    held = sorted((one for one in facts.meetings if not one.equals), key=lambda one: one.day)
    for arrangement in dict.fromkeys(one.arrangement for one in held):
        days = [one.day for one in held if one.arrangement == arrangement]
        before = facts.earlier.get(arrangement, 0)
        later = [day for day in days[max(rules.agreement_by - 1 - before, 0) :] if first <= day <= last]
        spans = [one.span for one in facts.agreements if one.arrangement == arrangement]
        without = [day for day in later if not any(span.holds(day) for span in spans)]
        asked += len(later)
        if without:
            short.append(Shortfall(without[0], without[-1], _without_agreement(without, rules.agreement_by)))
    return asked, short


def _without_agreement(days: Sequence[datetime.date], by: int) -> str:
    return ngettext(
        "%(day)s: met without an agreement in force; there must be one by meeting %(n)s",
        "From %(day)s: met %(times)s times without an agreement in force; there must be one by meeting %(n)s",
        len(days),
    ) % {"day": _day(days[0]), "times": len(days), "n": by}


def _observed(
    rules: Rules, facts: Facts, first: datetime.date, last: datetime.date, as_of: datetime.date
) -> Found:
    """Days on which the last observation, or the beginning, is longer ago than allowed; days away do not count.

    An observation counts once both have signed its record, like a meeting whose signature comes late.
    """
    if not rules.observed_every:
        return 0, []
    signed = {one.day for one in facts.observed if one.signed_on <= as_of}
    asked, late = 0, []
    since, waited = None, 0
    begin = min((span.first for span in facts.takes_part), default=last + DAY)
    for day in _days(begin, last):
        if day in signed:
            since, waited = day, 0
        elif day > begin and facts.counts(day):
            waited += 1
        if day >= first and facts.counts(day):
            asked = 1
            if waited > rules.observed_every:
                late.append((day, since))
    return asked, list(_gaps(late, rules.observed_every))


def _gaps(late: Sequence[tuple[datetime.date, datetime.date | None]], every: int) -> Iterator[Shortfall]:
    seen: dict[datetime.date | None, list[datetime.date]] = {}
    for day, since in late:
        seen.setdefault(since, []).append(day)
    for since, days in seen.items():
        lead = (
            gettext("From %(day)s: no observation yet") % {"day": _day(days[0])}
            if since is None
            else gettext("From %(day)s: the last observation was on %(since)s")
            % {"day": _day(days[0]), "since": date_format(since, "F j, Y")}
        )
        said = gettext("%(lead)s; one is asked for every %(n)s days") % {"lead": lead, "n": every}
        yield Shortfall(days[0], days[-1], said)


def _caseload(rules: Rules, facts: Facts, first: datetime.date, last: datetime.date) -> Found:
    """Whoever supervised the person in this period supervised too many people on a day on which they met."""
    if not rules.most_workers:
        return 0, []
    days: dict[Supervisor, list[datetime.date]] = {}
    for meeting in facts.meetings:
        if first <= meeting.day <= last:
            for one in meeting.supervisors:
                days.setdefault(one, []).append(meeting.day)
    short = []
    for supervisor, met in days.items():
        over = [(_supervised(supervisor, day), day) for day in sorted(met)]
        over = [(people, day) for people, day in over if people > rules.most_workers]
        if over:
            people, day = max(over, key=lambda one: (one[0], -one[1].toordinal()))
            said = gettext("%(day)s: %(name)s supervised %(people)s people; at most %(most)s are allowed") % {
                "day": _day(day),
                "name": supervisor.name,
                "people": people,
                "most": rules.most_workers,
            }
            short.append(Shortfall(over[0][1], over[-1][1], said))
    return len(days), short


def _supervised(supervisor: Supervisor, day: datetime.date) -> int:
    return sum(span.holds(day) for span in supervisor.supervises)


# Days ---------------------------------------------------------------------------------------------------------


def _stretches(
    per: Per, first: datetime.date, last: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """The weeks or months that end from `first` to `last`, with their first and last day."""
    if per == Per.WEEK:
        yield from ((monday, monday + WEEK - DAY) for monday in weeks_ending_in(first, last))
        return
    begin = first.replace(day=1)
    while (end := _month_end(begin)) <= last:
        yield begin, end
        begin = end + DAY


def _month_end(day: datetime.date) -> datetime.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    for number in range((last - first).days + 1):
        yield first + number * DAY


def _name(per: Per, begin: datetime.date) -> str:
    if per == Per.MONTH:
        return date_format(begin, "F Y")
    return gettext("Week of %(day)s") % {"day": _day(begin)}


def _day(day: datetime.date) -> str:
    return date_format(day, "F j")
