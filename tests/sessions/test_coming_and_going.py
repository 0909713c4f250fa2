"""People come to a supervision and leave it while sessions are planned: each hears of those that were theirs, and of no other."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from supervision.people.models import Acknowledgement, Participation
from supervision.sessions import operations
from supervision.sessions.models import Session
from tests import factories
from tests.agreements import helpers
from tests.people.helpers import link_in, mails_to, run_jobs

from . import makers
from .pages import body, client_of, url
from .test_operations import content_of

NOTE = "The heating is broken"


@pytest.fixture
def group(cast: Any) -> Any:
    """Four whom Dana supervises together, and a session of theirs two days ago and one in five days."""
    made, people = makers.group(cast)
    past = operations.plan(made, by=cast.supervisor, starts_at=makers.ago(48))
    coming = operations.plan(made, by=cast.supervisor, starts_at=makers.ahead(5))
    return made, people, past, coming


def leaves(arrangement: Any, person: Any, *, days_ago: int) -> None:
    day = timezone.localdate() - datetime.timedelta(days=days_ago)
    arrangement.participations.filter(person=person).update(left_on=day)


def joins(cast: Any, arrangement: Any, *, days_ago: int) -> Any:
    person = factories.worker_in(cast.program, "Nia Newcomer")
    Acknowledgement(person=person, edition=1, concern_days=3).save()
    day = timezone.localdate() - datetime.timedelta(days=days_ago)
    Participation.objects.create(arrangement=arrangement, person=person, part="supervisee", joined_on=day)
    return person


def written_up(cast: Any, session: Session, *there: Any) -> Session:
    attended = {person.pk: 60 for person in (cast.supervisor, *there)}
    operations.record(session, by=cast.supervisor, written=makers.written(cast, session, attended=attended))
    operations.send(makers.fresh(session), by=cast.supervisor)
    return makers.fresh(session)


def names_in(session: Session) -> set[str]:
    return {one["name"] for one in content_of(session)["people"]}


def test_who_had_left_is_not_called_absent_and_hears_nothing_of_what_came_after(
    cast: Any, group: Any
) -> None:
    made, people, past, _coming = group
    gone = people[3]
    leaves(made, gone, days_ago=10)
    form = client_of(cast.supervisor).get(url("record", past)).context["form"]
    assert gone.name not in {row.person.name for row in form.attendees}
    session = written_up(cast, past, *people[:3])
    assert gone.name not in names_in(session)
    assert not Session.objects.facts_visible_to(gone).exists()
    client = client_of(gone)
    for name in ("detail", "facts", "ics"):
        assert client.get(url(name, session)).status_code == 404, name
    assert str(session.pk) not in body(client.get(reverse("sessions:list")))


def test_who_was_there_and_left_afterwards_keeps_reading_it(cast: Any, group: Any) -> None:
    made, people, past, _coming = group
    leaves(made, people[3], days_ago=1)
    session = written_up(cast, past, *people)
    assert people[3].name in names_in(session)
    assert makers.OUTCOMES in body(client_of(people[3]).get(url("detail", session)))


def test_who_is_named_as_having_been_there_belongs_to_it_whatever_the_dates_say(
    cast: Any, group: Any
) -> None:
    made, people, past, _coming = group
    leaves(made, people[3], days_ago=10)
    newcomer = joins(cast, made, days_ago=0)
    session = written_up(cast, past, people[0], people[3], newcomer)
    assert {people[3].name, newcomer.name} <= names_in(session)


def test_who_came_later_is_not_called_absent_and_hears_nothing_of_what_was_before(
    cast: Any, group: Any
) -> None:
    made, people, past, coming = group
    newcomer = joins(cast, made, days_ago=0)
    session = written_up(cast, past, *people)
    assert newcomer.name not in names_in(session)
    assert client_of(newcomer).get(url("facts", session)).status_code == 404
    assert client_of(newcomer).get(url("detail", coming)).status_code == 200


@pytest.mark.parametrize("act", ["cancel", "move"])
def test_what_became_of_a_plan_is_not_told_to_who_had_left(cast: Any, group: Any, act: str) -> None:
    made, people, _past, coming = group
    gone, stays = people[3], people[1]
    leaves(made, gone, days_ago=1)
    told = len(helpers.told())
    if act == "cancel":
        operations.cancel(coming, by=cast.supervisor, why="other", note=NOTE)
    else:
        operations.move(coming, by=cast.supervisor, starts_at=makers.ahead(6), note=NOTE)
    assert gone not in {person for person, _kind in helpers.told()[told:]}
    assert client_of(gone).get(url("detail", coming)).status_code == 404
    assert client_of(gone).get(url("facts", coming)).status_code == 404
    assert NOTE in body(client_of(stays).get(url("detail", coming)))


def test_a_session_that_was_missed_while_they_were_in_it_stays_theirs(cast: Any, group: Any) -> None:
    made, people, past, _coming = group
    leaves(made, people[3], days_ago=1)
    operations.missed(past, by=cast.supervisor, why="weather", note=NOTE)
    assert NOTE in body(client_of(people[3]).get(url("detail", past)))


def test_to_plan_names_those_who_take_part_now(cast: Any, group: Any) -> None:
    made, people, _past, _coming = group
    leaves(made, people[3], days_ago=1)
    plan = client_of(cast.supervisor).get(reverse("sessions:list")).context["plan"]
    named = next(one["names"] for one in plan if len(one["names"]) > 1)
    assert set(named) == {person.called for person in people[:3]}


def test_who_left_reads_how_an_agreement_came_about_up_to_their_last_day(cast: Any, group: Any) -> None:
    made, people, _past, _coming = group
    agreement = helpers.in_force(made, cast.supervisor, people[0])
    address = reverse("agreements:history", args=[agreement.pk])
    said = "signed"
    assert said in body(client_of(people[0]).get(address))
    leaves(made, people[0], days_ago=1)
    page = client_of(people[0]).get(address)
    assert page.status_code == 200
    assert page.context["story"].course == []
    assert page.context["story"].threads == []


def test_who_came_since_it_was_planned_is_told_that_it_is_cancelled_and_reads_nothing_of_why(
    cast: Any, group: Any
) -> None:
    made, _people, _past, coming = group
    nia = factories.worker_in(cast.program, "Nia Okoye")
    Participation.objects.create(arrangement=made, person=nia, part="supervisee")
    run_jobs()
    mail.outbox.clear()
    operations.cancel(coming, by=cast.supervisor, why="other", note=NOTE)
    sent = mails_to(nia.email)
    assert [str(one.subject) for one in sent] == ["A supervision session has changed"]
    where = link_in(sent[0])
    page = client_of(nia).get(where)
    assert (where, page.status_code) == (reverse("sessions:list"), 200)
    assert NOTE not in body(page)
    assert client_of(nia).get(url("detail", coming)).status_code == 404
