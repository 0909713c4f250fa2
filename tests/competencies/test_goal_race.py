"""Two windows, or two people, at the same instant, with real threads."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from competencies.goals import operations
from competencies.models import Goal, GoalReader, ProgressNote
from supervision.notices.models import Suggestion
from supervision.records.errors import NotFound
from supervision.sessions import operations as sessions
from supervision.sessions.models import AgendaItem
from tests.sessions import makers
from tests.sessions.test_race import at_once, chain_holds

from . import makers as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 3


def test_saved_from_two_windows_one_is_kept_and_the_other_told(cast: Any) -> None:
    for _round in range(ROUNDS):
        goal = make.goal(cast.worker)
        results = at_once(
            *(
                lambda goal=goal, why=why: operations.change(
                    goal, by=cast.worker, version=1, written=make.written(why=why)
                )
                for why in ("One", "Two")
            )
        )
        assert [isinstance(one, Goal) for one in results].count(True) == 1


def test_the_same_new_goal_sent_three_times_at_once_is_one(cast: Any) -> None:
    key = uuid.uuid4()
    at_once(*[lambda: operations.begin(by=cast.worker, key=key, written=make.written())] * 3)
    assert Goal.objects.count() == 1
    assert Goal.objects.get().steps.count() == 1


def test_shared_twice_at_once_it_is_suggested_once(cast: Any) -> None:
    for _round in range(ROUNDS):
        goal = make.goal(cast.worker)
        at_once(*[lambda goal=goal: make.share(goal, cast.arrangement)] * 2)
        assert goal.readers.count() == 1
        assert Suggestion.objects.filter(source_id=goal.pk).count() == 1
    assert chain_holds()


def test_taken_back_while_the_other_adds_to_it_and_takes_it_to_the_agenda(cast: Any) -> None:
    for number in range(ROUNDS):
        goal = make.shared(cast.worker, cast.arrangement)
        session = makers.planned(cast, starts_at=makers.ahead(6 + number))
        seen = Suggestion.objects.get(source_id=goal.pk)
        results = at_once(
            lambda goal=goal: operations.take_back(goal, by=cast.worker),
            lambda goal=goal: make.note(goal, cast.supervisor),
            lambda session=session, seen=seen: sessions.take_suggestion(session, seen, by=cast.supervisor),
        )
        assert isinstance(results[0], Goal)
        assert isinstance(results[1], ProgressNote | NotFound)
        assert isinstance(results[2], AgendaItem) == AgendaItem.objects.filter(session=session).exists()
        assert not GoalReader.objects.filter(goal=goal).exists()
        assert not Suggestion.objects.filter(source_id=goal.pk, taken_at=None).exists()
    assert chain_holds()
