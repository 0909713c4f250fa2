"""A self-assessment of a program: who is asked, what each said, what came of it, and what is done about it (domain 10; B assessment)."""

from __future__ import annotations

import datetime
import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.library.models import FrameworkVersion
from supervision.people.models import Management, Program, User
from supervision.records.encryption import EncryptedJSON, EncryptedText
from supervision.records.sealing import AppendOnly


class Group(models.TextChoices):
    """In whose name somebody is asked. The values are those of a framework's `described_by`."""

    MANAGERS = "managers", _("Managers")
    SUPERVISORS = "supervisors", _("Supervisors")
    WORKERS = "workers", _("Peer workers")


class ProgramAssessmentQuerySet(models.QuerySet["ProgramAssessment"]):
    def visible_to(self, user: User) -> ProgramAssessmentQuerySet:
        """Those that this person was asked in, and those of programs that they manage now. Nobody else's, administrators included."""
        asked = ProgramAsked.objects.filter(assessment=OuterRef("pk"), person=user)
        managed = Management.objects.current().filter(program=OuterRef("program"), person=user)
        return self.filter(Exists(asked) | Exists(managed))

    def open(self, moment: datetime.datetime | None = None) -> ProgramAssessmentQuerySet:
        return self.filter(closes_at__gt=moment or timezone.now())

    def closed(self) -> ProgramAssessmentQuerySet:
        return self.filter(closes_at__lte=timezone.now())

    def without_result(self) -> ProgramAssessmentQuerySet:
        """Closed, and what came of them was not put together yet."""
        made = ProgramResult.objects.filter(assessment=OuterRef("pk"))
        return self.closed().filter(~Exists(made))


class ProgramAssessment(AppendOnly):
    """One self-assessment. Framework version, period, closing and who is asked are fixed as it is opened, and nothing changes them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    framework_version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField(help_text="The period that is looked back on.")
    last_day = models.DateField()
    closes_on = models.DateField(help_text="The last day on which it can be answered.")
    closes_at = models.DateTimeField(help_text="The end of that day where the agency is: one moment for all.")
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ProgramAssessmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="program_assessments_newest"),
            models.Index(fields=["program", "-opened_at"], name="program_assessments_of"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="program_assessment_period"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.closes_at > timezone.now()


class ProgramAsked(AppendOnly):
    """Somebody who is asked, in one group: named as it is opened. It says nothing about whether they answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(ProgramAssessment, on_delete=models.PROTECT, related_name="asked")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=11, choices=Group.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "person"], name="program_asked_once")]


class ProgramAnswer(models.Model):
    """What one person says: theirs alone.

    There is one for everybody who is asked from the first moment, always equally long, without a time and with a key of its own,
    so that not even a stolen row tells whether they have answered (decision 14, 16). See letters.py for what is in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked = models.OneToOneField(ProgramAsked, on_delete=models.PROTECT, related_name="answer")
    letters = EncryptedText()

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id


class ProgramResult(AppendOnly):
    """What is shown of a closed one, put together once and the same from then on. `content` holds bands, never counts: results.py.

    `able` is shown nowhere: who of all groups could answer, see rating/answered.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.OneToOneField(ProgramAssessment, on_delete=models.PROTECT, related_name="result")
    content = EncryptedJSON()
    able = EncryptedText()
    made_at = models.DateTimeField(default=timezone.now)

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id


class ProgramActionQuerySet(models.QuerySet["ProgramAction"]):
    def visible_to(self, user: User) -> ProgramActionQuerySet:
        """What is done in a program is seen by everybody who was asked in that self-assessment or a later one of the program, by
        those who manage it now, and by whoever does it."""
        asked = ProgramAsked.objects.filter(
            person=user,
            assessment__program=OuterRef("assessment__program"),
            assessment__opened_at__gte=OuterRef("assessment__opened_at"),
        )
        managed = Management.objects.current().filter(program=OuterRef("assessment__program"), person=user)
        return self.filter(Q(who=user) | Exists(asked) | Exists(managed))

    def open(self) -> ProgramActionQuerySet:
        return self.filter(ended_how="")


class ProgramAction(models.Model):
    """What will be done about a statement, by whom and by when. A manager notes it; its words have a key of their own."""

    class Ending(models.TextChoices):
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(ProgramAssessment, on_delete=models.PROTECT, related_name="actions")
    statement = models.CharField(max_length=80, help_text="The id of a statement of the framework.")
    what = EncryptedText()
    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_day = models.DateField()
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_how = models.CharField(max_length=7, choices=Ending.choices, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ProgramActionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["who", "by_day"], name="program_actions_of")]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_open(self) -> bool:
        return not self.ended_how


class ProgramActionEvent(AppendOnly):
    """One step in the life of an action: noted, changed, done, dropped, taken up again. Written once."""

    class Kind(models.TextChoices):
        NOTED = "noted", _("Noted")
        CHANGED = "changed", _("Changed")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")
        REOPENED = "reopened", _("Taken up again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(ProgramAction, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = EncryptedText(
        help_text="Why it was dropped, what came of it, or what it said before it was changed."
    )

    class Meta:
        ordering = ["at", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.action_id
