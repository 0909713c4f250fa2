"""Two people, or two windows, at the same instant, with real threads: also at the moment a round closes."""

from __future__ import annotations

import datetime
import itertools
import uuid
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from competencies.models import NamedView, Round, RoundResult, Sheet
from competencies.rounds import anonymity, operations
from supervision.records.errors import Stale, WrongState
from tests.sessions.test_race import at_once, chain_holds

from . import round_makers as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 3


def test_opened_from_two_windows_there_is_one(cast: Any) -> None:
    make.team(cast)
    make.framework()
    results = at_once(*[lambda: make.opened(cast)] * 3)
    assert [isinstance(one, Round) for one in results].count(True) == 1
    assert Round.objects.count() == 1
    assert Sheet.objects.count() == 4
    assert chain_holds()


def test_the_same_form_opens_one(cast: Any) -> None:
    make.team(cast)
    make.framework()
    key = uuid.uuid4()
    at_once(*[lambda: make.opened(cast, key=key)] * 3)
    assert Round.objects.count() == 1


def test_sent_from_two_windows_one_counts_and_the_other_is_told(cast: Any) -> None:
    make.team(cast)
    found = make.opened(cast)
    for number in range(ROUNDS):
        sheet = make.sheet_of(found, cast.worker)
        results = at_once(
            *(
                lambda point=point, sheet=sheet, number=number: operations.answer(
                    sheet, by=cast.worker, version=number, marks=make.marks(found, point)
                )
                for point in (1 + number % 2, 3 + number % 2)
            )
        )
        assert [type(one) for one in results if one is not None] == [Stale]
        assert operations.kept_in(make.sheet_of(found, cast.worker)).version == number + 1


def test_everybody_answers_at_once(cast: Any) -> None:
    people = make.team(cast, 4)
    found = make.opened(cast)
    results = at_once(*(lambda person=person: make.answers(found, person, 4) for person in people))
    assert results == [None] * 4
    make.settled(found)
    assert set((make.bands(found) or {}).values()) == {anonymity.Band.STRONG}
    assert chain_holds()


def test_many_first_looks_give_one_result(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    for person in people:
        make.answers(found, person)
    with make.after(found):
        results = at_once(*[lambda: operations.settle(found)] * 4)
    assert len({one.pk for one in results}) == 1
    assert RoundResult.objects.count() == 1
    assert chain_holds()


def test_who_answers_at_the_moment_it_closes_is_counted_or_told_that_it_is_too_late(cast: Any) -> None:
    """The clock passes the end while four send and two look: what was taken is in the result, what was refused is not."""
    people = make.team(cast, 4)
    moment, before = timezone.now(), None
    for _number in range(ROUNDS):
        with make.at(moment):
            found = make.opened(cast)
        make.own_part(found)
        ticks = itertools.count()
        end = found.closes_at

        def now(end: datetime.datetime = end, ticks: Any = ticks) -> datetime.datetime:
            return end + datetime.timedelta(microseconds=next(ticks) - 30)

        with mock.patch("django.utils.timezone.now", now):
            results = at_once(
                *(lambda person=person, found=found: make.answers(found, person, 4) for person in people),
                *[lambda found=found: operations.settle(found)] * 2,
            )
        taken = {person.pk for person, one in zip(people, results[:4], strict=True) if one is None}
        assert all(one is None or isinstance(one, WrongState) for one in results[:4])
        make.settled(found)
        kept = {row.person_id: operations.kept_in(row) for row in _sheets(found, people)}
        assert {person for person, one in kept.items() if one.is_sent} == taken
        enough = anonymity.is_enough(frozenset(taken), before)
        assert (make.bands(found) is not None) == enough
        before = frozenset(taken) if enough else before
        assert RoundResult.objects.filter(round=found).count() == 1
        moment = end + datetime.timedelta(days=1)
    assert chain_holds()


def _sheets(found: Round, people: list[Any]) -> list[Sheet]:
    return [make.sheet_of(found, person) for person in people]


def test_taken_back_while_the_result_is_made(cast: Any) -> None:
    people = make.team(cast)
    found = make.opened(cast)
    for person in people:
        make.answers(found, person)
    with make.at(found.closes_at - datetime.timedelta(seconds=1)):
        results = at_once(
            lambda: operations.take_back(make.sheet_of(found, people[0]), by=people[0]),
            lambda: operations.settle(found),
        )
    assert results[0] is None
    assert isinstance(results[1], WrongState)
    make.settled(found)
    assert make.bands(found) is None


def test_the_same_words_by_name_sent_three_times_at_once_are_one(cast: Any) -> None:
    key = uuid.uuid4()
    given: dict[str, Any] = {"by": cast.worker, "to": cast.supervisor, "key": key, "text": "One"}
    at_once(*[lambda: operations.share_by_name(**given)] * 3)
    assert NamedView.objects.count() == 1
    assert chain_holds()
