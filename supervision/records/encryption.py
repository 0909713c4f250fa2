"""What people say is encrypted at rest: AES-256-GCM, one data key per record.

The data key of a record is wrapped by a master key that lives outside the database (`keyring.py`). Every value
is bound to its table, row and field, so that a ciphertext moved elsewhere is refused. Rotation rewraps data keys
only; a sealed ciphertext is never rewritten. Disposal destroys the data key (decision 4).
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext, gettext_lazy

from supervision.pages.prepared import prepared

from .errors import Disposed

HEADER = b"\x01"
DISPOSED = "key destroyed"  # what the audit chain calls it
NONCE_BYTES = 12
FEW = 64  # keys that a page asks for at once; more of them are not worth a question for each number
REMOVED = gettext_lazy(
    "This was removed, as two people decided for the agency. That it existed and who signed it is kept; its words are not."
)


class Unreadable(Exception):
    """A stored value does not decrypt: it was altered or moved, or its master key is missing."""


class Ciphertext(bytes):
    """A value as the database holds it."""


class Clear:
    """A value as a person wrote it, not yet stored."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


# Data keys ------------------------------------------------------------------------------------------------

_unlocked: ContextVar[dict[uuid.UUID, bytes] | None] = ContextVar("unlocked_keys", default=None)


@contextmanager
def unlocked_keys() -> Iterator[None]:
    """Keep data keys that were fetched for as long as one request or job, and no longer."""
    token = _unlocked.set({})
    try:
        yield
    finally:
        _unlocked.reset(token)


def wrap(record_id: uuid.UUID, data_key: bytes, master_id: str) -> bytes:
    """A data key, encrypted by the named master key and bound to its record."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    bound = f"key|{master_id}|{record_id}".encode()
    return (
        HEADER + nonce + AESGCM(settings.KEYRING.master[master_id]).encrypt(nonce, data_key, HEADER + bound)
    )


def unwrap(record_id: uuid.UUID, wrapped: bytes, master_id: str) -> bytes:
    """The data key again. Raises Unreadable when it was altered or the master key is not here."""
    master = settings.KEYRING.master.get(master_id)
    if master is None:
        raise Unreadable(f"The master key {master_id} is not in the secrets file.")
    wrapped = bytes(wrapped)
    nonce, body = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
    bound = f"key|{master_id}|{record_id}".encode()
    try:
        return AESGCM(master).decrypt(nonce, body, wrapped[:1] + bound)
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"The key of record {record_id} does not open.") from error


def _key_model() -> Any:
    from .models import RecordKey  # the model module imports the fields below; this is within one package

    return RecordKey


def _remember(record_id: uuid.UUID, data_key: bytes) -> bytes:
    cache = _unlocked.get()
    if cache is not None:
        cache[record_id] = data_key
    return data_key


def forget(record_id: uuid.UUID) -> None:
    """The key was destroyed: what this request or job has fetched of it goes, too."""
    cache = _unlocked.get()
    if cache is not None:
        cache.pop(record_id, None)


def data_key(record_id: uuid.UUID, *, make: bool = False) -> bytes:
    """The data key of a record. With `make`, a record that has none gets one. Raises Disposed, Unreadable."""
    cache = _unlocked.get()
    if cache is not None and record_id in cache:
        return cache[record_id]
    row = next(iter(_rows_of([record_id])), None)
    if row is None:
        if not make:
            raise Unreadable(f"Record {record_id} has no key.")
        fresh, master_id = secrets.token_bytes(32), settings.KEYRING.current_master
        row, made = _key_model().objects.get_or_create(
            pk=record_id, defaults={"master_id": master_id, "wrapped": wrap(record_id, fresh, master_id)}
        )
        if made:
            return _remember(record_id, fresh)
    return _remember(record_id, _open(row))


def _open(row: Any) -> bytes:
    if not row.wrapped:
        raise Disposed(str(REMOVED), row.pk)
    return unwrap(row.pk, row.wrapped, row.master_id)


def unlock(*rows: Iterable[models.Model]) -> None:
    """Fetch the keys of many rows in one query, before a page reads their words."""
    cache = _unlocked.get()
    if cache is None:  # outside a request or job the keys stay with the rows, and go with them
        _unlock_rows([row for group in rows for row in group])
        return
    wanted = {row.encryption_id for group in rows for row in group}  # type: ignore[attr-defined]
    missing = wanted - cache.keys()
    if missing:
        cache.update((key.pk, _open(key)) for key in _rows_of(missing) if key.wrapped)


def _rows_of(records: Collection[uuid.UUID]) -> Iterable[Any]:
    """The rows of the keys of these records, empty ones too."""
    return _few(list(records)) if len(records) <= FEW else _key_model().objects.filter(pk__in=records)


@prepared
def _few(records: list[uuid.UUID]) -> models.QuerySet[Any]:
    return _key_model().objects.filter(pk__in=records)


def _unlock_rows(rows: list[Any]) -> None:
    found = {key.pk: _open(key) for key in _rows_of({row.encryption_id for row in rows}) if key.wrapped}
    for row in rows:
        if row.encryption_id in found:
            row.__dict__["_data_key"] = found[row.encryption_id]


def _key_for(row: Any, *, make: bool = False) -> bytes:
    return row.__dict__.get("_data_key") or data_key(row.encryption_id, make=make)


def _key_of_new(row: Any) -> bytes:
    """The key of a row that is being added: a fresh one where the row is a record by itself.

    A key that is there under its id already belongs to another record. Whoever chose that id would write with its key, and take the
    key away with what they throw away: raises IntegrityError, as the second row of the same id would.
    """
    if row.encryption_id != row.pk or row.__dict__.get("_has_own_key"):
        return _key_for(row, make=True)
    fresh, master_id = secrets.token_bytes(32), settings.KEYRING.current_master
    made = _key_model()(pk=row.pk, master_id=master_id, wrapped=wrap(row.pk, fresh, master_id))
    made.save(force_insert=True)
    row.__dict__["_has_own_key"] = True
    return _remember(row.pk, fresh)


def new_keys(rows: Iterable[Any]) -> None:
    """A fresh key for each of many new rows, in one step: before `bulk_create` of rows that are records by themselves."""
    made, model, master_id = [], _key_model(), settings.KEYRING.current_master
    for row in rows:
        fresh = secrets.token_bytes(32)
        made.append(model(pk=row.pk, master_id=master_id, wrapped=wrap(row.pk, fresh, master_id)))
        row.__dict__["_has_own_key"], row.__dict__["_data_key"] = True, fresh
    model.objects.bulk_create(made)


# Values -----------------------------------------------------------------------------------------------------


def _bound_to(instance: models.Model, field: models.Field) -> bytes:
    return f"{instance._meta.db_table}|{instance.pk}|{field.column}".encode()


def encrypt(data: bytes, key: bytes, bound: bytes) -> Ciphertext:
    """Encrypt one value, bound to its place."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Ciphertext(HEADER + nonce + AESGCM(key).encrypt(nonce, data, HEADER + bound))


def decrypt(stored: bytes, key: bytes, bound: bytes) -> bytes:
    """Decrypt one value. Raises Unreadable when it was altered or does not belong here."""
    nonce, body = stored[1 : 1 + NONCE_BYTES], stored[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, stored[:1] + bound)
    except InvalidTag as error:
        raise Unreadable("A stored value was altered or moved.") from error


class EncryptedAttribute(DeferredAttribute):
    """Reads decrypt when first asked; what was loaded and not changed is stored back byte for byte."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        raw = instance.__dict__.get(self.field.attname, self)
        if raw is self:
            super().__get__(instance, cls)
            raw = instance.__dict__[self.field.attname]
        if isinstance(raw, Clear):
            return raw.value
        memo = instance.__dict__.setdefault("_clear", {})
        if self.field.attname not in memo:
            memo[self.field.attname] = self.field.open(instance, raw)  # type: ignore[attr-defined]
        return memo[self.field.attname]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__.setdefault("_clear", {}).pop(self.field.attname, None)
        keep = value is None or isinstance(value, Ciphertext | Clear)
        instance.__dict__[self.field.attname] = value if keep else Clear(value)


class EncryptedField(models.BinaryField):
    """Base of the encrypted fields. The model says whose key it uses with `encryption_id` (a UUID)."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    descriptor_class = EncryptedAttribute
    empty: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", bytes)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def to_value(self, data: bytes) -> Any:
        raise NotImplementedError

    def get_default(self) -> Any:
        return None if self.null else Ciphertext(b"")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else Ciphertext(bytes(value))

    def open(self, instance: models.Model, stored: Any) -> Any:
        if stored is None:
            return None
        if not stored:
            return self.empty
        try:
            key = _key_for(instance)
        except Disposed as removed:
            return self.gone(removed)
        return self.to_value(decrypt(stored, key, _bound_to(instance, self)))

    def gone(self, removed: Disposed) -> Any:
        """What is read where the key was destroyed. A whole content or a file is refused: raises Disposed."""
        raise removed

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        raw = instance.__dict__.get(self.attname)
        if not isinstance(raw, Clear):
            return raw
        data = b"" if raw.value == self.empty else self.to_bytes(raw.value)
        if data:
            key = _key_of_new(instance) if add else _key_for(instance, make=True)
            stored = encrypt(data, key, _bound_to(instance, self))
        else:
            stored = Ciphertext(b"")
        instance.__dict__[self.attname] = stored
        return stored

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise TypeError(
                f"{self} takes its words through save() or bulk_create(), never through update()."
            )
        return super().get_db_prep_value(None if value is None else bytes(value), connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("Encrypted words are not serialized.")


class EncryptedText(EncryptedField):
    """Words."""

    _pyi_private_set_type: str  # for the type checker: what is put in and read out
    _pyi_private_get_type: str

    def to_bytes(self, value: str) -> bytes:
        return value.encode()

    def to_value(self, data: bytes) -> str:
        return data.decode()

    def gone(self, removed: Disposed) -> str:
        """In a list the other rows go on; this one says what happened to it."""
        return gettext("(removed)")


class EncryptedJSON(EncryptedField):
    """A structure of words."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    empty = None

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def to_value(self, data: bytes) -> Any:
        return json.loads(data)

    def gone(self, removed: Disposed) -> Any:
        return None


class EncryptedBytes(EncryptedField):
    """A file."""

    _pyi_private_set_type: bytes
    _pyi_private_get_type: bytes
    empty = b""

    def to_bytes(self, value: bytes) -> bytes:
        return bytes(value)

    def to_value(self, data: bytes) -> bytes:
        return data
