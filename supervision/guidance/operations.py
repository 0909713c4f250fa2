"""Not showing a hint any more, and showing it again. Each person decides for themself alone.

Neither is in the audit chain: it touches no record and opens nothing, and what wears somebody out is nobody's business.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from supervision.records.errors import NotFound

from .current import book
from .models import SilencedHint


@transaction.atomic
def silence(hint: str, *, by: Any) -> None:
    """Do not show this hint to this person again. Twice is once. Raises NotFound when there is no such hint."""
    if hint not in book().hints:
        raise NotFound
    SilencedHint.objects.bulk_create([SilencedHint(person_id=by.pk, hint=hint)], ignore_conflicts=True)


@transaction.atomic
def show_again(hint: str, *, by: Any) -> None:
    """Show this hint to this person again."""
    SilencedHint.objects.visible_to(by).filter(hint=hint).delete()
