"""A small demo agency, made once for all tests of this folder and taken away again."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from supervision.demo import making
from supervision.demo.world import World

# A Wednesday morning: half of the week lies behind, half ahead.
NOW = datetime.datetime(2026, 11, 18, 15, 30, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def demo(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    """The smallest demo in which every state has somebody to be in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield making.make(weeks=making.FEWEST_WEEKS, workers=making.FEWEST_WORKERS, now=NOW)
        transaction.set_rollback(True)
