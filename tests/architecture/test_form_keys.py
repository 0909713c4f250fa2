"""The key of a form is the person's to choose: the same one in two apps must not name two things with one data key."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from competencies.assessments import operations as assessments
from competencies.goals import operations as goals
from competencies.programs import operations as programs
from competencies.rounds import operations as rounds
from supervision.notes import operations as notes
from supervision.people.models import User
from supervision.records import ids


def test_one_key_makes_another_id_in_every_app() -> None:
    person, key = User(pk=uuid.uuid4()), uuid.uuid4()
    makers: list[Callable[[User, uuid.UUID], uuid.UUID]] = [
        assessments.id_of,
        goals.id_of,
        programs.id_of,
        rounds.id_of,
        notes.id_of,
        *(
            lambda one, two, kind=kind: ids.made_by(one, two, kind)
            for kind in ("entry", "credential", "evidence")
        ),
    ]
    assert len({make(person, key) for make in makers}) == len(makers)
    assert len({make(User(pk=uuid.uuid4()), key) for make in makers}) == len(makers)
