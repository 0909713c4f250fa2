"""`manage.py backup`: one file with the whole database, checked, and never the keys.

On SQLite the database writes the copy itself, so it is whole even while people work; copying the file alone would lose what
the write-ahead log still holds. On PostgreSQL it is a dump in pg_dump's own format.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone


class Command(BaseCommand):
    help = "Writes a checked copy of the database into a folder. Keys are not in it: keep those elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", type=Path, default=settings.DATA_DIR / "backups", help="the folder to write into"
        )
        parser.add_argument(
            "--keep", type=int, default=0, help="then remove all but this many of the newest copies"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["to"]
        _refuse_keys_beside(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"common-hour-{timezone.now():%Y%m%dT%H%M%S%fZ}"
        make = _copy_sqlite if connection.vendor == "sqlite" else _dump_postgres
        made = make(folder, name)
        self.stdout.write(f"{made} ({made.stat().st_size:,} bytes, checked)")
        self.stdout.write(
            f"The keys are not in it. Keep a copy of {settings.SECRETS_DIR} in another place: without them nothing "
            "that was written can be read."
        )
        if options["keep"] > 0:
            _remove_all_but(options["keep"], folder, made.suffix)


def _refuse_keys_beside(folder: Path) -> None:
    keys, target = settings.SECRETS_DIR.resolve(), folder.resolve()
    if target == keys or keys in target.parents:
        raise CommandError(
            "A backup must not lie in the folder of the keys: whoever takes one would have both."
        )


def _copy_sqlite(folder: Path, name: str) -> Path:
    partial, whole = folder / f"{name}.partial", folder / f"{name}.sqlite3"
    _private(partial)
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(partial)])
        _check_sqlite(partial)
        return _keep(partial, whole)
    finally:
        partial.unlink(missing_ok=True)


def _check_sqlite(copy: Path) -> None:
    opened = connection.Database.connect(f"file:{copy}?mode=ro", uri=True)  # type: ignore[attr-defined]
    try:
        result = opened.execute("PRAGMA integrity_check").fetchall()
        broken = opened.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        opened.close()
    if result != [("ok",)] or broken:
        raise CommandError("The copy did not pass SQLite's integrity check, so it was not kept.")


def _dump_postgres(folder: Path, name: str) -> Path:
    partial, whole = folder / f"{name}.partial", folder / f"{name}.pgdump"
    _private(partial)
    database = connection.settings_dict
    environment = {**os.environ, "PGPASSWORD": str(database["PASSWORD"])}
    where = [*("--host", str(database["HOST"])), *("--port", str(database["PORT"] or 5432))]
    who = [*("--username", str(database["USER"])), *("--dbname", str(database["NAME"]))]
    try:
        _run(["pg_dump", *where, *who, "--format=custom", "--no-owner", f"--file={partial}"], environment)
        _run(["pg_restore", "--list", str(partial)], environment)
        return _keep(partial, whole)
    finally:
        partial.unlink(missing_ok=True)


def _run(command: list[str], environment: dict[str, str]) -> None:
    if shutil.which(command[0]) is None:
        raise CommandError(f"{command[0]} is not installed here. It comes with PostgreSQL's client programs.")
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise CommandError(f"{command[0]} failed: {done.stderr.strip()}")


def _private(path: Path) -> None:
    """Make the file first, so that nobody else can read what will be written into it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _keep(partial: Path, whole: Path) -> Path:
    """Give the copy its name only when it is safely on disk."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(whole)
    directory = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return whole


def _remove_all_but(count: int, folder: Path, suffix: str) -> None:
    for old in sorted(folder.glob(f"common-hour-*{suffix}"))[:-count]:
        old.unlink()
