"""The audit chain: what was done, by whom, in an order that cannot be rewritten quietly.

Each link carries an HMAC over itself and the link before it, under a key that is not in the database; a link
may vouch for the stored bytes of one row (`covers`). Audit is for investigation; the who and when that pages
show lives on the records. Facts are ids and log facts, never words.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from . import opened_by_others
from .models import AuditEvent, ChainHead, Opening

CHAIN = "audit"
GENESIS = "0" * 64
AT_ONCE = 500  # links that one statement adds


def record(
    by: Any,
    action: str,
    *,
    about: models.Model | None = None,
    covers: models.Model | None = None,
    covers_mac: Callable[[str], str] | None = None,
    facts: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one link inside the caller's transaction.

    `by` is the person, or None when the software acted by itself. `about` is the record it concerns; `covers`
    the row whose stored bytes the link vouches for, unless `covers_mac` makes its mark with the key named. Raises
    RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit link is written in the transaction of what it speaks of.")
    head = _head()
    link = AuditEvent(**_cells(head, by, action, about, facts))
    if covers is not None:
        link.covers_label, link.covers_id = covers._meta.label_lower, str(covers.pk)
    link.covers_mac = _mark_of(covers, covers_mac, link.key_id)
    link.mac = link_mac(link)
    link.save()
    ChainHead.objects.filter(pk=CHAIN).update(seq=link.seq, mac=link.mac)
    return link


def record_many(by: Any, what: Iterable[tuple[str, models.Model | None, dict[str, Any]]]) -> int:
    """Append a link for each (action, record it concerns, facts), in this order, with few queries: for what is written in bulk.

    Returns how many. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit link is written in the transaction of what it speaks of.")
    head, links = _head(), []
    for action, about, facts in what:
        cells = _cells(head, by, action, about, facts)
        head.seq, head.mac = cells["seq"], link_mac(SimpleNamespace(**cells))
        links.append(cells | {"mac": head.mac})
    if links:
        _insert(links)
        ChainHead.objects.filter(pk=CHAIN).update(seq=head.seq, mac=head.mac)
    return len(links)


def _cells(
    head: ChainHead, by: Any, action: str, about: models.Model | None, facts: dict[str, Any] | None
) -> dict[str, Any]:
    """The link that comes after `head`, but for its own mark. It vouches for no row."""
    return {
        "seq": head.seq + 1,
        "at": timezone.now(),
        "by": by.pk if by is not None else None,
        "action": action,
        "record_label": about._meta.label_lower if about is not None else "",
        "record_id": _uuid(about),
        "covers_label": "",
        "covers_id": "",
        "covers_mac": "",
        "facts": facts or {},
        "previous": head.mac,
        "key_id": settings.KEYRING.current_chain,
    }


def _insert(links: list[dict[str, Any]]) -> None:
    """Many links at once. `bulk_create` spends several times as long on them as the database does."""
    connection = transaction.get_connection()
    fields = AuditEvent._meta.concrete_fields
    as_they_are = {
        field.name for field in fields if isinstance(field, models.CharField | models.BigIntegerField)
    }
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    with connection.cursor() as cursor:
        for at in range(0, len(links), AT_ONCE):
            some = links[at : at + AT_ONCE]
            values = [
                link[field.name]
                if field.name in as_they_are
                else field.get_db_prep_save(link[field.name], connection)
                for link in some
                for field in fields
            ]
            marks = ", ".join([one] * len(some))
            cursor.execute(
                f"INSERT INTO {quoted(AuditEvent._meta.db_table)} ({columns}) VALUES {marks}",  # noqa: S608  (names of ours)
                values,
            )


def lock() -> None:
    """Wait until nobody else writes a link, and let nobody until this transaction ends: for what must not happen at once."""
    _head()


def _head() -> ChainHead:
    locked = ChainHead.objects.select_for_update(no_key=True)
    head = locked.filter(pk=CHAIN).first()
    if head is None:  # before the very first link
        ChainHead.objects.get_or_create(pk=CHAIN, defaults={"mac": GENESIS})
        head = locked.get(pk=CHAIN)
    return head


def _uuid(row: models.Model | None) -> uuid.UUID | None:
    return row.pk if row is not None and isinstance(row.pk, uuid.UUID) else None


def _mark_of(row: models.Model | None, make: Callable[[str], str] | None, key_id: str) -> str:
    if make is not None:
        return make(key_id)
    return row_mac(row, key_id) if row is not None else ""


def is_right(key_id: str, mark: str, make: Callable[[], str]) -> bool:
    """Whether a stored mark is the one that `make` gives now. False when its key is not here."""
    return key_id in settings.KEYRING.chain and hmac.compare_digest(mark, make())


def mac(key_id: str, text: bytes) -> str:
    """HMAC-SHA-256 under the chain key of that id, in hexadecimal."""
    return hmac.new(settings.KEYRING.chain[key_id], text, hashlib.sha256).hexdigest()


def link_mac(link: Any) -> str:
    """The mark a link must carry, over everything else in it. Takes the row, or something with the same attributes."""
    cells = [
        link.seq,
        _plain(link.at),
        _plain(link.by),
        link.action,
        link.record_label,
        _plain(link.record_id),
        link.covers_label,
        link.covers_id,
        link.covers_mac,
        link.facts,
        link.previous,
        link.key_id,
    ]
    return mac(link.key_id, b"link|" + json.dumps(cells, sort_keys=True, separators=(",", ":")).encode())


def row_mac(row: models.Model, key_id: str, *, without: tuple[str, ...] = ()) -> str:
    """The mark of one row's stored bytes; words are taken as the ciphertext that is stored."""
    cells = {
        field.column: _plain(row.__dict__.get(field.attname))
        for field in row._meta.concrete_fields
        if field.column not in without
    }
    body = json.dumps(cells, sort_keys=True, separators=(",", ":")).encode()
    return mac(key_id, f"row|{row._meta.label_lower}|".encode() + body)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, uuid.UUID):
        return str(value)
    return value


def opened(by: Any, records: models.Model | list[Any], *, why: str, action: str = "opened") -> None:
    """Log that somebody is about to be shown the words of a record that is not theirs alone (decision 12).

    Called before the words are rendered, in a short transaction of its own: if it cannot be written, the page
    fails. A list that shows words is one bulk insert. `why` says what allowed it.
    """
    rows = records if isinstance(records, list) else [records]
    if rows:
        _log(by, [(row._meta.label_lower, row.pk) for row in rows], why=why, action=action)


def checked(by: Any, label: str, record_id: uuid.UUID) -> None:
    """Log that somebody checked the file of a sealed record on the verification page; `by` is None where nobody is signed in."""
    _log(by, [(label, record_id)], why="has the file", action="checked")


def _log(by: Any, rows: list[tuple[str, uuid.UUID]], *, why: str, action: str) -> None:
    key_id, openings = settings.KEYRING.current_chain, []
    for label, record_id in rows:
        opening = Opening(
            by=by,
            action=action,
            record_label=label,
            record_id=record_id,
            why=why,
            at=timezone.now(),
        )
        opening.mac = f"{row_mac(opening, key_id, without=('mac',))}"
        openings.append(opening)
    with transaction.atomic():
        Opening.objects.bulk_create(openings)
        opened_by_others.keep([record_id for _label, record_id in rows], why=why)
