"""The chain vouches for the live rows of a sealed record as well: lists, hours and reports are read from them.

One link per record, appended when it is sealed, over the stored bytes of the record and of every part of it. Columns that
stay free after sealing are left out, and so are cells that hold what their column holds by default: a column that a later
version of the software adds then changes no mark, while a value put into any cell, or taken out of it, does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from . import audit
from .models import AuditEvent, Seal
from .problem import Problem
from .sealing import RecordPart, SignedRecord

ACTION = "rows sealed"

Rows = Callable[[Any], Iterator[tuple[str, Any, str]]]  # what verify reads a table with


def kinds() -> list[type[SignedRecord]]:
    """Every kind of record that is signed."""
    return [m for m in apps.get_models() if issubclass(m, SignedRecord)]


def parts_of(kind: type[SignedRecord]) -> list[type[RecordPart]]:
    """The kinds of rows that such a record consists of."""
    parts = [m for m in apps.get_models() if issubclass(m, RecordPart)]
    return [part for part in parts if part._meta.get_field(part.part_of).related_model is kind]


def vouch(record: SignedRecord, *, by: Any) -> AuditEvent:
    """Append the link that vouches for the rows of a record that was just sealed, as they are stored now."""
    kind = type(record)
    rows: list[models.Model] = [kind._base_manager.get(pk=record.pk)]
    for part in parts_of(kind):
        rows += part._base_manager.filter(**{part.part_of: record.pk})
    return audit.record(by, ACTION, about=record, covers=record, covers_mac=partial(_together, rows))


def vouch_for_older() -> int:
    """Links for records that were sealed before such links were kept. Returns how many. Safe to repeat."""
    done = AuditEvent.objects.filter(action=ACTION).values("record_id")
    older, count = Seal.objects.exclude(record_id__in=done), 0
    for label, pk in list(older.values_list("record_label", "record_id")):
        record = apps.get_model(label)._base_manager.filter(pk=pk, sealed_at__isnull=False).first()
        if record is not None:
            with transaction.atomic():
                vouch(record, by=None)
            count += 1
    return count


def check(kind: type[SignedRecord], marks: dict[str, tuple[str, str]], rows: Rows) -> list[Problem]:
    """Compare the live rows of one kind with the marks of the chain: {record id: (mac, key id)}."""
    found: list[Problem] = []
    macs: dict[str, list[str]] = {pk: [] for pk in marks}
    for part in parts_of(kind):
        found += _collect(part, rows(part), marks, macs, owner=f"{part.part_of}_id")
    found += _collect(kind, rows(kind), marks, macs, owner="pk")
    for pk, (mac, key_id) in marks.items():
        if not audit.is_right(key_id, mac, partial(_combined, macs[pk], key_id)):
            found.append(
                Problem(f"{kind._meta.label_lower} {pk}", "a row of it was altered, added or removed")
            )
    return found


def _collect(
    model: Any,
    rows: Iterable[tuple[str, Any, str]],
    marks: dict[str, tuple[str, str]],
    macs: dict[str, list[str]],
    *,
    owner: str,
) -> list[Problem]:
    found = []
    for key, row, wrong in rows:
        if row is None:
            found.append(Problem(f"{model._meta.label_lower} {key}", wrong))
        elif (pk := str(getattr(row, owner))) in marks and (key_id := marks[pk][1]) in settings.KEYRING.chain:
            macs[pk].append(_mac(row, key_id))
    return found


def _together(rows: Iterable[Any], key_id: str) -> str:
    return _combined([_mac(row, key_id) for row in rows], key_id)


def _mac(row: Any, key_id: str) -> str:
    free = row.free_while_offered if isinstance(row, RecordPart) else ()
    return audit.row_mac(row, key_id, without=(*free, *unsaid(row)))


def unsaid(row: models.Model) -> list[str]:
    """The columns of a row that hold nothing, or their default."""
    return [
        str(field.column)
        for field in row._meta.concrete_fields
        if _is_unsaid(field, row.__dict__.get(field.attname))
    ]


def _is_unsaid(field: Any, value: Any) -> bool:
    if value in (None, "", b"", [], {}):
        return True
    default = field.default
    return not callable(default) and type(value) is type(default) and value == default


def _combined(macs: list[str], key_id: str) -> str:
    """One mark for many rows, whatever their order."""
    return audit.mac(key_id, b"rows|" + json.dumps(sorted(macs)).encode())
