"""Immutability in the database itself, made from the model list, the same rules on SQLite and PostgreSQL.

AppendOnly rows take no update and no delete. A SignedRecord is frozen while an offer is open (but for the columns
named in `free_while_offered`) and for good once sealed; sealing needs a seal row, opening needs a live offer. A
RecordPart follows its parent. A StepRecord never takes a step back, nor changes what was written with it. Every
refusal reaches Python as IntegrityError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models

from .sealing import AppendOnly, RecordPart, SignedRecord, StepRecord

MARK = "ch_"  # every trigger of ours begins so


def _models(base: type[models.Model]) -> list[type[models.Model]]:
    return [m for m in apps.get_models() if issubclass(m, base) and not m._meta.abstract]


def _name(table: str, what: str) -> str:
    return f"{MARK}{table}_{what}"[:60]


def _columns(model: type[models.Model], free: tuple[str, ...] = ()) -> list[str]:
    return [str(f.column) for f in model._meta.concrete_fields if f.column not in free]


def _unique_sets(model: type[models.Model]) -> list[list[str]]:
    """Every set of columns that is unique: what a REPLACE on SQLite could collide with."""
    column = {f.name: str(f.column) for f in model._meta.concrete_fields}
    sets = [[str(f.column)] for f in model._meta.concrete_fields if f.unique or f.primary_key]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            sets.append([column[name] for name in constraint.fields])
    return sets


def _changed(columns: list[str], vendor: str) -> str:
    word = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f'NEW."{c}" {word} OLD."{c}"' for c in columns)


def _collides(model: type[models.Model]) -> str:
    table = model._meta.db_table
    tests = [" AND ".join(f'x."{c}" = NEW."{c}"' for c in columns) for columns in _unique_sets(model)]
    return f'EXISTS (SELECT 1 FROM "{table}" x WHERE ' + " OR ".join(f"({t})" for t in tests) + ")"


def _part_rules(model: Any, vendor: str) -> Iterator[tuple[str, str, str, str]]:
    table = model._meta.db_table
    foreign = model._meta.get_field(model.part_of)
    parent, column = foreign.related_model._meta.db_table, foreign.column
    frozen = '(p."sealed_at" IS NOT NULL OR p."open_offer_id" IS NOT NULL)'

    def test(row: str) -> str:
        return f'EXISTS (SELECT 1 FROM "{parent}" p WHERE p."id" = {row}."{column}" AND {frozen})'

    fixed = _columns(model, model.free_while_offered)
    yield table, "insert", "INSERT", test("NEW")
    yield table, "update", "UPDATE", f"({_changed(fixed, vendor)}) AND ({test('OLD')} OR {test('NEW')})"
    yield table, "delete", "DELETE", test("OLD")
    if vendor == "sqlite":
        yield table, "replace", "INSERT", f'EXISTS (SELECT 1 FROM "{table}" x WHERE x."id" = NEW."id")'


def _record_rules(model: Any, vendor: str) -> Iterator[tuple[str, str, str, str]]:
    table, label = model._meta.db_table, model._meta.label_lower
    word = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    always_free = ("sealed_at", "open_offer_id")
    fixed = _columns(model, (*always_free, *model.free_while_offered))
    everything = _columns(model)
    offered = (
        f'EXISTS (SELECT 1 FROM "records_offer" o WHERE o."id" = NEW."open_offer_id" AND o."record_label" = \'{label}\''
        ' AND o."record_id" = NEW."id" AND NOT EXISTS'
        ' (SELECT 1 FROM "records_offerclosed" c WHERE c."offer_id" = o."id"))'
    )
    sealed = (
        f'EXISTS (SELECT 1 FROM "records_seal" s WHERE s."record_label" = \'{label}\' AND s."record_id" = NEW."id"'
        ' AND s."offer_id" = NEW."open_offer_id")'
    )
    closed = 'EXISTS (SELECT 1 FROM "records_offerclosed" c WHERE c."offer_id" = OLD."open_offer_id")'
    ever_offered = f'EXISTS (SELECT 1 FROM "records_offer" o WHERE o."record_label" = \'{label}\' AND o."record_id" = OLD."id")'
    yield table, "sealed", "UPDATE", f'OLD."sealed_at" IS NOT NULL AND ({_changed(everything, vendor)})'
    yield table, "offered", "UPDATE", f'OLD."open_offer_id" IS NOT NULL AND ({_changed(fixed, vendor)})'
    yield (
        table,
        "open",
        "UPDATE",
        f'NEW."open_offer_id" IS NOT NULL AND NEW."open_offer_id" {word} OLD."open_offer_id" AND NOT {offered}',
    )
    yield (
        table,
        "closed",
        "UPDATE",
        f'OLD."open_offer_id" IS NOT NULL AND NEW."open_offer_id" {word} OLD."open_offer_id" AND NOT {closed}',
    )
    yield table, "seal", "UPDATE", f'NEW."sealed_at" IS NOT NULL AND OLD."sealed_at" IS NULL AND NOT {sealed}'
    yield table, "delete", "DELETE", f'OLD."sealed_at" IS NOT NULL OR {ever_offered}'
    yield table, "born", "INSERT", 'NEW."sealed_at" IS NOT NULL OR NEW."open_offer_id" IS NOT NULL'
    if vendor == "sqlite":
        yield table, "replace", "INSERT", f'EXISTS (SELECT 1 FROM "{table}" x WHERE x."id" = NEW."id")'


def _append_only_rules(model: Any, vendor: str) -> Iterator[tuple[str, str, str, str]]:
    table = model._meta.db_table
    always = "1 = 1"
    yield table, "update", "UPDATE", always
    yield table, "delete", "DELETE", always
    if vendor == "sqlite":
        yield table, "replace", "INSERT", _collides(model)


def _step_rules(model: Any, vendor: str) -> Iterator[tuple[str, str, str, str]]:
    table = model._meta.db_table

    def column(name: str) -> str:
        return str(model._meta.get_field(name).column)

    for step, frozen in model.steps.items():
        columns = [column(name) for name in (step, *frozen)]
        yield table, step, "UPDATE", f'OLD."{column(step)}" IS NOT NULL AND ({_changed(columns, vendor)})'
    yield (
        table,
        "delete",
        "DELETE",
        " OR ".join(f'OLD."{column(step)}" IS NOT NULL' for step in model.kept_from),
    )
    if vendor == "sqlite":
        yield table, "replace", "INSERT", f'EXISTS (SELECT 1 FROM "{table}" x WHERE x."id" = NEW."id")'


def _answer_rule() -> tuple[str, str, str, str]:
    """An answer counts only for an open offer, from somebody named in it, in the part named there."""
    return (
        "records_answer",
        "party",
        "INSERT",
        (
            'EXISTS (SELECT 1 FROM "records_offerclosed" c WHERE c."offer_id" = NEW."offer_id")'
            ' OR EXISTS (SELECT 1 FROM "records_seal" s WHERE s."offer_id" = NEW."offer_id")'
            ' OR NOT EXISTS (SELECT 1 FROM "records_offerparty" p WHERE p."offer_id" = NEW."offer_id"'
            ' AND p."person_id" = NEW."person_id" AND p."part" = NEW."part")'
            ' OR NOT EXISTS (SELECT 1 FROM "records_offer" o WHERE o."id" = NEW."offer_id" AND o."digest" = NEW."digest"'
            ' AND o."record_id" = NEW."record_id")'
        ),
    )


def rules(vendor: str) -> list[tuple[str, str, str, str]]:
    """Every rule as (table, what, event, when it is refused)."""
    found: list[tuple[str, str, str, str]] = []
    for model in _models(AppendOnly):
        found += _append_only_rules(model, vendor)
    for model in _models(SignedRecord):
        found += _record_rules(model, vendor)
    for model in _models(RecordPart):
        found += _part_rules(model, vendor)
    for model in _models(StepRecord):
        found += _step_rules(model, vendor)
    found.append(_answer_rule())
    return found


def _sqlite_sql(rule: tuple[str, str, str, str]) -> str:
    table, what, event, when = rule
    return (
        f'CREATE TRIGGER "{_name(table, what)}" BEFORE {event} ON "{table}" WHEN {when} '
        f"BEGIN SELECT RAISE(ABORT, 'refused: {table} {what}'); END"
    )


_FUNCTION = """CREATE OR REPLACE FUNCTION ch_refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN RAISE EXCEPTION 'refused: % %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation'; END $$"""


def _postgres_function(rule: tuple[str, str, str, str]) -> str:
    table, what, event, when = rule
    name = _name(table, what)
    back = "OLD" if event == "DELETE" else "NEW"
    return f"""CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN IF {when} THEN RAISE EXCEPTION 'refused: {table} {what}' USING ERRCODE = 'restrict_violation'; END IF;
RETURN {back}; END $$"""


def _postgres_trigger(rule: tuple[str, str, str, str]) -> str:
    table, what, event, _ = rule
    name = _name(table, what)
    return f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()'


def _guarded_tables() -> list[str]:
    bases = (AppendOnly, SignedRecord, RecordPart, StepRecord)
    return sorted({m._meta.db_table for base in bases for m in _models(base)})


def _ours(connection: Any) -> dict[str, str]:
    """Our triggers that are installed, by name, with their table (and their body's digest)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ch\\_%' ESCAPE '\\'"
            )
            return {name: _digest(sql) for name, sql in cursor.fetchall()}
        cursor.execute(
            "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_namespace n ON n.oid = r.relnamespace"
            " WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND t.tgname LIKE 'ch\\_%%' AND n.nspname = current_schema()"
        )
        return {name: _digest(source) for name, source in cursor.fetchall()}


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _expected(connection: Any) -> dict[str, str]:
    if connection.vendor == "sqlite":
        return {_name(r[0], r[1]): _digest(_sqlite_sql(r)) for r in rules("sqlite")}
    expected = {_name(r[0], r[1]): _digest(_postgres_function(r).split("$$")[1]) for r in rules("postgresql")}
    refuse = _digest(_FUNCTION.split("$$")[1])
    return expected | {_name(t, "truncate"): refuse for t in _guarded_tables()}


def missing(using: str = "default") -> list[str]:
    """Names of the triggers that should be there, as they should be, and are not."""
    connection = connections[using]
    installed = _ours(connection)
    return sorted(name for name, body in _expected(connection).items() if installed.get(name) != body)


def install(using: str = "default") -> None:
    """Put every trigger in place; safe to repeat."""
    connection = connections[using]
    remove(using)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for rule in rules("sqlite"):
                cursor.execute(_sqlite_sql(rule))
            return
        cursor.execute(_FUNCTION)
        for rule in rules("postgresql"):
            cursor.execute(_postgres_function(rule))
            cursor.execute(_postgres_trigger(rule))
            cursor.execute(f'ALTER TABLE "{rule[0]}" ENABLE ALWAYS TRIGGER "{_name(rule[0], rule[1])}"')
        for table in _guarded_tables():
            name = _name(table, "truncate")
            cursor.execute(
                f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION ch_refuse()'
            )
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"')


def remove(using: str = "default") -> None:
    """Take our triggers away: only for a migration on SQLite, and for tests that empty tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _ours(connection):
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
            return
        cursor.execute(
            "SELECT t.tgname, r.relname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = r.relnamespace"
            " WHERE NOT t.tgisinternal AND t.tgname LIKE 'ch\\_%%' AND n.nspname = current_schema()"
        )
        for name, table in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')


def before_migrate(sender: Any, *, using: str, plan: Any = (), **kwargs: Any) -> None:
    """SQLite alone: a table rebuild would drop triggers silently, or fail on one that names another table."""
    if sender.label == "records" and plan and connections[using].vendor == "sqlite":
        remove(using)


def after_migrate(sender: Any, *, using: str, **kwargs: Any) -> None:
    """Runs once per migrate, after the last app: by then every table is there."""
    if sender.label == "records" and _all_tables_exist(using) and missing(using):
        install(using)


def _all_tables_exist(using: str) -> bool:
    there = set(connections[using].introspection.table_names())
    return {
        "records_offer",
        "records_seal",
        "records_offerclosed",
        "records_offerparty",
        *_guarded_tables(),
    } <= there
