"""The sealed PDF of a record: what goes on it, and how it is streamed. The owning app asks its own policy first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from . import certificate, encryption, snapshot
from .models import Answer, Document, Issued, Offer, OfferParty, Seal
from .pdf_parts import Attachment

# Kept as evidence in the database only: from where and with what somebody signed is no reader's business.
AT_HOME = ("address", "browser")


def sha256(data: bytes) -> str:
    """Of a file, as 64 hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Signer:
    """One line of the signature block, on the page and in the PDF."""

    name: str
    part: str
    kind: str  # signed, declined, waiting, none
    typed_name: str = ""
    intent: str = ""
    statement: str = ""
    reason: str = ""
    answered_at: Any = None
    evidence: dict[str, Any] | None = None


@dataclass(frozen=True)
class Page:
    """All that the template of a sealed record is fed with, from signed content alone."""

    title: str
    agency: str
    context: dict[str, Any]
    attachments: list[Attachment]


def signers(offer: Offer, parties: Iterable[OfferParty] | None = None) -> list[Signer]:
    """Everybody who is asked to sign this offer, with what they answered. Three queries at most; `parties` are those of the offer,
    in their order, where they are known already.
    """
    names = {entry["id"]: entry["name"] for entry in snapshot.read(offer.content).get("parties", [])}
    answers = {a.person_id: a for a in offer.answers.all()}
    is_over = getattr(offer, "seal", None) is not None  # no query where the seal was loaded with the offer
    asked = offer.parties.all() if parties is None else parties
    return [_signer(party, names, answers.get(party.person_id), is_over) for party in asked]


def _signer(party: Any, names: dict[str, str], answer: Answer | None, is_over: bool) -> Signer:
    name = names.get(str(party.person_id), "")
    if answer is None:
        return Signer(name=name, part=party.part, kind="none" if is_over else "waiting")
    evidence = answer.evidence or {}
    return Signer(
        name=name,
        part=party.part,
        kind=answer.kind,
        typed_name=evidence.get("typed_name", ""),
        intent=evidence.get("intent", ""),
        statement=answer.statement,
        reason=answer.reason,
        answered_at=answer.answered_at,
        evidence=evidence,
    )


def context_of(seal: Seal, *, certified_by: str = "") -> dict[str, Any]:
    """What the template of a sealed record is fed with, from its offer and answers and nothing else."""
    offer = seal.offer
    proof = {
        "digest": offer.digest,
        "mac": seal.mac,
        "sealed_at": seal.sealed_at,
        "how": seal.how,
        "reason": seal.reason,
        "certificate": certified_by,
    }
    return {
        "content": snapshot.read(offer.content),
        "signers": signers(offer),
        "proof": proof,
        "seal": seal,
        "offer": offer,
    }


def page_of(seal: Seal) -> Page:
    """The PDF page of a sealed record, with its attachments. Raises SealUnavailable without a certificate."""
    offer = seal.offer
    context = context_of(seal, certified_by=certificate.certificate_id())
    content, signed_by = context["content"], context["signers"]
    files = [
        Attachment("record.json", offer.content, "The exact content that was signed", seal.sealed_at),
        Attachment("signatures.json", _signatures(seal, signed_by), "Who signed it, and how", seal.sealed_at),
    ]
    return Page(content.get("title", seal.kind), content.get("agency", ""), context, files)


def _signatures(seal: Seal, signed_by: list[Signer]) -> bytes:
    entries = [
        {
            "name": s.name,
            "part": s.part,
            "answer": s.kind,
            "answered_at": s.answered_at.isoformat() if s.answered_at else None,
            "evidence": {name: value for name, value in (s.evidence or {}).items() if name not in AT_HOME},
            "statement": s.statement,
            "reason": s.reason,
        }
        for s in signed_by
    ]
    body = {
        "digest": seal.digest,
        "mac": seal.mac,
        "sealed_at": seal.sealed_at.isoformat(),
        "answers": entries,
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1).encode()


@transaction.atomic
def issue(pdf: bytes, *, kind: str) -> None:
    """Keep the mark of a sealed PDF that is no record, so that the page “Check a PDF” knows it. A second time is no error."""
    Issued.objects.get_or_create(sha256=sha256(pdf), defaults={"kind": kind, "issued_at": timezone.now()})


def document_of(record: Any) -> Document | None:
    """The sealed PDF of a record, or None while it is still being made."""
    return Document.objects.filter(seal__record_label=record.record_label, seal__record_id=record.pk).first()


def stream(document: Document, name: str) -> HttpResponse:
    """The PDF as a download that no cache keeps. `name` is a plain file name without words of the record."""
    encryption.unlock([document])
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
