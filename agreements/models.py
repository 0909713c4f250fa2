"""Supervision agreements (domain 3, D 2.130): clauses as the unit, terms that other parts read, one version a record."""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly, RecordPart, SignedRecord

REVIEW_NOTICE = datetime.timedelta(days=30)  # how long before its date a review is put forward


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> AgreementQuerySet:
        """The parties, always; managers of the program once it is signed (domain 8, personnel layer)."""
        return self.as_seen_by(user).filter(Q(is_party=True) | Q(sealed_at__isnull=False, is_manager=True))

    def known_to(self, user: User) -> AgreementQuerySet:
        """Whoever may know that a version exists: its parties, and the managers of the program (log facts)."""
        return self.as_seen_by(user).filter(Q(is_party=True) | Q(is_manager=True))

    def as_seen_by(self, user: User) -> AgreementQuerySet:
        """Each with what this person is to it: `is_party`, `takes_part` (now), `is_manager`, in the same query."""
        party = AgreementParty.objects.filter(agreement=OuterRef("pk"), person=user)
        now = Participation.objects.current().filter(arrangement=OuterRef("arrangement"), person=user)
        managed = Management.objects.current().filter(program=OuterRef("arrangement__program"), person=user)
        return self.annotate(
            seen_by=Value(user.pk, output_field=models.UUIDField()),
            # A version on offer or signed belongs to its parties; a draft to those who still take part (domain 8).
            is_party=ExpressionWrapper(
                Exists(party) & (Q(sealed_at__isnull=False) | Q(open_offer__isnull=False) | Exists(now)),
                output_field=models.BooleanField(),
            ),
            takes_part=Exists(now),
            is_manager=Exists(managed),
        )

    def sealed(self) -> AgreementQuerySet:
        return self.filter(sealed_at__isnull=False)

    def open(self) -> AgreementQuerySet:
        """Versions that are being written or signed: at most one for an arrangement."""
        return self.filter(sealed_at__isnull=True)

    def begun(self, day: datetime.date) -> AgreementQuerySet:
        """Signed versions that hold, or once held, on a day. A version never holds before its last signature."""
        return self.sealed().filter(starts_on__lte=day, sealed_at__date__lte=day)


class Agreement(SignedRecord):
    """One version of the agreement of one arrangement. Sealed by the last signature, and then in force."""

    record_kind = "Supervision agreement"

    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="agreements")
    number = models.PositiveSmallIntegerField(default=1, help_text="1 for the first version, and so on.")
    template_name = models.CharField(
        max_length=60, help_text="Which template and edition it was started from."
    )
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    # Terms: what the text says in numbers, so that other parts can read it.
    starts_on = models.DateField(_("in force from"), default=timezone.localdate)
    minutes_each = models.PositiveSmallIntegerField(_("minutes each time"), default=60)
    every_days = models.PositiveSmallIntegerField(_("days from one session to the next"), default=7)
    concern_days = models.PositiveSmallIntegerField(
        _("working days to raise a concern yourself"), default=3, help_text="The stipulated time of D 2.118."
    )
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    cadence_reason = EncryptedText(
        help_text="Why another rhythm than an hour a week, when it is another (D 2.124)."
    )
    terms_version = models.PositiveIntegerField(
        default=1, help_text="Counts the changes of terms, to notice a stale form."
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "number"], name="agreement_number"),
            models.UniqueConstraint(
                fields=["arrangement"], condition=Q(sealed_at__isnull=True), name="agreement_one_open_version"
            ),
        ]
        ordering = ["-number"]

    @property
    def in_force_from(self) -> datetime.date | None:
        """The first day it holds: the day agreed, or that of the last signature when that came later."""
        if self.sealed_at is None:
            return None
        return max(self.starts_on, timezone.localdate(self.sealed_at))

    def is_due_for_review(self, day: datetime.date) -> bool:
        """Whether its review is near or past. A flag: the agreement holds all the same (domain 3)."""
        return self.is_sealed and self.review_on is not None and self.review_on - REVIEW_NOTICE <= day

    def is_past_review(self, day: datetime.date) -> bool:
        """Whether the day of its review is over. A flag like the one above."""
        return self.is_sealed and self.review_on is not None and self.review_on < day


class AgreementParty(RecordPart):
    """Who the agreement is between. Taken from the arrangement when the version is started."""

    part_of = "agreement"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Participation.Part.choices)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "person"], name="agreement_party_once")]
        ordering = ["position"]


class Clause(RecordPart):
    """One part of an agreement: the unit that people propose, answer and agree."""

    part_of = "agreement"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="clauses")
    key = models.SlugField(max_length=40, help_text="Which of the twelve parts, or the agency's own.")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    required = models.BooleanField(
        default=True, help_text="It needs words of its own before it can be signed."
    )
    text = EncryptedText()
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "key"], name="clause_once")]
        ordering = ["position"]


class AgreementEnding(AppendOnly):
    """That an agreement ended: by whom and from when. The sealed agreement itself never changes (decision 3)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="ending")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ends_on = models.DateField(help_text="The first day on which it no longer holds.")
    reason = EncryptedText()
    recorded_at = models.DateTimeField(default=timezone.now)

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.agreement_id


def in_force(arrangement: Arrangement, day: datetime.date | None = None) -> Agreement | None:
    """The agreement in force on a day (by default today): the newest sealed version that has begun, unless it ended.

    A version that was replaced does not come back when its successor ends.
    """
    day = day or timezone.localdate()
    newest = (
        Agreement.objects.begun(day)
        .filter(arrangement=arrangement)
        .annotate(ended_on=F("ending__ends_on"))
        .order_by("-number")
        .first()
    )
    if newest is None or (newest.ended_on is not None and newest.ended_on <= day):
        return None
    return newest
