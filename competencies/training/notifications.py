"""Telling people that a credential of theirs expires. The mails carry no content."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User


def expiring(people: Iterable[User]) -> None:
    """One mail each, however many credentials."""
    for person in people:
        mail.tell(person, "expiring", path=reverse("training:credentials"))
