"""A training log of one's own: what was learned, where, when and for how long, with evidence (domain 7; D 2.131; E formative 5)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.library.models import Framework
from supervision.people.models import Credential, User
from supervision.records.encryption import EncryptedBytes, EncryptedText


class TrainingEntryQuerySet(models.QuerySet["TrainingEntry"]):
    def of(self, user: User) -> TrainingEntryQuerySet:
        """This person's own."""
        return self.filter(owner=user)

    def visible_to(self, user: User) -> TrainingEntryQuerySet:
        """Their own, and those of the people whose managers they are now: of these the facts alone, see `facts`."""
        managed = User.objects.managed_now_by(user).values("pk")
        return self.filter(Q(owner=user) | Q(owner__in=managed))

    def facts(self) -> TrainingEntryQuerySet:
        """Without what somebody took from it, which is theirs alone. Each says whether there is evidence."""
        return self.defer("took").annotate(
            has_evidence=Exists(EvidenceFile.objects.filter(entry=OuterRef("pk")))
        )


class TrainingEntry(models.Model):
    """One piece of learning of one person. Its words and its evidence have a key of their own."""

    class Kind(models.TextChoices):
        CLASS = "class", _("Class")
        COMMUNITY = "community", _("Community of practice")
        CONFERENCE = "conference", _("Conference")
        WEBINAR = "webinar", _("Webinar")
        IN_SERVICE = "in_service", _("In-service")
        OTHER = "other", _("Something else")  # "other forms of education" (E formative 5), such as reading

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    title = EncryptedText()
    provider = EncryptedText(help_text="Who offered it.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    day = models.DateField(help_text="Its only day, or the first.")
    until = models.DateField(null=True, blank=True, help_text="Its last day, where there are several.")
    minutes = models.PositiveIntegerField()
    took = EncryptedText(help_text="What they took from it. Theirs alone.")
    added_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = TrainingEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-day", "-id"], name="training_newest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("day")), name="training_days"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="training_has_minutes"),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id


class TrainingArea(models.Model):
    """That an entry covers an area of a framework, named by the id of its statement: that never means anything else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(TrainingEntry, on_delete=models.CASCADE, related_name="areas")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    statement = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "framework", "statement"], name="training_area_once")
        ]


class EvidenceFile(models.Model):
    """A file that shows it: of an entry, or of a credential that its holder keeps. Encrypted with the key of what it shows."""

    class Type(models.TextChoices):
        PDF = "pdf", "PDF"
        PNG = "png", "PNG"
        JPEG = "jpg", "JPEG"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(
        TrainingEntry, null=True, blank=True, on_delete=models.CASCADE, related_name="evidence"
    )
    credential = models.ForeignKey(
        Credential, null=True, blank=True, on_delete=models.CASCADE, related_name="evidence"
    )
    name = EncryptedText(help_text="What its owner called it.")
    type = models.CharField(max_length=3, choices=Type.choices, help_text="By its content.")
    size = models.PositiveIntegerField()
    content = EncryptedBytes()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False, credential__isnull=True)
                | Q(entry__isnull=True, credential__isnull=False),
                name="evidence_of_one_thing",
            )
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.entry_id or self.credential_id  # type: ignore[return-value]  # the database holds that there is one

    @property
    def owner_id(self) -> uuid.UUID:
        return self.entry.owner_id if self.entry is not None else self.credential.person_id  # type: ignore[union-attr]
