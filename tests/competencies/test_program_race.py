"""Several people at the same instant, with real threads: one self-assessment, one result, and nothing said after it has closed."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from competencies.models import ProgramAction, ProgramAsked, ProgramAssessment, ProgramResult
from competencies.programs import actions, operations
from competencies.programs.letters import Said
from competencies.programs.results import STEADY, TO_EXPLORE
from supervision.records.errors import AlreadyDone, WrongState
from supervision.records.models import AuditEvent
from tests import factories
from tests.sessions.test_race import at_once, chain_holds

from . import program_makers as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 3


def test_opened_by_two_managers_and_one_of_them_twice_there_is_one(cast: Any) -> None:
    make.crew(cast)
    second = factories.manager_of(cast.program, "Mo Second")
    make.framework()
    mine = make.values(cast.program, cast.manager)
    theirs = make.values(cast.program, second)
    results = at_once(
        *(
            lambda given=given: operations.open_assessment(cast.program, **given)
            for given in (mine, mine, theirs)
        )
    )
    assert [isinstance(one, ProgramAssessment) for one in results].count(True) == 1
    assert ProgramAssessment.objects.count() == 1
    assert ProgramAsked.objects.count() == 3 + 1 + 2
    assert chain_holds()


def test_put_together_by_three_at_once_it_is_one_result(cast: Any) -> None:
    crew = make.crew(cast)
    for _round in range(ROUNDS):
        assessment = make.opened(cast)
        for person in crew:
            make.says(assessment, person, 3)
        make.close(assessment, days_ago=3 * ROUNDS - _round)
        results = at_once(
            *[lambda row=assessment: operations.put_together(make.fresh(row), by=cast.worker)] * 3
        )
        assert {one.pk for one in results} == {ProgramResult.objects.get(assessment=assessment).pk}
    assert AuditEvent.objects.filter(action="program assessment put together").count() == ROUNDS
    assert chain_holds()


def test_what_is_said_at_the_moment_of_closing_counts_or_is_refused(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result holds what is stored, whoever was quicker."""
    crew = make.crew(cast)
    for number in range(ROUNDS):
        assessment = make.opened(cast)
        make.says(assessment, crew[0], 1)
        for person in crew[1:]:
            make.says(assessment, person, 2)
        seen = operations.said_by(
            ProgramAsked.objects.select_related("answer", "assessment__framework_version").get(
                assessment=assessment, person=crew[0]
            )
        ).page
        over = threading.Event()
        with monkeypatch.context() as patch:
            patch.setattr(ProgramAssessment, "is_open", property(lambda _self, over=over: not over.is_set()))

            def it_closes(row: Any = assessment, over: Any = over) -> Any:
                over.set()
                return operations.put_together(row, by=None)

            results = at_once(
                lambda row=assessment, seen=seen: make.says(row, crew[0], 4, seen=seen), it_closes
            )
        assert isinstance(results[0], Said | WrongState)
        asked = ProgramAsked.objects.select_related("answer", "assessment__framework_version").get(
            assessment=assessment, person=crew[0]
        )
        stored = operations.said_by(asked).points["support-1"]
        assert stored == (4 if isinstance(results[0], Said) else 1)
        band = {1: TO_EXPLORE, 4: STEADY}[stored]  # with two who say 2
        assert results[1].content["groups"]["workers"]["support-1"] == band
        make.close(assessment, days_ago=ROUNDS + 1 - number)


def test_an_action_is_done_and_dropped_at_once_and_noted_twice(cast: Any) -> None:
    done = make.finished(cast, dict.fromkeys(make.crew(cast), 2))
    for _round in range(ROUNDS):
        action = make.action(cast, done)
        results = at_once(
            lambda action=action: actions.finish(action, by=cast.supervisor, version=1),
            lambda action=action: actions.drop(action, by=cast.manager, version=1, reason="No money."),
        )
        assert [isinstance(one, ProgramAction) for one in results].count(True) == 1
        assert action.events.count() == 2
        again = at_once(*[lambda action=action: actions.reopen(action, by=cast.manager)] * 2)
        assert [isinstance(one, AlreadyDone) for one in again].count(True) == 1
    assert chain_holds()
