"""The SQLite engine: which library, which settings, who may write when, and what is refused as PostgreSQL would."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, IntegrityError, models
from django.db.utils import OperationalError

from supervision import sqlite as engine
from supervision.sqlite import has_wal_reset_fix
from supervision.sqlite.base import DatabaseWrapper, WriterQueueTimeout
from supervision.sqlite.queue import QueueTimeout, WriterQueue


def _connect(path: Path, **options: Any) -> DatabaseWrapper:
    settings = {
        "ENGINE": "supervision.sqlite",
        "NAME": str(path),
        "OPTIONS": {"timeout": 5, **options},
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "TEST": {"NAME": None},
    }
    return DatabaseWrapper(settings, "scratch")


@pytest.fixture
def connect(tmp_path: Path, django_db_blocker: Any) -> Iterator[Callable[..., DatabaseWrapper]]:
    opened: list[DatabaseWrapper] = []

    def opener(**options: Any) -> DatabaseWrapper:
        opened.append(_connect(tmp_path / "a.sqlite3", **options))
        opened[-1].inc_thread_sharing()
        return opened[-1]

    with django_db_blocker.unblock():
        yield opener
        for connection in opened:
            connection.close()


def _ask(connection: DatabaseWrapper, sql: str, *params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchone()


# Which library ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_versions_with_the_wal_reset_bug_are_told_apart(version: tuple[int, int, int], sound: bool) -> None:
    assert has_wal_reset_fix(version) is sound


def test_this_process_runs_on_a_sound_sqlite() -> None:
    assert has_wal_reset_fix(engine._version(sys.modules["sqlite3"]))
    assert DatabaseWrapper.Database.sqlite_version == engine.SQLITE_VERSION


def test_a_python_with_neither_library_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    old = types.SimpleNamespace(sqlite_version="3.40.1")
    monkeypatch.setitem(sys.modules, "sqlite3", old)
    monkeypatch.setitem(sys.modules, "pysqlite3", None)

    with pytest.raises(
        ImproperlyConfigured, match=r"SQLite 3\.40\.1 .* install the package pysqlite3, or set DATABASE_URL"
    ):
        engine.use_sound_sqlite()


# Settings of a connection -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("secure_delete", 1),
        ("busy_timeout", 5000),
    ],
)
def test_every_connection_has_the_durable_settings(
    connect: Callable[..., DatabaseWrapper], pragma: str, value: object
) -> None:
    assert _ask(connect(), f"PRAGMA {pragma}") == (value,)


def test_replace_cannot_slip_past_a_delete_trigger(connect: Callable[..., DatabaseWrapper]) -> None:
    connection = connect()
    _ask(connection, "CREATE TABLE kept (id integer PRIMARY KEY, word text)")
    _ask(
        connection, "CREATE TRIGGER no_delete BEFORE DELETE ON kept BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    _ask(connection, "INSERT INTO kept VALUES (1, 'first')")

    with pytest.raises(IntegrityError, match="refused"):
        _ask(connection, "REPLACE INTO kept VALUES (1, 'second')")
    assert _ask(connection, "SELECT word FROM kept") == ("first",)


# The queue ----------------------------------------------------------------------------------------------------


def test_a_writer_who_waits_too_long_is_told_and_nothing_is_written(
    connect: Callable[..., DatabaseWrapper],
) -> None:
    first, second = connect(), connect(timeout=0.2)
    _ask(first, "CREATE TABLE note (word text)")
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    _ask(first, "INSERT INTO note VALUES ('first')")

    with pytest.raises(WriterQueueTimeout) as refusal:
        _ask(second, "INSERT INTO note VALUES ('second')")
    assert isinstance(refusal.value, OperationalError)

    first.commit()
    first.set_autocommit(True)
    _ask(second, "INSERT INTO note VALUES ('third')")
    assert _ask(second, "SELECT group_concat(word) FROM note") == ("first,third",)


def test_a_refused_transaction_leaves_the_connection_usable(connect: Callable[..., DatabaseWrapper]) -> None:
    first, second = connect(), connect(timeout=0.2)
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(WriterQueueTimeout):
        second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert second.get_autocommit()

    first.rollback()
    second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    second.rollback()


def test_another_program_that_holds_the_database_is_waited_for_and_then_reported(
    connect: Callable[..., DatabaseWrapper], tmp_path: Path
) -> None:
    ours = connect(timeout=0.2)
    _ask(ours, "CREATE TABLE note (word text)")
    other = DatabaseWrapper.Database.connect(tmp_path / "a.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(WriterQueueTimeout):
            ours.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    finally:
        other.execute("ROLLBACK")
        other.close()
    _ask(ours, "INSERT INTO note VALUES ('later')")


def test_closing_a_connection_in_a_transaction_gives_up_its_turn(
    connect: Callable[..., DatabaseWrapper],
) -> None:
    first, second = connect(), connect(timeout=1)
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    first.close()
    _ask(second, "CREATE TABLE note (word text)")


def test_readers_do_not_wait_for_a_writer(connect: Callable[..., DatabaseWrapper]) -> None:
    writer, reader = connect(), connect(timeout=0)
    _ask(writer, "CREATE TABLE note (word text)")
    writer.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    _ask(writer, "INSERT INTO note VALUES ('not yet')")

    assert _ask(reader, "SELECT count(*) FROM note") == (0,)
    writer.rollback()


def test_threads_get_their_turn_in_the_order_they_came(tmp_path: Path) -> None:
    queue = WriterQueue(str(tmp_path / "line"))
    served: list[int] = []
    queue.acquire(1)

    def wait_in_line(number: int) -> None:
        queue.acquire(5)
        served.append(number)
        queue.release()

    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=wait_in_line, args=(number,)))
        threads[-1].start()
        while len(queue._waiting) <= number:
            time.sleep(0.001)
    queue.release()
    for thread in threads:
        thread.join()
    assert served == list(range(8))


def test_who_gives_up_waiting_does_not_block_the_line(tmp_path: Path) -> None:
    queue, other_process = WriterQueue(str(tmp_path / "line")), WriterQueue(str(tmp_path / "line"))
    other_process.acquire(1)
    for _ in range(3):
        with pytest.raises(QueueTimeout):
            queue.acquire(0.05)
    other_process.release()
    queue.acquire(1)
    queue.release()
    other_process.acquire(1)
    other_process.release()


def _write_many(path: str, start: Any, failures: Any, count: int) -> None:
    connection = _connect(Path(path), timeout=20, synchronous="OFF")
    start.wait()
    for _ in range(count):
        try:
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            (total,) = _ask(connection, "SELECT total FROM counter")
            _ask(connection, "UPDATE counter SET total = %s", total + 1)
            connection.commit()
            connection.set_autocommit(True)
        except OperationalError:
            with failures.get_lock():
                failures.value += 1
    connection.close()


@pytest.mark.slow
def test_many_processes_write_without_one_locked_database(
    connect: Callable[..., DatabaseWrapper], tmp_path: Path
) -> None:
    connection = connect()
    _ask(connection, "CREATE TABLE counter (total integer)")
    _ask(connection, "INSERT INTO counter VALUES (0)")
    spawn = multiprocessing.get_context("spawn")
    start, failures = spawn.Event(), spawn.Value("i", 0)
    writers = [
        spawn.Process(target=_write_many, args=(str(tmp_path / "a.sqlite3"), start, failures, 40))
        for _ in range(8)
    ]
    for writer in writers:
        writer.start()
    start.set()
    for writer in writers:
        writer.join(120)

    assert [writer.exitcode for writer in writers] == [0] * 8
    assert failures.value == 0
    assert _ask(connection, "SELECT total FROM counter") == (8 * 40,)


# What PostgreSQL refuses is refused here ------------------------------------------------------------------------


STRICT_FIELDS: dict[str, models.Field[Any, Any]] = {
    "word": models.CharField(max_length=5),
    "small": models.SmallIntegerField(),
    "count": models.PositiveIntegerField(),
    "free": models.CharField(null=True),
}


@pytest.fixture
def strict_table(connect: Callable[..., DatabaseWrapper]) -> DatabaseWrapper:
    connection = connect()
    columns = []
    for name, field in STRICT_FIELDS.items():
        field.set_attributes_from_name(name)
        check = field.db_parameters(connection)["check"]
        columns.append(f'"{name}" {field.db_type(connection)}' + (f" CHECK ({check})" if check else ""))
    _ask(connection, f"CREATE TABLE strict ({', '.join(columns)})")
    return connection


@pytest.mark.parametrize(
    ("column", "value", "error"),
    [
        ("word", "a\x00b", DataError),
        ("word", "sixsix", IntegrityError),
        ("small", 40000, IntegrityError),
        ("count", -1, IntegrityError),
        ("count", 2**31, IntegrityError),
    ],
)
def test_a_value_that_postgresql_refuses_is_refused(
    strict_table: DatabaseWrapper, column: str, value: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _ask(strict_table, f"INSERT INTO strict ({column}) VALUES (%s)", value)
    with pytest.raises(error), strict_table.cursor() as cursor:
        cursor.executemany(f"INSERT INTO strict ({column}) VALUES (%s)", [(value,)])
    assert _ask(strict_table, "SELECT count(*) FROM strict") == (0,)


def test_values_at_the_limit_are_stored(strict_table: DatabaseWrapper) -> None:
    row = ("żółwy", 32767, 2**31 - 1, "x" * 1000)
    _ask(strict_table, "INSERT INTO strict (word, small, count, free) VALUES (%s, %s, %s, %s)", *row)
    assert _ask(strict_table, "SELECT word, small, count, free FROM strict") == row


def test_forms_know_the_range_of_a_column(connect: Callable[..., DatabaseWrapper]) -> None:
    assert connect().ops.integer_field_range("SmallIntegerField") == (-32768, 32767)
