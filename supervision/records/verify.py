"""Goes over the whole store and says where a single byte is not as it was written (decision 6).

Covered: the audit chain, offers and their parties, closings, answers, seals, documents, the live rows of sealed records,
the wrapped keys, the access log, and that every record that says it is sealed has its seal; and whatever an app above has
the chain vouch for. A cut-off tail and a full wipe show only against anchors.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils.dateparse import parse_date

from . import anchors, audit, daily, documents, sealed_rows, snapshot, triggers
from .encryption import DISPOSED, Unreadable, unlocked_keys, unwrap
from .errors import Disposed
from .models import (
    Answer,
    AuditEvent,
    ChainHead,
    Document,
    Offer,
    OfferClosed,
    OfferParty,
    Opening,
    RecordKey,
    Seal,
)
from .moment import one_moment
from .problem import Problem
from .sealing import AppendOnly, SignedRecord

COVERED: tuple[type[models.Model], ...] = (Offer, OfferParty, OfferClosed, Answer, Seal, Document)


def run(anchor_folder: Path | None = None) -> list[Problem]:
    """Check everything as it is at one moment. An empty list means that nothing covered was altered."""
    with one_moment(), unlocked_keys():
        found = [
            Problem(f"guard {name}", "is not in the database as it should be") for name in triggers.missing()
        ]
        found += _chain()
        marks = _marks()
        for model in COVERED:
            found += _covered_rows(model, marks.pop(model._meta.label_lower, {}))
        for record in sealed_rows.kinds():
            found += _live_records(record, marks.pop(record._meta.label_lower, {}))
        found += _seals_of_no_kind()
        for label, kind in marks.items():
            found += _further_kind(label, kind)
        found += _contents()
        found += _documents()
        found += _keys()
        found += _openings()
        found += anchors.compare(anchor_folder) if anchor_folder else []
    return found


def _further_kind(label: str, marks: dict[str, tuple[str, str]]) -> list[Problem]:
    """Rows of an app above that are written once and that the chain vouches for, such as the end of an agreement."""
    model = next((model for model in apps.get_models() if model._meta.label_lower == label), None)
    if model is None or not issubclass(model, AppendOnly):
        return [Problem(label, "is vouched for but is not a covered kind")]
    return _covered_rows(model, marks)


def _rows(model: Any) -> Iterator[tuple[str, Any, str]]:
    """Every row as (its key, the instance or None, what is wrong with its stored form)."""
    columns = [f.column for f in model._meta.concrete_fields]
    # On SQLite the plus sign keeps the driver from converting a cell before it is compared with what was written.
    plus = "+" if connection.vendor == "sqlite" else ""
    quoted = ", ".join(f'{plus}"{c}"' for c in columns)
    key = columns.index(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {quoted} FROM "{model._meta.db_table}" ORDER BY "{columns[key]}"')  # noqa: S608
        while chunk := cursor.fetchmany(500):
            for cells in chunk:
                yield _row(model, cells, key)


def _row(model: Any, cells: tuple[Any, ...], key: int) -> tuple[str, Any, str]:
    fields = model._meta.concrete_fields
    try:
        values = [_converted(field, cell) for field, cell in zip(fields, cells, strict=True)]
        instance = model.from_db(connection.alias, [f.attname for f in fields], values)
        for field, cell, value in zip(fields, cells, values, strict=True):
            if connection.vendor == "sqlite" and not _same_cell(cell, _stored(field, value)):
                return str(cells[key]), None, f"its {field.name} is not stored as it was written"
    except Exception as error:  # whatever an altered cell does to its converter, it is a finding
        return str(cells[key]), None, f"a cell of it cannot be read ({type(error).__name__})"
    return str(instance.pk), instance, ""


def _converted(field: Any, cell: Any) -> Any:
    expression = field.get_col(field.model._meta.db_table)
    for convert in connection.ops.get_db_converters(expression) + field.get_db_converters(connection):
        cell = convert(cell, expression, connection)
    return cell


def _stored(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _same_cell(cell: Any, stored: Any) -> bool:
    if isinstance(stored, memoryview | bytes):
        return isinstance(cell, bytes) and bytes(stored) == cell
    if isinstance(stored, bool):
        return cell is stored or (isinstance(cell, int) and cell == int(stored))
    return type(cell) is type(stored) and cell == stored


def _chain() -> list[Problem]:
    found, expected, previous = [], 1, audit.GENESIS
    for key, link, wrong in _rows(AuditEvent):
        where = f"audit link {key}"
        if link is None:
            found.append(Problem(where, wrong))
            expected, previous = expected + 1, ""
            continue
        if link.seq != expected:
            found.append(Problem(where, f"follows link {expected - 1}; a link in between is missing"))
        if previous and not hmac.compare_digest(link.previous, previous):
            found.append(Problem(where, "does not continue the link before it"))
        if not audit.is_right(link.key_id, link.mac, partial(audit.link_mac, link)):
            found.append(Problem(where, "was altered"))
        expected, previous = link.seq + 1, link.mac
    head = ChainHead.objects.filter(pk=audit.CHAIN).first()
    at_end = (head.seq, head.mac) if head else (0, audit.GENESIS)
    if at_end != (expected - 1, previous or at_end[1]):
        found.append(Problem("chain head", "is not where the chain ends"))
    return found


def _marks() -> dict[str, dict[str, tuple[str, str]]]:
    marks: dict[str, dict[str, tuple[str, str]]] = {}
    # In the order of the chain: where a row was vouched for twice, the last word counts.
    links = (
        AuditEvent.objects.exclude(covers_label="")
        .order_by("seq")
        .values_list("covers_label", "covers_id", "covers_mac", "key_id")
    )
    for label, pk, mac, key_id in links.iterator():
        marks.setdefault(label, {})[pk] = (mac, key_id)
    return marks


def _covered_rows(model: Any, marks: dict[str, tuple[str, str]]) -> list[Problem]:
    found, name = [], model._meta.verbose_name
    for key, row, wrong in _rows(model):
        where = f"{name} {key}"
        mark = marks.pop(key, None)
        if row is None:
            found.append(Problem(where, wrong))
        elif mark is None:
            found.append(
                Problem(where, "was not written by this software: no link of the chain speaks of it")
            )
        elif not audit.is_right(mark[1], mark[0], partial(audit.row_mac, row, mark[1])):
            found.append(Problem(where, "its stored bytes were altered"))
    return found + [Problem(f"{name} {key}", "is gone") for key in marks]


def _contents() -> list[Problem]:
    found = []
    for offer in _safely(Offer):
        try:
            if snapshot.digest(offer.content) != offer.digest:
                found.append(
                    Problem(f"offer {offer.pk}", "its content does not have the digest that was signed")
                )
        except Disposed:
            continue
        except Unreadable:
            found.append(Problem(f"offer {offer.pk}", "its content does not decrypt"))
    digests = {str(pk): digest for pk, digest in Offer.objects.values_list("pk", "digest")}
    for answer in _safely(Answer):
        if digests.get(str(answer.offer_id)) != answer.digest:
            found.append(Problem(f"answer {answer.pk}", "was given to another text than the one on offer"))
    return found


def _documents() -> list[Problem]:
    found = []
    for document in _safely(Document):
        try:
            if documents.sha256(document.pdf) != document.sha256:
                found.append(Problem(f"document {document.pk}", "is not the file that was sealed"))
        except Disposed:
            continue
        except Unreadable:
            found.append(Problem(f"document {document.pk}", "does not decrypt"))
    return found


def _safely(model: Any) -> Iterator[Any]:
    for _key, row, _wrong in _rows(model):
        if row is not None:
            yield row


def _live_records(kind: type[SignedRecord], marks: dict[str, tuple[str, str]]) -> list[Problem]:
    """Every record that says it is sealed has its seal, the other way round, and its rows are as they were sealed."""
    label = kind._meta.label_lower
    sealed = _ids(kind._base_manager.filter(sealed_at__isnull=False).values_list("pk", flat=True))
    with_seal = _ids(Seal.objects.filter(record_label=label).values_list("record_id", flat=True))
    return [
        *(Problem(f"{label} {pk}", "says it is sealed but has no seal") for pk in sorted(sealed - with_seal)),
        *(Problem(f"{label} {pk}", "has a seal but is gone or open") for pk in sorted(with_seal - sealed)),
        *(
            Problem(f"{label} {pk}", "no link of the chain speaks of its rows")
            for pk in sorted(with_seal - marks.keys())
        ),
        *sealed_rows.check(kind, marks, _rows),
    ]


def _ids(found: Any) -> set[str]:
    return {str(pk) for pk in found.iterator()}


def _seals_of_no_kind() -> list[Problem]:
    known = {kind._meta.label_lower for kind in sealed_rows.kinds()}
    labels = set(Seal.objects.values_list("record_label", flat=True).distinct())
    return [Problem(label, "has seals but no such kind of record exists") for label in sorted(labels - known)]


def _keys() -> list[Problem]:
    """Every data key opens with the master key it names. An empty one was destroyed on purpose, and the chain says so; none that
    a sealed record needs is missing."""
    keyless = Seal.objects.exclude(record_id__in=RecordKey.objects.values("pk"))
    found = [
        Problem(f"{label} {pk}", "is sealed, and its key is gone")
        for label, pk in keyless.order_by("record_id").values_list("record_label", "record_id")
    ]
    disposed = set(AuditEvent.objects.filter(action=DISPOSED).values_list("record_id", flat=True))
    for key in RecordKey.objects.order_by("pk").iterator():
        if not key.wrapped:
            if key.pk not in disposed:
                found.append(
                    Problem(f"key of record {key.pk}", "is empty, and nothing says that it was destroyed")
                )
            continue
        try:
            unwrap(key.pk, bytes(key.wrapped), key.master_id)
        except Unreadable as error:
            found.append(Problem(f"key of record {key.pk}", str(error)))
    return found


def _openings() -> list[Problem]:
    found = []
    for key, opening, wrong in _rows(Opening):
        if opening is None:
            found.append(Problem(f"access log row {key}", wrong))
            continue
        macs = [audit.row_mac(opening, key_id, without=("mac",)) for key_id in settings.KEYRING.chain]
        if opening.mac not in macs:
            found.append(Problem(f"access log row {key}", "was altered"))
    for link in AuditEvent.objects.filter(action=daily.DIGEST):
        day = parse_date(link.facts["day"])
        if day and daily.openings_of(day, link.key_id) != (link.facts["count"], link.facts["mac"]):
            found.append(Problem(f"access log of {day}", "has rows missing, added or altered"))
    return found


def as_json(found: list[Problem]) -> str:
    """The findings for another program to read."""
    return json.dumps([problem.__dict__ for problem in found], indent=1)
