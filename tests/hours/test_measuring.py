"""From what the database holds to met or short: attendance, signatures, agreements, credentials, groups, and whose they are."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from supervision.hours import measuring, spans
from supervision.hours.facts import known_of, places_of
from supervision.hours.policy import arrangements_seen_of
from supervision.people.models import Arrangement, Away, Credential, Participation, Program, User
from supervision.requirements.applying import Judged
from supervision.requirements.expectation import Span
from supervision.requirements.judging import judge, progress
from supervision.requirements.needed import needed_for
from supervision.requirements.rules import Amount, Kind, Of, Per, Qualified, Rules, Share, Total
from supervision.sessions.imported.models import ImportedAttendee, ImportedMeeting
from supervision.sessions.models import Session
from tests import factories
from tests.cast import Cast
from tests.competencies import training_makers as training
from tests.overview import builders as build
from tests.requirements import set_makers as make

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
WEEK = 7 * DAY


def monday(weeks_ago: int) -> datetime.date:
    today = timezone.localdate()
    return today - today.weekday() * DAY - weeks_ago * WEEK


def period(weeks: int = 4) -> tuple[datetime.date, datetime.date]:
    """The last full weeks."""
    return monday(weeks), monday(0) - DAY


def met(arrangement: Arrangement, weeks_ago: int, *, record: str = "sealed", **given: Any) -> Session:
    return build.session(arrangement, build.at(monday(weeks_ago) + DAY), record=record, **given)


def measured(
    person: User, *, by: User | None = None, weeks: int = 4, as_of: datetime.date | None = None
) -> measuring.Measured:
    scope = arrangements_seen_of(by or person, person)
    first, last = period(weeks)
    places = places_of([person.pk], scope, last)
    return measuring.measure(places, first, last, as_of or timezone.localdate())[person.pk]


def of(found: measuring.Measured, key: str = "own-rule") -> Judged:
    return next(one for one in found.sets if one.of.key == key)


def said(found: measuring.Measured, key: str = "own-rule") -> list[str]:
    return [one.said.split(": ", 1)[-1] for one in of(found, key).judgement.shortfalls]


def rule(cast: Cast, rules: Rules, *, program: Program | None = None) -> None:
    row = make.own(cast.administrator, rules=rules)
    make.confirmed(row, cast.administrator, first_day=monday(60), program=program)


# What is agreed -----------------------------------------------------------------------------------------------


def test_without_any_rule_an_hour_a_week_and_an_agreement_are_expected(cast: Cast) -> None:
    make.shipped()
    for weeks_ago in (4, 3, 1):
        met(cast.arrangement, weeks_ago)
    found = measured(cast.worker)
    assert said(found, "as-agreed") == [
        "0 of 60 minutes",
        "met without an agreement in force; there must be one by meeting 3",
    ]


def test_a_rhythm_that_was_agreed_takes_the_place_of_the_hour(cast: Cast) -> None:
    make.shipped()
    build.agreement(cast.arrangement, minutes_each=30, every_days=7, starts_on=monday(20))
    met(cast.arrangement, 1, minutes=30)
    # It holds from the day of the last signature, which is today: before it, the hour.
    assert said(measured(cast.worker), "as-agreed")[-1] == "30 of 60 minutes"


def test_the_hour_is_expected_once_of_somebody_in_two_arrangements_and_of_no_circle_of_equals(
    cast: Cast,
) -> None:
    make.shipped()
    for structure in (Arrangement.Structure.GROUP, Arrangement.Structure.CO_REFLECTION):
        factories.arrangement(
            cast.program, [cast.supervisor], [cast.worker], structure=structure, days_ago=60
        )
    found = measured(cast.worker)
    assert said(found, "as-agreed") == ["0 of 60 minutes"] * 4


def test_the_hour_goes_on_with_the_next_arrangement_when_the_first_ends(cast: Cast) -> None:
    make.shipped()
    cast.arrangement.ended_on = monday(2) - DAY
    cast.arrangement.save()
    after = factories.arrangement(cast.program, [cast.supervisor], [cast.worker], days_ago=90)
    for weeks_ago in (4, 3):
        met(cast.arrangement, weeks_ago)
    met(after, 2)
    assert said(measured(cast.worker), "as-agreed") == ["0 of 60 minutes"]


# Outside rules ------------------------------------------------------------------------------------------------


def test_a_late_signature_changes_the_answer_from_its_day_on(cast: Cast) -> None:
    rule(cast, Rules(signed=True, amounts=(Amount(60),)))
    for weeks_ago in (4, 3, 2, 1):
        met(cast.arrangement, weeks_ago)  # signed by all, today
    assert of(measured(cast.worker)).judgement.met
    assert said(measured(cast.worker, as_of=timezone.localdate() - DAY)) == ["0 of 60 minutes"] * 4


def test_what_is_not_signed_does_not_count_where_signatures_are_asked_for(cast: Cast) -> None:
    rule(cast, Rules(signed=True, amounts=(Amount(60),)))
    for weeks_ago in (4, 3, 2):
        met(cast.arrangement, weeks_ago)
    met(cast.arrangement, 1, record="offered")
    assert said(measured(cast.worker)) == ["0 of 60 minutes"]


def test_only_somebody_who_was_there_has_the_minutes(cast: Cast) -> None:
    rule(cast, Rules(amounts=(Amount(60),)))
    for weeks_ago in (4, 3, 2):
        met(cast.arrangement, weeks_ago)
    met(cast.arrangement, 1, attended=False)
    assert said(measured(cast.worker)) == ["0 of 60 minutes"]


def test_a_group_that_is_too_large_does_not_count_and_one_to_one_is_told_apart(cast: Cast) -> None:
    rule(
        cast,
        Rules(
            largest_group=2,
            amounts=(Amount(1, of=Of.TIMES), Amount(1, of=Of.TIMES, kind=Kind(individual=True))),
        ),
    )
    others = [factories.worker_in(cast.program, name) for name in ("Ana", "Bo")]
    pair = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, others[0]], structure="group")
    three = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, *others], structure="group")
    met(cast.arrangement, 4)
    met(pair, 3)
    met(three, 2)
    met(cast.arrangement, 1)
    assert said(measured(cast.worker)) == [
        "met 0 of 1 time one to one",
        "met 0 of 1 time",
        "met 0 of 1 time one to one",
    ]


def test_a_meeting_counts_only_with_somebody_who_held_the_credential_and_had_learned_enough(
    cast: Cast,
) -> None:
    rule(cast, Rules(supervisor=Qualified(frozenset({"CPSS"}), 2), amounts=(Amount(60),)))
    for weeks_ago in (4, 3, 2, 1):
        met(cast.arrangement, weeks_ago)
    Credential.objects.create(
        person=cast.supervisor, name="cpss", issued_on=monday(3), expires_on=monday(1) - DAY
    )
    training.entry(cast.supervisor, minutes=120, day=monday(9))
    found = measured(cast.worker)
    lines = measuring.lines_of(found.meetings(), of(found).of.rules, found.as_of)
    assert [bool(line.why_not) for line in lines] == [True, False, False, True]
    assert "Dana Whitfield did not have the credential" in lines[0].why_not


def test_what_is_asked_while_holding_a_credential_is_asked_then(cast: Cast) -> None:
    rule(cast, Rules(amounts=(Amount(60, while_holding=frozenset({"Initial"})),)))
    Credential.objects.create(person=cast.worker, name="Initial", expires_on=monday(2) - DAY)
    assert said(measured(cast.worker)) == ["0 of 60 minutes"] * 2


def test_days_away_and_before_the_beginning_ask_for_nothing(cast: Cast) -> None:
    rule(cast, Rules(amounts=(Amount(60),)))
    Away.objects.create(person=cast.worker, first_day=monday(4), last_day=monday(3) - DAY)
    Participation.objects.filter(person=cast.worker).update(joined_on=monday(2))
    assert said(measured(cast.worker)) == ["0 of 60 minutes"] * 2


def test_how_many_one_supervises_counts_each_person_once(cast: Cast) -> None:
    rule(cast, Rules(most_workers=2, amounts=()))
    met(cast.arrangement, 1)
    other = factories.worker_in(cast.program, "Ana")
    factories.arrangement(cast.program, [cast.supervisor], [other, cast.worker], structure="group")
    assert of(measured(cast.worker)).judgement.met
    factories.arrangement(cast.other_program, [cast.supervisor], [cast.other_worker])
    (text,) = said(measured(cast.worker))
    assert text == "Dana Whitfield supervised 3 people; at most 2 are allowed"


def test_a_total_counts_what_came_long_before_the_period(cast: Cast) -> None:
    rule(cast, Rules(total=Total(600)))
    for weeks_ago in (20, 19, 18, 1):
        met(cast.arrangement, weeks_ago)
    progress = of(measured(cast.worker)).progress
    assert progress is not None
    assert (progress.minutes, progress.least, progress.reached) == (240, 600, False)


def test_an_agreement_holds_for_a_member_of_a_group_only_once_they_signed_it(cast: Cast) -> None:
    circle = factories.arrangement(cast.program, [cast.supervisor], [cast.worker], structure="group")
    build.agreement(circle, starts_on=monday(9))
    late = factories.worker_in(cast.program, "Lena Late")
    Participation.objects.create(arrangement=circle, person=late, part="supervisee", joined_on=monday(3))
    today, people = timezone.localdate(), [cast.worker.pk, late.pk]
    known = known_of(places_of(people, Arrangement.objects.filter(pk=circle.pk), today), today)
    assert [one.span.first for one in known[cast.worker.pk].facts.agreements] == [timezone.localdate()]
    assert not known[late.pk].facts.agreements


RULES = [
    Rules(amounts=(Amount(60),)),
    Rules(amounts=(Amount(2, per=Per.DAYS, of=Of.TIMES, days=45),), signed=True),
    Rules(amounts=(Amount(60, while_holding=frozenset({"CPS"})),)),
    Rules(amounts=(Amount(200, per=Per.MONTH),), shares=(Share(50),)),
    Rules(amounts=(Amount(60),), supervisor=Qualified(frozenset({"CPSS"}), training_hours=3)),
    Rules(rhythm=True),
    Rules(agreement_by=9),
    Rules(observed_every=60),
    Rules(most_workers=1),
    Rules(total=Total(900, percent_individual=50)),
]


def test_what_is_read_for_a_rule_measures_the_same_as_all_that_ever_was(cast: Cast) -> None:
    for name, person in (("CPS", cast.worker), ("CPSS", cast.supervisor)):
        Credential.objects.create(person=person, name=name, issued_on=monday(5))
    training.entry(cast.supervisor, minutes=240, day=monday(6))
    build.agreement(cast.arrangement, minutes_each=90, every_days=28, starts_on=monday(20))
    for weeks_ago in (20, 18, 17, 12, 11, 9, 7, 6, 5, 3, 2, 1):
        met(cast.arrangement, weeks_ago, record="sealed" if weeks_ago % 2 else "offered")
    (first, last), today = period(), timezone.localdate()
    places = places_of([cast.worker.pk], Arrangement.objects.all(), last)
    everything = known_of(places, last)[cast.worker.pk].facts
    assert len(everything.meetings) == 12
    for rules in RULES:
        read = known_of(places, last, needed_for([(rules, first)], first))[cast.worker.pk].facts
        assert judge(rules, read, first, last, today) == judge(rules, everything, first, last, today)
        assert progress(rules, read, last, today) == progress(rules, everything, last, today)
        shown = [(one.day, one.people) for one in read.meetings if one.day >= first]
        assert shown == [(one.day, one.people) for one in everything.meetings if one.day >= first]
        assert (len(read.meetings) == 12) == (rules.total is not None)


# Where it applies, and who sees it ----------------------------------------------------------------------------


def test_a_rule_of_another_program_asks_nothing_here(cast: Cast) -> None:
    rule(cast, Rules(amounts=(Amount(60),)), program=cast.other_program)
    assert [one.of.key for one in measured(cast.worker).sets] == []


def test_who_leads_or_manages_sees_what_they_lead_or_manage_alone(cast: Cast) -> None:
    rule(cast, Rules(amounts=(Amount(60),)))
    elsewhere = factories.arrangement(
        cast.other_program, [cast.other_supervisor], [cast.worker], days_ago=170
    )
    for weeks_ago in (4, 3, 2, 1):
        met(elsewhere, weeks_ago)
    assert of(measured(cast.worker)).judgement.met
    for viewer in (cast.supervisor, cast.manager):
        assert len(said(measured(cast.worker, by=viewer))) == 4
    for viewer in (cast.other_supervisor, cast.other_manager):
        assert said(measured(cast.worker, by=viewer)) == []


def test_the_page_says_what_is_short_and_which_meetings_count(cast: Cast) -> None:
    make.shipped()
    rule(cast, Rules(signed=True, amounts=(Amount(60),), total=Total(600)))
    met(cast.arrangement, 2)
    met(cast.arrangement, 1, record="offered")
    first, last = period()
    address = reverse("hours:person", args=[cast.worker.pk])
    client = build.signed_in(cast.worker)
    text = build.text_of(client.get(f"{address}?first={first}&last={last}"))
    for words in (
        "Short of: As agreed, or an hour a week and A weekly hour.",
        "0 of 60 minutes.",
        "1 hour of 10 hours so far.",
        "Not signed by everybody yet.",
        "met in all 2 meetings 2 hours",
        "As known on",
    ):
        assert words in text
    assert build.CANARY not in text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("first=2026-05-01&last=2026-04-01", "not before the first"),
        ("first=1900-01-01&last=2026-04-01", "at most ten years"),
        ("first=2026-04-01&last=2026-05-01&known=2199-01-01", "not after today"),
        ("first=x&last=2026-05-01", "Enter a date that exists"),
        ("first=2026-04-01", "Enter the last day"),
    ],
)
def test_a_period_that_cannot_be_is_said_beside_the_field(cast: Cast, asked: str, words: str) -> None:
    response = build.signed_in(cast.worker).get(f"{reverse('hours:person', args=[cast.worker.pk])}?{asked}")
    assert response.status_code == 422
    assert words in build.text_of(response)


def test_somebody_without_supervision_is_told_what_will_be_here(cast: Cast) -> None:
    response = build.signed_in(cast.outsider).get(reverse("hours:own"), follow=True)
    assert response.status_code == 200
    assert "Nothing to measure yet" in build.text_of(response)


def test_the_page_costs_the_same_after_years(cast: Cast) -> None:
    make.shipped()
    rule(cast, Rules(amounts=(Amount(60, Per.MONTH),)))
    address = reverse("hours:person", args=[cast.worker.pk])
    client = build.signed_in(cast.worker)
    met(cast.arrangement, 1)
    few = build.queries_of(client, address)
    for weeks_ago in range(2, 12):
        met(cast.arrangement, weeks_ago)
    assert build.queries_of(client, address) == few


# Days put together and taken apart ----------------------------------------------------------------------------

BEGIN = datetime.date(2026, 1, 1)
a_span = st.tuples(st.integers(0, 40), st.none() | st.integers(0, 12)).map(
    lambda found: Span(
        BEGIN + found[0] * DAY, None if found[1] is None else BEGIN + (found[0] + found[1]) * DAY
    )
)


def days(found: list[Span]) -> set[int]:
    return {n for n in range(80) if any(span.holds(BEGIN + n * DAY) for span in found)}


@given(st.lists(a_span, max_size=5), st.lists(a_span, max_size=5))
def test_days_are_neither_lost_nor_made_up(some: list[Span], others: list[Span]) -> None:
    together = spans.merged(some)
    assert days(together) == days(some)
    assert days(spans.without(some, others)) == days(some) - days(others)
    assert sorted(together, key=lambda span: span.first) == together
    for one, other in zip(some, others, strict=False):
        both = spans.common(one, other)
        assert days([both] if both else []) == days([one]) & days([other])


@pytest.mark.django_db
def test_what_was_brought_in_from_before_counts_where_no_signature_is_asked_for(cast: Cast) -> None:
    rule(cast, Rules(amounts=(Amount(60, kind=Kind(individual=True)),)))
    brought = ImportedMeeting.objects.create(
        arrangement=cast.arrangement,
        day=monday(2) + DAY,
        minutes=60,
        modality="in_person",
        source=uuid.uuid4(),
    )
    for person, part in ((cast.worker, "supervisee"), (cast.supervisor, "supervisor")):
        ImportedAttendee.objects.create(meeting=brought, person=person, part=part)
    assert len(said(measured(cast.worker))) == 3
    signed = make.own(cast.administrator, rules=Rules(signed=True, amounts=(Amount(60),)), key="signed")
    make.confirmed(signed, cast.administrator, first_day=monday(60))
    assert len(said(measured(cast.worker), "signed")) == 4
