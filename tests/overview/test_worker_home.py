"""A peer worker's first page."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from supervision.people.models import Acknowledgement
from supervision.records.models import Opening
from supervision.sessions.models import AgendaItem, Session
from tests import factories
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import CANARY, at, days, queries_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


def today() -> datetime.date:
    return timezone.localdate()


def soon() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=30)


def test_with_nothing_yet_the_page_says_what_will_come(cast: Cast):
    page = text_of(signed_in(cast.worker).get("/"))
    assert "Hello, Marisol No session with Dana is planned yet." in page
    assert "You’re up to date" in page
    assert "When you and Dana plan your next session, its agenda opens here" in page
    assert "No sessions held yet." in page


def test_somebody_without_a_supervisor_is_told_what_comes(cast: Cast):
    waiting = factories.worker_in(cast.program, "Wren Ashby")
    Acknowledgement(person=waiting, edition=1, concern_days=3).save()
    page = text_of(signed_in(waiting).get("/"))
    assert "When somebody is named to supervise you, you will see here who it is and when you meet." in page
    assert f"/supervision-of/{waiting.pk}/" not in signed_in(waiting).get("/").content.decode()


def test_hours_and_signatures_are_linked_as_soon_as_there_is_a_page_of_them(cast: Cast):
    """Also for somebody whose only arrangement has ended; who waits for their first one has none."""
    client, address = signed_in(cast.worker), f"/supervision-of/{cast.worker.pk}/"
    assert address in client.get("/").content.decode()
    builders.session(cast.arrangement, at(timezone.localdate() - days(9)))
    yesterday = timezone.localdate() - days(1)
    cast.arrangement.ended_on = yesterday
    cast.arrangement.save()
    cast.arrangement.participations.update(left_on=yesterday)
    assert address in client.get("/").content.decode()
    assert client.get(address).status_code == 200


def test_the_limits_are_read_before_anything_else(cast: Cast):
    newcomer = factories.worker_in(cast.program, "New Person")
    factories.arrangement(cast.program, [cast.supervisor], [newcomer])
    client = signed_in(newcomer)
    assert "Read the limits of confidentiality" in text_of(client.get("/"))
    Acknowledgement(person=newcomer, edition=1, concern_days=3).save()
    assert "Read the limits of confidentiality" not in text_of(client.get("/"))


def test_the_next_agenda_shows_shared_topics_and_ones_own(cast: Cast):
    planned = builders.session(cast.arrangement, soon(), state=Session.State.PLANNED)
    builders.topic(planned, cast.worker, "Travel time")
    builders.topic(planned, cast.supervisor, "Peer notes")
    builders.topic(planned, cast.worker, "Only for me", shared=False)
    builders.topic(planned, cast.supervisor, "Kept by Dana", shared=False)
    page = text_of(signed_in(cast.worker).get("/"))
    assert "Travel time Practice, from you" in page
    assert "Peer notes Practice, from Dana" in page
    assert "Only for me Practice, from you. Only you" in page
    assert "Kept by Dana" not in page
    assert Opening.objects.filter(by=cast.worker, record_id=planned.pk, action="listed").count() == 1


def test_an_agenda_of_ones_own_words_is_not_logged(cast: Cast):
    planned = builders.session(cast.arrangement, soon(), state=Session.State.PLANNED)
    builders.topic(planned, cast.worker, "Travel time")
    signed_in(cast.worker).get("/")
    assert Opening.objects.count() == 0


def test_a_topic_is_added_from_the_page(cast: Cast):
    planned = builders.session(cast.arrangement, soon(), state=Session.State.PLANNED)
    client = signed_in(cast.worker)
    assert f'action="/sessions/{planned.pk}/agenda/"' in client.get("/").content.decode()
    answer = client.post(f"/sessions/{planned.pk}/agenda/", {"text": "Night shifts", "category": "work"})
    assert answer.status_code == 302
    assert AgendaItem.objects.get().shared_at is not None
    assert "Night shifts What gets in the way or helps, from you" in text_of(client.get("/"))


def test_a_record_to_sign_says_who_signed_already(cast: Cast):
    builders.session(cast.arrangement, at(datetime.date(today().year, 1, 2)), record="signed_by_recorder")
    page = text_of(signed_in(cast.worker).get("/"))
    assert "Read and sign the January 2 record with Dana Dana signed already. Your signature" in page


def test_what_somebody_leads_is_not_on_their_own_page(cast: Cast):
    ruth = factories.person("Ruth Calloway")
    own = factories.arrangement(cast.program, [ruth], [cast.supervisor], structure="of_supervision")
    builders.session(cast.arrangement, at(today() - days(3)), record="offered")
    builders.session(own, at(today() - days(2)), record="signed_by_recorder")
    builders.agreement(own, sealed=False)
    page = text_of(signed_in(cast.supervisor, role="peer-worker").get("/"))
    assert "record with Ruth" in page
    assert "Read the agreement that you and Ruth are writing" in page
    assert "Marisol" not in page


def test_the_record_counts_what_was_attended_and_signed(cast: Cast):
    builders.session(cast.arrangement, at(today() - days(9)))
    builders.session(cast.arrangement, at(today() - days(2)), record="offered")
    builders.session(cast.arrangement, at(today() - days(1)), attended=False, record="draft")
    page = text_of(signed_in(cast.worker).get("/"))
    assert "2 sessions since" in page
    assert "1 signed by everyone." in page


def test_the_agreement_in_force_is_there_to_read(cast: Cast):
    made = builders.agreement(cast.arrangement, review_on=today() + days(100))
    page = signed_in(cast.worker).get("/")
    assert f"/agreements/{made.pk}/" in page.content.decode()
    assert "You look at it again together on" in text_of(page)


def test_a_draft_of_the_agreement_is_theirs_too(cast: Cast):
    builders.agreement(cast.arrangement, sealed=False)
    assert "Read the agreement that you and Dana are writing" in text_of(signed_in(cast.worker).get("/"))


def test_words_of_records_and_of_other_pairs_are_not_on_the_page(cast: Cast):
    builders.session(cast.arrangement, at(today() - days(1)))
    builders.topic(
        builders.session(cast.other_arrangement, soon(), state=Session.State.PLANNED), cast.other_worker
    )
    assert CANARY not in text_of(signed_in(cast.worker).get("/"))


def test_the_number_of_queries_is_the_same_for_a_little_and_for_much(cast: Cast):
    def fill() -> None:
        builders.session(cast.arrangement, at(today() - days(30)), record="offered")
        record = builders.session(cast.arrangement, at(today() - days(31)), record="draft")
        builders.action(record, cast.supervisor)
        builders.action(record, cast.worker)
        planned = builders.session(cast.arrangement, soon(), state=Session.State.PLANNED)
        builders.topic(planned, cast.supervisor)
        builders.topic(planned, cast.worker)

    fill()
    client = signed_in(cast.worker)
    few = queries_of(client, "/")
    for _ in range(4):
        fill()
    assert queries_of(client, "/") == few
    assert few <= 15
