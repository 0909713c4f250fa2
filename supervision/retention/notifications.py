"""Everybody who is party to what will be removed is told beforehand, also who has left. The mail says nothing of it."""

from __future__ import annotations

from django.urls import reverse

from supervision.jobs import enqueue
from supervision.notices import mail
from supervision.people.models import User

from .models import Disposal


def to_be_removed(row: Disposal) -> None:
    concerned = User.objects.working().filter(pk__in=row.items.values("people"))
    for person in concerned.order_by("pk"):
        mail.tell(person, "removal", path=reverse("retention:upcoming"))
    gone = User.objects.filter(is_active=False, pk__in=row.items.values("people"))
    for pk in gone.order_by("pk").values_list("pk", flat=True):
        enqueue("supervision.portfolio.tasks.tell_leaver_of_removal", person_id=pk)
