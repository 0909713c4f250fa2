"""Reports that somebody asked for, and choices that they keep (domain 11). Log facts only."""

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
        """A report belongs to whoever asked for it: of programs, as long as they manage every program in it."""
        covered = Program.objects.filter(report=OuterRef("pk"))
        unmanaged = covered.exclude(pk__in=Management.objects.current().filter(person=user).values("program"))
        managed = Q(programs__isnull=False) & ~Exists(unmanaged)
        return self.filter(asked_by=user).filter(managed | Q(about__isnull=False)).distinct()

    def without_files(self) -> ReportQuerySet:
        return self.defer(*Report.FILES)

    def waiting(self) -> ReportQuerySet:
        return self.filter(state=Report.State.WAITING)

    def expired(self, day: datetime.date) -> ReportQuerySet:
        """Reports whose last day is over."""
        return self.filter(kept_until__lt=day)


class Kind(models.TextChoices):
    """What can be asked for. A packet is of one person; a log of one person or of programs; the others of programs."""

    PROGRAM = "program", _("Program report")
    LOG = "log", _("Supervision log")
    REGISTER = "register", _("Agreements register")
    TRAINING = "training", _("Training and credentials")
    AVERAGES = "averages", _("Domain averages")
    PACKET = "packet", _("Audit packet")


OF_PROGRAMS = tuple(kind for kind in Kind if kind is not Kind.PACKET)


class Report(models.Model):
    """One report, made in the background, kept until a stated date."""

    Kind = Kind
    FILES = ("pdf", "archive", "table", "book")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PROGRAM)
    about = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Whose packet or log it is."
    )
    programs = models.ManyToManyField(Program, help_text="What it covers, fixed when it was asked for.")
    people = models.ManyToManyField(User, related_name="+", help_text="Only these people; without any, all.")
    supervisor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0, help_text="People it has come to, while it is made.")
    total = models.PositiveIntegerField(default=0, help_text="People there are, while it is made.")
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateField(default=kept_until)
    pdf = EncryptedBytes()
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    archive = EncryptedBytes(help_text="The open archive of an audit packet.")
    archive_size = models.PositiveIntegerField(default=0, help_text="Bytes")
    table = EncryptedBytes(help_text="The main table, as CSV.")
    table_size = models.PositiveIntegerField(default=0, help_text="Bytes")
    book = EncryptedBytes(help_text="All tables, as XLSX.")
    book_size = models.PositiveIntegerField(default=0, help_text="Bytes")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["asked_by", "-asked_at"]), models.Index(fields=["kept_until"])]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="report_dates"),
            models.CheckConstraint(
                condition=Q(kind="log")
                | (~Q(kind="packet") & Q(about=None))
                | Q(kind="packet", about__isnull=False),
                name="report_of_its_kind",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def can_be_asked_again(self) -> bool:
        return self.state in (self.State.FAILED, self.State.CANCELLED)


class Choice(models.Model):
    """What somebody asks for again and again: kept under a name, and made every month if they want that."""

    class Period(models.TextChoices):
        MONTH = "month", _("The last whole month")
        QUARTER = "quarter", _("The last whole quarter")
        YEAR = "year", _("The twelve months up to the last one")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    programs = models.ManyToManyField(Program)
    people = models.ManyToManyField(User, related_name="+")
    supervisor = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=8, choices=Period.choices, default=Period.MONTH)
    every_month = models.BooleanField(default=False)
    made_for = models.DateField(null=True, help_text="The first day of the month in which it was made last.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="report_choice_name"),
            models.CheckConstraint(condition=~Q(kind="packet"), name="report_choice_of_programs"),
        ]

    def days(self, today: datetime.date) -> tuple[datetime.date, datetime.date]:
        """The first and the last day of its period, both included, as of a day."""
        return period_of(self.period, today)


def period_of(period: str, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The whole month, quarter or twelve months that were over last: first and last day, both included."""
    month = today.replace(day=1)
    if period == Choice.Period.QUARTER:
        month = month.replace(month=3 * ((month.month - 1) // 3) + 1)
    months = {Choice.Period.MONTH: 1, Choice.Period.QUARTER: 3, Choice.Period.YEAR: 12}[Choice.Period(period)]
    return _months_before(month, months), month - datetime.timedelta(days=1)


def _months_before(month: datetime.date, number: int) -> datetime.date:
    count = month.year * 12 + month.month - 1 - number
    return datetime.date(count // 12, count % 12 + 1, 1)
