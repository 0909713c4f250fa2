"""What the views of observations share: finding one for whoever may read it, and where its pages are."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.people.models import User
from supervision.records.errors import Denied, NotFound

from ..models import Observation

State = Observation.State
METHODS = ["GET", "HEAD", "POST"]


def address(name: str, pk: Any) -> str:
    return reverse(f"sessions:{name}", args=[pk])


def observation_for(user: User, pk: uuid.UUID) -> Observation:
    """One that this person may read. Raises NotFound; Denied for a manager who may see that it took place."""
    found = (
        Observation.objects.visible_to(user)
        .select_related(
            "arrangement__program",
            "supervisor",
            "worker",
            "proposed_by",
            "answered_by",
            "withdrawn_by",
            "open_offer",
        )
        .prefetch_related("arrangement__participations")
        .filter(pk=pk)
        .first()
    )
    if found is not None:
        return found
    if Observation.objects.facts_visible_to(user).filter(pk=pk).exists():
        raise Denied(
            _("You can see that this observation took place, not what was seen. That stays between the two.")
        )
    raise NotFound


def back_to(found: Observation) -> dict[str, str]:
    """Where a page that asks why leads back to."""
    return {"url": address("observation", found.pk), "back_label": _("The observation")}
