"""An observation: proposed, agreed, held, written up, signed by the two it is between (domain 4; D 2.120; E normative; C)."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, Management, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import SignedRecord

from ..added import Added


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, user: User) -> ObservationQuerySet:
        """Observations that this person may read: the two named on the record, and nobody else (decision 10)."""
        return self.filter(Q(supervisor=user) | Q(worker=user))

    def facts_visible_to(self, user: User) -> ObservationQuerySet:
        """Observations whose log facts this person may see as a manager: that one took place, and when.

        Only once its record has been sent. What is proposed, declined or still being written is between the two.
        """
        return self.took_place().filter(Exists(_managed_by(user)))

    def known_to(self, user: User) -> ObservationQuerySet:
        """Of those that took place, the ones whose log facts this person may see: the two, and managers of the program.

        Who leads the same group, or takes over the supervision, is neither.
        """
        return self.took_place().filter(Q(supervisor=user) | Q(worker=user) | Exists(_managed_by(user)))

    def took_place(self) -> ObservationQuerySet:
        """Those whose record has been sent: what is still being written is between the two."""
        return self.filter(state=Observation.State.HELD, open_offer__isnull=False)


def _managed_by(user: User) -> models.QuerySet[Management]:
    return Management.objects.current().filter(program=OuterRef("arrangement__program"), person=user)


class Observation(SignedRecord):
    """One observation of one worker by one supervisor. A recording itself is never stored."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Called off")
        HELD = "held", _("Held")

    class Kind(models.TextChoices):
        """D 2.119-2.123, in the words that a session record has for its methods."""

        PRACTICE = "practice", _("Observing practice")
        TOGETHER = "together", _("Leading a group together")
        DOCUMENTATION = "documentation", _("Reviewing documentation")
        RECORDING = "recording", _("Reviewing a recording")

    record_kind = "Observation"

    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="observations")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    # What the two agree on beforehand.
    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.PRACTICE)
    day = models.DateField(help_text="The day that was proposed.")
    setting = EncryptedText(help_text="Where and in what kind of work; no names of people supported.")
    look_for = EncryptedText(help_text="What to look for, written together.")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now, db_index=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = EncryptedText(help_text="Why it was declined or called off.")
    # What the supervisor writes afterwards; theirs alone until it is sent.
    held_on = models.DateField(null=True, blank=True)
    recording_agreed = models.BooleanField(
        default=False, help_text="The person supported agreed that the recording is looked at."
    )
    strengths = EncryptedText()
    growth = EncryptedText(help_text="One growth point.")

    objects = ObservationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["arrangement", "day"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="recording") | Q(open_offer__isnull=True) | Q(recording_agreed=True),
                name="observation_recording_agreed",
            ),
        ]

    @property
    def is_draft(self) -> bool:
        """Held, being written, not with the worker."""
        return self.state == self.State.HELD and not self.open_offer_id and not self.sealed_at

    @property
    def agreed_on(self) -> datetime.date | None:
        """The day on which both had said yes, as the reader's clock shows it."""
        return timezone.localdate(self.answered_at) if self.answered_at else None

    def other(self, user: User) -> User:
        """The one of the two who is not `user`."""
        return self.worker if user.pk == self.supervisor_id else self.supervisor


class ObservationAddendum(Added):
    """An addendum to the record of an observation."""

    added_to = "observation"
    shown_on = "sessions:observation"
    called = _("Addendum %(number)s to the record of an observation")
    leads = _("Added to the record of the observation on %(day)s.")

    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="addenda")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["observation", "number"], name="observation_addendum_number")
        ]
        ordering = ["number"]
