"""What the views of matters share: finding one for whoever may read it."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records.errors import NotFound

from ..models import Matter

METHODS = ["GET", "HEAD", "POST"]


def matter_for(user: User, pk: uuid.UUID) -> Matter:
    """One that this person may read. Raises NotFound for everybody else: for them it does not exist."""
    found = (
        Matter.objects.visible_to(user)
        .select_related(
            "arrangement__program",
            "begun_by",
            "partner",
            "manager",
            "proposed_by",
            "answered_by",
            "withdrawn_by",
        )
        .prefetch_related("arrangement__participations")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def address(matter: Matter) -> str:
    return reverse("sessions:matter", args=[matter.pk])


def back_to(matter: Matter) -> dict[str, str]:
    """Where a page that asks why leads back to."""
    return {"url": address(matter), "back_label": _("What you take up")}
