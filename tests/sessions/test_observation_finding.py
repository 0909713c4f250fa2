"""Finding an observation again: with the sessions, by the same filter, shown as what it is, and never in words not to be read."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from supervision.records.models import Opening
from supervision.sessions import search
from supervision.sessions.observations import operations

from . import makers
from . import observation_makers as make
from .pages import body, client_of
from .test_find import look
from .test_observation_views import url
from .test_queries import asked


def found(person: Any, **query: Any) -> set[Any]:
    """The observations shown with the sessions."""
    response = look(person, **query)
    assert response.status_code == 200
    return {row["observation"].pk for row in response.context.get("observations", [])}


def test_words_of_the_record_and_of_what_was_added_are_found_by_the_two(cast: Any) -> None:
    made = make.sealed(cast, written=make.words(strengths="A kingfisher by the canal"))
    given = {"reason": "A date", "text": "An osprey", "evidence": makers.evidence(cast.worker)}
    operations.add_addendum(made, by=cast.worker, **given)
    for person in (cast.worker, cast.supervisor):
        for words in ("KINGFISHER canal", "osprey", "Tuesday group"):
            assert found(person, words=words) == {made.pk}
    assert found(cast.worker, words="pelican") == set()
    page = body(look(cast.worker, words="kingfisher"))
    assert "A kingfisher by the canal" in page
    assert url("", made.pk) in page


def test_what_is_being_written_is_found_by_who_writes_it_alone(cast: Any) -> None:
    made = make.draft(cast, written=make.words(strengths="A heron", growth="An ibis"))
    for words in ("heron", "ibis"):
        assert found(cast.supervisor, words=words) == {made.pk}
        assert found(cast.worker, words=words) == set()
    assert found(cast.worker, words="opening question") == {made.pk}, "the plan is for both"


@pytest.mark.parametrize("who", ["manager", "administrator", "other_supervisor", "outsider"])
def test_nobody_else_finds_one(cast: Any, who: str) -> None:
    make.sealed(cast)
    person = getattr(cast, who)
    assert found(person, words="Tuesday group") == set()
    assert found(person, state="signed") == set()


def test_the_filter_of_the_sessions_holds_for_observations(cast: Any) -> None:
    rows = {
        name: getattr(make, name)(cast).pk
        for name in ("proposed", "agreed", "declined_plan", "called_off", "draft", "sent", "sealed")
    }

    def named(*names: str) -> set[Any]:
        return {rows[name] for name in names}

    assert found(cast.worker, state="planned") == named("proposed", "agreed")
    assert found(cast.worker, state="not_held") == named("declined_plan", "called_off")
    assert found(cast.worker, state="signed") == named("sealed")
    assert found(cast.worker, state="sign") == named("sent")
    assert found(cast.supervisor, state="sign") == set()
    assert found(cast.supervisor, state="others") == named("sent")
    assert found(cast.supervisor, state="writing") == named("draft", "agreed")
    assert found(cast.worker, state="writing") == set()
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    assert found(cast.worker, since=tomorrow) == set()
    assert found(cast.worker, structure="group", words="Tuesday") == set()
    assert found(cast.worker, who=str(cast.supervisor.pk), state="signed") == named("sealed")
    assert found(cast.worker) == set(), "nothing was looked for"


def test_further_back_is_one_page_on_with_the_same_filter(cast: Any, monkeypatch: Any) -> None:
    first = make.sealed(cast, look_for="The kingfisher")
    monkeypatch.setattr(search, "AT_ONCE", 1)
    today = timezone.localdate() + datetime.timedelta(days=3)
    make.proposed(cast, day=today)
    client = client_of(cast.worker)
    response = look(cast.worker, client, words="kingfisher")
    assert not response.context["observations"]
    further = response.context["more_observations"]
    assert "kingfisher" not in further
    page = client.get(further)
    assert [row["observation"].pk for row in page.context["rows"]] == []
    page = client.get(url("s") + page.context["page"].older)
    assert [row["observation"].pk for row in page.context["rows"]] == [first.pk]
    assert "The kingfisher" in body(page)
    assert "Show everything" in body(page)


def test_what_a_search_shows_is_written_into_the_access_log(cast: Any) -> None:
    made = make.sealed(cast)
    look(cast.worker, words="Tuesday group")
    assert Opening.objects.filter(by=cast.worker, record_id=made.pk, action="listed").count() == 1
    client_of(cast.worker).get(f"{reverse('sessions:list')}?state=signed")
    assert Opening.objects.filter(by=cast.worker, action="listed").count() == 1


def test_looking_for_words_asks_as_much_for_a_few_as_for_many(cast: Any) -> None:
    client = client_of(cast.worker)
    make.sealed(cast)
    look(cast.worker, client, words="group")
    addresses = (f"{reverse('sessions:list')}?found=1", f"{url('s')}?found=1")
    few = [asked(client, address)[0] for address in addresses]
    for _again in range(4):
        make.sealed(cast)
        make.draft(cast)
    assert [asked(client, address)[0] for address in addresses] == few
