"""A part of an agreement that was kept for the next session is on its agenda, and in the record of it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements import operations as agreements
from supervision.notices.models import Suggestion
from supervision.records import snapshot
from supervision.sessions import operations
from supervision.sessions.models import AgendaItem
from tests.agreements import helpers

from . import makers
from .pages import body, client_of, url

PART = "Our agreement, part"


@pytest.fixture
def draft(cast: Any) -> Any:
    return agreements.draft(arrangement=cast.arrangement, by=cast.supervisor)


def keep(draft: Any, by: Any, key: str = "place") -> Any:
    clause = helpers.clause(draft, key)
    return agreements.park(clause=clause, seen=clause.turn_count, by=by)


def rows_of(page: Any) -> list[dict[str, Any]]:
    """What the record form shows as topics, as a browser would send it."""
    form = page.context["agenda"]
    return [
        {name: str(row[name].value() or "") for name in row.fields}
        for row in form.forms
        if row["topic"].value()
    ]


def sent_with(cast: Any, session: Any, rows: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    sent = makers.record_post(cast, session, **given)
    sent["agenda-TOTAL_FORMS"] = str(len(rows))
    for number, row in enumerate(rows):
        sent |= {f"agenda-{number}-{name}": value for name, value in row.items()}
    return sent


def test_both_see_it_on_the_agenda_of_the_next_session_alone(
    cast: Any, draft: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a Monday, so that the next session is in the week that the supervisor's home shows.
    today = timezone.now()
    monday = today + datetime.timedelta(days=7 - today.weekday())
    monkeypatch.setattr(timezone, "now", lambda: monday.replace(hour=15))
    following = makers.planned(cast, starts_at=makers.ahead(3))
    later = makers.planned(cast, starts_at=makers.ahead(10))
    keep(draft, cast.worker)
    for person, said in ((cast.supervisor, "Kept for this session by Marisol"), (cast.worker, "by you")):
        client = client_of(person)
        page = body(client.get(url("detail", following)))
        assert PART in page.partition("Agenda")[2]
        assert said in page
        assert PART not in body(client.get(url("detail", later)))
    assert PART in body(client_of(cast.worker).get("/"))
    assert "1 agenda topic" in body(client_of(cast.supervisor).get("/"))


def test_nobody_else_sees_it(cast: Any, draft: Any) -> None:
    session = makers.planned(cast, starts_at=makers.ahead(3))
    keep(draft, cast.worker)
    for person in (cast.manager, cast.other_supervisor, cast.administrator):
        assert PART not in body(client_of(person).get(url("detail", session)))


def test_it_is_a_topic_of_the_record_in_the_name_of_whoever_kept_it(cast: Any, draft: Any) -> None:
    session = makers.planned(cast)
    turn = keep(draft, cast.worker)
    dana = client_of(cast.supervisor)
    rows = rows_of(dana.get(url("record", session)))
    assert len(rows) == 1
    rows[0]["outcome"] = "We meet in the library."
    assert dana.post(url("record", session), sent_with(cast, session, rows)).status_code == 302
    item = AgendaItem.objects.get(session=session)
    assert (item.raised_by, item.agreement_turn, item.outcome) == (
        cast.worker,
        turn.pk,
        "We meet in the library.",
    )
    assert Suggestion.objects.kept().get().taken_at is not None
    operations.send(makers.fresh(session), by=cast.supervisor)
    content = snapshot.read(makers.fresh(session).open_offer.content)
    assert PART in str(content)


def test_it_stays_kept_when_the_record_leaves_it_out(cast: Any, draft: Any) -> None:
    session = makers.planned(cast)
    keep(draft, cast.worker)
    following = makers.planned(cast, starts_at=makers.ahead(3))
    makers.draft(cast, session)
    assert PART in body(client_of(cast.worker).get(url("detail", following)))


def test_what_was_settled_while_the_record_was_written_is_still_a_topic_of_it(cast: Any, draft: Any) -> None:
    session = makers.planned(cast)
    keep(draft, cast.worker)
    dana = client_of(cast.supervisor)
    rows = rows_of(dana.get(url("record", session)))
    helpers.suggest(draft, "place", "In the library.", by=cast.worker)
    assert Suggestion.objects.kept().get().dismissed_at is not None
    assert dana.post(url("record", session), sent_with(cast, session, rows)).status_code == 302
    assert AgendaItem.objects.get(session=session).raised_by == cast.worker


def test_a_settled_part_is_not_on_the_agenda_any_more(cast: Any, draft: Any) -> None:
    session = makers.planned(cast)
    keep(draft, cast.worker)
    helpers.suggest(draft, "place", "In the library.", by=cast.worker)
    assert PART not in body(client_of(cast.worker).get(url("detail", session)))
    assert rows_of(client_of(cast.supervisor).get(url("record", session))) == []


def test_a_session_that_nobody_planned_has_it_too(cast: Any, draft: Any) -> None:
    keep(draft, cast.supervisor)
    dana = client_of(cast.supervisor)
    address = reverse("sessions:log") + f"?arrangement={cast.arrangement.pk}"
    page = dana.get(address)
    rows = rows_of(page)
    assert len(rows) == 1
    sent = sent_with(cast, None, rows, key=str(page.context["form"]["key"].value()))
    assert dana.post(address, sent).status_code == 302
    assert AgendaItem.objects.get().text.startswith(PART)


def test_what_was_kept_in_another_arrangement_cannot_be_named(cast: Any, draft: Any) -> None:
    session = makers.planned(cast)
    theirs = agreements.draft(arrangement=cast.other_arrangement, by=cast.other_supervisor)
    keep(theirs, cast.other_supervisor)
    stolen = Suggestion.objects.kept().get()
    row = {"id": str(stolen.pk), "topic": "x", "area": "growth", "by": str(cast.worker.pk), "reached": "yes"}
    sent = sent_with(cast, session, [row])
    assert client_of(cast.supervisor).post(url("record", session), sent).status_code == 422
    assert Suggestion.objects.kept().get().taken_at is None


def test_a_thrown_away_draft_leaves_it_on_the_agenda(cast: Any, draft: Any) -> None:
    session = makers.planned(cast)
    keep(draft, cast.worker)
    dana = client_of(cast.supervisor)
    rows = rows_of(dana.get(url("record", session)))
    dana.post(url("record", session), sent_with(cast, session, rows))
    operations.discard(makers.fresh(session), by=cast.supervisor)
    assert PART in body(client_of(cast.worker).get(url("detail", session)))
