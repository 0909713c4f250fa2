"""A backup is whole, holds what was acknowledged a moment before, is readable to its owner only, and has no keys in it."""

from __future__ import annotations

import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from supervision.people.models import Program

pytestmark = pytest.mark.django_db(transaction=True)


def back_up(folder: Path, **options: Any) -> str:
    told = StringIO()
    call_command("backup", to=folder, stdout=told, **options)
    return told.getvalue()


def names_in(copy: Path) -> str:
    """The programs that a backup holds."""
    if connection.vendor == "sqlite":
        opened = connection.Database.connect(copy)
        found = str(opened.execute("SELECT name FROM people_program").fetchall())
        opened.close()
        return found
    dump = subprocess.run(
        ["pg_restore", "--data-only", "--table=people_program", "--file=-", str(copy)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dump.stdout


def test_a_backup_holds_what_was_just_written(tmp_path: Path) -> None:
    Program.objects.create(name="Maple Street")
    told = back_up(tmp_path / "copies")

    (copy,) = (tmp_path / "copies").iterdir()
    assert "Maple Street" in names_in(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert str(copy) in told
    assert "The keys are not in it" in told


def test_the_guards_come_with_the_backup(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a dump of PostgreSQL is restored as a whole")
    back_up(tmp_path)
    (copy,) = tmp_path.iterdir()
    opened = connection.Database.connect(copy)
    triggers = opened.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ch!_%' ESCAPE '!'"
    )
    assert triggers.fetchone()[0] > 20
    opened.close()


def test_a_backup_never_lies_beside_the_keys() -> None:
    with pytest.raises(CommandError, match="must not lie in the folder of the keys"):
        back_up(settings.SECRETS_DIR / "backups")


def test_only_the_newest_copies_are_kept(tmp_path: Path) -> None:
    for _ in range(3):
        back_up(tmp_path, keep=2)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_copy_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        monkeypatch.setattr(
            "supervision.records.management.commands.backup._check_sqlite",
            lambda copy: (_ for _ in ()).throw(CommandError("not whole")),
        )
    else:
        monkeypatch.setitem(connection.settings_dict, "PASSWORD", "wrong")
        monkeypatch.setitem(connection.settings_dict, "USER", "nobody")
    with pytest.raises(CommandError):
        back_up(tmp_path)
    assert list(tmp_path.iterdir()) == []
