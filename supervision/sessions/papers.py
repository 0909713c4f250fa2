"""Everything about a session that was put up for signature, read back for its page: in four queries however much there is.

Pages show the content of the offer and nothing from the live rows (decision 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from supervision.pages.prepared import prepared
from supervision.records import encryption
from supervision.records.models import Offer
from supervision.records.papers import Paper, paper_of, with_all

from .models import Addendum, Attendance, Session

RECORD, ATTENDANCE, ADDENDUM = (
    Session._meta.label_lower,
    Attendance._meta.label_lower,
    Addendum._meta.label_lower,
)


@dataclass(frozen=True)
class Papers:
    """The papers of one session, newest offer of each record last."""

    of_record: list[Paper] = field(default_factory=list)
    attendances: list[Paper] = field(default_factory=list)
    addenda: list[Paper] = field(default_factory=list)

    @property
    def record(self) -> Paper | None:
        """The offer that stands: out for signature, or sealed."""
        newest = self.of_record[-1] if self.of_record else None
        return newest if newest is not None and newest.closed is None else None

    @property
    def given_back(self) -> Paper | None:
        """The newest offer, when it was taken back or a change was asked for."""
        newest = self.of_record[-1] if self.of_record else None
        return newest if newest is not None and newest.closed is not None else None


@prepared
def offers_of(session: Session) -> QuerySet[Offer]:
    """Every offer of the record, its attendances and its addenda, with answers, seal and whether the PDF is there."""
    attendances = Attendance.objects.filter(session=session).values("pk")
    addenda = Addendum.objects.filter(session=session).values("pk")
    found = Offer.objects.filter(
        Q(record_label=RECORD, record_id=session.pk)
        | Q(record_label=ATTENDANCE, record_id__in=attendances)
        | Q(record_label=ADDENDUM, record_id__in=addenda)
    )
    return with_all(found).order_by("offered_at", "number")


def of_session(session: Session, *also: Sequence[Any]) -> Papers:
    """The papers of a session, decrypted. `also` are further rows whose words the page reads."""
    offers = offers_of(session)
    encryption.unlock(offers, [session], *also)
    found = Papers()
    places = {RECORD: found.of_record, ATTENDANCE: found.attendances, ADDENDUM: found.addenda}
    for offer in offers:
        places[offer.record_label].append(paper_of(offer))
    return found
