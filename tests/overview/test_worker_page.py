"""One person's supervision in log facts."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.utils import timezone

from supervision.pages import words
from supervision.people.models import Away, Management, Participation
from supervision.sessions.models import Session
from tests import factories
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import CANARY, at, days, queries_of, signed_in, text_of
from tests.sessions import observation_makers as observing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


def today() -> datetime.date:
    return timezone.localdate()


def path(person) -> str:
    return f"/supervision-of/{person.pk}/"


def test_who_opens_it(cast: Cast):
    wanted = {
        cast.manager: 200,
        cast.supervisor: 200,
        cast.worker: 200,
        cast.administrator: 403,
        cast.other_manager: 404,
        cast.other_supervisor: 404,
        cast.other_worker: 404,
        cast.outsider: 404,
    }
    found = {person: signed_in(person).get(path(cast.worker)).status_code for person in wanted}
    assert found == wanted
    assert signed_in(cast.manager).post(path(cast.worker)).status_code == 405
    assert signed_in(cast.manager).get(f"/supervision-of/{uuid.uuid4()}/").status_code == 404


def test_a_colleague_of_the_same_group_learns_nothing_here(cast: Cast):
    colleague = factories.worker_in(cast.program, "Group Colleague")
    factories.arrangement(cast.program, [cast.supervisor], [cast.worker, colleague], structure="group")
    assert signed_in(colleague).get(path(cast.worker)).status_code == 403


def test_a_supervisor_who_left_no_longer_sees_the_hours(cast: Cast):
    cast.arrangement.participations.filter(person=cast.supervisor).update(left_on=today() - days(1))
    assert signed_in(cast.supervisor).get(path(cast.worker)).status_code == 403


def test_a_manager_sees_only_the_arrangements_of_their_own_programs(cast: Cast):
    both = factories.arrangement(cast.other_program, [cast.other_supervisor], [cast.worker])
    builders.session(both, at(today() - days(3)), record="draft", modality="phone")
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "Warm line" not in page
    assert "Phone" not in page
    Management.objects.create(program=cast.other_program, person=cast.manager)
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "One to one, Warm line" in page
    assert "Phone" in page


def test_each_session_with_its_facts(cast: Cast):
    builders.session(
        cast.arrangement,
        at(today() - days(20)),
        modality="video",
        purposes=["restorative"],
        methods=["role_play"],
        ad_hoc=True,
        minutes=45,
    )
    builders.session(
        cast.arrangement,
        at(today() - days(13)),
        state=Session.State.CANCELLED,
        state_why="supervisor",
        state_by=cast.supervisor,
        state_at=timezone.now(),
    )
    builders.session(cast.arrangement, at(today() - days(6)), record="declined", attended=True)
    builders.session(cast.arrangement, at(today() - days(5)), record="signed_by_recorder")
    builders.session(cast.arrangement, at(today() - days(4)), record="offered", attended=False)
    response = signed_in(cast.manager).get(path(cast.worker))
    page = text_of(response)
    assert (
        "45 minutes Not planned beforehand Video One to one, Professional development Support Role play Signed by everyone"
        in page
    )
    assert "Cancelled Dana Whitfield, supervisor not available" in page
    assert "Closed without every signature" in page
    assert "Waiting for signatures" in page
    assert "Held, not there" in page
    assert CANARY not in page


def test_of_a_draft_only_what_was_planned_is_in_the_list(cast: Cast):
    """Neither that somebody was not there, nor for how long: that is in the log once the record is sent."""
    builders.session(
        cast.arrangement, at(today() - days(4)), record="draft", attended=False, modality="video"
    )
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "1 hour Video" in page
    assert "not there" not in page
    Session.objects.update(was_planned=False)
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "Held One to one" in page
    assert "Video" not in page
    assert "Not sent yet" in page


def test_hours_against_what_was_agreed(cast: Cast):
    builders.weekly(cast.arrangement, [1, 2, 4], record="sealed")
    builders.weekly(cast.arrangement, [3], record="draft")
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "4 hours of 12 hours in the last 12 full weeks. Short in 8 of 12:" in page
    assert "Met, 60 minutes not signed yet" in page


def test_hours_of_a_week_away_do_not_stand_against_what_was_expected(cast: Cast):
    """The same count as in the report."""
    (met,) = builders.weekly(cast.arrangement, [3], record="sealed")
    builders.weekly(cast.arrangement, [1], record="sealed")
    monday = met.local_start.date() - days(met.local_start.weekday())
    Away.objects.create(person=cast.worker, first_day=monday, last_day=monday + days(4))
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "1 hour of 11 hours in the last 12 full weeks." in page


def test_agreements_link_to_what_the_reader_may_read(cast: Cast):
    first = builders.agreement(cast.arrangement)
    second = builders.agreement(cast.arrangement, number=2, sealed=False)
    for person in (cast.manager, cast.supervisor):
        page = signed_in(person).get(path(cast.worker)).content.decode()
        assert f"/agreements/{first.pk}/" in page
        assert (f"/agreements/{second.pk}/" in page) == (person is cast.supervisor)
        assert "Version 2" in page
        assert "Being written" in page
        assert "In force" in page


def test_older_sessions_are_on_further_pages(cast: Cast):
    for number in range(23):
        builders.session(cast.arrangement, at(today() - days(number)), record="draft")
    client = signed_in(cast.manager)
    page = client.get(path(cast.worker)).content.decode()
    assert 'rel="next"' in page
    assert client.get(f"{path(cast.worker)}?at=nonsense").status_code == 400


def test_with_nothing_yet_it_says_so(cast: Cast):
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "No session has been planned or held yet." in page
    assert "No agreement has been started yet." in page


def test_ones_own_page(cast: Cast):
    assert "Your supervision in dates" in text_of(signed_in(cast.worker).get(path(cast.worker)))


def test_the_number_of_queries_is_the_same_for_few_and_for_many_sessions(cast: Cast):
    builders.agreement(cast.arrangement)
    builders.weekly(cast.arrangement, [1])
    client = signed_in(cast.manager)
    few = queries_of(client, path(cast.worker))
    builders.weekly(cast.arrangement, list(range(2, 9)), record="offered")
    assert queries_of(client, path(cast.worker)) == few
    assert few <= 12


def test_what_is_ticked_in_a_draft_is_not_in_the_log_yet(cast: Cast):
    ticked = {"purposes": ["restorative"], "methods": ["role_play"], "ad_hoc": True}
    builders.session(cast.arrangement, at(today()), record="draft", **ticked)
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    for word in ("Support", "Role play", "Not planned beforehand", "Professional development"):
        assert word not in page
    assert "Not sent yet" in page


def test_observations_that_took_place_are_counted_for_who_may_know_of_them(cast: Cast):
    page = text_of(signed_in(cast.manager).get(path(cast.worker)))
    assert "None since" in page
    for stage in ("proposed", "agreed", "draft"):
        getattr(observing, stage)(cast)
    assert "None since" in text_of(signed_in(cast.manager).get(path(cast.worker)))
    observing.sealed(cast)
    observing.sent(cast)
    day = words.short_day(today())
    for person in (cast.manager, cast.supervisor, cast.worker):
        page = text_of(signed_in(person).get(path(cast.worker)))
        assert f": on {day} and {day}." in page
        assert observing.GROWTH not in page
        assert "Tuesday group" not in page
    Participation.objects.create(
        arrangement=cast.arrangement,
        person=cast.other_supervisor,
        part="supervisor",
        joined_on=today() - days(1),
    )
    page = text_of(signed_in(cast.other_supervisor).get(path(cast.worker)))
    assert "None since" in page, "who came to supervise later learns nothing of it"
