"""What waits on the home pages besides signatures: observations to answer and to write up, and what is taken up."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from supervision.overview import observation_tasks, taken_up
from supervision.sessions.observations.models import Observation
from tests.sessions import matter_makers as matters
from tests.sessions import observation_makers as looks


def labels(tasks: list[Any]) -> list[str]:
    return [task.label for task in tasks]


def test_a_proposed_observation_waits_for_the_other_one_alone(cast: Any) -> None:
    looks.proposed(cast)
    assert "that Dana proposes" in labels(observation_tasks.tasks_of(cast.worker))[0]
    for person in (cast.supervisor, cast.manager, cast.other_worker):
        assert observation_tasks.tasks_of(person) == []


def test_one_that_took_place_waits_to_be_written_up_by_who_observed(cast: Any) -> None:
    made = looks.agreed(cast)
    assert labels(observation_tasks.tasks_of(cast.supervisor))[0].startswith("Write up the observation")
    assert observation_tasks.tasks_of(cast.worker) == []
    ahead = timezone.localdate() + datetime.timedelta(days=1)
    Observation.objects.filter(pk=made.pk).update(day=ahead)
    assert observation_tasks.tasks_of(cast.supervisor) == []


def test_a_draft_is_its_writers_to_finish_and_gone_from_the_list_once_it_is_sent(cast: Any) -> None:
    made = looks.draft(cast)
    assert labels(observation_tasks.tasks_of(cast.supervisor))[0].startswith("Finish the record")
    assert observation_tasks.tasks_of(cast.worker) == []
    looks.sent(cast, made)
    assert observation_tasks.tasks_of(cast.supervisor) == []


def test_what_is_taken_up_waits_for_a_yes_and_then_for_the_manager_named(cast: Any) -> None:
    made = matters.proposed(cast)
    assert labels(taken_up.tasks_of(cast.supervisor)) == ["Read what Marisol would take up with a manager"]
    assert taken_up.tasks_of(cast.worker) == taken_up.tasks_of(cast.manager) == []
    sent = matters.operations.agree(made, by=cast.supervisor, version=made.version)
    assert taken_up.tasks_of(cast.supervisor) == []
    assert labels(taken_up.tasks_of(cast.manager)) == ["Answer what Marisol and Dana take up with you"]
    assert taken_up.tasks_of(cast.other_manager) == []
    matters.reply(cast, sent)
    assert taken_up.tasks_of(cast.manager) == []
