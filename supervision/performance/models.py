"""A person's job description in versions, and performance notes, plans and recognition (domain 4; D 4.21, 6.7, 6.14; E normative).

The same for peer and non-peer staff. There is no field for anybody's health, and none for an accommodation (D 2.143).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import User, today
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly, SignedRecord

from . import circle

# Job descriptions ---------------------------------------------------------------------------------------------

# (column, heading), in the order in which they are read.
SECTIONS = (
    ("title", _("Title of the role")),
    ("purpose", _("Purpose of the role")),
    ("does", _("Tasks and duties")),
    ("does_not", _("What is not part of it")),
    ("works_with", _("Working with")),
    ("hours_and_place", _("Hours and place")),
    ("supervised_for", _("Supervised by whom, and for what")),
)
SECTION_NAMES = tuple(name for name, _heading in SECTIONS)


class JobWords(models.Model):
    """The sections of a job description."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = EncryptedText()
    purpose = EncryptedText()
    does = EncryptedText()
    does_not = EncryptedText(help_text="Role clarity: D 2.69-2.70, 2.137-2.140.")
    works_with = EncryptedText()
    hours_and_place = EncryptedText()
    supervised_for = EncryptedText()

    class Meta:
        abstract = True

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id


class DescriptionDraft(JobWords):
    """What is being prepared for one person: for those who may write it, and nobody else."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)


class JobDescriptionQuerySet(models.QuerySet["JobDescription"]):
    def visible_to(self, user: User) -> JobDescriptionQuerySet:
        """The person's own; and their line manager's, their program managers' and their supervisors' of today."""
        others = circle.people_whose_job_is_read_by(user)
        return self.filter(Q(person=user) | Q(person__in=others.values("pk")))

    def newest_of_each(self) -> JobDescriptionQuerySet:
        """Of each person the version that was put in force last, whether its day has come or not."""
        later = JobDescription.objects.filter(
            person=models.OuterRef("person"), number__gt=models.OuterRef("number")
        )
        return self.filter(~models.Exists(later))

    def unread(self) -> JobDescriptionQuerySet:
        """The newest of each that its person has not said anything about."""
        this = models.OuterRef("pk")
        read = DescriptionRead.objects.filter(description=this)
        answered = DescriptionReply.objects.filter(description=this)
        return self.newest_of_each().filter(~models.Exists(read), ~models.Exists(answered))


class JobDescription(JobWords, AppendOnly):
    """One version of a person's job description. It never changes; what is different is the next version."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="job_descriptions")
    number = models.PositiveSmallIntegerField()
    from_day = models.DateField(help_text="The first day on which it holds.")
    put_in_force_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    put_in_force_at = models.DateTimeField(default=timezone.now)

    objects = JobDescriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="one_version_of_each_number")
        ]
        ordering = ["-number"]

    @property
    def has_begun(self) -> bool:
        return self.from_day <= today()


class DescriptionRead(AppendOnly):
    """The person says that they have read a version. Nobody else can say it for them."""

    description = models.OneToOneField(
        JobDescription, primary_key=True, on_delete=models.PROTECT, related_name="was_read"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class DescriptionReply(AppendOnly):
    """What the person says does not fit the work they really do: kept beside the version, read by the same people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    description = models.ForeignKey(JobDescription, on_delete=models.PROTECT, related_name="replies")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = EncryptedText()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.description_id


# What is written about somebody's work ------------------------------------------------------------------------


class PerformanceNoteQuerySet(models.QuerySet["PerformanceNote"]):
    def visible_to(self, user: User) -> PerformanceNoteQuerySet:
        """Who may know of one: its author; once it was sent, the worker and the line manager named on it. Nobody else."""
        named = Q(worker=user) | Q(line_manager=user)
        return self.filter(Q(author=user) | Q(named, first_sent_at__isnull=False))

    def drafts_of(self, user: User) -> PerformanceNoteQuerySet:
        """What this person is writing, or has back to change."""
        return self.filter(author=user, open_offer__isnull=True, withdrawn_at__isnull=True)


class PerformanceNote(SignedRecord):
    """A note, a plan, its result or a recognition: written by one person about the work of another, signed by both."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Performance note")
        PLAN = "plan", _("Performance plan")
        RESULT = "result", _("Result of a plan")
        RECOGNITION = "recognition", _("Recognition")

    class Standing(models.TextChoices):
        """As what its author wrote it."""

        LINE_MANAGER = "line_manager", _("Line manager")
        SUPERVISOR = "supervisor", _("Supervisor")

    class Outcome(models.TextChoices):
        MET = "met", _("Met")
        PARTLY = "partly", _("Partly met")
        NOT_MET = "not_met", _("Not met")
        NOT_NEEDED = "not_needed", _("No longer needed")

    record_kind = "Performance record"

    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author_as = models.CharField(max_length=12, choices=Standing.choices)
    line_manager = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who reads it beside the two; set when it is sent. None where the author is the line manager.",
    )
    kind = models.CharField(max_length=11, choices=Kind.choices)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="results", help_text="Its plan."
    )
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    first_sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    happened = EncryptedText(help_text="When it was, in words.")
    facts = EncryptedText(help_text="What was seen or done; in a result, what came of the plan.")
    expectation = EncryptedText()
    description = models.ForeignKey(
        JobDescription, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    support = EncryptedText(help_text="What help was offered.")
    from_day = models.DateField(null=True, blank=True)
    until_day = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    outcome = EncryptedText(help_text="One of the outcomes above, of a result.")

    objects = PerformanceNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(worker=F("author")), name="performance_of_somebody_else"),
            models.CheckConstraint(
                condition=Q(kind="result", follows__isnull=False)
                | ~Q(kind="result") & Q(follows__isnull=True),
                name="performance_result_follows_a_plan",
            ),
            models.CheckConstraint(
                condition=Q(open_offer__isnull=True) | Q(first_sent_at__isnull=False),
                name="performance_sent_at",
            ),
            models.UniqueConstraint(
                fields=["follows"],
                condition=Q(first_sent_at__isnull=False, withdrawn_at__isnull=True),
                name="performance_one_result",
            ),
        ]

    @property
    def is_draft(self) -> bool:
        """With its author: not sent yet, or taken back to be changed."""
        return not self.open_offer_id and not self.sealed_at and self.withdrawn_at is None

    def is_between(self, user: User) -> bool:
        """Whether this is one of the two who sign it."""
        return user.pk in (self.author_id, self.worker_id)
