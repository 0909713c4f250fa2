"""The order of the agenda: anybody who builds it changes it, by button or by dragging; nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from supervision.records.errors import Denied, NotFound, WrongState
from supervision.sessions import operations
from supervision.sessions.models import AgendaItem

from . import makers
from .pages import body, client_of, url


@pytest.fixture
def session(cast: Any) -> Any:
    made = makers.planned(cast, starts_at=makers.ahead(2))
    for number, by in enumerate((cast.worker, cast.supervisor, cast.worker)):
        operations.add_item(made, by=by, text=f"Topic {number}", share=True)
    return makers.fresh(made)


def order(session: Any) -> list[str]:
    return [item.text for item in session.agenda.filter(shared_at__isnull=False).order_by("position", "id")]


def item(session: Any, number: int) -> AgendaItem:
    return next(one for one in session.agenda.all() if one.text == f"Topic {number}")


@pytest.mark.parametrize(
    ("number", "to", "expected"),
    [
        (2, 0, ["Topic 2", "Topic 0", "Topic 1"]),
        (0, 1, ["Topic 1", "Topic 0", "Topic 2"]),
        (0, 99, ["Topic 1", "Topic 2", "Topic 0"]),
        (1, -5, ["Topic 1", "Topic 0", "Topic 2"]),
        (1, 1, ["Topic 0", "Topic 1", "Topic 2"]),
    ],
)
def test_a_topic_goes_to_its_place_and_the_others_keep_their_order(
    cast: Any, session: Any, number: int, to: int, expected: list[str]
) -> None:
    version = session.version
    operations.place_item(item(session, number), by=cast.worker, to=to)
    assert order(session) == expected
    assert makers.fresh(session).version == version, (
        "whoever has the form of the record open is not disturbed"
    )


def test_the_buttons_move_it_for_everybody(cast: Any, session: Any) -> None:
    page = body(client_of(cast.worker).get(url("detail", session)))
    assert page.count("Move up") == 2
    assert page.count("Move down") == 2
    done = client_of(cast.worker).post(url("agenda_place", item(session, 2)), {"to": "1"})
    assert done.status_code == 302
    for person in (cast.supervisor, cast.worker):
        seen = body(client_of(person).get(url("detail", session)))
        assert seen.index("Topic 0") < seen.index("Topic 2") < seen.index("Topic 1")


def test_private_topics_stay_where_they_are_and_are_nobodys_to_move(cast: Any, session: Any) -> None:
    private = operations.add_item(session, by=cast.worker, text="Mine", share=False)
    with pytest.raises(NotFound):
        operations.place_item(private, by=cast.worker, to=0)
    assert client_of(cast.supervisor).post(url("agenda_place", private), {"to": "0"}).status_code == 404


def test_only_who_builds_the_agenda_orders_it_and_not_once_it_is_written_up(cast: Any, session: Any) -> None:
    topic = item(session, 1)
    for person in (cast.manager, cast.administrator, cast.other_supervisor, cast.outsider):
        with pytest.raises((Denied, NotFound)):
            operations.place_item(topic, by=person, to=0)
        assert client_of(person).post(url("agenda_place", topic), {"to": "0"}).status_code == 404
    past = makers.planned(cast, starts_at=makers.ago(2))
    written = operations.add_item(past, by=cast.supervisor, text="Topic 7", share=True)
    makers.draft(cast, past)
    with pytest.raises(WrongState):
        operations.place_item(makers.fresh(written), by=cast.supervisor, to=0)


@pytest.mark.parametrize("to", ["", "x", "-1", "9" * 20, "１"])
def test_a_place_that_is_none_moves_nothing(cast: Any, session: Any, to: str) -> None:
    assert client_of(cast.worker).post(url("agenda_place", item(session, 2)), {"to": to}).status_code == 302
    assert order(session) == ["Topic 0", "Topic 1", "Topic 2"]
