"""Immutability, said once. Models say which of four kinds they are; `triggers.py` repeats it in the database."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from .errors import Sealed, WrongState


class AppendOnly(models.Model):
    """Rows that are written once and never changed or removed."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Sealed(f"{self._meta.verbose_name} is never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise Sealed(f"{self._meta.verbose_name} is never removed.")


class SignedRecord(models.Model):
    """A record that is offered, answered and sealed: frozen while an offer is open, for good once sealed.

    Subclasses give `snapshot()` (what is signed) and `record_kind` (what it is called), and name in
    `free_while_offered` the columns that are not part of what is signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Counts the saves, to notice a stale form.")
    open_offer = models.ForeignKey(
        "records.Offer", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    sealed_at = models.DateTimeField(null=True, blank=True, editable=False)

    record_kind = ""
    free_while_offered: tuple[str, ...] = ()

    class Meta:
        abstract = True

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id

    @property
    def record_label(self) -> str:
        return self._meta.label_lower

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    @property
    def is_offered(self) -> bool:
        return self.open_offer_id is not None and not self.is_sealed

    def check_editable(self) -> None:
        """Raises Sealed or WrongState unless the text may change now."""
        if self.is_sealed:
            raise Sealed(_("This record is sealed and never changes. Add a dated addendum instead."))
        if self.open_offer_id:
            raise WrongState(_("This is with the others to sign. Take it back first, then change it."))


class RecordPart(models.Model):
    """A row of a record (an agenda item, a clause). It shares the seal and the key of its parent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    part_of = ""  # the name of the foreign key to the SignedRecord
    free_while_offered: tuple[str, ...] = ()

    class Meta:
        abstract = True

    @property
    def encryption_id(self) -> uuid.UUID:
        return getattr(self, f"{self.part_of}_id")


class StepRecord(models.Model):
    """A record that goes through steps, each taken once: a step that was taken, and what was written with it, never changes.

    `steps` names the column of each step and what is frozen with it. Once one of the steps in `kept_from` was taken, the row is
    never removed.
    """

    steps: ClassVar[dict[str, tuple[str, ...]]] = {}
    kept_from: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
