"""What happens to a round by itself: one reminder to all who are asked, and its result as it closes."""

from __future__ import annotations

import uuid

from django.db import transaction

from supervision.jobs.queue import job
from supervision.people.models import User

from . import notifications, operations
from .models import Round, Sheet


@job
def remind(*, round_id: str) -> None:
    """The same e-mail to everybody who is asked."""
    found = Round.objects.select_related("supervisor").get(pk=uuid.UUID(round_id))
    asked = Sheet.objects.asked().filter(round=found).values("person")
    with transaction.atomic():
        if found.is_open:
            notifications.closes_soon(found, User.objects.working().filter(pk__in=asked).order_by("pk"))


@job
def close(*, round_id: str) -> None:
    """Make the result, and tell the supervisor that the round has closed."""
    found = Round.objects.select_related("supervisor", "framework_version").get(pk=uuid.UUID(round_id))
    with transaction.atomic():
        operations.settle(found)
        notifications.closed(found)
