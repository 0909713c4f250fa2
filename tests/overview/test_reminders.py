"""What comes near is told once to each person whom it concerns, and not any more once it is over."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import Accession
from supervision.jobs.worker import Worker
from supervision.notices.kinds import How, Kind
from supervision.notices.models import Reminder, ReminderChoices
from supervision.overview import reminders
from supervision.people.models import Participation, Standing, User
from supervision.sessions import operations as sessions
from supervision.sessions.models import Session
from tests import factories
from tests.cast import Cast
from tests.competencies import makers as competencies
from tests.sessions import makers

from . import builders
from .builders import days


@pytest.fixture(autouse=True)
def _everything_at_once(cast: Cast) -> None:
    """Who is told by mail at once gets a mail for each reminder: what was told is what was mailed."""
    rows = User.objects.all()
    ReminderChoices.objects.bulk_create(
        [ReminderChoices(person=person, how=dict.fromkeys(Kind.values, How.AT_ONCE)) for person in rows]
    )


def on(number: int, hour: int = 14) -> datetime.datetime:
    return builders.at(timezone.localdate() + days(number), hour)


def told(notice: str, *, after: int = 0) -> list[str]:
    """Whom this notice was for, in order of their names, after the daily job has run once more, so many days from now."""
    reminders.find(timezone.localdate() + days(after))
    rows = Reminder.objects.filter(notice=notice).select_related("person")
    return sorted(row.person.name for row in rows)


PAIR = ["Dana Whitfield", "Marisol Vega"]


@pytest.mark.parametrize(("away", "people"), [(1, PAIR), (2, [])])
def test_a_session_of_tomorrow_is_told_to_both(cast: Cast, away: int, people: list[str]) -> None:
    makers.planned(cast, starts_at=on(away))
    assert told("session_soon") == people


@pytest.mark.parametrize(("away", "people"), [(3, PAIR), (4, [])])
def test_an_agenda_is_said_to_be_open_three_days_before(cast: Cast, away: int, people: list[str]) -> None:
    makers.planned(cast, starts_at=on(away))
    assert told("agenda_open") == people


def test_each_thing_is_told_once_and_again_when_its_day_moves(cast: Cast) -> None:
    session = makers.planned(cast, starts_at=on(1))
    assert told("session_soon") == PAIR
    assert told("session_soon") == PAIR
    moved = sessions.move(session, by=cast.worker, starts_at=on(2), place="Garden")
    assert moved.starts_at == on(2)
    assert told("session_soon") == PAIR  # nothing new yet: it is two days away by now


def test_no_mail_about_a_session_that_was_called_off_meanwhile(cast: Cast) -> None:
    session = makers.planned(cast, starts_at=on(1))
    reminders.find()
    sessions.cancel(session, by=cast.worker, why="away")
    Worker().run_until_empty()
    assert [m.subject for m in outbox.outbox if "near" in m.subject] == []
    assert not Reminder.objects.listed().filter(notice="session_soon").exists()


def test_who_left_the_arrangement_hears_nothing_of_it(cast: Cast) -> None:
    makers.planned(cast, starts_at=on(1))
    Participation.objects.filter(person=cast.worker).update(left_on=timezone.localdate() - days(1))
    assert told("session_soon") == ["Dana Whitfield"]


def test_who_left_the_agency_hears_nothing(cast: Cast) -> None:
    makers.planned(cast, starts_at=on(1))
    User.objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert told("session_soon") == ["Dana Whitfield"]


@pytest.mark.parametrize(("after", "people"), [(4, []), (5, ["Marisol Vega"]), (30, [])])
def test_what_was_not_answered_for_five_days_is_said_once_more(
    cast: Cast, after: int, people: list[str]
) -> None:
    makers.signed_by_recorder(cast)
    assert sorted(set(told("still_to_sign", after=after))) == people


def test_two_things_of_one_kind_are_one_mail_and_one_of_them_stays_when_the_other_is_done(cast: Cast) -> None:
    first, second = (
        makers.signed_by_recorder(cast),
        makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(60))),
    )
    reminders.find(timezone.localdate() + days(5))
    makers.sign(first, cast.worker)
    Worker().run_until_empty()
    still = [m.to for m in outbox.outbox if "still waiting" in m.subject]
    assert still == [[cast.worker.email]]
    assert Reminder.objects.listed().filter(notice="still_to_sign").count() == 1
    assert second.pk != first.pk


@pytest.mark.parametrize(
    ("after", "people"), [(19, ["Marisol Vega"]), (18, []), (21, ["Marisol Vega"]), (30, [])]
)
def test_a_step_is_told_to_whoever_said_they_would_do_it(cast: Cast, after: int, people: list[str]) -> None:
    makers.sent(cast, steps=[makers.step(cast.worker, due_on=timezone.localdate() + days(20))])
    assert told("step_due", after=after) == people


def test_a_step_in_a_record_that_nobody_else_has_seen_is_told_to_nobody(cast: Cast) -> None:
    makers.draft(cast, steps=[makers.step(cast.worker, due_on=timezone.localdate())])
    assert told("step_due") == []


def test_a_goal_is_told_to_its_owner_on_its_day(cast: Cast) -> None:
    competencies.goal(cast.worker, review_on=timezone.localdate())
    competencies.goal(cast.supervisor, review_on=timezone.localdate() + days(1))
    assert told("goal_due") == ["Marisol Vega"]


@pytest.mark.parametrize(("away", "people"), [(7, PAIR), (8, [])])
def test_a_look_at_an_agreement_is_told_a_week_before(cast: Cast, away: int, people: list[str]) -> None:
    builders.agreement(cast.arrangement, review_on=timezone.localdate() + days(away))
    assert told("review_due") == people


def test_who_has_not_signed_the_agreement_of_a_group_is_not_asked_to_look_at_it(cast: Cast) -> None:
    group, people = makers.group(cast, size=3)
    made = builders.agreement(group, review_on=timezone.localdate() + days(1))
    late = factories.worker_in(cast.program, "Lena Late")
    Participation.objects.create(arrangement=group, person=late, part=Participation.Part.SUPERVISEE)
    assert "Lena Late" not in told("review_due")
    assert Standing.objects.get(arrangement=group).agreement_id == made.pk
    assert not Accession.objects.exists()
    assert told("review_due") == sorted(["Dana Whitfield", *(person.name for person in people)])


def test_the_daily_job_asks_the_same_number_of_questions_however_many_people(
    cast: Cast,
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            reminders.find()
        return sum(1 for query in asked if query["sql"].startswith("SELECT"))

    makers.planned(cast, starts_at=on(1))
    reminders.find()
    few = count()
    for number in range(6):
        worker = factories.worker_in(cast.program, f"Worker {number}")
        pair = factories.arrangement(cast.program, [cast.supervisor], [worker])
        builders.session(pair, on(1, 8 + number), state=Session.State.PLANNED)
    reminders.find()
    assert count() == few
