"""How a group or a circle of equals spends its time: suggested steps, kept in the record as far as somebody writes there."""

from __future__ import annotations

from typing import Any

import pytest

from supervision.people.models import Acknowledgement, Arrangement
from supervision.records import snapshot
from supervision.records.errors import Invalid
from supervision.sessions import operations, protocol
from tests import factories

from . import makers
from .pages import body, client_of, url


@pytest.fixture
def group(cast: Any) -> Any:
    return makers.group(cast)


@pytest.fixture
def circle(cast: Any) -> Any:
    others = [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh")]
    for person in others:
        Acknowledgement(person=person, edition=1, concern_days=3).save()
    people = [cast.worker, *others]
    made = factories.arrangement(cast.program, [], [], structure=Arrangement.Structure.CO_REFLECTION)
    for person in people:
        made.participations.create(person=person, part="peer", joined_on=made.started_on)
    return made, people


def planned(arrangement: Any, by: Any, hours: float = 24) -> Any:
    return operations.plan(arrangement, by=by, starts_at=makers.ago(hours), zone="America/New_York")


def write(cast: Any, session: Any, by: Any, people: list[Any], **given: Any) -> Any:
    written = makers.written(cast, session, attended={one.pk: 60 for one in people}, **given)
    return operations.record(session, by=by, written=written)


def test_the_steps_are_on_the_page_of_a_group_and_not_where_two_meet(cast: Any, group: Any) -> None:
    arrangement, people = group
    session = operations.plan(arrangement, by=cast.supervisor, starts_at=makers.ahead(2))
    for person in (cast.supervisor, people[1]):
        page = body(client_of(person).get(url("detail", session)))
        for step in protocol.steps_of("group"):
            assert str(step.title) in page
    alone = makers.planned(cast, starts_at=makers.ahead(3))
    assert "How the time can go" not in body(client_of(cast.worker).get(url("detail", alone)))
    assert "How you spent the time" not in body(
        client_of(cast.supervisor).get(url("record", makers.planned(cast)))
    )


def test_what_was_written_is_in_the_record_that_all_read_and_in_its_content(cast: Any, group: Any) -> None:
    arrangement, people = group
    session = planned(arrangement, cast.supervisor)
    dana = client_of(cast.supervisor)
    assert "Ideas that came up" in body(dana.get(url("record", session)))
    sent = makers.record_post(cast, session)
    sent |= {f"there-{one.pk}": "on" for one in (cast.supervisor, *people)}
    sent |= {f"there-{one.pk}-minutes": "60" for one in (cast.supervisor, *people)}
    sent |= {
        "protocol-picked": "How to say no, brought by Kit",
        "protocol-ideas": "A walk\nA call",
        "protocol-way": " ",
    }
    assert dana.post(url("record", session), sent).status_code == 302
    again = body(dana.get(url("record", session)))
    assert "A walk\nA call" in again
    operations.send(makers.fresh(session), by=cast.supervisor)
    content = snapshot.read(makers.fresh(session).open_offer.content)["protocol"]
    assert [one["text"] for one in content["steps"]] == ["How to say no, brought by Kit", "A walk\nA call"]
    page = body(client_of(people[2]).get(url("detail", session)))
    assert "How to say no, brought by Kit" in page
    assert "The way forward" not in page, "what nobody wrote is not in the record"


def test_nothing_of_it_is_needed(cast: Any, group: Any) -> None:
    arrangement, people = group
    session = write(cast, planned(arrangement, cast.supervisor), cast.supervisor, [cast.supervisor, *people])
    assert not session.protocol
    operations.send(session, by=cast.supervisor)
    assert snapshot.read(makers.fresh(session).open_offer.content)["protocol"] == {}


def test_among_equals_the_record_says_who_facilitated_and_the_next_page_says_who_did_last_time(
    cast: Any, circle: Any
) -> None:
    arrangement, people = circle
    session = planned(arrangement, cast.worker)
    write(cast, session, cast.worker, people, facilitator=people[1].pk, protocol={"worked": "Asking first."})
    following = operations.plan(arrangement, by=cast.worker, starts_at=makers.ahead(5))
    assert "facilitated" not in body(client_of(people[2]).get(url("detail", following))), (
        "a draft tells nothing"
    )
    operations.send(makers.fresh(session), by=cast.worker)
    assert "Last time Kit Ng facilitated" in body(client_of(people[2]).get(url("detail", following)))
    assert "Facilitated by Kit Ng." in body(client_of(people[2]).get(url("detail", session)))


def test_who_was_not_there_did_not_facilitate(cast: Any, circle: Any) -> None:
    arrangement, people = circle
    with pytest.raises(Invalid, match="Whoever facilitated was there"):
        write(cast, planned(arrangement, cast.worker), cast.worker, people[:2], facilitator=people[2].pk)


@pytest.mark.parametrize("given", [{"facilitator": "nobody"}, {"protocol-worked": "x" * 5001}])
def test_what_cannot_be_kept_is_said_and_everything_stays(
    cast: Any, circle: Any, given: dict[str, str]
) -> None:
    arrangement, people = circle
    session = planned(arrangement, cast.worker)
    sent = makers.record_post(cast, session) | given
    sent |= {f"there-{one.pk}": "on" for one in people} | {f"there-{one.pk}-minutes": "60" for one in people}
    page = client_of(cast.worker).post(url("record", session), sent)
    assert page.status_code == 422
    assert makers.OUTCOMES in body(page)


def test_a_thrown_away_draft_takes_it_along(cast: Any, circle: Any) -> None:
    arrangement, people = circle
    session = write(
        cast, planned(arrangement, cast.worker), cast.worker, people, protocol={"worked": "Asking first."}
    )
    assert operations.discard(session, by=cast.worker).protocol == {}


def test_only_known_steps_are_kept_each_with_its_words(cast: Any) -> None:
    assert protocol.kept("group", {"picked": " a ", "ideas": "", "worked": "b", "x": "c"}, None) == {
        "said": {"picked": "a"}
    }
    assert protocol.kept("individual", {"picked": "a"}, cast.worker.pk) == {}
    assert protocol.kept("group", {}, cast.worker.pk) == {}, "in a group who leads it is known"
