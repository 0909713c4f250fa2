"""Program reports and audit packets that somebody asked for (domain 11). Log facts only."""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Management, Program, User
from supervision.records.encryption import EncryptedBytes

KEPT_DAYS = 30


def kept_until() -> datetime.date:
    """The last day a report that is asked for today is kept."""
    return timezone.localdate() + datetime.timedelta(days=KEPT_DAYS)


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> ReportQuerySet:
        """A report belongs to whoever asked for it: a program’s, as long as they manage every program in it."""
        covered = Program.objects.filter(report=OuterRef("pk"))
        unmanaged = covered.exclude(pk__in=Management.objects.current().filter(person=user).values("program"))
        managed = Q(programs__isnull=False) & ~Exists(unmanaged)
        return self.filter(asked_by=user).filter(managed | Q(kind=Report.Kind.PACKET)).distinct()

    def expired(self, day: datetime.date) -> ReportQuerySet:
        """Reports whose last day is over."""
        return self.filter(kept_until__lt=day)


class Report(models.Model):
    """One report, made in the background, kept until a stated date."""

    class Kind(models.TextChoices):
        PROGRAM = "program", _("Program report")
        PACKET = "packet", _("Audit packet")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PROGRAM)
    about = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Whose audit packet it is."
    )
    programs = models.ManyToManyField(Program, help_text="What it covers, fixed when it was asked for.")
    supervisor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateField(default=kept_until)
    pdf = EncryptedBytes()
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    archive = EncryptedBytes(help_text="The open archive of an audit packet.")
    archive_size = models.PositiveIntegerField(default=0, help_text="Bytes")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["asked_by", "-asked_at"]), models.Index(fields=["kept_until"])]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="report_dates"),
            models.CheckConstraint(
                condition=Q(kind="program", about=None) | Q(kind="packet", about__isnull=False),
                name="report_of_its_kind",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY
