"""What the tests of one module share is as it was built for each of them, whatever the one before did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from supervision.people.models import User
from tests.architecture import standings
from tests.architecture.conftest import shared
from tests.architecture.kinds import World
from tests.cast import Cast


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    def small(cast: Cast) -> World:
        return World({"worker": cast.worker}, standings.of_agency)

    with shared(small, django_db_blocker) as world:
        yield world


@pytest.mark.parametrize("turn", ["one", "another"])
def test_each_finds_it_as_it_was_built(built: World, db: None, turn: str) -> None:
    worker = User.objects.get(pk=built.people["worker"].pk)
    assert (worker.name, User.objects.filter(name="Somebody Else").count()) == ("Marisol Vega", 0)
    with transaction.atomic():
        User.objects.filter(pk=worker.pk).update(name="Somebody Else")
    assert User.objects.filter(name="Somebody Else").count() == 1
