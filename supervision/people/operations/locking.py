"""Rows as they are now, held until the transaction ends. Always in this order: agency, program, person, arrangement, and the
audit chain last.

Locks are `no_key`: PostgreSQL checks foreign keys when a transaction commits, and holds the referred row while it does. Somebody
who has the end of the audit chain already must not wait then for a row whose holder waits for that chain.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from supervision.records.errors import Stale

from ..models import Agency, User

Row = TypeVar("Row", bound=models.Model)


def lock(row: Row, *, version: int | None = None) -> Row:
    """The row as it is now, locked. Raises Stale when `version`, the one the form was made from, is an older one."""
    model: Any = row._meta.model  # the row may be a request's lazy user
    fresh: Any = model._base_manager.select_for_update(no_key=True).get(pk=row.pk)
    if version is not None and fresh.version != version:
        raise Stale(_("Somebody saved this while you were writing."))
    return fresh


def one_role_change_at_a_time() -> None:
    """Two administrators who take each other's role at the same instant must not both succeed."""
    Agency.objects.select_for_update(no_key=True).filter(pk=1).first()


def one_press_at_a_time(person: User) -> None:
    """Two presses of a form at the same instant wait for each other here: the second finds what the first one made."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def changed_fields(row: models.Model, values: dict[str, Any]) -> list[str]:
    """The names of the fields whose value is another one now; sets them."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
