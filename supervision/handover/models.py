"""What a peer worker hands over to somebody who has come to supervise them (domain 8)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Participation, User


class Handover(models.Model):
    """That a worker has chosen what goes over to one person, which may be nothing. What it was is in its items."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(
        Participation,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The part in which somebody leads the worker's supervision: who comes after them reads nothing by it.",
    )
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "to"], name="handover_once")]


class HandedOverQuerySet(models.QuerySet["HandedOver"]):
    def standing(self) -> HandedOverQuerySet:
        """Not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def readable_by(self, user: User) -> HandedOverQuerySet:
        """What was handed over to this person, while both take part in that supervision, and nobody else is supported there."""
        now = Participation.objects.current()
        leads = now.filter(pk=OuterRef("handover__to"), person=user, part__in=Participation.LEADING)
        supported = now.filter(
            arrangement=OuterRef("handover__to__arrangement"),
            person=OuterRef("handover__worker"),
            part=Participation.Part.SUPERVISEE,
        )
        several = now.filter(
            arrangement=OuterRef("handover__to__arrangement"), part__in=Participation.SUPPORTED
        ).exclude(person=OuterRef("handover__worker"))
        return self.standing().filter(Exists(leads), Exists(supported), ~Exists(several))


class HandedOver(models.Model):
    """One record or open next step, until it is taken back. Words stay where they are."""

    class Kind(models.TextChoices):
        SESSION = "session", _("Session record")
        OBSERVATION = "observation", _("Observation")
        ASSESSMENT = "assessment", _("Signed assessment")
        ACTION = "action", _("Next step")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    record_id = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = HandedOverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "record_id"],
                condition=Q(taken_back_at__isnull=True),
                name="handed_over_once",
            )
        ]
