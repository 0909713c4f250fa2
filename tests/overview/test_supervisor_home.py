"""This week: what needs a supervisor comes first, and no one is forgotten."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from supervision.overview import supervisor_home
from supervision.people.models import Away
from supervision.records import signing
from supervision.records.models import Opening
from supervision.sessions.models import Attendance, Session
from tests import factories
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import CANARY, at, days, queries_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midweek(monkeypatch):
    """A Wednesday noon in New York, so that a week has days on both sides."""
    now = datetime.datetime(2026, 11, 18, 17, 0, tzinfo=datetime.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    with timezone.override("America/New_York"):
        yield


def today() -> datetime.date:
    return timezone.localdate()


def test_an_empty_week_is_true_and_calm(cast: Cast):
    builders.agreement(cast.arrangement)
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "November 16 to 20. No sessions this week." in page
    assert "You’re up to date" in page
    assert "Nothing is with anybody else right now." in page
    assert "Marisol Vega has no session planned. You and Marisol have not met yet." in page


def test_what_needs_them_comes_in_order_of_time(cast: Cast):
    builders.session(cast.arrangement, at(today() - days(6)), record="offered")
    builders.session(cast.arrangement, at(today() - days(2)), record="draft")
    builders.session(cast.arrangement, at(today() - days(1)), state=Session.State.PLANNED)
    page = text_of(signed_in(cast.supervisor).get("/"))
    wanted = [
        "Start an agreement with Marisol",
        "Finish writing up the session with Marisol, Monday",
        "Write up the session with Marisol, Tuesday",
        "Sign the November 12 record with Marisol",
    ]
    found = [page.index(label) for label in wanted]
    assert found == sorted(found)


def test_a_record_that_the_other_has_to_sign_waits_beside(cast: Cast):
    builders.session(cast.arrangement, at(today() - days(6)), record="signed_by_recorder")
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "Marisol, November 12 record Sent today" in page
    assert "Sign the November 12 record" not in page
    assert "People have 7 days to read and sign." in page


def test_a_signed_record_waits_for_nobody(cast: Cast):
    builders.session(cast.arrangement, at(today() - days(1)))
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "Nothing is with anybody else right now." in page
    assert "Signed by everyone" in page


def test_the_draft_of_somebody_else_is_not_theirs_to_finish(cast: Cast):
    builders.session(cast.arrangement, at(today() - days(1)), record="draft")
    page = text_of(signed_in(cast.worker, role="peer-worker").get("/"))
    assert "Finish writing up" not in page


def test_the_week_shows_each_day_once_and_the_weekend_only_when_something_is_there(cast: Cast):
    builders.session(cast.arrangement, at(today()), state=Session.State.PLANNED)
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "Wednesday 18 Today" in page
    assert "Marisol at 2:00 pm today" in page
    assert "Saturday" not in page
    builders.session(cast.arrangement, at(today() + days(3)), state=Session.State.PLANNED)
    assert "Saturday 21" in text_of(signed_in(cast.supervisor).get("/"))


def test_their_own_supervision_is_in_the_week(cast: Cast):
    ruth = factories.person("Ruth Calloway")
    own = factories.arrangement(cast.program, [ruth], [cast.supervisor], structure="of_supervision")
    builders.session(own, at(today() + days(1)), state=Session.State.PLANNED)
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "Your own supervision 2:00 pm with Ruth Calloway" in page
    assert "Find a time with Ruth" not in page


def test_topics_are_counted_without_those_that_others_keep_to_themselves(cast: Cast):
    planned = builders.session(cast.arrangement, at(today() + days(1)), state=Session.State.PLANNED)
    client = signed_in(cast.supervisor)
    assert "No agenda yet" in text_of(client.get("/"))
    builders.topic(planned, cast.worker, shared=False)
    assert "No agenda yet" in text_of(client.get("/"))
    builders.topic(planned, cast.worker)
    builders.topic(planned, cast.supervisor)
    assert "2 agenda topics, 1 from others" in text_of(client.get("/"))


def test_nobody_is_nagged_about_somebody_who_is_away(cast: Cast):
    assert "Marisol Vega has no session planned" in text_of(signed_in(cast.supervisor).get("/"))
    Away.objects.create(person=cast.worker, first_day=today(), last_day=today() + days(3))
    assert "has no session planned" not in text_of(signed_in(cast.supervisor).get("/"))


def test_several_without_a_session_are_one_notice(cast: Cast):
    factories.arrangement(
        cast.program, [cast.supervisor], [factories.worker_in(cast.program, "Joe Lafferty")]
    )
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "2 people have no session planned." in page
    assert "Find a time with Joe" in page
    assert "Find a time with Marisol" in page


def test_a_review_that_is_near_is_theirs_to_begin(cast: Cast):
    builders.agreement(cast.arrangement, review_on=today() - days(5))
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert (
        "Look at your agreement with Marisol again"
        " You planned to look at your agreement with Marisol again by Nov 13. It holds all the same." in page
    )


def test_steps_that_are_open_show_on_both_sides_and_the_words_of_others_are_logged(cast: Cast):
    record = builders.session(cast.arrangement, at(today() - days(1)), record="draft")
    builders.action(record, cast.supervisor, "Ask about travel time", today())
    builders.action(record, cast.worker, "Try the new opener", today() + days(1))
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "Ask about travel time With Marisol. By today" in page
    assert "Marisol: Try the new opener By tomorrow" in page
    assert Opening.objects.count() == 0  # the supervisor wrote them
    page = text_of(signed_in(cast.worker).get("/"))
    assert "Dana said they would Ask about travel time By today" in page
    assert list(Opening.objects.values_list("by", "action", "record_id", "why")) == [
        (cast.worker.pk, "listed", record.pk, "party")
    ]


def test_a_step_is_ticked_from_the_page(cast: Cast):
    record = builders.session(cast.arrangement, at(today() - days(1)), record="draft")
    step = builders.action(record, cast.supervisor, "Ask about travel time")
    client = signed_in(cast.supervisor)
    page = client.get("/").content.decode()
    assert f'action="/sessions/actions/{step.pk}/done/"' in page
    assert client.post(f"/sessions/actions/{step.pk}/done/", {"next": "/"}).status_code == 302
    assert "Ask about travel time" not in text_of(client.get("/"))


def test_words_of_the_record_are_not_on_the_page(cast: Cast):
    for record in ("draft", "offered", "sealed", "declined"):
        builders.session(cast.arrangement, at(today() - days(1)), record=record)
    builders.session(cast.arrangement, at(today()), state=Session.State.CANCELLED, state_why="work")
    assert CANARY not in text_of(signed_in(cast.supervisor).get("/"))


def test_other_peoples_weeks_do_not_show(cast: Cast):
    builders.session(cast.other_arrangement, at(today()), record="offered")
    record = builders.session(cast.other_arrangement, at(today()), record="draft")
    builders.action(record, cast.other_supervisor, "Somebody else’s step")
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert "Sam" not in page
    assert "Somebody else’s step" not in page


def test_the_number_of_queries_is_the_same_for_one_person_and_for_many(cast: Cast):
    def fill(arrangement) -> None:
        for number in range(1, 4):
            builders.session(arrangement, at(today() - days(number)), record="offered")
        record = builders.session(arrangement, at(today() - days(1), 9), record="draft")
        builders.action(record, cast.supervisor)
        builders.action(record, cast.worker)
        builders.session(arrangement, at(today() + days(1)), state=Session.State.PLANNED)
        builders.agreement(arrangement, sealed=False)

    fill(cast.arrangement)
    client = signed_in(cast.supervisor)
    few = queries_of(client, "/")
    for _ in range(3):
        fill(factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program)]))
    assert queries_of(client, "/") == few
    assert few <= 15


def test_a_long_list_of_tasks_is_cut_and_says_how_many_more(cast: Cast, monkeypatch):
    monkeypatch.setattr(supervisor_home, "SHOWN", 2)
    for number in range(1, 5):
        builders.session(cast.arrangement, at(today() - days(number)), record="draft")
    page = text_of(signed_in(cast.supervisor).get("/"))
    assert page.count("Finish writing up") == 1  # the agreement is the first of the two
    assert "3 more things wait in your sessions" in page


def test_somebody_who_signed_both_parts_is_named_once(cast: Cast):
    record = builders.session(cast.arrangement, at(today() - days(6)), record="signed_by_recorder")
    for person in (cast.worker, cast.supervisor):
        own = Attendance(session=record, person=person, part="supervisee", minutes=60)
        own.save()
        builders.sign(own, record.attendees.all(), by=cast.supervisor, how="signed_by_recorder")
    page = text_of(signed_in(cast.worker).get("/"))
    assert page.count("Read and sign the November 12 record with Dana") == 1
    assert "Dana signed already." in page
    assert text_of(signed_in(cast.supervisor).get("/")).count("Marisol, November 12 record") == 1


def test_who_has_signed_the_record_and_not_their_attendance_still_has_to(cast: Cast):
    record = builders.session(cast.arrangement, at(today() - days(6)), record="offered")
    offer = record.open_offer
    assert offer is not None
    for person in (cast.worker, cast.supervisor):
        signing.answer(offer, by=person, kind="signed", evidence=builders.evidence(person), seen=offer.digest)
    own = Attendance(session=record, person=cast.worker, part="supervisee", minutes=60)
    own.save()
    builders.sign(own, record.attendees.all(), by=cast.supervisor, how="signed_by_recorder")
    assert "Read and sign the November 12 record with Dana" in text_of(signed_in(cast.worker).get("/"))
