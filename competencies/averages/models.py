"""Averages of a program, as they were made: each stays as it is, and the next one differs by five people or more (domain 10)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from supervision.people.models import Program, User
from supervision.records.encryption import EncryptedJSON
from supervision.records.sealing import AppendOnly

from ..library.models import Framework


class ProgramAverageQuerySet(models.QuerySet["ProgramAverage"]):
    def visible_to(self, user: User) -> ProgramAverageQuerySet:
        """Those of programs that this person manages now. Nobody else's, administrators included."""
        return self.filter(program__in=Program.objects.managed_by(user))


class ProgramAverage(AppendOnly):
    """The averages of one program and one framework at one time. `values` are tenths by domain, `members` who is in each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    made_on = models.DateField(default=timezone.localdate)
    people = models.PositiveSmallIntegerField(help_text="How many people's assessments are in it.")
    values = EncryptedJSON(
        help_text="The highest point of the scale, and by domain its title and middle in tenths."
    )
    members = EncryptedJSON(help_text="By domain: the assessments in it. Shown to nobody.")

    objects = ProgramAverageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "framework", "number"], name="average_number"),
            models.CheckConstraint(condition=models.Q(people__gte=5), name="average_of_five_or_more"),
        ]
        ordering = ["-number"]

    @property
    def domains(self) -> dict[str, dict[str, Any]]:
        """What is shown, by the id of the domain: `title` and `tenths`."""
        found: dict[str, dict[str, Any]] = self.values["domains"]
        return found

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id
