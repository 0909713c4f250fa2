"""Supervision agreements (domain 3, D 2.130): clauses as the unit, terms that other parts read, one version a record.

What people say to each other on the way (Turn) and what happens later (review, ending, accession) are rows of their own.
"""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records.encryption import EncryptedJSON, EncryptedText
from supervision.records.sealing import AppendOnly, RecordPart, SignedRecord

REVIEW_NOTICE = datetime.timedelta(days=30)  # how long before its date a review is put forward


class AgreementTemplate(models.Model):
    """A template that the agency keeps. Agreements start from its newest edition; `body` is the edition being prepared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=60, unique=True)
    body = models.JSONField(
        null=True, help_text="Parts and limits, see standard.py. None: nothing is being prepared."
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    retired_on = models.DateField(null=True, help_text="From then on no agreement is started from it.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]


class TemplateEdition(AppendOnly):
    """One published edition of a template. It never changes: agreements keep the one they came from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(AgreementTemplate, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60, help_text="What the template was called then.")
    body = models.JSONField(help_text="Parts and limits, see standard.py.")
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_edition_once")]
        ordering = ["-number"]


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> AgreementQuerySet:
        """The parties, always; managers of the program once it is signed (domain 8, personnel layer)."""
        return self.as_seen_by(user).filter(Q(is_party=True) | Q(sealed_at__isnull=False, is_manager=True))

    def known_to(self, user: User) -> AgreementQuerySet:
        """Whoever may know that a version exists: its parties, and the managers of the program (log facts)."""
        return self.as_seen_by(user).filter(Q(is_party=True) | Q(is_manager=True))

    def as_seen_by(self, user: User) -> AgreementQuerySet:
        """Each with what this person is to it, in the same query: `is_party`, `is_named` (in this version), `has_joined` (signed it
        since), `takes_part` (now), `is_manager`; and with the day of its next look, `next_look`."""
        party = AgreementParty.objects.filter(agreement=OuterRef("pk"), person=user)
        now = Participation.objects.current().filter(arrangement=OuterRef("arrangement"), person=user)
        managed = Management.objects.current().filter(program=OuterRef("arrangement__program"), person=user)
        joined = Accession.objects.filter(agreement=OuterRef("pk"), person=user, sealed_at__isnull=False)
        reviewed = AgreementReview.objects.filter(agreement=OuterRef("pk"), sealed_at__isnull=False)
        return self.annotate(
            seen_by=Value(user.pk, output_field=models.UUIDField()),
            # A version on offer or signed belongs to its parties; a draft to those who still take part (domain 8). A group's
            # signed version also to whoever joined it since, and to its members of now, who are asked to sign it.
            is_party=ExpressionWrapper(
                (Exists(party) & (Q(sealed_at__isnull=False) | Q(open_offer__isnull=False) | Exists(now)))
                | Exists(joined)
                | Q(
                    Exists(now),
                    sealed_at__isnull=False,
                    arrangement__structure=Arrangement.Structure.GROUP,
                ),
                output_field=models.BooleanField(),
            ),
            is_named=Exists(party),
            has_joined=Exists(joined),
            takes_part=Exists(now),
            is_manager=Exists(managed),
            next_look=Coalesce(Subquery(reviewed.order_by("-sealed_at").values("next_on")[:1]), "review_on"),
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

    class Because(models.TextChoices):
        WORKLOAD = "workload", _("The workload changed")
        DUTIES = "duties", _("The duties changed")
        WORKPLACE = "workplace", _("The workplace changed")
        PEOPLE = "people", _("Somebody joined or left")
        REVIEW = "review", _("We looked at it together, and something should change")
        OTHER = "other", _("Something else")

    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="agreements")
    number = models.PositiveSmallIntegerField(default=1, help_text="1 for the first version, and so on.")
    template_name = models.CharField(
        max_length=60, help_text="Which template and edition it was started from."
    )
    edition = models.ForeignKey(
        TemplateEdition,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The agency's template that it was started from; empty for the one shipped with the software.",
    )
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    because = models.CharField(
        _("why a new version"),
        max_length=12,
        choices=Because.choices,
        blank=True,
        help_text="Empty for the first.",
    )
    because_note = EncryptedText(help_text="The same in words, for the parties.")
    # Terms: what the text says in numbers, so that other parts can read it.
    starts_on = models.DateField(_("in force from"), default=timezone.localdate)
    minutes_each = models.PositiveSmallIntegerField(_("minutes each time"), default=60)
    every_days = models.PositiveSmallIntegerField(_("days from one session to the next"), default=7)
    concern_days = models.PositiveSmallIntegerField(
        _("working days to raise a concern yourself"), default=3, help_text="The stipulated time of D 2.118."
    )
    turn_to = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="To whom the worker can turn when supervision itself is not working (D 2.100).",
    )
    hears_instead = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who hears a concern where the line manager can't (D 2.118).",
    )
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    cadence_reason = EncryptedText(
        help_text="Why another rhythm than an hour a week, when it is another (D 2.124)."
    )

    objects = AgreementQuerySet.as_manager()
    # From as_seen_by:
    is_party: bool
    is_named: bool
    has_joined: bool
    takes_part: bool
    is_manager: bool
    next_look: datetime.date | None

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
    version = models.PositiveIntegerField(
        default=1, help_text="Counts the wordings; a taken suggestion is a new one."
    )
    turn_count = models.PositiveIntegerField(
        default=0, help_text="Counts what was said of it, to notice a stale form."
    )
    kept = models.BooleanField(
        default=False,
        help_text="It began as the signed version before had it, which its parties had agreed to.",
    )
    suggestion = models.ForeignKey(
        "Turn",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The suggestion that waits, if any.",
    )
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "key"], name="clause_once")]
        ordering = ["position"]


class Turn(AppendOnly):
    """One turn in the conversation about a part: who suggested, took, agreed to, parked or withdrew what, and when."""

    class Kind(models.TextChoices):
        SUGGESTED = "suggested", _("Suggested another wording")
        TAKEN = "taken", _("Took the suggested wording")
        AGREED = "agreed", _("Agreed to the wording")
        PARKED = "parked", _("Kept it for the next session")
        WITHDRAWN = "withdrawn", _("Took the suggestion back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="turns")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveIntegerField(help_text="1 for the first thing said of that part, and so on.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answers = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="answered_by",
        help_text="The suggestion that it settles: taken, taken back, or answered with other words.",
    )
    clause_version = models.PositiveIntegerField(
        help_text="The wording it speaks of; of a taken suggestion the new one."
    )
    before = EncryptedJSON(help_text="Of a suggestion: the words and terms it would replace.")
    after = EncryptedJSON(help_text="Of a suggestion: the words and terms that are suggested.")
    reason = EncryptedText(help_text="Why, in the words of whoever it is by.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clause", "number"], name="turn_number"),
            models.UniqueConstraint(fields=["answers"], name="suggestion_settled_once"),
        ]
        indexes = [models.Index(fields=["agreement", "at"])]
        ordering = ["at", "number"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.agreement_id


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


class AgreementReview(SignedRecord):
    """That the parties looked at an agreement and it stays as it is, with the day of the next look. Signed by all."""

    record_kind = "Agreement review"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="reviews")
    looked_on = models.DateField(_("the day you looked at it"), default=timezone.localdate)
    next_on = models.DateField(_("look at it again by"))
    note = EncryptedText(help_text="What they want to remember of it.")
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(sealed_at__isnull=True), name="agreement_one_open_review"
            )
        ]
        ordering = ["-started_at"]


class Accession(SignedRecord):
    """That a member of a group signs the version in force after it was sealed (decision 2). It names version and digest."""

    record_kind = "Joining a group agreement"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="accessions")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Participation.Part.choices)
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "person"], name="accession_once")]
        ordering = ["started_at"]


def while_there(user: User, moment: str) -> Exists:
    """For a query of what came after a version was signed: what came while this person took part, and nothing newer.

    `moment` is the column with the time: of a review or joining `started_at`, of an ending `recorded_at` (domain 8: who has left
    reads what they signed).
    """
    took_part = Participation.objects.filter(arrangement=OuterRef("agreement__arrangement"), person=user)
    return Exists(took_part.filter(Q(left_on__isnull=True) | Q(left_on__gte=OuterRef(f"{moment}__date"))))


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


def next_review(agreement: Agreement) -> datetime.date | None:
    """The day of the next look: that of the newest review that all signed, otherwise that of the agreement itself."""
    newest = agreement.reviews.filter(sealed_at__isnull=False).order_by("-sealed_at").first()
    return newest.next_on if newest is not None else agreement.review_on


def is_due_for_review(next_on: datetime.date | None, day: datetime.date) -> bool:
    """Whether a look is near or past. A flag: the agreement holds all the same (domain 3)."""
    return next_on is not None and next_on - REVIEW_NOTICE <= day
