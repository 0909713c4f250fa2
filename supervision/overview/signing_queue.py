"""What waits for a signature: of this person, and of the others. No words are loaded."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from agreements.models import Agreement, AgreementReview
from competencies.models import Assessment
from supervision.pages.prepared import prepared
from supervision.people.models import User, called
from supervision.performance.models import PerformanceNote
from supervision.records.models import Answer, OfferParty, OpenParty
from supervision.sessions.models import Addendum, Attendance, Observation, ObservationAddendum, Session

AGREEMENT, SESSION = Agreement._meta.label_lower, Session._meta.label_lower
REVIEW = AgreementReview._meta.label_lower
ADDENDUM, ATTENDANCE = Addendum._meta.label_lower, Attendance._meta.label_lower
OBSERVATION, ADDED_TO_IT = Observation._meta.label_lower, ObservationAddendum._meta.label_lower
PERFORMANCE, ASSESSMENT = PerformanceNote._meta.label_lower, Assessment._meta.label_lower


@dataclass
class Waiting:
    """One open offer, or a session record together with the attendance that is signed with it."""

    label: str
    record_id: uuid.UUID
    session_id: uuid.UUID | None
    observation_id: uuid.UUID | None
    arrangement_id: uuid.UUID | None  # of an agreement, or of a review of one
    offered_at: datetime.datetime
    offered_by_id: uuid.UUID
    reader: uuid.UUID | None = None
    people: dict[uuid.UUID, str] = field(default_factory=dict)  # everybody asked, and how they are called
    unanswered: set[uuid.UUID] = field(default_factory=set)  # who has not answered all of it

    @property
    def mine(self) -> bool:
        """Whether the reader still has to answer."""
        return self.reader in self.unanswered

    @property
    def others(self) -> list[str]:
        """Who else has not answered."""
        return [name for key, name in self.people.items() if key in self.unanswered and key != self.reader]

    @property
    def signed(self) -> list[str]:
        """Who else has answered all of it."""
        return [
            name for key, name in self.people.items() if key not in self.unanswered and key != self.reader
        ]

    @property
    def offered_by(self) -> str:
        return self.people.get(self.offered_by_id, "")


@prepared
def _parties(user: User) -> QuerySet[OfferParty, tuple[Any, ...]]:
    """Everybody who is asked by an open offer that asks this person."""
    offers = OpenParty.objects.filter(person=user).values("offer")
    answered = Answer.objects.filter(offer=OuterRef("offer"), person=OuterRef("person"))
    record = OuterRef("offer__record_id")
    return (
        OfferParty.objects.filter(offer__in=offers)
        .annotate(
            answered=Exists(answered),
            session=Coalesce(
                Subquery(Attendance.objects.filter(pk=record).values("session")[:1]),
                Subquery(Addendum.objects.filter(pk=record).values("session")[:1]),
                Subquery(Session.objects.filter(pk=record).values("pk")[:1]),
                output_field=UUIDField(),
            ),
            observation=Coalesce(
                Subquery(ObservationAddendum.objects.filter(pk=record).values("observation")[:1]),
                Subquery(Observation.objects.filter(pk=record).values("pk")[:1]),
                output_field=UUIDField(),
            ),
            arrangement=Coalesce(
                Subquery(Agreement.objects.filter(pk=record).values("arrangement")[:1]),
                Subquery(AgreementReview.objects.filter(pk=record).values("agreement__arrangement")[:1]),
                output_field=UUIDField(),
            ),
        )
        .order_by("offer__offered_at", "position")
        .values_list(
            "offer__record_label",
            "offer__record_id",
            "session",
            "observation",
            "arrangement",
            "offer__offered_at",
            "offer__offered_by_id",
            "person_id",
            "person__name",
            "person__preferred_name",
            "answered",
        )
    )


def waiting_around(user: User) -> list[Waiting]:
    """Every open offer that this person is a party of, oldest first. One query."""
    found: dict[Any, Waiting] = {}
    for row in _parties(user):
        label, record_id, session_id, observation, arrangement, at, by, person, name, preferred, answer = row
        # Attendance is answered together with the record it belongs to: one line for both.
        shown = SESSION if label == ATTENDANCE else label
        key = (shown, session_id if shown == SESSION else record_id)
        item = found.setdefault(key, Waiting(shown, key[1], session_id, observation, arrangement, at, by))
        item.people[person] = called(name, preferred)
        if not answer:
            item.unanswered.add(person)
    for item in found.values():
        item.reader = user.pk
    return list(found.values())
