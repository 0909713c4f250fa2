"""Who has signed a version, and for whom it holds: in a group for each member who has, by the offer or later (decision 2)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, QuerySet, Subquery

from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Participation, User
from supervision.records.models import Answer, Seal

from .models import Accession, Agreement, AgreementReview, while_there

SIGNED = {"kind": Answer.Kind.SIGNED}


def signed_by(agreement: Agreement) -> dict[uuid.UUID, datetime.datetime]:
    """Who signed a version and when: under the offer that was sealed, or by joining later. Two queries."""
    return signed_by_each([agreement]).get(agreement.pk, {})


def signed_by_each(agreements: Iterable[Agreement]) -> dict[Any, dict[uuid.UUID, datetime.datetime]]:
    """The same for many versions, by their id. Two queries, however many."""
    ids = [agreement.pk for agreement in agreements]
    found: dict[Any, dict[uuid.UUID, datetime.datetime]] = {}
    signed = Answer.objects.filter(record_id__in=ids, offer__seal__isnull=False, **SIGNED)
    for record, person, at in signed.values_list("record_id", "person_id", "answered_at"):
        found.setdefault(record, {})[person] = at
    joined = Accession.objects.filter(agreement__in=ids, sealed_at__isnull=False)
    for record, person, at in joined.values_list("agreement_id", "person_id", F("sealed_at")):
        found.setdefault(record, {})[person] = at
    return found


@dataclass(frozen=True)
class Later:
    """What came after a version was sealed: reviews, members of a group who joined, and who takes part now. Up to three queries."""

    reviews: Sequence[AgreementReview] = ()
    joined: Sequence[Accession] = ()
    now: Sequence[Participation] = ()

    @classmethod
    def of(cls, agreement: Agreement, *, reader: User | None = None) -> Later:
        """`reader` is a party who reads it: somebody who has left has what came while they took part."""
        return cls(
            reviews=_reviews(agreement, reader),
            joined=_joined(agreement, reader) if holds_for_each(agreement) else [],
            now=_taking_part(agreement.arrangement_id),
        )


@prepared
def _reviews(agreement: Agreement, reader: User | None) -> QuerySet[AgreementReview]:
    found = AgreementReview.objects.filter(*_while_there(reader), agreement=agreement)
    return found.select_related("started_by").order_by("-started_at")


@prepared
def _joined(agreement: Agreement, reader: User | None) -> QuerySet[Accession]:
    found = Accession.objects.filter(*_while_there(reader), agreement=agreement)
    return found.select_related("person", "open_offer")


def _while_there(reader: User | None) -> list[Exists]:
    return [while_there(reader, "started_at")] if reader is not None else []


@prepared
def _taking_part(arrangement: uuid.UUID) -> QuerySet[Participation]:
    now = Participation.objects.current().filter(arrangement=arrangement)
    return now.select_related("person").order_by("person__name")


def signed_before(agreement: Agreement) -> set[uuid.UUID]:
    """Who signed the version that this one started from: parts kept as they were stay agreed by them (Clause.kept). One query."""
    earlier = Agreement.objects.sealed().filter(
        arrangement=agreement.arrangement_id, number__lt=agreement.number
    )
    before = earlier.order_by("-number").values("pk")[:1]
    signed = Answer.objects.filter(record_id=Subquery(before), offer__seal__isnull=False, **SIGNED)
    joined = Accession.objects.filter(agreement=Subquery(before), sealed_at__isnull=False)
    both = (rows.order_by().values_list("person_id", flat=True) for rows in (signed, joined))
    return set(next(both).union(next(both)))


def holds_for_each(agreement: Agreement) -> bool:
    """Whether it holds for each who signed (a group), not for all at once."""
    return agreement.arrangement.structure == Arrangement.Structure.GROUP


def seal_of(record: Any) -> Seal | None:
    return Seal.objects.filter(record_label=record.record_label, record_id=record.pk).first()
