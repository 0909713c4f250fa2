"""The page of hours, a worker's page and the program report measure the same hours: by whole weeks, minutes and signatures."""

from __future__ import annotations

import datetime
import random

import pytest
from django.utils import timezone

from supervision.hours.facts import against_agreements, known_of, places_in, places_of
from supervision.overview import worker_facts
from supervision.people.models import Arrangement, Away, User
from supervision.reports import figures
from supervision.reports.models import Report
from supervision.requirements import expectation
from supervision.requirements.strip import WEEKS, last_mondays
from tests import factories
from tests.cast import Cast
from tests.overview import builders as build

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def weeks() -> tuple[datetime.date, datetime.date]:
    mondays = last_mondays(timezone.localdate(), WEEKS)
    return mondays[0], mondays[-1] + 6 * DAY


def measured(person: User, arrangement: Arrangement) -> list[expectation.Stretch]:
    first, last = weeks()
    known = known_of(places_of([person.pk], Arrangement.objects.all(), last), last)[person.pk]
    keys = list(dict.fromkeys(place.arrangement for place in known.places))
    facts = known.facts.arrangements[keys.index(arrangement.pk)][0]
    return list(expectation.evaluate(facts, first, last, default=None).stretches)


@pytest.fixture
def pairs(cast: Cast) -> list[tuple[User, Arrangement]]:
    """People who joined, were away, met now and then, near midnight and across time zones, and signed or did not."""
    dice, found = random.Random(7), []
    for number in range(5):
        worker = factories.worker_in(cast.program, f"Worker {number}")
        pair = factories.arrangement(
            cast.program, [cast.supervisor], [worker], days_ago=dice.choice([40, 120, 300])
        )
        for _visit in range(9):
            day = timezone.localdate() - dice.randint(2, 85) * DAY
            at = datetime.datetime.combine(
                day, datetime.time(dice.choice([0, 4, 15, 23]), 30), tzinfo=datetime.UTC
            )
            build.session(
                pair,
                at,
                minutes=dice.choice([30, 60, 90]),
                record=dice.choice(["sealed", "offered", "draft"]),
            )
        if number % 2:
            begin = timezone.localdate() - dice.randint(10, 60) * DAY
            Away.objects.create(person=worker, first_day=begin, last_day=begin + dice.randint(1, 14) * DAY)
        if number == 4:
            build.agreement(pair, minutes_each=45, every_days=14, starts_on=pair.started_on)
        found.append((worker, pair))
    return found


def test_three_pages_show_the_same_hours(cast: Cast, pairs: list[tuple[User, Arrangement]]) -> None:
    first, last = weeks()
    report = Report(asked_by=cast.manager, first_day=first, last_day=last)
    report.save()
    report.programs.set([cast.program])
    reported = {one.person_id: one.evaluation for one in figures.figures_of(report).people}
    some = 0
    for worker, pair in pairs:
        wanted = measured(worker, pair)
        (shown,) = worker_facts.hours_of(worker, [pair])
        assert list(shown.evaluation.stretches) == wanted
        assert list(reported[worker.pk].stretches) == wanted
        some += sum(stretch.attended > 0 for stretch in wanted)
    assert some > 10


def test_the_hour_goes_on_with_the_next_arrangement_on_a_workers_page_too(cast: Cast) -> None:
    cast.arrangement.ended_on = last_mondays(timezone.localdate(), 4)[0] - DAY
    cast.arrangement.save()
    after = factories.arrangement(cast.program, [cast.supervisor], [cast.worker], days_ago=90)
    shown = worker_facts.hours_of(cast.worker, [cast.arrangement, after])
    assert [each.evaluation.expected for each in shown][1] == 4 * 60
    first, last = weeks()
    places = places_in(cast.worker, [after.pk], last)
    assert set(against_agreements(places, last, since=first)) == {after.pk}
