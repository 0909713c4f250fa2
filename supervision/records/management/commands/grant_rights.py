"""`manage.py grant_rights ROLE`: on PostgreSQL, give the role that serves what it needs and nothing more.

Run as the owner of the tables (`prepare` does so when MIGRATE_DATABASE_URL is set). The role may add to append-only tables and never
change or empty them; it owns nothing, so it cannot drop the guards.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from supervision.records.sealing import AppendOnly


class Command(BaseCommand):
    help = "Gives the database role that serves the rights it needs, and takes all others away (PostgreSQL only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="the role named in DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles. SQLite is guarded by the rights on its file.")
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements(options["role"]):
                cursor.execute(statement)


def statements(role: str) -> Iterator[str]:
    """Every statement, in order. Names are quoted; they come from the model list and from the administrator."""
    quoted = connection.ops.quote_name
    name = quoted(role.replace('"', '""'))
    schema = _one("SELECT quote_ident(current_schema())")
    database = _one("SELECT quote_ident(current_database())")
    yield f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {name}"
    yield f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {name}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"
    append_only = _append_only_tables()
    for table in connection.introspection.table_names():
        if table in append_only:
            # Locking a row asks for the right to update one column; the guards refuse any change of it.
            yield f"GRANT SELECT, INSERT, UPDATE ({quoted(append_only[table])}) ON {quoted(table)} TO {name}"
        elif table == MigrationRecorder.Migration._meta.db_table:
            yield f"GRANT SELECT ON {quoted(table)} TO {name}"
        else:
            yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted(table)} TO {name}"


def _append_only_tables() -> dict[str, str]:
    """Each append-only table with the column of its primary key."""
    found = [model._meta for model in apps.get_models() if issubclass(model, AppendOnly)]
    return {meta.db_table: str(meta.pk.column) for meta in found}


def _one(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])
