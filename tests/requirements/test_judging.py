"""Sets of rules against supervision that happened: by hand for every rule and corner, against a slow second measure for the rest."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.requirements import expectation
from supervision.requirements.counting import Held, Meeting, Supervisor, Trained, why_not
from supervision.requirements.expectation import Attended, Span, local_day
from supervision.requirements.judging import Agreed, Facts, Observed, Progress, judge, progress
from supervision.requirements.rules import Amount, Kind, Of, Per, Qualified, Rules, Share, Total

from . import slow_judging

# March 2026: the 2nd is a Monday, clocks go forward on Sunday the 8th; the month has 22 weekdays.
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
ALWAYS = (Span(date(2025, 1, 1)),)
DANA = Supervisor("Dana")
LATER = date(2026, 6, 1)

WEEKLY = Rules(amounts=(Amount(60),))
MONTHLY = Rules(amounts=(Amount(120, Per.MONTH),))
ONCE_IN_PERSON = Rules(
    amounts=(Amount(1, Per.MONTH, Of.TIMES, kind=Kind(modalities=frozenset({"in_person"}))),)
)
THIRTY_DAYS = Rules(amounts=(Amount(60, Per.DAYS, days=30),))
ALONE_MONTHLY = Rules(amounts=(Amount(60, Per.MONTH, kind=Kind(individual=True)),))
HALF_ALONE = Rules(shares=(Share(50, Per.MONTH),))
CREDENTIAL = Qualified(frozenset({"Certified supervisor"}))


def met(day: int | date, minutes: int = 60, **given: Any) -> Meeting:
    day = day if isinstance(day, date) else date(2026, 3, day)
    return Meeting(day, minutes, **({"supervisors": (DANA,)} | given))


def every_week(*, minutes: int = 60, **given: Any) -> tuple[Meeting, ...]:
    """The five weeks that end in March."""
    return tuple(met(one, minutes, **given) for one in (date(2026, 2, 24), 3, 10, 17, 24))


def observed(day: date, signed_on: date | None = None) -> Observed:
    return Observed(day, signed_on or day)


def march(first: int, last: int | None = None) -> Span:
    return Span(date(2026, 3, first), date(2026, 3, last) if last else None)


@dataclass(frozen=True)
class Case:
    name: str
    rules: Rules
    meetings: tuple[Meeting, ...] = ()
    said: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    as_of: date = LATER

    def judged(self) -> Any:
        facts = Facts(**({"takes_part": ALWAYS} | self.facts), meetings=self.meetings)
        return judge(self.rules, facts, FIRST, LAST, self.as_of)


def signed(meeting: Meeting, day: date) -> Meeting:
    return replace(meeting, signed_on=day)


def with_credential(first: date | None, last: date | None, name: str = "certified SUPERVISOR") -> Any:
    return {"supervisors": (Supervisor("Dana", credentials=(Held(name, first, last),)),)}


def weekly_but_one() -> tuple[Attended, ...]:
    return tuple(Attended(one.day, 60) for one in every_week() if one.day != date(2026, 3, 3))


def expected_by(attended: tuple[Attended, ...], every_days: int = 7) -> expectation.Facts:
    rhythm = expectation.Rhythm(date(2026, 1, 1), None, 60, every_days)
    return expectation.Facts(ALWAYS, (rhythm,), (), attended)


def changed_on_a_wednesday(minutes: int) -> expectation.Facts:
    """44 minutes a week up to March 10, 51 from then on; so many in the week of the change, and enough in all others."""
    rhythms = (
        expectation.Rhythm(date(2026, 1, 1), date(2026, 3, 10), 44),
        expectation.Rhythm(date(2026, 3, 11), None, 51),
    )
    attended = (Attended(one.day, minutes if one.day == date(2026, 3, 10) else 60) for one in every_week())
    return expectation.Facts(ALWAYS, rhythms, (), tuple(attended))


CASES = [
    # An hour a week ---------------------------------------------------------------------------------------
    Case("an hour in every week", WEEKLY, every_week()),
    Case(
        "one week is missing",
        WEEKLY,
        tuple(one for one in every_week() if one.day != date(2026, 3, 10)),
        ("Week of March 9: 0 of 60 minutes",),
    ),
    Case(
        "forty minutes",
        WEEKLY,
        (*every_week()[:4], met(24, 40)),
        ("Week of March 23: 40 of 60 minutes",),
    ),
    Case("twice half an hour", WEEKLY, (*every_week()[:4], met(23, 30), met(29, 30))),
    Case(
        "a Monday belongs to the new week",
        WEEKLY,
        (*every_week()[:1], met(9), *every_week()[2:]),
        ("Week of March 2: 0 of 60 minutes",),
    ),
    Case(
        "a Sunday belongs to the old week, also when clocks change on it",
        WEEKLY,
        (met(8), *[one for one in every_week() if one.day != date(2026, 3, 3)]),
    ),
    Case(
        "the week that ends in April is not judged in March",
        WEEKLY,
        every_week(),
        facts={"takes_part": ALWAYS},
    ),
    Case("a week that is not over is not judged", WEEKLY, every_week()[:3], as_of=date(2026, 3, 21)),
    Case(
        "it is judged when its Sunday is over",
        WEEKLY,
        every_week()[:3],
        ("Week of March 16: 0 of 60 minutes",),
        as_of=date(2026, 3, 22),
    ),
    # Joining, leaving, away -------------------------------------------------------------------------------
    Case(
        "who joins on a Thursday is asked nothing in that week",
        WEEKLY,
        every_week()[3:],
        facts={"takes_part": (march(12),)},
    ),
    Case(
        "who joins on a Wednesday is asked three fifths",
        WEEKLY,
        every_week()[3:],
        ("Week of March 9: 0 of 36 minutes",),
        facts={"takes_part": (march(11),)},
    ),
    Case(
        "who leaves on a Tuesday is asked nothing in that week",
        WEEKLY,
        every_week()[:3],
        facts={"takes_part": (Span(date(2025, 1, 1), date(2026, 3, 17)),)},
    ),
    Case(
        "who leaves and comes back is asked when they are there",
        WEEKLY,
        (*every_week()[:2], *every_week()[4:]),
        facts={"takes_part": (Span(date(2025, 1, 1), date(2026, 3, 8)), march(23))},
    ),
    Case("a week away", WEEKLY, every_week()[:4], facts={"away": (march(23, 27),)}),
    Case(
        "two days away",
        WEEKLY,
        every_week()[:4],
        ("Week of March 23: 0 of 36 minutes",),
        facts={"away": (march(23, 24),)},
    ),
    Case(
        "a weekend away changes nothing",
        WEEKLY,
        every_week()[:4],
        ("Week of March 23: 0 of 60 minutes",),
        facts={"away": (march(28, 29),)},
    ),
    # Months -----------------------------------------------------------------------------------------------
    Case("two hours in a month", MONTHLY, (met(1), met(31))),
    Case("a month is short", MONTHLY, (met(2), met(9, 45)), ("March 2026: 105 of 120 minutes",)),
    Case("a month that is not over is not judged", MONTHLY, as_of=date(2026, 3, 30)),
    Case(
        "the end of February is not March",
        MONTHLY,
        (met(date(2026, 2, 28)), met(9)),
        ("March 2026: 60 of 120 minutes",),
    ),
    Case(
        "who joins in mid-month is asked in proportion",
        MONTHLY,
        (met(16),),
        ("March 2026: 60 of 92 minutes",),  # 17 of 22 weekdays
        facts={"takes_part": (march(9),)},
    ),
    Case("who joins late in a month is asked nothing", MONTHLY, facts={"takes_part": (march(16),)}),
    # Kinds of meetings --------------------------------------------------------------------------------------
    Case(
        "held by video, in person is required once a month",
        ONCE_IN_PERSON,
        every_week(modality="video"),
        ("March 2026: met 0 of 1 time in person",),
    ),
    Case("once in person is enough", ONCE_IN_PERSON, (met(3, 20), met(10, modality="video"))),
    Case(
        "in person in a group is in person",
        ONCE_IN_PERSON,
        (met(3, people=5),),
    ),
    Case(
        "an hour one to one, met in groups",
        ALONE_MONTHLY,
        (met(3, people=4), met(10, 30)),
        ("March 2026: 30 of 60 minutes one to one",),
    ),
    Case(
        "a modality that does not count",
        Rules(modalities=frozenset({"in_person", "video"}), amounts=(Amount(60),)),
        (*every_week()[:4], met(24, modality="phone")),
        ("Week of March 23: 0 of 60 minutes",),
    ),
    Case(
        "a group that is too large",
        Rules(largest_group=8, amounts=(Amount(60),)),
        (*every_week(people=8)[:4], met(24, people=9)),
        ("Week of March 23: 0 of 60 minutes",),
    ),
    Case(
        "a meeting of equals does not count",
        WEEKLY,
        (*every_week()[:4], met(24, equals=True, people=3, supervisors=())),
        ("Week of March 23: 0 of 60 minutes",),
    ),
    Case(
        "a meeting of equals counts where the rule says so",
        replace(WEEKLY, co_reflection=True),
        (*every_week()[:4], met(24, equals=True, people=3, supervisors=())),
    ),
    Case(
        "asked weekly while the first certification holds, and not after",
        Rules(amounts=(Amount(1, of=Of.TIMES, while_holding=frozenset({"Initial"})),)),
        every_week()[:1],
        ("Week of March 2: met 0 of 1 time",),
        facts={"credentials": (Held("initial", None, date(2026, 3, 10)),)},
    ),
    Case(
        "what is asked of holders is not asked of others",
        Rules(amounts=(Amount(1, of=Of.TIMES, while_holding=frozenset({"Initial"})),)),
    ),
    # As agreed --------------------------------------------------------------------------------------------------
    Case(
        "the agreement’s own rhythm, of each arrangement",
        Rules(rhythm=True),
        said=("4 weeks from February 9: 30 of 60 minutes", "Week of March 2: 0 of 60 minutes"),
        facts={
            "arrangements": (
                (expected_by(weekly_but_one()), None),
                (expected_by((Attended(date(2026, 2, 17), 30),), every_days=28), None),
            )
        },
    ),
    # Any so many days -----------------------------------------------------------------------------------------
    Case("an hour in any thirty days", THIRTY_DAYS, (met(date(2026, 2, 10)), met(11), met(31))),
    Case(
        "thirty days and one more",
        THIRTY_DAYS,
        (met(date(2026, 2, 8)), met(11)),
        ("30 days from February 9 to March 10: 0 of 60 minutes",),
    ),
    Case(
        "days in a row are one shortfall, and it tells of the worst",
        THIRTY_DAYS,
        (met(date(2026, 2, 8), 60), met(12, 30)),
        ("30 days from February 9 to March 10: 0 of 60 minutes",),
    ),
    Case(
        "somebody new is not asked for days before they came",
        THIRTY_DAYS,
        facts={"takes_part": (march(16),)},
    ),
    # Signatures -----------------------------------------------------------------------------------------------
    Case(
        "unsigned does not count where the rule wants it signed",
        replace(WEEKLY, signed=True),
        (*(signed(one, one.day) for one in every_week()[:4]), met(24)),
        ("Week of March 23: 0 of 60 minutes",),
    ),
    Case(
        "a late signature counts from its day",
        replace(WEEKLY, signed=True),
        (*(signed(one, one.day) for one in every_week()[:4]), signed(met(24), date(2026, 4, 20))),
        as_of=date(2026, 4, 20),
    ),
    Case(
        "and not the day before",
        replace(WEEKLY, signed=True),
        (*(signed(one, one.day) for one in every_week()[:4]), signed(met(24), date(2026, 4, 20))),
        ("Week of March 23: 0 of 60 minutes",),
        as_of=date(2026, 4, 19),
    ),
    # Who may supervise ----------------------------------------------------------------------------------------
    Case(
        "a supervisor with the credential",
        replace(WEEKLY, supervisor=CREDENTIAL),
        every_week(**with_credential(None, None)),
    ),
    Case(
        "a credential that expired counts until its last day",
        replace(WEEKLY, supervisor=CREDENTIAL),
        every_week(**with_credential(date(2025, 1, 1), date(2026, 3, 17))),
        ("Week of March 23: 0 of 60 minutes",),
    ),
    Case(
        "a credential counts from the day it was issued",
        replace(WEEKLY, supervisor=CREDENTIAL),
        every_week(**with_credential(date(2026, 3, 3), None)),
        ("Week of February 23: 0 of 60 minutes",),
    ),
    Case(
        "another credential",
        replace(WEEKLY, supervisor=CREDENTIAL),
        every_week(**with_credential(None, None, "Driving licence"))[4:],
        tuple(
            f"Week of {day}: 0 of 60 minutes"
            for day in ("February 23", "March 2", "March 9", "March 16", "March 23")
        ),
    ),
    Case(
        "one of two who supervise is enough",
        replace(WEEKLY, supervisor=CREDENTIAL),
        every_week(supervisors=(DANA, *with_credential(None, None)["supervisors"])),
    ),
    Case(
        "hours of training by the day of the meeting",
        replace(WEEKLY, supervisor=Qualified(training_hours=16)),
        every_week(
            supervisors=(
                Supervisor("Dana", training=(Trained(date(2025, 5, 1), 10), Trained(date(2026, 3, 10), 6))),
            )
        ),
        ("Week of February 23: 0 of 60 minutes", "Week of March 2: 0 of 60 minutes"),
    ),
    # Shares ---------------------------------------------------------------------------------------------------
    Case("half one to one", HALF_ALONE, (met(3), met(10, people=4))),
    Case(
        "less than half one to one",
        HALF_ALONE,
        (met(3), met(10, 90, people=4)),
        ("March 2026: 60 of 150 minutes one to one; 50 percent are asked for",),
    ),
    Case("a month without any meeting has no share", HALF_ALONE),
    # Totals ---------------------------------------------------------------------------------------------------
    Case("a total without a last day is never short", Rules(total=Total(6000)), (met(3),)),
    Case(
        "a total that was to be reached",
        Rules(total=Total(120, by=date(2026, 3, 20))),
        (met(3), met(24)),
        ("By March 20, 2026: 60 of 120 minutes in all",),
    ),
    # Agreements -----------------------------------------------------------------------------------------------
    Case(
        "an agreement by the third meeting",
        Rules(agreement_by=3),
        (met(3), met(10), met(17)),
        facts={"agreements": (Agreed(march(17)),)},
    ),
    Case(
        "a day too late",
        Rules(agreement_by=3),
        (met(3), met(10), met(17), met(24)),
        ("March 17: met without an agreement in force; there must be one by meeting 3",),
        facts={"agreements": (Agreed(march(18)),)},
    ),
    Case(
        "an agreement that ended",
        Rules(agreement_by=1),
        (met(3), met(17), met(24)),
        ("From March 17: met 2 times without an agreement in force; there must be one by meeting 1",),
        facts={"agreements": (Agreed(march(1, 16)),)},
    ),
    Case(
        "the agreement of another arrangement is another’s",
        Rules(agreement_by=1),
        (met(3, arrangement="a"), met(4, arrangement="b")),
        ("March 4: met without an agreement in force; there must be one by meeting 1",),
        facts={"agreements": (Agreed(march(1), "a"),)},
    ),
    Case(
        "meetings before this period count toward the third",
        Rules(agreement_by=3),
        (met(date(2026, 1, 6)), met(date(2026, 1, 13)), met(3)),
        ("March 3: met without an agreement in force; there must be one by meeting 3",),
    ),
    Case(
        "a rhythm that changes on a Wednesday is rounded down once, not twice",
        Rules(rhythm=True),
        said=("Week of March 9: 47 of 48 minutes",),
        facts={"arrangements": ((changed_on_a_wednesday(47), None),)},
    ),
    Case(
        "and met by that minute",
        Rules(rhythm=True),
        facts={"arrangements": ((changed_on_a_wednesday(48), None),)},
    ),
    # Observations ---------------------------------------------------------------------------------------------
    Case(
        "observed in time",
        Rules(observed_every=90),
        facts={"observed": (observed(date(2026, 1, 5)), observed(date(2026, 3, 30)))},
    ),
    Case(
        "the last observation is too long ago",
        Rules(observed_every=60),
        said=("From March 7: the last observation was on January 5, 2026; one is asked for every 60 days",),
        facts={"observed": (observed(date(2026, 1, 5)), observed(date(2026, 3, 30)))},
    ),
    Case(
        "an observation that both have not signed yet does not count",
        Rules(observed_every=60),
        said=("From March 7: the last observation was on January 5, 2026; one is asked for every 60 days",),
        facts={"observed": (observed(date(2026, 1, 5)), observed(date(2026, 3, 3), date(2026, 4, 2)))},
        as_of=date(2026, 4, 1),
    ),
    Case(
        "it counts from the day on which the last of them signs",
        Rules(observed_every=60),
        facts={"observed": (observed(date(2026, 1, 5)), observed(date(2026, 3, 3), date(2026, 4, 2)))},
        as_of=date(2026, 4, 2),
    ),
    Case(
        "days away do not count",
        Rules(observed_every=60),
        facts={"observed": (observed(date(2026, 1, 5)),), "away": (march(1, 31),)},
    ),
    Case(
        "none yet",
        Rules(observed_every=20),
        said=("From March 23: no observation yet; one is asked for every 20 days",),
        facts={"takes_part": (march(2),)},
    ),
    # Caseloads ------------------------------------------------------------------------------------------------
    Case(
        "as many workers as a supervisor may have",
        Rules(most_workers=2),
        every_week(supervisors=(Supervisor("Dana", supervises=(*ALWAYS, *ALWAYS)),)),
    ),
    Case(
        "one too many from mid-March",
        Rules(most_workers=2),
        every_week(supervisors=(Supervisor("Dana", supervises=(*ALWAYS, *ALWAYS, march(10))),)),
        ("March 10: Dana supervised 3 people; at most 2 are allowed",),
    ),
    Case(
        "one who left is not counted after",
        Rules(most_workers=1),
        (met(24, supervisors=(Supervisor("Dana", supervises=(*ALWAYS, march(1, 23))),)),),
    ),
    # Together -------------------------------------------------------------------------------------------------
    Case(
        "every rule that is not met has its sentence, in the order of days",
        Rules(amounts=(Amount(60), *ONCE_IN_PERSON.amounts), agreement_by=1),
        (*every_week(modality="video")[:1], *every_week(modality="video")[2:]),
        (
            "March 2026: met 0 of 1 time in person",
            "Week of March 2: 0 of 60 minutes",
            "From March 10: met 3 times without an agreement in force; there must be one by meeting 1",
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_by_hand(case: Case) -> None:
    judged = case.judged()
    assert tuple(one.said for one in judged.shortfalls) == case.said
    assert judged.met == (not case.said)


def test_there_are_enough_cases_by_hand() -> None:
    assert len(CASES) == len({case.name for case in CASES}) >= 50


@pytest.mark.parametrize(
    ("meeting", "rules", "reason"),
    [
        (met(3), Rules(), ""),
        (
            met(3, equals=True, supervisors=()),
            Rules(),
            "Nobody supervised: a meeting of equals does not count here.",
        ),
        (
            met(3, modality="phone"),
            Rules(modalities=frozenset({"video"})),
            "Held by phone, which does not count here.",
        ),
        (met(3, people=9), Rules(largest_group=8), "9 were there; a group of at most 8 counts."),
        (
            met(3),
            Rules(supervisor=CREDENTIAL),
            "Dana did not have the credential that is asked for on March 3.",
        ),
        (
            met(3),
            Rules(supervisor=Qualified(training_hours=16)),
            "Dana did not have 16 hours of training on March 3.",
        ),
        (met(3, supervisors=()), Rules(), "Nobody who supervises was there."),
        (met(3), Rules(signed=True), "Not signed by everybody yet."),
    ],
)
def test_why_a_meeting_does_not_count(meeting: Meeting, rules: Rules, reason: str) -> None:
    assert why_not(meeting, rules, LATER) == reason


@pytest.mark.parametrize(
    ("meetings", "percent", "made"),
    [
        ((met(3), met(10, people=4)), 0, Progress(120, 60, 0, 600)),
        ((met(3), met(10, people=4)), 50, Progress(120, 60, 0, 600)),
        ((met(3), met(10, people=4), met(17, people=4)), 50, Progress(120, 60, 60, 600)),
        ((met(3, 400), met(10, 400, people=4)), 50, Progress(700, 400, 100, 600)),
        ((met(10, people=4),), 100, Progress(0, 0, 60, 600)),
        ((met(date(2026, 4, 1)),), 0, Progress(0, 0, 0, 600)),
    ],
)
def test_progress_toward_a_total(meetings: tuple[Meeting, ...], percent: int, made: Progress) -> None:
    rules = Rules(total=Total(600, percent))
    assert progress(rules, Facts(ALWAYS, meetings=meetings), LAST, LATER) == made


def test_a_meeting_at_midnight_is_on_the_day_of_its_place_when_clocks_change() -> None:
    late = datetime.datetime(
        2026, 3, 9, 3, 30, tzinfo=datetime.UTC
    )  # Sunday, 23:30, in New York: summer time since that morning
    assert local_day(late, "America/New_York") == date(2026, 3, 8)
    facts = Facts((march(2),), meetings=(met(local_day(late, "America/New_York")),))
    assert judge(WEEKLY, facts, FIRST, date(2026, 3, 8), LATER).met


# A slow second measure, for whatever can be thought of ----------------------------------------------------------

DAY = datetime.timedelta(days=1)
modalities = st.sampled_from(["in_person", "video", "phone"])
kinds = st.builds(Kind, modalities=st.frozensets(modalities, max_size=2), individual=st.booleans())
holding = st.sampled_from([frozenset(), frozenset({"Certified supervisor"})])


def amounts_of(of: Of, least: Any) -> Any:
    return st.builds(
        Amount,
        least=least,
        per=st.sampled_from(Per),
        of=st.just(of),
        days=st.integers(7, 45),
        kind=kinds,
        while_holding=holding,
    )


def rules_of(days: Any) -> dict[str, Any]:
    """Each rule by itself, so that a small number of cases comes to all of them."""
    amounts = amounts_of(Of.MINUTES, st.integers(1, 240)) | amounts_of(Of.TIMES, st.integers(1, 4))
    shares = st.builds(Share, st.integers(1, 100), st.sampled_from([Per.WEEK, Per.MONTH]))
    total = st.builds(Total, st.integers(1, 900), st.sampled_from([0, 33, 50, 100]), days)
    return {
        "amounts": st.lists(amounts, min_size=1, max_size=2).map(tuple),
        "shares": st.lists(shares, min_size=1, max_size=1).map(tuple),
        "total": total,
        "rhythm": st.just(True),
        "agreement_by": st.integers(1, 4),
        "observed_every": st.sampled_from([2, 7, 30]),
        "most_workers": st.integers(1, 3),
    }


def sets_of(days: Any, asked: tuple[str, ...]) -> Any:
    return st.builds(
        Rules,
        modalities=st.frozensets(modalities, max_size=3),
        largest_group=st.sampled_from([0, 4, 8]),
        co_reflection=st.booleans(),
        signed=st.booleans(),
        supervisor=st.builds(Qualified, holding, st.sampled_from([0, 4, 12])),
        **{name: rule for name, rule in rules_of(days).items() if name in asked},
    )


def facts_of(days: Any, length: int) -> Any:
    """One person, with everything on these days, in spans of at most so many days."""
    spans = st.builds(lambda first, more: Span(first, first + more * DAY), days, st.integers(0, length))
    open_spans = st.builds(Span, days) | spans
    credentials = st.builds(
        lambda name, span: Held(name, span.first, span.last),
        st.sampled_from(["Certified supervisor", "CERTIFIED SUPERVISOR", "Other"]),
        open_spans,
    )
    supervisors = st.builds(
        Supervisor,
        name=st.sampled_from(["Dana", "Eleni"]),
        credentials=st.lists(credentials, max_size=1).map(tuple),
        training=st.lists(st.builds(Trained, days, st.sampled_from([4.0, 8.5])), max_size=2).map(tuple),
        supervises=st.lists(open_spans, max_size=4).map(tuple),
    )
    meetings = st.builds(
        Meeting,
        day=days,
        minutes=st.sampled_from([15, 30, 45, 60, 90]) | st.integers(5, 120),
        modality=modalities,
        people=st.sampled_from([1, 1, 3, 4, 5, 8, 9]),
        equals=st.sampled_from([False, False, True]),
        supervisors=st.lists(supervisors, max_size=2, unique_by=lambda one: one.name).map(tuple),
        signed_on=st.none() | days,
        arrangement=st.sampled_from(["", "b"]),
    )
    rhythms = st.builds(
        lambda span, minutes, every: expectation.Rhythm(span.first, span.last, minutes, every),
        open_spans,
        st.sampled_from([30, 45, 60]),
        st.sampled_from([7, 10, 14, 28]),
    )
    takes_part = st.lists(st.just(Span(date(2025, 1, 1))) | open_spans, min_size=1, max_size=2)
    arrangements = st.builds(
        expectation.Facts,
        takes_part=takes_part,
        rhythms=st.lists(rhythms, max_size=2),
        away=st.lists(spans, max_size=1),
        attended=st.lists(st.builds(Attended, days, st.integers(5, 90)), max_size=8),
    )
    defaults = st.sampled_from([None, expectation.HOUR_A_WEEK])
    return st.builds(
        Facts,
        takes_part=takes_part,
        away=st.lists(spans, max_size=2),
        meetings=st.lists(meetings, max_size=14),
        agreements=st.lists(st.builds(Agreed, open_spans, st.sampled_from(["", "b"])), max_size=2),
        observed=st.lists(st.builds(Observed, days, days), max_size=3),
        credentials=st.lists(credentials, max_size=2),
        arrangements=st.lists(st.tuples(arrangements, defaults), min_size=1, max_size=2),
    )


# Months apart, and all within two weeks, where what counts and what does not lie side by side.
WIDE = (st.dates(date(2026, 1, 20), date(2026, 5, 10)), 40, st.integers(0, 90))
TIGHT = (st.dates(date(2026, 2, 23), date(2026, 3, 8)), 6, st.integers(6, 30))
RULES = tuple(rules_of(st.none()))


@pytest.mark.parametrize("asked", [*((one,) for one in RULES), RULES], ids=lambda asked: "-".join(asked)[:20])
@pytest.mark.parametrize("days", [WIDE, TIGHT], ids=["wide", "tight"])
def test_a_slow_second_measure_says_the_same(days: Any, asked: tuple[str, ...]) -> None:
    when, longest, lengths = days

    @given(rules=sets_of(when, asked), facts=facts_of(when, longest), first=when, length=lengths, as_of=when)
    def compare(rules: Rules, facts: Facts, first: date, length: int, as_of: date) -> None:
        last = first + length * DAY
        known = as_of if length % 2 else last  # half of the cases know everything
        mine = judge(rules, facts, first, last, known)
        slow = slow_judging.shortfalls(rules, facts, first, last, known)
        assert sorted((one.first, one.last, one.said) for one in mine.shortfalls) == sorted(slow)
        assert [(one.first, one.last) for one in mine.shortfalls] == sorted((a, b) for a, b, _said in slow)

    compare()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_slow_measure_agrees_with_every_case_by_hand(case: Case) -> None:
    facts = Facts(**({"takes_part": ALWAYS} | case.facts), meetings=case.meetings)
    slow = slow_judging.shortfalls(case.rules, facts, FIRST, LAST, case.as_of)
    assert sorted(said for _first, _last, said in slow) == sorted(case.said)
