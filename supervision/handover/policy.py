"""Who hands over, and who reads what went over. For everybody else it does not exist."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from supervision.people.models import Participation, User
from supervision.records.errors import NotFound

from . import scope
from .models import HandedOver


def leader_of(worker: User, part_id: uuid.UUID) -> Participation:
    """The part of somebody who leads this worker's supervision now. Raises NotFound."""
    found = scope.leaders_of(worker).filter(pk=part_id).first()
    if found is None:
        raise NotFound(_("There is no such page."))
    return found


def supported_there(user: User, part_id: uuid.UUID, worker_id: uuid.UUID) -> tuple[Participation, User]:
    """One's own part, and a worker who is supported there now. Raises NotFound."""
    for part, worker in scope.supported_by(user):
        if (part.pk, worker.pk) == (part_id, worker_id):
            return part, worker
    raise NotFound(_("There is no such page."))


def handed_to(user: User, pk: uuid.UUID) -> HandedOver:
    """What was handed over to this person and stands. Raises NotFound."""
    rows = HandedOver.objects.readable_by(user).select_related(
        "handover__worker", "handover__to__arrangement"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such record."))
    return found
