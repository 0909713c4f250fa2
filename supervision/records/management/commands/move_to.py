"""`manage.py move_to DATABASE_URL`: copy everything from SQLite to an empty PostgreSQL database, and verify it there.

Rows are copied as they are stored, ciphertext as ciphertext; the guards of sealed records stand aside on the new side while they are
filled in, and are back before the copy counts. Nobody can write meanwhile. Afterwards `verify` goes over the new database.
"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import dj_database_url
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction

from supervision.records import daily, triggers

TARGET = "move_target"
AT_ONCE = 500
# Made anew by every migration.
MADE_BY_MIGRATE = {"contenttypes", "auth"}


class Command(BaseCommand):
    help = "Copies everything from the SQLite database in use to an empty PostgreSQL database, and verifies it there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "url", help="where to, such as postgresql://USER:PASSWORD@HOST:PORT/NAME (the owner role)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"]
        if connection.vendor != "sqlite" or not url.startswith("postgres"):
            raise CommandError(
                "This moves from SQLite to PostgreSQL: DATABASE_URL must be the first, the argument the second."
            )
        _run("migrate", url, "--no-input", "--verbosity", "0")
        _run("createcachetable", url)
        _open_target(url)
        try:
            count = _copy_everything()
        finally:
            connections[TARGET].close()
        self.stdout.write(f"{count:,} rows copied. Verifying them there.")
        _run("verify", url)
        self.stdout.write(
            "Done. Set DATABASE_URL to the new address and start again. The old file was not changed."
        )


def _run(command: str, url: str, *arguments: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "MIGRATE_DATABASE_URL": ""}
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), command, *arguments]
    if subprocess.run(manage, env=environment, stdout=sys.stderr, check=False).returncode != 0:
        raise CommandError(f"{command} failed on the new database. The old one is as it was; keep using it.")


def _open_target(url: str) -> None:
    known = connections.configure_settings(
        {**connections.databases, TARGET: dict(dj_database_url.parse(url))}
    )
    connections.databases[TARGET] = known[TARGET]


def _models() -> list[type[models.Model]]:
    every = apps.get_models(include_auto_created=True)
    return [
        m for m in every if m._meta.managed and not m._meta.proxy and m._meta.app_label not in MADE_BY_MIGRATE
    ]


def _copy_everything() -> int:
    chosen = _models()
    # The first transaction keeps every writer out of the old database until the new one is complete.
    with transaction.atomic(), transaction.atomic(using=TARGET):
        for model in chosen:
            if model._base_manager.using(TARGET).exists():
                raise CommandError(
                    f"The new database is not empty: there are rows in {model._meta.db_table}."
                )
        triggers.remove(TARGET)
        count = sum(_copy(model) for model in chosen)
        connections[TARGET].check_constraints()
        with connections[TARGET].cursor() as cursor:
            for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), chosen):
                cursor.execute(statement)
        triggers.install(TARGET)
    daily.statistics_after_many_rows(TARGET)
    return count


def _copy(model: type[models.Model]) -> int:
    target = connections[TARGET]
    fields = model._meta.local_concrete_fields
    quoted = target.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608  (names of the models)
    count = 0
    with target.cursor() as cursor:
        stored = _rows(model, fields)
        while rows := list(islice(stored, AT_ONCE)):
            cursor.executemany(insert, rows)
            count += len(rows)
    return count


def _rows(model: type[models.Model], fields: Sequence[Any]) -> Iterator[list[Any]]:
    target = connections[TARGET]
    stored = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in stored.iterator(chunk_size=AT_ONCE):
        yield [field.get_db_prep_save(value, target) for field, value in zip(fields, row, strict=True)]
