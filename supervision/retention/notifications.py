"""Everybody who is party to what will be removed is told beforehand. The mail says nothing of it."""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import Disposal


def to_be_removed(row: Disposal) -> None:
    concerned = User.objects.working().filter(pk__in=row.items.values("people"))
    for person in concerned.order_by("pk"):
        mail.tell(person, "removal", path=reverse("retention:upcoming"))
