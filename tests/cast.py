"""The people that tests speak of: a pair, their manager, an administrator, and those who should see nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from supervision.people.models import Acknowledgement, Arrangement, Program, User

from . import factories


@dataclass
class Cast:
    """Dana supervises Marisol in Maple Street, which Priya manages."""

    program: Program
    other_program: Program
    supervisor: User
    worker: User
    manager: User
    administrator: User
    other_supervisor: User
    other_worker: User
    other_manager: User
    outsider: User
    arrangement: Arrangement
    other_arrangement: Arrangement


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    """Two pairs in two programs, each with a manager; an administrator; and a person with no part in anything."""
    factories.agency()
    maple, warm = factories.program("Maple Street"), factories.program("Warm line")
    dana, marisol = factories.person("Dana Whitfield"), factories.worker_in(maple, "Marisol Vega")
    ben, sam = factories.person("Ben Castillo"), factories.worker_in(warm, "Sam Okafor")
    for person in (dana, marisol, ben, sam):
        Acknowledgement(person=person, edition=1, concern_days=3).save()
    return Cast(
        program=maple,
        other_program=warm,
        supervisor=dana,
        worker=marisol,
        manager=factories.manager_of(maple, "Priya Raman"),
        administrator=factories.person("Ade Admin", is_administrator=True),
        other_supervisor=ben,
        other_worker=sam,
        other_manager=factories.manager_of(warm, "Otto Manager"),
        outsider=factories.person("Olive Outsider"),
        arrangement=factories.arrangement(maple, [dana], [marisol]),
        other_arrangement=factories.arrangement(warm, [ben], [sam]),
    )
