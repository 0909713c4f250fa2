"""Worlds that the tests of one module share: to build one takes longer than most of what is asked in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from tests.architecture import group_world
from tests.architecture import world as agency_world
from tests.architecture.kinds import World
from tests.cast import Cast, make_cast


@pytest.fixture(scope="module")
def built_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One agency, see world.py. A test that uses it asks for `db` too, and what it does is undone after it."""
    with shared(agency_world.build, django_db_blocker) as world:
        yield world


@pytest.fixture(scope="module")
def built_group_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """An agency of groups, see group_world.py; as `built_world`."""
    with shared(group_world.build, django_db_blocker) as world:
        yield world


@contextmanager
def shared(build: Callable[[Cast], World], blocker: Any) -> Iterator[World]:
    """A world in a transaction around the tests of the module; the transaction of each test is a savepoint in it."""
    block = transaction.atomic()
    block._from_testcase = (
        True  # as TestCase says of its own: it is no transaction of the project (see write_guard.py)
    )
    with blocker.unblock():
        block.__enter__()
        try:
            world = build(make_cast())
        except BaseException:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
            raise
    try:
        yield world
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
