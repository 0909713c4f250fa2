"""What waits on the home pages besides signatures: observations to answer and to write up, and what is taken up."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from supervision.overview import waiting
from supervision.sessions.observations.models import Observation
from tests.competencies import makers as goals
from tests.sessions import matter_makers as matters
from tests.sessions import observation_makers as looks


def labels(tasks: list[Any]) -> list[str]:
    return [task.label for task in tasks]


def test_a_proposed_observation_waits_for_the_other_one_alone(cast: Any) -> None:
    looks.proposed(cast)
    assert "that Dana proposes" in labels(waiting.tasks_of(cast.worker, waiting.OBSERVATIONS))[0]
    for person in (cast.supervisor, cast.manager, cast.other_worker):
        assert waiting.tasks_of(person, waiting.OBSERVATIONS) == []


def test_one_that_took_place_waits_to_be_written_up_by_who_observed(cast: Any) -> None:
    made = looks.agreed(cast)
    assert labels(waiting.tasks_of(cast.supervisor, waiting.OBSERVATIONS))[0].startswith(
        "Write up the observation"
    )
    assert waiting.tasks_of(cast.worker, waiting.OBSERVATIONS) == []
    ahead = timezone.localdate() + datetime.timedelta(days=1)
    Observation.objects.filter(pk=made.pk).update(day=ahead)
    assert waiting.tasks_of(cast.supervisor, waiting.OBSERVATIONS) == []


def test_a_draft_is_its_writers_to_finish_and_gone_from_the_list_once_it_is_sent(cast: Any) -> None:
    made = looks.draft(cast)
    assert labels(waiting.tasks_of(cast.supervisor, waiting.OBSERVATIONS))[0].startswith("Finish the record")
    assert waiting.tasks_of(cast.worker, waiting.OBSERVATIONS) == []
    looks.sent(cast, made)
    assert waiting.tasks_of(cast.supervisor, waiting.OBSERVATIONS) == []


def test_what_is_taken_up_waits_for_a_yes_and_then_for_the_manager_named(cast: Any) -> None:
    made = matters.proposed(cast)
    assert labels(waiting.tasks_of(cast.supervisor, waiting.MATTERS)) == [
        "Read what Marisol would take up with a manager"
    ]
    assert (
        waiting.tasks_of(cast.worker, waiting.MATTERS)
        == waiting.tasks_of(cast.manager, waiting.MATTERS)
        == []
    )
    sent = matters.operations.agree(made, by=cast.supervisor, version=made.version)
    assert waiting.tasks_of(cast.supervisor, waiting.MATTERS) == []
    assert labels(waiting.tasks_of(cast.manager, waiting.MATTERS)) == [
        "Answer what Marisol and Dana take up with you"
    ]
    assert waiting.tasks_of(cast.other_manager, waiting.MATTERS) == []
    matters.reply(cast, sent)
    assert waiting.tasks_of(cast.manager, waiting.MATTERS) == []


def test_everything_that_waits_is_asked_for_in_one_question_however_much_it_is(cast: Any) -> None:
    def fill() -> None:
        matters.proposed(cast)
        matters.proposed(cast, by=cast.supervisor)
        looks.proposed(cast, by=cast.worker)
        looks.agreed(cast)
        looks.draft(cast)

    fill()
    due = goals.goal(cast.supervisor, title="Ask more", review_on=timezone.localdate())
    with CaptureQueriesContext(connection) as few:
        kinds = {task.tag for task in waiting.tasks_of(cast.supervisor)}
    assert kinds == {"Your answer", "Write up", "Draft", "Goal"}
    fill()
    with CaptureQueriesContext(connection) as many:
        found = waiting.tasks_of(cast.supervisor)
    assert len(many) == len(few) <= 3, "one for all, and two for the title of a goal"
    assert [task.label for task in found if task.tag == "Goal"] == [f"Look at your goal again: {due.title}"]
    assert len(found) == 2 * 4 + 1
