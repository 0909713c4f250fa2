"""Rules, lists of what is to be removed, and holds (domain 5; decisions 4, 14). The order of a list is held by the database too."""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import words
from supervision.people.models import Arrangement, Program, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly, StepRecord

NOTICE = datetime.timedelta(
    days=30
)  # between the second approval and the removal, in which the people concerned are told


class Kind(models.TextChoices):
    """Kinds of record that an agency can have a rule for, see kinds.py. Log facts say that these exist; of concerns, letters and
    performance records a list would tell administrators that there are any, so they are on none."""

    SESSION = "session", _("Session records")
    OBSERVATION = "observation", _("Observations")
    AGREEMENT = "agreement", _("Agreements that no longer hold")
    ASSESSMENT = "assessment", _("Signed assessments")


class Rule(models.Model):
    """How long the agency keeps records of one kind, in months after the day that the kind names. No row: for good."""

    kind = models.CharField(primary_key=True, max_length=12, choices=Kind.choices)
    months = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=12, months__lte=600), name="retention_months")
        ]


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def open(self) -> DisposalQuerySet:
        """Neither carried out nor stopped."""
        return self.filter(done_at__isnull=True, stopped_at__isnull=True)

    def due(self) -> DisposalQuerySet:
        """Approved by two, told, and their day has come."""
        return self.open().filter(approved_at__isnull=False, not_before__lte=timezone.localdate())


class Disposal(StepRecord):
    """A list of records to be removed: proposed, approved by two people, told to those concerned, carried out. Or stopped.

    By a rule, it is of one kind; a single record may be proposed for another reason, such as a name that should not stand in it.
    """

    class Why(models.TextChoices):
        RULE = "rule", _("Kept as long as the rule says")
        RESTRICTION = "restriction", _("Something in it should not stand there")

    steps: ClassVar[dict[str, tuple[str, ...]]] = {
        "proposed_at": ("kind", "why", "proposed_by", "reason"),
        "first_at": ("first_by",),
        "approved_at": ("approved_by", "not_before"),
        "stopped_at": ("stopped_by", "stopped_reason"),
        "done_at": (),
    }
    kept_from: ClassVar[tuple[str, ...]] = ("proposed_at",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    why = models.CharField(max_length=12, choices=Why.choices)
    reason = EncryptedText(help_text="Of a restriction: what should not stand there, without saying it.")
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Nobody: the rule did."
    )
    first_at = models.DateTimeField(null=True)
    first_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    not_before = models.DateField(null=True, help_text="The first day on which it is carried out.")
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    stopped_reason = EncryptedText()
    done_at = models.DateTimeField(null=True)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_at=None, first_by=None) | Q(first_at__isnull=False, first_by__isnull=False),
                name="disposal_first_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, not_before=None)
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False, not_before__isnull=False)
                    & Q(first_at__isnull=False, approved_at__gte=F("first_at"))
                    & ~Q(approved_by=F("first_by"))
                ),
                name="disposal_two_people",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | (~Q(proposed_by=F("first_by")) | Q(first_by=None)),
                name="disposal_not_ones_own_first",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | (~Q(proposed_by=F("approved_by")) | Q(approved_by=None)),
                name="disposal_not_ones_own_second",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(approved_at__isnull=False, stopped_at=None),
                name="disposal_done_after_two",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False, done_at=None),
                name="disposal_stopped_whole",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.stopped_at is None

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None


class DisposalItemQuerySet(models.QuerySet["DisposalItem"]):
    def upcoming_for(self, user: User) -> DisposalItemQuerySet:
        """What of this person's will be removed: approved by two, and not carried out yet. The next first."""
        approved = Disposal.objects.open().filter(approved_at__isnull=False)
        rows = self.filter(people=user, disposal__in=approved).select_related("disposal")
        return rows.order_by("disposal__not_before", "day")


class DisposalItem(models.Model):
    """One record on a list, with what is said of it: its day and whose it is. It waits for nothing but its list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="items")
    record_id = models.UUIDField()
    day = models.DateField(help_text="The day from which the rule counts.")
    people = models.ManyToManyField(User, related_name="+", help_text="Those who are party to it.")
    removed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(
        null=True, help_text="A hold, or a change, kept it when the list was carried out."
    )

    objects = DisposalItemQuerySet.as_manager()

    class Meta:
        ordering = ["day", "id"]
        indexes = [models.Index(fields=["record_id"])]
        constraints = [models.UniqueConstraint(fields=["disposal", "record_id"], name="disposal_item_once")]


class HoldQuerySet(models.QuerySet["Hold"]):
    def running(self) -> HoldQuerySet:
        return self.filter(ended__isnull=True)


class Hold(AppendOnly):
    """Nothing of a person, an arrangement or a program is removed while it runs, whatever the rules say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    arrangement = models.ForeignKey(Arrangement, null=True, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, null=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(
        null=True, help_text="Of a program: records of this day and later. None: all before."
    )
    last_day = models.DateField(null=True)
    basis = EncryptedText(help_text="Why: who asked for it, with which reference.")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, arrangement=None, program=None)
                | Q(person=None, arrangement__isnull=False, program=None)
                | Q(person=None, arrangement=None, program__isnull=False),
                name="hold_over_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None) | Q(program__isnull=False),
                name="hold_days_of_a_program",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="hold_days",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def over(self) -> str:
        """What it keeps, in a few words."""
        one = self.person or self.program
        if one is None:
            return called(self.arrangement) if self.arrangement else ""
        if self.first_day and self.last_day:
            said = gettext("%(name)s, %(first)s to %(last)s")
        elif self.first_day:
            said = gettext("%(name)s, from %(first)s on")
        elif self.last_day:
            said = gettext("%(name)s, until %(last)s")
        else:
            return one.name
        first, last = (words.day(day) if day else "" for day in (self.first_day, self.last_day))
        return said % {"name": one.name, "first": first, "last": last}


def called(arrangement: Arrangement) -> str:
    """An arrangement, loaded with its people, by their names and its first day: several can be of the same people."""
    names = words.join_names(dict.fromkeys(one.person.name for one in arrangement.participations.all()))
    return gettext("%(names)s, since %(day)s") % {"names": names, "day": words.day(arrangement.started_on)}


class HoldEnding(AppendOnly):
    """A hold that was lifted, by whom and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="ended")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = EncryptedText()

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.hold_id
