"""Finding a session again: by days, person, kind and words, and never in words that this person may not read."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.records.models import Opening
from supervision.sessions import operations, search

from . import makers
from .pages import body, client_of
from .test_queries import asked

HERON = "heron"


def look(person: Any, client: Any = None, **asked_for: Any) -> Any:
    """What the list shows when this person sends its form."""
    return (client or client_of(person)).post(reverse("sessions:find"), asked_for, follow=True)


def found(person: Any, **query: Any) -> set[Any]:
    response = look(person, **query)
    assert response.status_code == 200
    return {row["session"].pk for row in response.context["rows"]}


def day(hours_ago: float) -> str:
    return timezone.localtime(makers.ago(hours_ago)).date().isoformat()


def test_words_are_found_whatever_their_case_with_what_stands_around_them(cast: Any) -> None:
    session = makers.sealed(cast, outcomes="We spoke of the Blue Kingfisher by the canal.")
    other = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(90)), outcomes="Something else.")
    assert found(cast.worker, words="blue KINGFISHER") == {session.pk}
    assert found(cast.supervisor, words="kingfisher heron") == {session.pk}, "each word by itself"
    assert found(cast.worker, words="drew in two people") == {session.pk, other.pk}
    assert found(cast.worker, words="pelican") == set()
    assert "We spoke of the Blue Kingfisher by the canal." in body(look(cast.worker, words="kingfisher"))


def test_agendas_addenda_and_why_it_was_called_off_are_looked_through(cast: Any) -> None:
    planned = makers.planned(cast, starts_at=makers.ahead(2))
    operations.add_item(planned, by=cast.worker, text="The egret", share=True)
    sealed = makers.sealed(cast)
    operations.add_addendum(
        sealed, by=cast.worker, reason="A date", text="An osprey", evidence=makers.evidence(cast.worker)
    )
    off = makers.planned(cast, starts_at=makers.ahead(9))
    operations.cancel(off, by=cast.worker, why="other", note="A stork on the line")
    for word, session in (("egret", planned), ("osprey", sealed), ("stork", off)):
        assert found(cast.supervisor, words=word) == {session.pk}, word


def test_nobody_finds_what_they_may_not_read(cast: Any) -> None:
    planned = makers.planned(cast, starts_at=makers.ahead(2))
    operations.add_item(planned, by=cast.worker, text="A private egret", share=False)
    makers.sealed(cast)
    assert found(cast.worker, words="egret") == {planned.pk}
    assert found(cast.supervisor, words="egret") == set()
    for person in (cast.manager, cast.administrator, cast.other_supervisor, cast.outsider):
        assert found(person, words=HERON) == set()


def test_a_draft_is_found_by_its_recorder_alone(cast: Any) -> None:
    session = makers.planned(cast)
    operations.add_item(session, by=cast.worker, text="The egret", share=True)
    agenda = [makers.topic_of(item, outcome="An ibis") for item in session.agenda.all()]
    makers.draft(cast, session, agenda=agenda, place="By the avocet")
    for word in (HERON, "ibis", "avocet"):
        assert found(cast.supervisor, words=word) == {session.pk}
        assert found(cast.worker, words=word) == set()
    operations.send(makers.fresh(session), by=cast.supervisor)
    assert found(cast.worker, words="ibis") == {session.pk}


def test_who_was_not_there_does_not_find_it(cast: Any) -> None:
    group, people = makers.group(cast)
    session = operations.plan(group, by=cast.supervisor, starts_at=makers.ago())
    there = {cast.supervisor.pk: 60, people[0].pk: 60, people[1].pk: 60}
    written = makers.written(cast, session, attended=there)
    operations.sign_and_send(
        operations.record(session, by=cast.supervisor, written=written),
        by=cast.supervisor,
        evidence=makers.evidence(cast.supervisor),
    )
    assert found(people[1], words=HERON) == {session.pk}
    assert found(people[2], words=HERON) == set()


def test_what_a_search_shows_is_written_into_the_access_log(cast: Any) -> None:
    session = makers.sealed(cast)
    look(cast.worker, words=HERON)
    assert Opening.objects.filter(by=cast.worker, record_id=session.pk, action="listed").count() == 1
    look(cast.worker, words="pelican")
    assert Opening.objects.filter(by=cast.worker, action="listed").count() == 1


def test_what_somebody_looks_for_stands_in_no_address_and_is_theirs_alone(cast: Any) -> None:
    session = makers.sealed(cast)
    response = look(cast.worker, words=HERON, state="signed")
    assert response.redirect_chain == [(f"{reverse('sessions:list')}?state=signed&found=1", 302)]
    assert HERON not in response.context["page"].older
    assert found(cast.worker, words="") == {session.pk}
    mine = client_of(cast.supervisor).get(f"{reverse('sessions:list')}?found=1&words={HERON}")
    assert mine.context["form"].cleaned_data["words"] == ""


def test_by_days_and_kind(cast: Any) -> None:
    early = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 20)))
    late = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(30)))
    assert found(cast.worker, since=day(24 * 5)) == {late.pk}
    assert found(cast.worker, until=day(24 * 5)) == {early.pk}
    assert found(cast.worker, since=day(24 * 20), until=day(24 * 20)) == {early.pk}
    assert found(cast.worker, structure="group") == set()
    assert found(cast.worker, structure="individual") == {early.pk, late.pk}
    wrong = look(cast.worker, since="2026-02-02", until="2026-01-01")
    assert wrong.status_code == 422
    assert "The last day comes after the first." in body(wrong)


@pytest.mark.parametrize("words", ["\x00", "x" * 101, "%%%", "\\", "'; --", "<b>", "\u202e", "é" * 50])
def test_odd_words_are_looked_for_or_refused_and_break_nothing(cast: Any, words: str) -> None:
    makers.sealed(cast)
    assert look(cast.worker, words=words).status_code in (200, 422)


def test_further_back_is_one_page_on(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 2)
    old = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(900)), outcomes="A kingfisher.")
    for number in range(3):
        makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(100 + 30 * number)))
    client = client_of(cast.worker)
    first = look(cast.worker, client, words="kingfisher")
    assert "0 sessions on this page. There may be more further back." in body(first)
    second = client.get(reverse("sessions:list") + first.context["page"].older)
    assert {row["session"].pk for row in second.context["rows"]} == {old.pk}


def test_what_comes_next_stands_first_and_soonest_first(cast: Any) -> None:
    ahead = [makers.planned(cast, starts_at=makers.ahead(days)) for days in (40, 3, 10, 20, 30, 50)]
    past = makers.sealed(cast)
    response = client_of(cast.worker).get(reverse("sessions:list"))
    coming = [row["session"] for row in response.context["coming"]]
    assert [one.pk for one in coming] == [ahead[i].pk for i in (1, 2, 3, 4, 0)]
    assert {row["session"].pk for row in response.context["rows"]} == {past.pk}
    assert "Everything that is planned" in body(response)


def test_looking_for_words_asks_as_much_for_a_few_as_for_many(cast: Any) -> None:
    address = f"{reverse('sessions:list')}?found=1"
    client = client_of(cast.worker)

    def held(number: int) -> None:
        session = makers.planned(cast, starts_at=makers.ago(1000 - 20 * number))
        operations.add_item(session, by=cast.worker, text=f"Topic {number}")
        makers.sealed(cast, session)

    held(0)
    look(cast.worker, client, words=HERON)
    few, _queries = asked(client, address)
    for number in range(1, 6):
        held(number)
    many, queries = asked(client, address)
    assert few == many
    assert many <= 12, "\n".join(queries)
