"""Whether a file is one that this installation sealed, found by its hash alone: the file is never parsed."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import documents
from .encryption import Unreadable
from .errors import Disposed
from .models import Document, Issued


@dataclass(frozen=True)
class Signature:
    """Who signed, in which part. Whoever holds the very file has read it there already."""

    name: str
    part: str
    kind: str


@dataclass(frozen=True)
class Answer:
    """What the page says. Unknown, disposed of and withheld are the same answer."""

    genuine: bool
    kind: str = ""
    sealed_at: datetime.datetime | None = None
    signatures: list[Signature] = field(default_factory=list)
    record: tuple[str, uuid.UUID] | None = None  # for the access log; never shown


def of_file(chunks: Iterable[bytes]) -> Answer:
    """Hash the bytes and look the hash up."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return of_hash(digest.hexdigest())


def of_hash(sha256: str) -> Answer:
    """The answer for a SHA-256 in hexadecimal."""
    document = Document.objects.filter(sha256=sha256).select_related("seal__offer").first()
    if document is None:
        return _of_issued(sha256)
    try:
        signed_by = documents.signers(document.seal.offer)
    except (Disposed, Unreadable):
        return Answer(genuine=False)
    return Answer(
        genuine=True,
        kind=document.seal.kind,
        sealed_at=document.seal.sealed_at,
        signatures=[Signature(s.name, s.part, s.kind) for s in signed_by],
        record=(document.seal.record_label, document.seal.record_id),
    )


def _of_issued(sha256: str) -> Answer:
    """Of a report: what it is called and when it was sealed, whether or not we still have it."""
    issued = Issued.objects.filter(sha256=sha256).first()
    if issued is None:
        return Answer(genuine=False)
    return Answer(genuine=True, kind=issued.kind, sealed_at=issued.issued_at)
