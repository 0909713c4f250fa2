"""What every addendum is, whatever record it is added to: a table for each kind of record, and one way of doing it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise

from supervision.people.models import User
from supervision.records.encryption import EncryptedText
from supervision.records.sealing import SignedRecord


class Added(SignedRecord):
    """A correction of a sealed record: dated, reasoned, signed by its author, offered to the others (domain 4).

    Subclasses name the foreign key to their record in `added_to`, reached from there as `addenda`, the page of the record in
    `shown_on`, and in `called` and `leads` how the addendum is headed: with `number`, and with the `day` of the record.
    """

    record_kind = "Addendum"
    added_to = ""
    shown_on = ""
    called: str | Promise = ""
    leads: str | Promise = ""

    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    reason = EncryptedText()
    text = EncryptedText()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def record(self) -> Any:
        """The sealed record that it stands beside."""
        return getattr(self, self.added_to)
