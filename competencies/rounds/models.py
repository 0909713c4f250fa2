"""A round, a sheet for everybody who has a part in it, its result, and views that somebody shares by name (domain 10, decision 16).

No row tells whether somebody has answered. Every sheet is there from the opening on, its marks are stored at one length whatever
they are, and neither a time nor a version nor the order of the rows changes as somebody answers.
"""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from supervision.people.models import User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly

from ..library.models import FrameworkVersion


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """Whose supervision it is about, and who is asked. Nobody else knows that there is a round, whatever they are."""
        return self.filter(Exists(Sheet.objects.filter(round=OuterRef("pk"), person=user)))

    def about(self, user: User) -> RoundQuerySet:
        """The rounds about this person's own supervision."""
        return self.filter(supervisor=user)

    def open(self, moment: datetime.datetime | None = None) -> RoundQuerySet:
        return self.filter(closes_at__gt=moment or timezone.now())

    def closed(self, moment: datetime.datetime | None = None) -> RoundQuerySet:
        return self.filter(closes_at__lte=moment or timezone.now())


class Round(AppendOnly):
    """One round about one person's supervision. When it closes is settled as it opens, and nothing of it ever changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    framework_version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    last_day = models.DateField()
    closes_at = models.DateTimeField(help_text="The end of its last day, by the clock of the agency.")

    objects = RoundQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["supervisor", "-closes_at", "-id"], name="rounds_newest_first")]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="round_closes_later")
        ]

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.closes_at


class SheetQuerySet(models.QuerySet["Sheet"]):
    def of(self, user: User) -> SheetQuerySet:
        """A person's own. Nobody ever reads another one's."""
        return self.filter(person=user)

    visible_to = of

    def asked(self) -> SheetQuerySet:
        """Those of the people who are asked; the other one of each round is the supervisor's own part."""
        return self.exclude(person=F("round__supervisor"))

    def own_parts(self) -> SheetQuerySet:
        return self.filter(person=F("round__supervisor"))


class Sheet(models.Model):
    """What one person marks in a round, each with a key of its own. See sheets.py for what `kept` holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sheets")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kept = EncryptedText()

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="one_sheet_each")]
        ordering = ["id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id


class RoundResult(AppendOnly):
    """What shows of a round, made once after it has closed. Also that there is none is a result, stored at the same length.

    `able` shows nowhere: who could answer, see rating/answered.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="result")
    kept = EncryptedText()
    able = EncryptedText()

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id


class NamedViewQuerySet(models.QuerySet["NamedView"]):
    def visible_to(self, user: User) -> NamedViewQuerySet:
        """Whoever wrote it, and the one it was written to."""
        return self.filter(Q(author=user) | Q(supervisor=user))


class NamedView(AppendOnly):
    """How somebody sees the supervision they get, in words and under their own name, for their supervisor alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = EncryptedText()

    objects = NamedViewQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["author", "-at", "-id"], name="named_views_written"),
            models.Index(fields=["supervisor", "-at", "-id"], name="named_views_got"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(author=F("supervisor")), name="named_view_of_another")
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id
