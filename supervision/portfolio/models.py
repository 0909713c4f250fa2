"""Files that a person had made of what is theirs, and the link of somebody who has left (domain 7, 6)."""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import User
from supervision.records.encryption import EncryptedBytes

KEPT_DAYS = 7
LINK_DAYS = 60


def kept_until() -> datetime.date:
    """The last day on which files that are asked for today are kept."""
    return timezone.localdate() + datetime.timedelta(days=KEPT_DAYS)


class ExportQuerySet(models.QuerySet["Export"]):
    def of(self, user: User) -> ExportQuerySet:
        """Nobody but the person it is about has it."""
        return self.filter(owner=user)

    def without_files(self) -> ExportQuerySet:
        return self.defer("pdf", "archive")

    def expired(self, day: datetime.date) -> ExportQuerySet:
        return self.filter(kept_until__lt=day)


class Export(models.Model):
    """A portfolio, everything held about a person, or who opened it: made in the background, kept for a week, theirs alone."""

    class Kind(models.TextChoices):
        PORTFOLIO = "portfolio", _("Portfolio")
        EVERYTHING = "everything", _("Everything held about you")
        OPENINGS = "openings", _("Who has seen what about you")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    parts = models.JSONField(default=list, help_text="Keys of parts.py.")
    notes = models.JSONField(default=list, help_text="Ids of the private notes that the owner chose.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    kept_until = models.DateField(default=kept_until)
    pdf = EncryptedBytes()
    pdf_size = models.PositiveIntegerField(default=0, help_text="Bytes")
    archive = EncryptedBytes()
    archive_size = models.PositiveIntegerField(default=0, help_text="Bytes")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["owner", "-asked_at"]), models.Index(fields=["kept_until"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="everything", first_day__isnull=True, last_day__isnull=True)
                | Q(kind__in=["portfolio", "openings"], last_day__gte=F("first_day")),
                name="export_period",
            )
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY


class LeavingLink(models.Model):
    """The way in, for 60 days, of somebody whose account was closed: to these files and to their private notes, nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField()
    stopped_at = models.DateTimeField(
        null=True, help_text="A newer one was sent, or the account was opened again."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(stopped_at__isnull=True), name="one_leaving_link"
            )
        ]

    @property
    def is_open(self) -> bool:
        """Whether it still lets its person in. Not one of an account that is open: they sign in as ever."""
        return (
            self.stopped_at is None and timezone.localdate() <= self.expires_on and not self.person.is_active
        )
