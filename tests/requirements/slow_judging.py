"""A second measure of what somebody was asked for, written for nothing but being plain: it walks over single days and counts.

It shares no code with the first one, only the facts and the rules it is given, and says every shortfall in its own sentence. Where the
two differ, one of them is wrong (tests/requirements/test_judging.py compares them).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from supervision.requirements import expectation
from supervision.requirements.counting import Meeting, Supervisor
from supervision.requirements.judging import Facts
from supervision.requirements.rules import Amount, Of, Per, Rules

ONE = timedelta(days=1)
Short = tuple[date, date, str]


def shortfalls(rules: Rules, facts: Facts, first: date, last: date, as_of: date) -> list[Short]:
    """Every shortfall: its first day, its last, and the sentence; in no order."""
    days = [day for day in every_day(first, last) if day <= as_of]
    found: list[Short] = []
    for amount in rules.amounts:
        found += of_amount(amount, rules, facts, days, as_of)
    for share in rules.shares:
        for day in days:
            together = ending(share.per, day)
            these = [one for one in facts.meetings if one.day in together and counts(one, rules, as_of)]
            alone = sum(one.minutes for one in these if one.people == 1 and not one.equals)
            everything = sum(one.minutes for one in these)
            if everything and Fraction(alone, everything) < Fraction(share.percent, 100):
                said = f"{alone} of {everything} minutes one to one; {share.percent} percent are asked for"
                found.append((together[0], together[-1], f"{named(share.per, together)}: {said}"))
    if rules.rhythm:
        for arrangement, default in facts.arrangements:
            found += of_rhythm(arrangement, default, days)
    found += of_total(rules, facts, days, as_of)
    found += of_agreements(rules, facts, days)
    found += of_observations(rules, facts, days, as_of)
    found += of_caseloads(rules, facts, days)
    return found


# Days -----------------------------------------------------------------------------------------------------------


def every_day(first: date, last: date) -> list[date]:
    days, day = [], first
    while day <= last:
        days.append(day)
        day += ONE
    return days


def ending(per: Per, day: date, length: int = 0) -> list[date]:
    """The days that are judged together on this day, oldest first; none where nothing ends on it."""
    if per == Per.DAYS:
        return [day - n * ONE for n in reversed(range(length))]
    if per == Per.WEEK:
        return [day - n * ONE for n in reversed(range(7))] if day.isoweekday() == 7 else []
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return [day.replace(day=n) for n in range(1, day.day + 1)] if is_last else []


def written(day: date, *, year: bool = False) -> str:
    return f"{calendar.month_name[day.month]} {day.day}{f', {day.year}' if year else ''}"


def named(per: Per, together: list[date]) -> str:
    if per == Per.MONTH:
        return f"{calendar.month_name[together[0].month]} {together[0].year}"
    return f"Week of {written(together[0])}"


def within(spans: Iterable[Any], day: date) -> bool:
    return any(span.first <= day <= (span.last or date.max) for span in spans)


def is_there(facts: Any, day: date) -> bool:
    return within(facts.takes_part, day) and not within(facts.away, day)


def runs_of(days: Iterable[date], together: Callable[[date, date], bool]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and together(runs[-1][-1], day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


# What counts ----------------------------------------------------------------------------------------------------


def may_supervise(supervisor: Supervisor, rules: Rules, day: date) -> bool:
    asked = rules.supervisor
    learned = 0.0
    for one in supervisor.training:
        if one.day <= day:
            learned += one.hours
    if learned < asked.training_hours:
        return False
    return not asked.credentials or holds(supervisor.credentials, asked.credentials, day)


def holds(held: Iterable[Any], names: Iterable[str], day: date) -> bool:
    for one in held:
        begun = one.first is None or one.first <= day
        over = one.last is not None and one.last < day
        if begun and not over and one.name.lower() in {name.lower() for name in names}:
            return True
    return False


def counts(meeting: Meeting, rules: Rules, as_of: date) -> bool:
    if rules.modalities and meeting.modality not in rules.modalities:
        return False
    if rules.largest_group and meeting.people > rules.largest_group:
        return False
    if rules.signed and not (meeting.signed_on and meeting.signed_on <= as_of):
        return False
    if meeting.equals:
        return rules.co_reflection
    return any(may_supervise(one, rules, meeting.day) for one in meeting.supervisors)


def is_meant(meeting: Meeting, amount: Amount) -> bool:
    if amount.kind.individual and (meeting.people != 1 or meeting.equals):
        return False
    return not amount.kind.modalities or meeting.modality in amount.kind.modalities


# Amounts --------------------------------------------------------------------------------------------------------


def of_amount(amount: Amount, rules: Rules, facts: Facts, days: list[date], as_of: date) -> list[Short]:
    missing: dict[date, tuple[int, int]] = {}
    for day in days:
        together = ending(amount.per, day, amount.days)
        asked = asked_in(amount, facts, together)
        found = 0
        for meeting in facts.meetings:
            if meeting.day in together and counts(meeting, rules, as_of) and is_meant(meeting, amount):
                found += 1 if amount.of == Of.TIMES else meeting.minutes
        if found < asked:
            missing[day] = (found, asked)
    if amount.per != Per.DAYS:
        return [
            (
                ending(amount.per, day)[0],
                day,
                f"{named(amount.per, ending(amount.per, day))}: {much(amount, *pair)}",
            )
            for day, pair in missing.items()
        ]
    told = []
    for run in runs_of(missing, lambda before, day: day - before == ONE):
        worst = min(run, key=lambda day: (missing[day][0] - missing[day][1], day))
        begin = ending(amount.per, worst, amount.days)[0]
        lead = f"{amount.days} days from {written(begin)} to {written(worst)}"
        told.append((run[0], run[-1], f"{lead}: {much(amount, *missing[worst])}"))
    return told


def asked_in(amount: Amount, facts: Facts, together: list[date]) -> int:
    weekdays = [day for day in together if day.isoweekday() <= 5]
    asked = [
        day
        for day in weekdays
        if is_there(facts, day)
        and (not amount.while_holding or holds(facts.credentials, amount.while_holding, day))
    ]
    if not weekdays or Fraction(len(asked), len(weekdays)) < Fraction(3, 5):
        return 0
    if amount.of == Of.TIMES:
        return amount.least
    return int(Fraction(amount.least * len(asked), len(weekdays)))


def much(amount: Amount, found: int, asked: int) -> str:
    said = f"{found} of {asked} minutes"
    if amount.of == Of.TIMES:
        said = f"met {found} of {asked} time{'' if asked == 1 else 's'}"
    if amount.kind.individual:
        said += " one to one"
    names = {"in_person": "in person", "video": "by video", "phone": "by phone"}
    if amount.kind.modalities:
        said += " " + " or ".join(names[one] for one in names if one in amount.kind.modalities)
    return said


# What each two agreed -------------------------------------------------------------------------------------------


def of_rhythm(facts: expectation.Facts, default: expectation.Rhythm | None, days: list[date]) -> list[Short]:
    """Week by week from a Monday in 1900; a rhythm of several weeks is judged where so many of them end."""

    def rhythm(day: date) -> expectation.Rhythm | None:
        holding = [one for one in facts.rhythms if one.first <= day <= (one.last or date.max)]
        return holding[-1] if holding else default

    def weeks_of(sunday: date) -> int:
        found = rhythm(sunday)
        return max(1, round(found.every_days / 7)) if found else 1

    told = []
    for sunday in (day for day in days if day.isoweekday() == 7):
        length = weeks_of(sunday)
        if ((sunday - date(1900, 1, 7)).days // 7 + 1) % length:
            continue
        back = 1
        while back < length and weeks_of(sunday - 7 * back * ONE) == length:
            back += 1
        together = every_day(sunday - (7 * back - 1) * ONE, sunday)
        asked: dict[tuple[int, int], int] = {}
        for day in together:
            holding = rhythm(day)
            if day.isoweekday() <= 5 and holding and is_there(facts, day):
                terms = (holding.minutes_each, holding.every_days)
                asked[terms] = asked.get(terms, 0) + 1
        if sum(asked.values()) < 3 * length:
            continue
        expected = int(sum(Fraction(minutes * 7 * n, every * 5) for (minutes, every), n in asked.items()))
        attended = sum(one.minutes for one in facts.attended if one.day in together)
        if attended < expected:
            lead = "Week of" if back == 1 else f"{back} weeks from"
            said = f"{lead} {written(together[0])}: {attended} of {expected} minutes"
            told.append((together[0], sunday, said))
    return told


# Totals, agreements, observations, caseloads --------------------------------------------------------------------


def of_total(rules: Rules, facts: Facts, days: list[date], as_of: date) -> list[Short]:
    total = rules.total
    if total is None or total.by is None or total.by not in days:
        return []
    these = [one for one in facts.meetings if one.day <= total.by and counts(one, rules, as_of)]
    alone = sum(one.minutes for one in these if one.people == 1 and not one.equals)
    made = 0
    # The most that can count: minutes in groups one by one, as long as what is one to one keeps its share of the whole
    # and of what is asked for.
    beside = sum(one.minutes for one in these) - alone
    for used in range(beside + 1):
        if total.percent_individual:
            share = Fraction(total.percent_individual, 100)
            if used and Fraction(alone, alone + used) < share:
                break
            if used > total.minutes * (1 - share):
                break
        made = alone + used
    if made >= total.minutes:
        return []
    said = f"By {written(total.by, year=True)}: {made} of {total.minutes} minutes in all"
    return [(total.by, total.by, said)]


def of_agreements(rules: Rules, facts: Facts, days: list[date]) -> list[Short]:
    if not rules.agreement_by:
        return []
    told = []
    for arrangement in {one.arrangement for one in facts.meetings}:
        met = sorted(one.day for one in facts.meetings if one.arrangement == arrangement and not one.equals)
        spans = [one.span for one in facts.agreements if one.arrangement == arrangement]
        without = [
            day
            for number, day in enumerate(met, start=1)
            if number >= rules.agreement_by and day in days and not within(spans, day)
        ]
        if without:
            by = f"there must be one by meeting {rules.agreement_by}"
            said = f"From {written(without[0])}: met {len(without)} times without an agreement in force; {by}"
            if len(without) == 1:
                said = f"{written(without[0])}: met without an agreement in force; {by}"
            told.append((without[0], without[-1], said))
    return told


def of_observations(rules: Rules, facts: Facts, days: list[date], as_of: date) -> list[Short]:
    if not rules.observed_every or not facts.takes_part:
        return []
    begin = min(span.first for span in facts.takes_part)
    late: dict[date | None, list[date]] = {}
    for day in days:
        if day < begin or not is_there(facts, day):
            continue
        signed = [one.day for one in facts.observed if one.signed_on <= as_of]
        seen = [one for one in signed if begin <= one <= day]
        since = max(seen) if seen else None
        waited = [one for one in every_day((since or begin) + ONE, day) if is_there(facts, one)]
        if len(waited) > rules.observed_every:
            late.setdefault(since, []).append(day)
    told = []
    for last_seen, without in late.items():
        lead = f"From {written(without[0])}: no observation yet"
        if last_seen is not None:
            lead = f"From {written(without[0])}: the last observation was on {written(last_seen, year=True)}"
        told.append((without[0], without[-1], f"{lead}; one is asked for every {rules.observed_every} days"))
    return told


def of_caseloads(rules: Rules, facts: Facts, days: list[date]) -> list[Short]:
    if not rules.most_workers:
        return []
    told = []
    for supervisor in {one for meeting in facts.meetings for one in meeting.supervisors}:
        over = {}
        for meeting in facts.meetings:
            if meeting.day in days and supervisor in meeting.supervisors:
                people = len([span for span in supervisor.supervises if within([span], meeting.day)])
                if people > rules.most_workers:
                    over[meeting.day] = people
        if over:
            most = max(over.values())
            day = min(day for day, people in over.items() if people == most)
            allowed = f"at most {rules.most_workers} are allowed"
            said = f"{written(day)}: {supervisor.name} supervised {most} people; {allowed}"
            told.append((min(over), max(over), said))
    return told
