"""The engine: Django's SQLite backend, made safe for many writers and as strict as PostgreSQL.

- WAL, synchronous FULL, foreign keys and recursive triggers on, deleted content overwritten, write transactions IMMEDIATE.
- Every write waits in a fair queue (`queue.py`) before it asks SQLite, at most as long as the `timeout` option says.
- What PostgreSQL refuses is refused here as well: NUL characters, numbers out of range, texts longer than their column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations as SQLiteOperations
from django.db.utils import OperationalError

from . import SQLITE_VERSION
from .queue import QueueTimeout, WriterQueue, queue_for

WAIT_SECONDS = 20

_WRITE = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|REINDEX|ANALYZE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b",
    re.IGNORECASE | re.DOTALL,
)


class WriterQueueTimeout(OperationalError):
    """The turn to write did not come in time: nothing was written, and trying again later is right."""


class DatabaseOperations(SQLiteOperations):
    """Declares the ranges that PostgreSQL's integer columns have, so that forms refuse the same numbers."""

    def integer_field_range(self, internal_type: str) -> tuple[int, int]:
        return BaseDatabaseOperations.integer_field_range(self, internal_type)


class _LengthCheck(str):
    """The CHECK of a text column. A column without a limit has none."""

    def __mod__(self, data: Any) -> str | None:  # type: ignore[override]
        return None if data["max_length"] is None else super().__mod__(data)


def _between(lowest: int, highest: int) -> str:
    return f'"%(column)s" BETWEEN {lowest} AND {highest}'


_LENGTH = _LengthCheck('length("%(column)s") <= %(max_length)s')


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection. Beside Django's options it takes `synchronous` (FULL unless a test suite says OFF)."""

    ops_class = DatabaseOperations
    data_type_check_constraints = {
        **base.DatabaseWrapper.data_type_check_constraints,
        "CharField": _LENGTH,
        "FileField": _LENGTH,
        "SlugField": _LENGTH,
        "IntegerField": _between(-(2**31), 2**31 - 1),
        "SmallIntegerField": _between(-(2**15), 2**15 - 1),
        "PositiveIntegerField": _between(0, 2**31 - 1),
        "PositiveSmallIntegerField": _between(0, 2**15 - 1),
    }

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        self._turn: WriterQueue | None = None
        self._synchronous = "FULL"

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.setdefault("timeout", WAIT_SECONDS)
        self._synchronous = params.pop("synchronous", "FULL")
        self.transaction_mode = "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if not self.is_in_memory_db():
            self._use_write_ahead_log(connection)
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        # Without it, REPLACE would slip past the triggers that refuse to delete a sealed row.
        connection.execute("PRAGMA recursive_triggers = ON")
        # A destroyed key must not survive in a free page of the file.
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def _use_write_ahead_log(self, connection: Any) -> None:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        self.take_turn()
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            self.give_turn()

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=partial(_Cursor, wrapper=self))

    # The queue ----------------------------------------------------------------------------------------

    def take_turn(self) -> None:
        """Wait for the turn to write, unless this connection has it. Raises WriterQueueTimeout."""
        if self._turn is not None or self.is_in_memory_db():
            return
        turn = queue_for(str(self.settings_dict["NAME"]))
        try:
            turn.acquire(float(self.settings_dict["OPTIONS"].get("timeout", WAIT_SECONDS)))
        except QueueTimeout:
            raise WriterQueueTimeout("Other writers were busy for too long; nothing was written.") from None
        self._turn = turn

    def give_turn(self) -> None:
        """Let the next one write."""
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.release()

    def _start_transaction_under_autocommit(self) -> None:
        self.take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException as error:
            self.give_turn()
            if isinstance(error, OperationalError) and "locked" in str(error):
                raise WriterQueueTimeout(
                    "Another program holds the database; nothing was written."
                ) from error
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self.give_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self.give_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self.give_turn()


class _Cursor(base.SQLiteCursorWrapper):
    """Queues the writes that stand outside any transaction, such as a library's single UPDATE, and refuses NUL."""

    def __init__(self, *args: Any, wrapper: DatabaseWrapper) -> None:
        super().__init__(*args)
        self._wrapper = wrapper

    def execute(self, query: str, params: Any = None) -> Any:
        if params is not None:
            _refuse_nul(params.values() if isinstance(params, Mapping) else params)
        if self.connection.in_transaction or not _WRITE.match(query):
            return super().execute(query, params)
        self._wrapper.take_turn()
        try:
            return super().execute(query, params)
        finally:
            self._wrapper.give_turn()

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        rows = list(param_list)
        for row in rows:
            _refuse_nul(row.values() if isinstance(row, Mapping) else row)
        if self.connection.in_transaction:
            return super().executemany(query, rows)
        self._wrapper.take_turn()
        try:
            return super().executemany(query, rows)
        finally:
            self._wrapper.give_turn()


def _refuse_nul(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, str) and "\x00" in value:
            raise DatabaseWrapper.Database.DataError("A text cannot contain the NUL character.")


__all__ = ["SQLITE_VERSION", "DatabaseWrapper", "WriterQueueTimeout"]
