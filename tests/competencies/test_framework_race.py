"""Two administrators, or two servers that start, at the same instant, with real threads."""

from __future__ import annotations

from typing import Any

import pytest

from competencies.library import operations
from competencies.models import Framework, FrameworkVersion
from tests.sessions.test_race import at_once, chain_holds

from . import framework_makers as make
from .framework_makers import rivers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_published_twice_at_once_it_is_one_version(cast: Any) -> None:
    framework = make.loaded(cast)
    results = at_once(
        *[lambda: operations.publish(framework=framework, version=1, by=cast.administrator)] * 2
    )
    assert [one.number for one in results] == [1, 1]
    assert FrameworkVersion.objects.count() == 1
    assert chain_holds()


def test_two_servers_that_start_at_once_bring_in_each_framework_once() -> None:
    at_once(*[lambda: operations.bring_in([rivers(), rivers(key="lakes")])] * 2)
    assert Framework.objects.count() == FrameworkVersion.objects.count() == 2
    assert chain_holds()


def test_loaded_twice_at_once_it_is_one_framework(cast: Any) -> None:
    results = at_once(*[lambda: make.loaded(cast)] * 2)
    assert [isinstance(one, Framework) for one in results].count(True) == 1
    assert Framework.objects.count() == 1
