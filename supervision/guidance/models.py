"""Which hints somebody does not want to see. Their own affair: nobody else's page, list or report shows it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class SilencedQuerySet(models.QuerySet["SilencedHint"]):
    def visible_to(self, user: Any) -> SilencedQuerySet:
        """One's own, and nobody else's."""
        return self.filter(person=user)


class SilencedHint(models.Model):
    """One person, one hint. Deleted again when they want to see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="silenced_hints"
    )
    hint = models.CharField(max_length=60, help_text="The id of the hint in the file of guidance.")
    since = models.DateTimeField(default=timezone.now, editable=False)

    objects = SilencedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "hint"], name="silenced_once")]
