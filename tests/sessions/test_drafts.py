"""A record that is being written keeps itself, for its writer alone, until it is saved."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from supervision.records.models import Draft, Opening
from tests.cast import Cast

from . import makers
from .pages import body, client_of, url

HALF = "Half a sentence, without a d"


def address(session: Any) -> str:
    return url("record", session)


def type_into(client: Client, path: str, data: dict[str, Any], page: str = "p1") -> Any:
    """What the script sends two seconds after typing has stopped."""
    return client.post(path, data | {"page": page}, headers={"X-Requested-With": "draft"})


def test_what_was_typed_is_back_when_the_page_is_opened_again(cast: Cast) -> None:
    session, client = makers.planned(cast, starts_at=makers.ago(1)), client_of(cast.supervisor)
    unfinished = makers.record_post(cast, session, date="", minutes="abc", outcomes=HALF)
    assert type_into(client, address(session), unfinished).status_code == 204
    page = client.get(address(session))
    assert page.status_code == 200
    assert HALF in body(page)
    assert "This is what you had typed by" in body(page)
    session.refresh_from_db()
    assert session.state == "planned"
    assert session.outcomes == ""


def test_nobody_else_sees_it_and_only_who_may_write_the_record_can_keep_any(cast: Cast) -> None:
    session = makers.planned(cast, starts_at=makers.ago(1))
    type_into(client_of(cast.supervisor), address(session), makers.record_post(cast, session, outcomes=HALF))
    for person in (cast.worker, cast.manager, cast.administrator, cast.other_supervisor):
        client = client_of(person)
        assert type_into(client, address(session), {"outcomes": "mine"}).status_code in (403, 404), person
        for path in (address(session), url("detail", session), "/"):
            assert HALF not in body(client.get(path)), (person, path)
    assert Draft.objects.count() == 1


def test_saving_ends_it_and_a_late_one_changes_nothing(cast: Cast) -> None:
    session, client = makers.planned(cast, starts_at=makers.ago(1)), client_of(cast.supervisor)
    data = makers.record_post(cast, session, outcomes=HALF)
    type_into(client, address(session), data)
    assert client.post(address(session), data | {"page": "p1", "later": "1"}).status_code == 302
    assert type_into(client, address(session), data).status_code == 409
    page = body(client.get(address(session)))
    assert HALF in page
    assert "This is what you had typed by" not in page


def test_one_can_start_again_from_what_is_saved(cast: Cast) -> None:
    session, client = makers.draft(cast), client_of(cast.supervisor)
    type_into(client, address(session), makers.record_post(cast, session, outcomes=HALF))
    assert HALF in body(client.get(address(session)))
    assert client.post(address(session), {"start_over": "1"})["Location"] == address(session)
    page = body(client.get(address(session)))
    assert HALF not in page
    assert makers.OUTCOMES in page


def test_a_session_that_was_not_planned_keeps_itself_too(cast: Cast) -> None:
    client = client_of(cast.supervisor)
    path = f"{reverse('sessions:log')}?arrangement={cast.arrangement.pk}"
    data = makers.record_post(cast, outcomes=HALF)
    assert type_into(client, path, data).status_code == 204
    page = body(client.get(path))
    assert HALF in page
    assert data["key"] in page  # sent twice, it is still one session
    assert client.post(path, data | {"page": "p1", "later": "1"}).status_code == 302
    assert HALF not in body(client.get(path))


def test_a_record_that_was_sent_from_elsewhere_takes_no_more(cast: Cast) -> None:
    session, client = makers.sent(cast), client_of(cast.supervisor)
    response = type_into(client, address(session), makers.record_post(cast, session, outcomes=HALF))
    assert response.status_code == 409
    assert not Draft.objects.exists()


def test_opening_it_again_is_in_the_access_log_since_it_shows_topics_of_others(cast: Cast) -> None:
    session, client = makers.planned(cast, starts_at=makers.ago(1)), client_of(cast.supervisor)
    type_into(client, address(session), makers.record_post(cast, session))
    before = Opening.objects.count()
    client.get(address(session))
    assert Opening.objects.count() == before + 1
