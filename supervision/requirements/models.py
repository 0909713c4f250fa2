"""Sets of requirements in versions, and where each applies from when until when (domain 9). They hold nobody's words."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property

from supervision.people.models import Program, User
from supervision.records.errors import Sealed

from .rules import Rules
from .set_file import Content, of_stored


class RequirementSetQuerySet(models.QuerySet["RequirementSet"]):
    def newest(self) -> RequirementSetQuerySet:
        """The newest version of each, by title."""
        newest = RequirementSet.objects.filter(key=OuterRef("key")).order_by("-number").values("pk")[:1]
        return self.filter(pk=Subquery(newest)).order_by("-is_shipped", "title", "id")


class RequirementSet(models.Model):
    """One version of one set. It never changes; one that never applied anywhere may go again.

    `is_example` is what was shipped as modelled on a public rule: to be compared with the rule of today before it applies.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(max_length=60, help_text="What its file calls it.")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    source = models.CharField(max_length=400)
    checked_on = models.DateField(help_text="When somebody last compared it with its source.")
    is_example = models.BooleanField(default=False)
    is_shipped = models.BooleanField(default=False)
    content = models.JSONField(help_text="All of it, see set_file.py.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Nobody: it is shipped."
    )

    objects = RequirementSetQuerySet.as_manager()

    class Meta:
        ordering = ["key", "-number"]
        constraints = [models.UniqueConstraint(fields=["key", "number"], name="requirement_set_once")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Sealed("A version of a set of requirements never changes.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    @cached_property  # it never changes
    def body(self) -> Content:
        return of_stored(self.content)

    @property
    def rules(self) -> Rules:
        return self.body.rules

    @property
    def is_default(self) -> bool:
        """What is agreed is always expected: this one applies everywhere, and nobody has to confirm it."""
        return self.is_shipped and self.key == DEFAULT_KEY


DEFAULT_KEY = "as-agreed"


class InForceQuerySet(models.QuerySet["InForce"]):
    def between(self, first: datetime.date, last: datetime.date) -> InForceQuerySet:
        """Those that apply on some day from `first` to `last`."""
        return self.filter(Q(last_day=None) | Q(last_day__gte=first), first_day__lte=last, withdrawn=False)

    def now_or_later(self) -> InForceQuerySet:
        return self.filter(Q(last_day=None) | Q(last_day__gte=timezone.localdate()), withdrawn=False)


class InForce(models.Model):
    """A version applies in one program, or everywhere, from a day on until it is ended or the next one takes its place.

    Whoever confirmed it compared it with the rule of that day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of = models.ForeignKey(RequirementSet, on_delete=models.PROTECT, related_name="in_force")
    program = models.ForeignKey(
        Program, null=True, on_delete=models.PROTECT, related_name="+", help_text="None: everywhere."
    )
    first_day = models.DateField()
    confirmed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_day = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn = models.BooleanField(default=False, help_text="It never applied.")

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-confirmed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None, ended_at=None, ended_by=None)
                | Q(last_day__isnull=False, ended_at__isnull=False, ended_by__isnull=False),
                name="requirement_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(last_day=None, withdrawn=False) | Q(last_day__gte=F("first_day")),
                name="requirement_days",
            ),
        ]
