"""Who could use a hand by what an outside rule asks."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from supervision.hours.lately import short_lately
from supervision.people.models import Arrangement
from supervision.requirements.expectation import monday_of
from supervision.requirements.rules import Amount, Per, Rules, Total
from tests import factories
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import queries_of, signed_in
from tests.overview.test_manager import rows
from tests.requirements import set_makers as make

pytestmark = pytest.mark.django_db

HOUR = Rules(amounts=(Amount(60),))


def rule(cast: Cast, rules: Rules = HOUR, **given: object) -> None:
    first = timezone.localdate() - datetime.timedelta(days=60)
    make.confirmed(make.own(cast.administrator, rules=rules), cast.administrator, first_day=first, **given)


def met(arrangement: Arrangement, *weeks_ago: int, minutes: int = 60) -> None:
    monday = monday_of(timezone.localdate())
    for weeks in weeks_ago:
        day = monday - datetime.timedelta(weeks=weeks)
        builders.session(arrangement, builders.at(day + datetime.timedelta(days=2)), minutes=minutes)
    builders.restate(arrangement)


def state_of(cast: Cast, path: str = "/overview/") -> list[str]:
    viewer = cast.manager if path == "/overview/" else cast.supervisor
    return rows(signed_in(viewer).get(path).content.decode())


@pytest.fixture
def agreed(cast: Cast) -> Cast:
    builders.agreement(cast.arrangement)
    return cast


def test_somebody_short_of_an_outside_rule_could_use_a_hand_and_the_list_says_which(agreed: Cast) -> None:
    met(agreed.arrangement, 3, 2, 1, 0, minutes=45)
    assert state_of(agreed)[0].endswith("On track")
    rule(agreed)
    (line,) = state_of(agreed)
    assert "Could use a hand A weekly hour: Week of" in line
    assert line.endswith("45 of 60 minutes")
    assert state_of(agreed, "/my-people/")[0].endswith("45 of 60 minutes")


def test_what_was_short_three_weeks_ago_is_history(agreed: Cast) -> None:
    met(agreed.arrangement, 2, 1, 0)
    rule(agreed)
    assert state_of(agreed)[0].endswith("On track")


def test_a_rule_of_another_program_a_total_or_one_that_only_begins_asks_nothing_here(agreed: Cast) -> None:
    met(agreed.arrangement, 3, 2, 1, 0, minutes=45)
    rule(agreed, program=agreed.other_program)
    total = make.own(agreed.administrator, key="total", rules=Rules(total=Total(6000)))
    make.confirmed(total, agreed.administrator)
    later = make.own(agreed.administrator, key="later", rules=HOUR)
    make.confirmed(later, agreed.administrator, first_day=timezone.localdate() + datetime.timedelta(days=1))
    assert state_of(agreed)[0].endswith("On track")


def test_nobody_is_said_to_be_short_who_may_have_met_where_the_reader_does_not_see(agreed: Cast) -> None:
    rule(agreed)
    met(agreed.arrangement, 3, 2, 1, 0, minutes=45)
    factories.arrangement(agreed.other_program, [agreed.other_supervisor], [agreed.worker], days_ago=90)
    assert state_of(agreed)[0].endswith("On track")


def test_what_was_met_where_supervision_has_ended_counts(agreed: Cast) -> None:
    rule(agreed)
    met(agreed.arrangement, 1, 0)
    before = factories.arrangement(agreed.program, [agreed.supervisor], [agreed.worker], days_ago=90)
    met(before, 2)
    before.ended_on = monday_of(timezone.localdate()) - datetime.timedelta(days=8)
    before.save()
    assert state_of(agreed)[0].endswith("On track")


def test_a_long_stretch_of_days_is_read_as_far_back_as_it_reaches(agreed: Cast) -> None:
    rule(agreed, Rules(amounts=(Amount(60, Per.DAYS, days=80),)))
    met(agreed.arrangement, 8)
    scope, today = Arrangement.objects.filter(pk=agreed.arrangement.pk), timezone.localdate()
    assert short_lately([agreed.worker.pk], lambda: scope, today) == {}


def test_the_list_costs_the_same_for_more_people(agreed: Cast) -> None:
    met(agreed.arrangement, 3, 2, 1, 0, minutes=45)
    client = signed_in(agreed.manager)
    without = queries_of(client, "/overview/")
    rule(agreed)
    few = queries_of(client, "/overview/")
    assert few == without + 4
    for number in range(4):
        worker = factories.worker_in(agreed.program, f"Worker {number}")
        met(factories.arrangement(agreed.program, [agreed.supervisor], [worker], days_ago=60), 2, 1)
    assert queries_of(client, "/overview/") == few
