"""A letter of hours: of one worker, by one supervisor, for a period, toward a set of requirements. It holds nobody's words."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from supervision.people.models import User
from supervision.records.sealing import SignedRecord
from supervision.requirements.models import RequirementSet


class HoursLetterQuerySet(models.QuerySet["HoursLetter"]):
    def visible_to(self, user: User) -> HoursLetterQuerySet:
        """The two it is between. For everybody else it does not exist."""
        return self.filter(Q(worker=user) | Q(supervisor=user))


class HoursLetter(SignedRecord):
    """Signed and sealed as it is made. What it says is in its offer and never changes; hours may."""

    record_kind = "Letter of hours"
    called = _("Letter of hours")

    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(RequirementSet, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    as_of = models.DateField(help_text="The day on which it was signed: later signatures are not in it.")

    objects = HoursLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "-last_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day"), as_of__gte=F("last_day")), name="hours_letter_days"
            ),
            models.CheckConstraint(
                condition=~Q(worker=F("supervisor")), name="hours_letter_of_somebody_else"
            ),
        ]
