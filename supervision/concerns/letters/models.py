"""A letter, what is answered to it, and who else the worker lets read it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from supervision.people.models import Arrangement, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly, StepRecord


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> LetterQuerySet:
        """Who wrote it, whom it was written to, and whom the writer lets read it now. For everybody else it does not exist."""
        reader = LetterReader.objects.filter(letter=OuterRef("pk"), person=user)
        return self.filter(Q(writer=user) | Q(recipient=user) | Exists(reader))

    def between(self, user: User) -> LetterQuerySet:
        """Those that this person wrote, or that were written to them."""
        return self.filter(Q(writer=user) | Q(recipient=user))

    def waiting_for(self, user: User) -> LetterQuerySet:
        """Those that this person has not said to have received."""
        return self.filter(recipient=user, received_at__isnull=True, closed_at__isnull=True)


class Letter(StepRecord):
    """Sent at once and whole: it never changes. It is received, answered, closed."""

    steps: ClassVar[dict[str, tuple[str, ...]]] = {
        "sent_at": ("writer", "recipient", "arrangement", "text"),
        "received_at": (),
        "closed_at": ("closed_by",),
    }
    kept_from: ClassVar[tuple[str, ...]] = ("sent_at",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Counts the saves, to notice a stale form.")
    writer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    arrangement = models.ForeignKey(
        Arrangement, on_delete=models.PROTECT, related_name="+", help_text="The supervision that it is about."
    )
    text = EncryptedText()
    sent_at = models.DateTimeField(default=timezone.now, db_index=True)
    received_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(writer=F("recipient")), name="letter_to_somebody_else"),
            models.CheckConstraint(
                condition=Q(received_at=None) | Q(received_at__gte=F("sent_at")),
                name="letter_received_once_sent",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="letter_closed_by",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def record_label(self) -> str:
        return self._meta.label_lower

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def is_between(self, user: User) -> bool:
        return user.pk in (self.writer_id, self.recipient_id)

    def other(self, user: User) -> User:
        """The one of the two who is not `user`."""
        return self.recipient if user.pk == self.writer_id else self.writer


class LetterMessage(AppendOnly):
    """What one of the two answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = EncryptedText()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.letter_id


class LetterReader(models.Model):
    """One who supervises there, and whom the writer lets read the letter. Gone as it is taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "person"], name="letter_reader_once")]
