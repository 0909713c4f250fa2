"""The guard that keeps every write of the project inside `atomic` does notice one that is not."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.db import transaction

from supervision.jobs.models import DailyRun
from tests.write_guard import StrayWrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def project_code() -> ModuleType:
    """Code that stands where the project's own code stands, as far as a traceback tells."""
    source = (
        "from supervision.jobs.models import DailyRun\n"
        "def write():\n    DailyRun.objects.create(name='x', day='2026-01-01')\n"
        "def change():\n    DailyRun.objects.filter(name='x').update(day='2026-01-02')\n"
        "def remove():\n    DailyRun.objects.filter(name='x')._raw_delete('default')\n"
        "def read():\n    return list(DailyRun.objects.all())\n"
    )
    path = Path(settings.BASE_DIR) / "supervision" / "not_a_real_file.py"
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("not_a_real_file", None))
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("what", ["write", "change", "remove"])
def test_a_write_outside_atomic_is_noticed(project_code: ModuleType, what: str) -> None:
    with pytest.raises(StrayWrite, match=r"supervision/not_a_real_file\.py"):
        getattr(project_code, what)()


@pytest.mark.parametrize("what", ["write", "change", "remove"])
def test_a_write_inside_atomic_is_fine(project_code: ModuleType, what: str) -> None:
    with transaction.atomic():
        getattr(project_code, what)()


def test_reading_needs_no_transaction(project_code: ModuleType) -> None:
    assert project_code.read() == []


def test_a_test_may_write_as_it_likes() -> None:
    DailyRun.objects.create(name="y", day="2026-01-01")
    assert DailyRun.objects.count() == 1
