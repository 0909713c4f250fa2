"""Destroying the key of a record: nobody can read its words, its signatures' evidence or its PDF any more (domain 5, decision 4).

Rows, digests, signatures and the chain stay as they are and still verify. Who may decide it is for the app above. A backup made before
still has the key: it undoes a disposal until it is gone.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models, transaction

from . import audit
from .encryption import DISPOSED, forget
from .models import AuditEvent, RecordKey


@transaction.atomic
def destroy(record: models.Model, *, by: Any, facts: dict[str, Any]) -> bool:
    """Destroy the key of this record, and say so in the chain. False where that was done before, or where it never had one.

    `facts` is why, in ids and log facts.
    """
    key = RecordKey.objects.select_for_update(no_key=True).filter(pk=record.pk).first()
    if key is None or not key.wrapped:
        return False
    key.wrapped = b""
    key.save(update_fields=["wrapped"])
    forget(record.pk)
    audit.record(by, DISPOSED, about=record, facts=facts)
    return True


def removal_of(pk: uuid.UUID | None) -> AuditEvent | None:
    """The link of the chain that says when this record was removed, and why in its facts. None where none is named."""
    return AuditEvent.objects.filter(action=DISPOSED, record_id=pk).first() if pk is not None else None


def gone() -> Any:
    """The ids of every record whose key was destroyed, for a query."""
    return RecordKey.objects.filter(wrapped=b"").values("pk")


def is_gone(pk: uuid.UUID) -> bool:
    """Whether the key of this record was destroyed."""
    return RecordKey.objects.filter(pk=pk, wrapped=b"").exists()
