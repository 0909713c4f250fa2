"""What was brought in, by whom and from what file; and which rows came of it."""

from __future__ import annotations

import datetime
import hashlib
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import User
from supervision.records.encryption import EncryptedBytes, EncryptedJSON, EncryptedText

KEPT_DAYS = 7


def kept_until() -> datetime.date:
    """The last day that a file which is sent today is kept, if nothing comes of it."""
    return timezone.localdate() + datetime.timedelta(days=KEPT_DAYS)


class Kind(models.TextChoices):
    """In the order in which they lean on each other."""

    PROGRAMS = "programs", _("Programs")
    PEOPLE = "people", _("People")
    ARRANGEMENTS = "arrangements", _("Who supervises whom")
    CREDENTIALS = "credentials", _("Credentials")
    SESSIONS = "sessions", _("Sessions from before")


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> ImportQuerySet:
        """Administrators see all of them; nobody else knows of any."""
        return self if user.is_administrator else self.none()

    def without_file(self) -> ImportQuerySet:
        return self.defer("file", "found")

    def over(self, day: datetime.date) -> ImportQuerySet:
        """Those whose file has been kept long enough without anything coming of it."""
        return self.filter(kept_until__lt=day).exclude(state__in=Import.SETTLED)


class Import(models.Model):
    """One file on its way in. The file and what was found in it are encrypted, and gone once it is settled."""

    class State(models.TextChoices):
        LOOKING = "looking", _("Being looked at")
        LOOKED_AT = "looked_at", _("Looked at")
        MAKING = "making", _("Being brought in")
        DONE = "done", _("Brought in")
        LEFT = "left", _("Left")
        TAKEN_BACK = "taken_back", _("Taken back")

    SETTLED = (State.DONE, State.LEFT, State.TAKEN_BACK)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKING)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    name = EncryptedText(help_text="What the file is called.")
    file = EncryptedBytes()
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    kept_until = models.DateField(default=kept_until)
    found = EncryptedJSON(help_text="Problems, differences and notes, by row and column.")
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    same_count = models.PositiveIntegerField(default=0)
    linked_count = models.PositiveIntegerField(
        default=0, help_text="Rows that are here already, and whose own reference is kept from now on."
    )
    different_count = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, help_text="When it came to where it stands.")
    told_to = models.UUIDField(
        null=True, help_text="The last person who was told, while they are being told."
    )
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["sent_at", "id"])]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.LOOKING, self.State.MAKING)

    @property
    def brings_something(self) -> bool:
        return self.new_count + self.linked_count > 0


class Imported(models.Model):
    """A row that an import has made, or recognized by its own reference. Of the reference only a digest is kept."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="made")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reference = models.CharField(max_length=64, blank=True)
    record_id = models.UUIDField()
    is_new = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference"], condition=~Q(reference=""), name="imported_reference_once"
            )
        ]
        indexes = [models.Index(fields=["source", "record_id"])]


def mark_of(reference: str) -> str:
    """What is kept of an own reference: the same for the same text in any case, and unreadable."""
    return hashlib.sha256(reference.casefold().encode()).hexdigest()
