"""A matter that two people take up with a manager (domain 4; E mediative; A; B 5, 7, 10; D 2.140, 6.11-6.17)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Arrangement, User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import AppendOnly


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: User) -> MatterQuerySet:
        """The two it is between, always; the manager it was sent to, once it was. For everybody else it does not exist."""
        return self.filter(Q(begun_by=user) | Q(partner=user) | Q(manager=user, state=Matter.State.SENT))

    def between(self, user: User) -> MatterQuerySet:
        """Those that this person takes up together with somebody."""
        return self.filter(Q(begun_by=user) | Q(partner=user))

    def sent_to(self, user: User) -> MatterQuerySet:
        """Those that were sent to this person."""
        return self.filter(manager=user, state=Matter.State.SENT)

    def with_reply(self) -> MatterQuerySet:
        """Each with `last_reply`: how the manager's newest answer says that it stands, or None."""
        newest = MatterReply.objects.filter(matter=OuterRef("pk")).order_by("-at", "-id")
        return self.annotate(last_reply=Subquery(newest.values("kind")[:1]))

    def unanswered(self) -> MatterQuerySet:
        """Sent, and without any answer yet."""
        return self.filter(
            ~Exists(MatterReply.objects.filter(matter=OuterRef("pk"))), state=Matter.State.SENT
        )

    def to_agree(self, user: User) -> MatterQuerySet:
        """Those whose words wait for this person's yes."""
        return self.between(user).filter(state=Matter.State.PROPOSED).exclude(proposed_by=user)


class Matter(models.Model):
    """One text, from the first proposal until both have agreed to it; from then on it is with the manager and never changes."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Left")
        SENT = "sent", _("Sent")

    class Kind(models.TextChoices):
        BARRIER = "barrier", _("Something that gets in the way of the work")
        IMPROVEMENT = "improvement", _("Something that would make it better")

    class About(models.TextChoices):
        """A short list, so that an agency can see over a year what keeps coming up, without reading a word."""

        ROLE = "role", _("What the role is, and what it is not")
        TASKS = "tasks", _("Tasks that crowd out peer support, such as only driving people")
        TEAM = "team", _("Working together in the team")
        ACCESS = "access", _("Access, rooms, equipment or information")
        POLICY = "policy", _("A rule or a policy")
        WORKLOAD = "workload", _("Workload, time or pay")
        OTHER = "other", _("Something else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Counts the saves, to notice a stale form.")
    arrangement = models.ForeignKey(Arrangement, on_delete=models.PROTECT, related_name="matters")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    partner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", help_text="Who answers it, once both have agreed."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BARRIER)
    about = models.CharField(max_length=10, choices=About.choices)
    text = EncryptedText(help_text="What it is, in words that both agree to.")
    wish = EncryptedText(help_text="What would help.")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now, db_index=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(
        null=True, blank=True, help_text="When the other one agreed, and it was sent; or said no."
    )
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = EncryptedText(help_text="Why it was declined or left.")

    objects = MatterQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["manager", "state"])]
        constraints = [
            models.CheckConstraint(condition=~Q(begun_by=F("partner")), name="matter_between_two"),
            models.CheckConstraint(
                condition=~Q(manager=F("begun_by")) & ~Q(manager=F("partner")), name="matter_to_a_third"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(answered_by__isnull=False) & ~Q(answered_by=F("proposed_by")),
                name="matter_sent_by_both",
            ),
        ]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def record_label(self) -> str:
        return self._meta.label_lower

    @property
    def is_sent(self) -> bool:
        return self.state == self.State.SENT

    def is_between(self, user: User) -> bool:
        """Whether this person is one of the two who take it up."""
        return user.pk in (self.begun_by_id, self.partner_id)

    def other(self, user: User) -> User:
        """The one of the two who is not `user`."""
        return self.partner if user.pk == self.begun_by_id else self.begun_by


class MatterReply(AppendOnly):
    """What the manager answered. There may be several: what is looked into first and done later."""

    class Kind(models.TextChoices):
        LOOKING = "looking", _("Looking into it")
        WILL = "will", _("It will change")
        DONE = "done", _("It has changed")
        NOT = "not", _("It can’t change for now")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="replies")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = EncryptedText()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.matter_id
