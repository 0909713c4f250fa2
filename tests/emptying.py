"""Empties the tables after a test with real transactions.

Django's flush truncates all of some ninety tables, makes every permission anew and needs every trigger out of the way; most such
tests fill ten tables. Sealed rows refuse to be deleted: in the tables that are emptied, and in no other, that rule rests meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from supervision.records import triggers

# Django fills these itself, from the models, and nobody changes them.
KEPT = {"django_content_type", "auth_permission"}


def empty_tables() -> None:
    """Leaves no row in any table of a model but KEPT, and every trigger in place."""
    filled = _filled()
    if filled:
        with transaction.atomic(), _deletion_allowed(filled), connection.cursor() as cursor:
            for table in filled:
                cursor.execute(f'DELETE FROM "{table}"')
    if triggers.missing():  # the test took some away
        triggers.install()


def _filled() -> list[str]:
    tables = {*connection.introspection.django_table_names(only_existing=True)} - KEPT
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in sorted(tables)]
    return [table for (table,) in _rows(" UNION ALL ".join(asked))]


@contextmanager
def _deletion_allowed(tables: list[str]) -> Iterator[None]:
    listed = ", ".join(f"'{table}'" for table in tables)
    if connection.vendor == "sqlite":
        # SQLite cannot turn a trigger off; this puts the very same one back.
        wakes = {
            f'DROP TRIGGER "{name}"': sql
            for name, sql in _rows(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                f" AND sql LIKE '% BEFORE DELETE ON %' AND tbl_name IN ({listed})"
            )
        }
    else:
        on_delete = 8  # TRIGGER_TYPE_DELETE
        wakes = {
            f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"': (
                f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"'
            )
            for table, name in _rows(
                "SELECT r.relname, t.tgname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid"
                " JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = current_schema()"
                f" WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND t.tgtype & {on_delete} > 0"
                f" AND r.relname IN ({listed})"
            )
        }
    _do(wakes.keys())
    yield
    if connection.vendor != "sqlite":
        connection.check_constraints()  # no table can be altered while its references wait for the commit
    _do(wakes.values())


def _rows(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _do(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
