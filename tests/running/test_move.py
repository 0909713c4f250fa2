"""Everything moves from SQLite to PostgreSQL as it is stored, and is verified there (decision 22)."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from supervision.records import keyring
from tests.jobs.test_worker_process import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program of a real installation in a folder of its own, with keys of its own."""
    keyring.save(tmp_path / "secrets" / "keys.json", keyring.Keyring.new())
    (tmp_path / "data").mkdir()
    folders = {
        f"COMMON_HOUR_{name}_DIR": str(tmp_path / name.lower()) for name in ("DATA", "SECRETS", "STATIC")
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COMMON_HOUR_")}

    def runner(*command: str, database: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            **plain,
            **folders,
            "DJANGO_SETTINGS_MODULE": "supervision.settings",
            "DATABASE_URL": database,
        }
        return subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return runner


@pytest.fixture
def empty_database() -> Iterator[str]:
    if connection.vendor != "postgresql":
        pytest.skip("there is no PostgreSQL server to move to")
    name = f"moved_{uuid.uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield database_url().rsplit("/", 1)[0] + f"/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


LOOK = """
from django.apps import apps
from django.db import connection
for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
    if model._meta.app_label not in ("contenttypes", "auth"):
        print(model._meta.label, model._base_manager.count())
from agreements.models import Clause
print(sorted(clause.text for clause in Clause.objects.all()))
try:
    connection.cursor().execute("UPDATE records_seal SET how = how")
except Exception as refusal:
    print("guard:", "refused" in str(refusal))
"""


def test_a_filled_installation_moves_whole(
    run: Callable[..., subprocess.CompletedProcess[str]], empty_database: str
) -> None:
    assert run("manage.py", "migrate", "--verbosity", "0").returncode == 0
    filled = run("-m", "tests.running.fill_for_move")
    assert filled.returncode == 0, filled.stderr

    moved = run("manage.py", "move_to", empty_database)
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert "Everything that is covered is as it was written" in moved.stdout + moved.stderr

    before = run("manage.py", "shell", "--no-imports", "-c", LOOK).stdout
    after = run("manage.py", "shell", "--no-imports", "-c", LOOK, database=empty_database).stdout
    assert after == before
    assert "records.Seal 1\n" in after
    assert after.endswith(
        "['The sealed words 🪴', 'The waiting words', 'The words of a draft']\nguard: True\n"
    )

    again = run("manage.py", "move_to", empty_database)
    assert again.returncode == 1
    assert "not empty" in again.stderr


def test_only_from_sqlite_to_postgresql(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    refused = run("manage.py", "move_to", "sqlite:///other.sqlite3")
    assert refused.returncode == 1
    assert "from SQLite to PostgreSQL" in refused.stderr
