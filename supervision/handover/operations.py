"""Handing over, and taking back. One write, one operation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.goals import operations as goals
from competencies.goals import policy as sharing
from competencies.models import Goal
from supervision.notices import mail
from supervision.people.models import Participation, User
from supervision.records import audit
from supervision.records.errors import Invalid, NotFound

from . import policy, scope
from .models import HandedOver, Handover

Chosen = Sequence[tuple[str, uuid.UUID]]  # kind and id


@transaction.atomic
def hand_over(to: Participation, *, by: User, chosen: Chosen, goal_ids: Sequence[uuid.UUID] = ()) -> Handover:
    """The worker `by` lets whoever leads their supervision in the part `to` read what they chose, and shares these goals in it.

    Nothing chosen is a choice as well. What went over already stays. They are told that something was shared, and not what.
    Raises NotFound where that person leads it no more, Invalid where something chosen can't go over.
    """
    to = policy.leader_of(by, to.pk)
    # Goals first, as their own operations do: what waits for a goal holds no link of the chain.
    list(Goal.objects.select_for_update(no_key=True).filter(pk__in=goal_ids, owner=by).order_by("pk"))
    row = _locked(by, to)
    new = _items(row, chosen, by=by)
    for pk in goal_ids:
        _share_goal(pk, to, by=by)
    facts = {"to": str(to.person_id), "records": [str(one.record_id) for one in new], "goals": len(goal_ids)}
    audit.record(by, "handed over", about=row, facts=facts)
    if new:  # of a goal its own operation tells them
        path = reverse("handover:of", args=[to.pk, by.pk])
        mail.tell(to.person, "shared", path=path)
    return row


def _locked(worker: User, to: Participation) -> Handover:
    row, _new = Handover.objects.get_or_create(worker=worker, to=to)
    return Handover.objects.select_for_update(no_key=True).get(pk=row.pk)


def _items(row: Handover, chosen: Chosen, *, by: User) -> list[HandedOver]:
    """What of this is new. Each is looked up in what can go over to this person; one query a kind, however much was chosen."""
    there = set(row.items.standing().values_list("record_id", flat=True))
    new = [(kind, pk) for kind, pk in dict.fromkeys(chosen) if pk not in there]
    can_go = {
        kind: set(scope.OFFERED[kind].rows(by, row.to).values_list("pk", flat=True))
        for kind in {kind for kind, _pk in new} & scope.OFFERED.keys()
    }
    if any(pk not in can_go.get(kind, set()) for kind, pk in new):
        raise Invalid(_("Something you chose can’t go over any more. Look at the list again."))
    return HandedOver.objects.bulk_create(
        [HandedOver(handover=row, kind=kind, record_id=pk) for kind, pk in new]
    )


def _share_goal(pk: uuid.UUID, to: Participation, *, by: User) -> None:
    """With whoever leads now instead of who led before. Raises Invalid."""
    goal = scope.goals(by, to).filter(pk=pk).first()
    circle = next((one for one in sharing.circles(by) if one.arrangement.pk == to.arrangement_id), None)
    if goal is None or circle is None:
        raise Invalid(_("Something you chose can’t go over any more. Look at the list again."))
    if circle.reader_ids != {to.pk}:
        raise Invalid(_("Several people lead this supervision now. Share the goal on its own page."))
    goals.take_back(goal, by=by)
    goals.share(Goal.objects.get(pk=pk), by=by, arrangement=to.arrangement, readers=circle.reader_ids)


@transaction.atomic
def take_back(item: HandedOver, *, by: User) -> HandedOver:
    """From now on it is not read any more. Taking back what was taken back is no error. Raises NotFound."""
    rows = HandedOver.objects.select_for_update(no_key=True, of=("self",)).filter(handover__worker=by)
    found = rows.filter(pk=item.pk).first()
    if found is None:
        raise NotFound(_("There is no such record."))
    if found.taken_back_at is None:
        found.taken_back_at = timezone.now()
        found.save(update_fields=["taken_back_at"])
        facts = {"record": str(found.record_id)}
        audit.record(by, "taken back what was handed over", about=found.handover, facts=facts)
    return found
