"""What was put up for signature, read back for its page: from the offer, and nothing from the live rows (decision 1)."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from supervision.pages import words

from . import documents, encryption, snapshot
from .documents import Signer
from .models import Answer, Offer, OfferClosed, OfferParty, Seal
from .sealing import SignedRecord


def is_party(user: Any, offer: Offer | None) -> bool:
    return offer is not None and any(row.person_id == user.pk for row in offer.parties.all())


def answer_of(user: Any, offer: Offer | None) -> Answer | None:
    if offer is None:
        return None
    return next((row for row in offer.answers.all() if row.person_id == user.pk), None)


def reference(record_id: uuid.UUID) -> str:
    """What to quote when talking about a record, such as 7F3K-92QD."""
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = record_id.int >> 88
    text = "".join(digits[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{text[:4]}-{text[4:]}"


@dataclass(frozen=True)
class Paper:
    """One offer with what became of it."""

    offer: Offer
    content: dict[str, Any]
    signers: list[Signer]
    seal: Seal | None
    closed: OfferClosed | None
    has_document: bool

    @property
    def is_open(self) -> bool:
        return self.seal is None and self.closed is None

    @property
    def change_asked(self) -> bool:
        """Whether one of the signers sent it back to be changed."""
        return self.closed is not None and self.closed.why == OfferClosed.Why.CHANGE_ASKED

    def waits_for(self, user: Any) -> bool:
        """Whether this person is asked to answer it and has not."""
        return self.is_open and is_party(user, self.offer) and answer_of(user, self.offer) is None


def with_all(offers: Any) -> Any:
    """Offers with what `paper_of` reads of them: answers, seal, and whether the PDF is there."""
    return (
        offers.select_related("seal__document", "closed__by", "offered_by")
        .defer("seal__document__pdf")
        .prefetch_related(Prefetch("parties", OfferParty.objects.select_related("person")), "answers")
    )


def of_record(record: SignedRecord) -> list[Paper]:
    """Every offer of one record, oldest first, decrypted together with the record itself."""
    offers = list(with_all(Offer.objects.of(record)))
    encryption.unlock(offers, [record])
    return [paper_of(offer) for offer in sorted(offers, key=lambda one: one.number)]


def given_back(papers: list[Paper]) -> Paper | None:
    """The newest offer, when it was taken back or a change was asked for."""
    return papers[-1] if papers and papers[-1].closed is not None else None


def paper_of(offer: Offer) -> Paper:
    """An offer that was loaded with its seal, closing, parties and answers. No query."""
    seal = getattr(offer, "seal", None)
    return Paper(
        offer=offer,
        content=snapshot.read(offer.content),
        signers=documents.signers(offer),
        seal=seal,
        closed=getattr(offer, "closed", None),
        has_document=seal is not None and getattr(seal, "document", None) is not None,
    )


def steps_of(offered: list[Paper]) -> list[dict[str, Any]]:
    """How the record came to be what it is: for the timeline beside it."""
    steps: list[dict[str, Any]] = []

    def step(at: datetime.datetime, what: str) -> None:
        steps.append(
            {
                "at": at,
                "when": f"{words.short_day(at)}, {words.clock(at)}",
                "iso": at.isoformat(),
                "what": what,
            }
        )

    for paper in offered:
        step(paper.offer.offered_at, _("%(name)s sent it") % {"name": paper.offer.offered_by.name})
        for signer in paper.signers:
            if signer.kind == "signed":
                step(signer.answered_at, _("%(name)s signed") % {"name": signer.name})
            elif signer.kind == "declined":
                step(signer.answered_at, _("%(name)s declined to sign") % {"name": signer.name})
        if paper.closed is not None:
            said = (
                _("%(name)s asked for a change")
                if paper.change_asked
                else _("%(name)s took it back to change it")
            )
            step(paper.closed.closed_at, said % {"name": paper.closed.by.name})
        if paper.seal is not None:
            step(paper.seal.sealed_at, _("Sealed: from here on it never changes"))
    steps.sort(key=lambda one: one["at"])
    if steps:
        steps[-1]["now"] = True
    return steps
