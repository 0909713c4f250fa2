"""Many rows, put straight into the database, with their words encrypted: `bulk_create` takes several times as long."""

from __future__ import annotations

import datetime
import itertools
import json
import os
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, models

from supervision.records import encryption
from supervision.records.models import RecordKey

AT_ONCE = 50_000


def new_id() -> uuid.UUID:
    return uuid.UUID(bytes=os.urandom(16), version=4)


class Rows:
    """New rows of one table: what is not given has its default."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model, self.table = model, model._meta.db_table
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        self._columns = [str(field.column) for field in fields]
        self._names = [field.attname for field in fields]
        self._defaults = {field.attname: _default(field) for field in fields}
        self._stored = [_stored(field) for field in fields]
        self.waiting: list[tuple[Any, ...]] = []

    def add(self, **given: Any) -> None:
        values = self._defaults | given
        self.waiting.append(
            tuple(
                None if (value := values[name]) is None else (stored(value) if stored else value)
                for name, stored in zip(self._names, self._stored, strict=True)
            )
        )

    def flush(self) -> int:
        """Write what waits. Returns how many."""
        columns = ", ".join(f'"{column}"' for column in self._columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{self.table}" ({columns}) FROM STDIN') as copy:
                    for row in self.waiting:
                        copy.write_row(row)
            elif self.waiting:
                marks = ", ".join(["%s"] * len(self._columns))
                cursor.executemany(f'INSERT INTO "{self.table}" ({columns}) VALUES ({marks})', self.waiting)
        written, self.waiting = len(self.waiting), []
        return written


def _default(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, encryption.EncryptedField):
        return b""
    return field.get_default() if field.has_default() or not field.null else None


def _stored(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How the database is given a value of this column; None where it takes it as it is."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    on_sqlite = connection.vendor == "sqlite"
    if isinstance(target, models.UUIDField):
        return (lambda value: value.hex) if on_sqlite else str
    if isinstance(target, models.DateTimeField):
        return (lambda value: str(value.astimezone(datetime.UTC).replace(tzinfo=None))) if on_sqlite else None
    if isinstance(target, models.DateField):
        return str
    if isinstance(target, models.BinaryField):
        return bytes
    if isinstance(target, models.JSONField):
        return json.dumps
    return None


def write(tables: Iterable[Rows]) -> int:
    """All that waits in these tables, in this order."""
    return sum(table.flush() for table in tables)


def set_column(model: type[models.Model], column: str, values: Iterable[tuple[uuid.UUID, Any]]) -> None:
    """Of these rows, by their id, what they say in that column: a state after the one they were born in."""
    meta = model._meta
    stored, key = (_stored(field) or _as_it_is for field in (meta.get_field(column), meta.pk))
    with connection.cursor() as cursor:
        cursor.executemany(
            f'UPDATE "{meta.db_table}" SET "{meta.get_field(column).column}" = %s WHERE "id" = %s',
            [(stored(value), key(row)) for row, value in values],
        )


def _as_it_is(value: Any) -> Any:
    return value


class Key:
    """The data key of one new record, and what is written with it."""

    def __init__(self, keys: Rows, record_id: uuid.UUID) -> None:
        data = os.urandom(32)
        self._cipher = AESGCM(data)
        master = settings.KEYRING.current_master
        keys.add(record_id=record_id, master_id=master, wrapped=encryption.wrap(record_id, data, master))

    def closed(self, table: str, row: uuid.UUID, column: str, text: str | bytes) -> bytes:
        """These words as the database holds them, bound to their place."""
        nonce, data = os.urandom(encryption.NONCE_BYTES), text.encode() if isinstance(text, str) else text
        bound = encryption.HEADER + f"{table}|{row}|{column}".encode()
        return encryption.HEADER + nonce + self._cipher.encrypt(nonce, data, bound)


def keys() -> Rows:
    return Rows(RecordKey)


def batches(items: Iterable[Any], size: int) -> Iterable[list[Any]]:
    rest = iter(items)
    while batch := list(itertools.islice(rest, size)):
        yield batch
