"""A disclosure and its steps (domain 8). What may follow what is said here for the database too."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly, StepRecord


def _said(column: str) -> Q:
    """Something is written there. Words are encrypted, so that is all the database can ask."""
    return Q(GreaterThan(Length(column), 0))


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def visible_to(self, user: User) -> DisclosureQuerySet:
        """Who entered it, the two who approve it, and everybody concerned once they were told. For all others it does not exist."""
        told = Told.objects.filter(disclosure=models.OuterRef("pk"), person=user)
        own = Q(entered_by=user) | Q(approver=user) | Q(second_approver=user)
        return self.filter(own | models.Exists(told))

    def waiting_for(self, user: User) -> DisclosureQuerySet:
        """Those of which the next step is this person's: to approve, to tell, to export."""
        running = self.filter(ended_at=None, exported_at=None)
        mine = Q(approver=user, first_at=None) | Q(second_approver=user, second_at=None)
        ready = Q(entered_by=user, first_at__isnull=False, second_at__isnull=False)
        three = Q(entered_by=user) | Q(approver=user) | Q(second_approver=user)
        late = self.filter(three, told_at=None, exported_at__isnull=False, tell_on__lte=timezone.localdate())
        return running.filter(mine | ready) | late


class Disclosure(StepRecord):
    """Records about one person, of some kinds, between two days: that scope and no other."""

    class Basis(models.TextChoices):
        ORDER = "order", _("An order of a court")
        LAW = "law", _("A law that requires it")
        INVESTIGATION = "investigation", _("A formal investigation")

    class Kind(models.TextChoices):
        SESSIONS = "sessions", _("Session records")
        OBSERVATIONS = "observations", _("Observations")
        AGREEMENTS = "agreements", _("Agreements")
        ASSESSMENTS = "assessments", _("Signed assessments")
        PERFORMANCE = "performance", _("Performance records")
        CONCERNS = "concerns", _("Concerns")
        LETTERS = "letters", _("Letters")
        HOURS = "hours", _("Letters of hours")

    class Ending(models.TextChoices):
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    steps: ClassVar[dict[str, tuple[str, ...]]] = {
        "entered_at": (
            *("entered_by", "person", "first_day", "last_day", "kinds", "with_notes", "basis_kind", "basis"),
            *(
                "asker",
                "reference",
                "order_court",
                "order_number",
                "order_day",
                "approver",
                "second_approver",
            ),
        ),
        "first_at": (),
        "second_at": (),
        "told_at": ("told_by",),
        "waiting_at": ("waiting_by", "waiting_reason", "tell_on"),
        "exported_at": ("exported_by", "sha256", "records"),
        "ended_at": ("ended_by", "ended_as", "ended_reason"),
    }
    kept_from: ClassVar[tuple[str, ...]] = ("entered_at",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1)
    # What is asked, by whom, on what it rests. Written once.
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="Whose records.")
    first_day = models.DateField()
    last_day = models.DateField()
    kinds = models.JSONField(help_text="Keys of Kind.")
    with_notes = models.BooleanField(default=False, help_text="Private notes: by a named order alone.")
    basis_kind = models.CharField(max_length=13, choices=Basis.choices)
    basis = EncryptedText(help_text="On which law or decision it rests, in words.")
    asker = EncryptedText(help_text="Which court, authority or investigator.")
    reference = EncryptedText(help_text="Their reference.")
    order_court = EncryptedText()
    order_number = EncryptedText()
    order_day = models.DateField(null=True)
    # Two people who are party to nothing in it.
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second_approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_at = models.DateTimeField(null=True)
    # Those concerned are told, or telling them has to wait.
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    waiting_at = models.DateTimeField(null=True)
    waiting_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    waiting_reason = EncryptedText(help_text="Which law forbids telling them now, and until when.")
    tell_on = models.DateField(null=True)
    # Exported once.
    exported_at = models.DateTimeField(null=True)
    exported_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the archive that was handed over.")
    records = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_as = models.CharField(max_length=9, choices=Ending.choices, blank=True)
    ended_reason = EncryptedText()

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="disclosure_days"),
            models.CheckConstraint(
                condition=Q(with_notes=False)
                | (Q(order_day__isnull=False) & _said("order_court") & _said("order_number")),
                name="disclosure_notes_by_order",
            ),
            models.CheckConstraint(
                condition=~Q(approver=F("second_approver"))
                & ~Q(approver=F("entered_by"))
                & ~Q(second_approver=F("entered_by"))
                & ~Q(approver=F("person"))
                & ~Q(second_approver=F("person"))
                & ~Q(entered_by=F("person")),
                name="disclosure_four_people",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None)
                | Q(
                    told_by__isnull=False,
                    first_at__isnull=False,
                    second_at__isnull=False,
                    told_at__gte=F("first_at"),
                )
                & Q(told_at__gte=F("second_at")),
                name="disclosure_told_after_two",
            ),
            models.CheckConstraint(
                condition=Q(waiting_at=None, waiting_by=None, tell_on=None)
                | (
                    Q(waiting_by__isnull=False, tell_on__isnull=False)
                    & Q(first_at__isnull=False, second_at__isnull=False, waiting_at__isnull=False)
                    & _said("waiting_reason")
                ),
                name="disclosure_waiting_whole",
            ),
            models.CheckConstraint(
                condition=Q(exported_at=None, exported_by=None)
                | (
                    Q(exported_by__isnull=False, exported_at__isnull=False, ended_at=None)
                    & Q(exported_at__gte=F("first_at"))
                    & Q(exported_at__gte=F("second_at"))
                    & (Q(waiting_at__isnull=False) | Q(told_at__isnull=False))
                    & (Q(exported_at__gte=F("told_at")) | Q(exported_at__gte=F("waiting_at")))
                ),
                name="disclosure_exported_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_as="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False, exported_at=None) & ~Q(ended_as="")),
                name="disclosure_ended_whole",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(ended_at=None) | Q(**{step: None}) | Q(**{f"{step}__lte": F("ended_at")}),
                    name=f"disclosure_{step.removesuffix('_at')}_before_end",
                )
                for step in ("first_at", "second_at", "told_at", "waiting_at")
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def is_approved(self) -> bool:
        return self.first_at is not None and self.second_at is not None


class DisclosureItem(AppendOnly):
    """One record of the scope, fixed with the first approval: what is approved, told and handed over is the same."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, help_text="A key of Kind, or “notes”.")
    record_id = models.UUIDField()
    day = models.DateField()
    people = models.JSONField(help_text="Ids of those who are party to it.")

    class Meta:
        ordering = ["kind", "day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "record_id"], name="disclosed_record_once")
        ]


class Told(AppendOnly):
    """Somebody whose record it is was told of a disclosure, and reads it from then on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="told")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "person"], name="told_of_disclosure_once")
        ]
