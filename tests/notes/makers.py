"""Notes at every stage, made with the operations that people use."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from supervision.notes import operations
from supervision.notes.models import Note
from supervision.people.models import User

WORDS = "canary-wren: the quiet after group, and what I did with it."


def written(**given: Any) -> operations.Written:
    values = {"kind": "note", "day": timezone.localdate(), "title": "", "text": WORDS} | given
    return operations.Written(**values)


def note(author: User, key: uuid.UUID | None = None, **given: Any) -> Note:
    return operations.write(by=author, key=key or uuid.uuid4(), written=written(**given))


def shared(author: User, reader: User, **given: Any) -> Note:
    return operations.share(note(author, **given), by=author, person=reader)


def deleted(author: User, **given: Any) -> Note:
    return operations.delete(note(author, **given), by=author)


def fresh(row: Note) -> Note:
    return Note.objects.get(pk=row.pk)


def post(row: Note | None = None, **given: Any) -> dict[str, Any]:
    """What a browser sends from the form of a note."""
    data: dict[str, Any] = {
        "version": row.version if row else 0,
        "key": "" if row else str(uuid.uuid4()),
        "kind": row.kind if row else "note",
        "day": (row.day if row else timezone.localdate()).isoformat(),
        "about": row.about_key if row else "",
        "title": row.title if row else "",
        "text": row.text if row else WORDS,
        "page": "p1",
    }
    return data | given
