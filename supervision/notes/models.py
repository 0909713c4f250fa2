"""A person's own notes (domain 6, D 2.127 last paragraph; B 9 and C for self-care). Nobody counts or reports them."""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import User
from supervision.records.encryption import EncryptedText

DAYS_TO_BRING_BACK = 30
HEADING = 90  # characters of a heading made from the first line


class NoteQuerySet(models.QuerySet["Note"]):
    def of(self, user: User) -> NoteQuerySet:
        """This person's own notes, without those they deleted."""
        return self.filter(author=user, deleted_at__isnull=True)

    def deleted_by(self, user: User) -> NoteQuerySet:
        """Those that can still be brought back."""
        since = timezone.now() - datetime.timedelta(days=DAYS_TO_BRING_BACK)
        return self.filter(author=user, deleted_at__gt=since)

    def shared_with(self, user: User) -> NoteQuerySet:
        """What others share with this person. Of somebody whose account is closed nothing shows."""
        return self.filter(
            shared_with=user, deleted_at__isnull=True, shared_at__isnull=False, author__is_active=True
        )

    def visible_to(self, user: User) -> NoteQuerySet:
        """Their own, and the ones that are shared with them. Nobody has a right to more, whatever they are."""
        return self.filter(
            Q(deleted_at__isnull=True)
            & (Q(author=user) | Q(shared_with=user, shared_at__isnull=False, author__is_active=True))
        )

    def to_purge(self) -> NoteQuerySet:
        """Deleted, and the time to bring them back is over. Not of whom a law or a court asks for what is theirs to be kept."""
        until = timezone.now() - datetime.timedelta(days=DAYS_TO_BRING_BACK)
        return self.filter(deleted_at__lte=until, author__is_held=False)


class Note(models.Model):
    """A note, a diary entry or a self-care plan. Its words have a key of their own, which goes when the note goes."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        DIARY = "diary", _("Diary entry")
        CARE = "care", _("Self-care plan")

    class About(models.TextChoices):
        SESSION = "session", _("Session")
        ACTION = "action", _("Next step")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.NOTE)
    dated_at = models.DateTimeField(
        help_text="Where it stands in the list: its day, at the time of day it was begun."
    )
    title = EncryptedText()
    text = EncryptedText()
    # What it is about, by the facts of the moment when it was linked.
    about_kind = models.CharField(max_length=8, choices=About.choices, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    about_day = models.DateField(null=True, blank=True)
    about_names = EncryptedText()
    changed_at = models.DateTimeField(default=timezone.now)
    shared_with = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="notes_shared_with_them"
    )
    shared_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["author", "-dated_at", "-id"], name="notes_newest_first"),
            models.Index(fields=["shared_with", "-shared_at", "-id"], name="notes_shared"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="notes_deleted"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(shared_with__isnull=True, shared_at__isnull=True)
                | Q(shared_with__isnull=False, shared_at__isnull=False, deleted_at__isnull=True),
                name="note_shared_whole",
            ),
            models.CheckConstraint(
                condition=Q(about_kind="", about_id__isnull=True, about_day__isnull=True)
                | (~Q(about_kind="") & Q(about_id__isnull=False, about_day__isnull=False)),
                name="note_about_whole",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def day(self) -> datetime.date:
        """Its day, where the reader is."""
        return timezone.localtime(self.dated_at).date()

    @property
    def heading(self) -> str:
        """Its title, otherwise how it begins."""
        if self.title:
            return self.title
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        first = lines[0] if lines else ""
        return first if len(first) <= HEADING else f"{first[: HEADING - 1].rstrip()}…"

    @property
    def about_key(self) -> str:
        """How the form names what it is about."""
        return f"{self.about_kind}:{self.about_id}" if self.about_kind else ""

    @property
    def gone_on(self) -> datetime.date:
        """The day on which a deleted note goes for good."""
        deleted = self.deleted_at or timezone.now()
        return timezone.localtime(deleted + datetime.timedelta(days=DAYS_TO_BRING_BACK)).date()
