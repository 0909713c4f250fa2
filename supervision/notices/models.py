"""The hub through which agreements, observations and goals put something on a next agenda (decision 19); yearly notices."""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def open_for(
        self, arrangement: Arrangement, person: User, day: datetime.date | None = None
    ) -> SuggestionQuerySet:
        """What may be offered to this person for the next agenda of this arrangement. What is suggested again is offered once."""
        day = day or timezone.localdate()
        again = Suggestion.objects.waiting(day).filter(
            arrangement=OuterRef("arrangement"),
            kind=OuterRef("kind"),
            source_id=OuterRef("source_id"),
            round__gt=OuterRef("round"),
        )
        return (
            self.waiting(day)
            .filter(Q(audience__isnull=True) | Q(audience=person), ~Exists(again), arrangement=arrangement)
            .order_by("from_day", "id")
        )

    def waiting(self, day: datetime.date) -> SuggestionQuerySet:
        """Neither taken nor dismissed, and its day has come."""
        return self.filter(taken_at__isnull=True, dismissed_at__isnull=True, from_day__lte=day)

    def kept(self) -> SuggestionQuerySet:
        """What people kept for their next session: it is on the agenda, and nobody has to take it."""
        return self.filter(kind=Suggestion.Kind.PARKED)


class Suggestion(models.Model):
    """Something for the next agenda. Most are offered, to be taken or dismissed; what was kept for it is on it at once."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("Agreement")
        REVIEW = "review", _("Agreement review")
        PARKED = "parked", _("Kept for this session")
        OBSERVATION = "observation", _("Observation")
        TAKEN_UP = "taken_up", _("Taken up")
        ASSESSMENT = "assessment", _("Assessment")
        GOAL = "goal", _("Goal")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrangement = models.ForeignKey(Arrangement, on_delete=models.CASCADE, related_name="suggestions")
    audience = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = EncryptedText()
    source_label = models.CharField(max_length=60)
    source_id = models.UUIDField()
    round = models.PositiveSmallIntegerField(default=0, help_text="How often it was suggested before.")
    from_day = models.DateField(default=timezone.localdate)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose topic it is, if it is one person's.",
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["arrangement", "kind", "source_id", "round"], name="suggested_once"
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.arrangement_id


class YearlyNotice(AppendOnly):
    """That a person's access log of a year was looked at, once, when that year was over (decision 12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    day = models.DateField(default=timezone.localdate)
    was_sent = models.BooleanField(help_text="Not where nobody had opened anything: the page says so.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "year"], name="yearly_notice_once")]
