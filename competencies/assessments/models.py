"""An assessment of one person's practice: their own view, or theirs beside that of whoever supervises them (domain 10; D 2.128-2.129).

The two views are filled in apart and shown together. What is formal is talked about, settled and signed by both.
"""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, Management, Participation, User
from supervision.records.encryption import EncryptedJSON, EncryptedText
from supervision.records.models import Seal
from supervision.records.sealing import RecordPart, SignedRecord

from ..library.models import FrameworkVersion


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def of(self, user: User) -> AssessmentQuerySet:
        """Those that this person has a part in: of their own practice, or of somebody they supervised when it was begun."""
        return self.filter(Q(person=user) | Q(other=user))

    def signed_for_manager(self, user: User) -> AssessmentQuerySet:
        """Formal ones that both have signed, of programs that this person manages now (domain 10).

        What was sealed with somebody's no, or without their answer, stays between the two.
        """
        both = Seal.objects.filter(record_id=OuterRef("pk"), how=Seal.How.ALL_SIGNED)
        managed = Management.objects.current().filter(program=OuterRef("arrangement__program"), person=user)
        return self.filter(Exists(managed), Exists(both), sealed_at__isnull=False)

    def visible_to(self, user: User) -> AssessmentQuerySet:
        """Who may know of one: the two it is between; and managers of the program, once it is signed and sealed."""
        signed = Assessment.objects.signed_for_manager(user).values("pk")
        return self.filter(Q(person=user) | Q(other=user) | Q(pk__in=signed))

    def alone(self) -> AssessmentQuerySet:
        return self.filter(other__isnull=True)

    def together(self) -> AssessmentQuerySet:
        return self.filter(other__isnull=False)

    def running(self) -> AssessmentQuerySet:
        """Neither shown nor ended: parts are being filled in."""
        return self.filter(shown_at__isnull=True, ended_at__isnull=True)

    def shown(self) -> AssessmentQuerySet:
        return self.filter(shown_at__isnull=False)

    def waiting_for_part_of(self, user: User) -> AssessmentQuerySet:
        """Running, and this person has not given their part."""
        own = AssessmentPart.objects.filter(
            assessment=OuterRef("pk"), author=user, given_at__isnull=True, withdrawn_at__isnull=True
        )
        return self.of(user).running().filter(Exists(own))

    def to_settle(self, user: User) -> AssessmentQuerySet:
        """Formal ones whose views are shown, to be written up by this person, and with nobody to sign; while they supervise."""
        current = Participation.objects.current().filter(arrangement=OuterRef("arrangement"))
        return self.filter(
            Exists(current.filter(person=OuterRef("other"), part=Participation.Part.SUPERVISOR)),
            Exists(current.filter(person=OuterRef("person"), part=Participation.Part.SUPERVISEE)),
            arrangement__in=Arrangement.objects.current(),
            is_formal=True,
            other=user,
            shown_at__isnull=False,
            open_offer__isnull=True,
            sealed_at__isnull=True,
            ended_at__isnull=True,
        )


class Assessment(SignedRecord):
    """One assessment. `other` supervises the person when it is begun; without one, it is the person's own alone."""

    class Ending(models.TextChoices):
        CALLED_OFF = "called_off", _("Called off")
        WITHDRAWN = "withdrawn", _("A part was withdrawn")
        NOT_FORMAL = "not_formal", _("Not written up")

    record_kind = "Assessment"

    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", help_text="Whose practice it is."
    )
    other = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who supervises them.",
    )
    arrangement = models.ForeignKey(
        Arrangement, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    framework = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    is_formal = models.BooleanField(default=False, help_text="Signed by both and read by managers (D 2.129).")
    from_day = models.DateField(help_text="The period that it speaks of.")
    until_day = models.DateField()
    due_on = models.DateField(null=True, blank=True, help_text="By when both parts are meant to be in.")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now, db_index=True)
    shown_at = models.DateTimeField(
        null=True, blank=True, help_text="When the parts were shown, both at this one moment."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_how = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    # Formal ones: what the two made of it when they talked, written by whoever supervises.
    talked_on = models.DateField(null=True, blank=True)
    settled = EncryptedJSON(help_text="The marks that they settled on, see rating/marks.py.")
    strengths = EncryptedText()
    to_grow = EncryptedText(help_text="What to work on, and what will help.")
    first_sent_at = models.DateTimeField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-begun_at", "-id"], name="assessments_of_person"),
            models.Index(fields=["other", "-begun_at", "-id"], name="assessments_of_other"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    other__isnull=True, arrangement__isnull=True, due_on__isnull=True, is_formal=False
                )
                | Q(other__isnull=False, arrangement__isnull=False, due_on__isnull=False),
                name="assessment_alone_or_together",
            ),
            models.CheckConstraint(condition=~Q(person=F("other")), name="assessment_of_somebody_else"),
            models.CheckConstraint(condition=Q(until_day__gte=F("from_day")), name="assessment_days"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how="")),
                name="assessment_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(open_offer__isnull=True)
                | Q(is_formal=True, shown_at__isnull=False, first_sent_at__isnull=False),
                name="assessment_signed_after_shown",
            ),
        ]

    @property
    def is_alone(self) -> bool:
        return self.other_id is None

    @property
    def is_shown(self) -> bool:
        return self.shown_at is not None

    @property
    def is_running(self) -> bool:
        return self.shown_at is None and self.ended_at is None

    @property
    def is_past_due(self) -> bool:
        """Whether the day by which both parts were meant to be in is over, on everybody's clock."""
        over_everywhere = timezone.now().astimezone(datetime.UTC) - datetime.timedelta(hours=12)
        return self.due_on is not None and self.due_on < over_everywhere.date()

    def is_between(self, user: User) -> bool:
        return user.pk in (self.person_id, self.other_id)

    def partner_of(self, user: User) -> User | None:
        """The one on the other side. None for an assessment of one's own alone."""
        return self.person if user.pk == self.other_id else self.other


class AssessmentPart(RecordPart):
    """One person's view. Theirs alone until the assessment is shown; what was given is not changed any more."""

    part_of = "assessment"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="parts")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marks = EncryptedJSON(help_text="By statement, see rating/marks.py.")
    links = EncryptedJSON(help_text="By domain: sessions, observations and training that show it, as facts.")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "author"], name="one_part_each"),
            models.CheckConstraint(
                condition=Q(given_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="part_given_or_withdrawn",
            ),
        ]

    @property
    def is_given(self) -> bool:
        return self.given_at is not None
