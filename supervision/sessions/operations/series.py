"""Planning several sessions at once. Each is a session like any other: one can be moved or cancelled without the rest."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, User
from supervision.records.errors import Invalid

from .. import notifications, policy
from ..models import Session
from . import locks, planning

MOST = 60


@transaction.atomic
def plan_series(
    arrangement: Arrangement,
    *,
    by: User,
    moments: Sequence[datetime.datetime],
    minutes: int | None = None,
    modality: str = Session.Modality.IN_PERSON,
    place: str = "",
    zone: str = "",
    key: uuid.UUID | None = None,
) -> list[Session]:
    """Plan a session at each of these moments, all or none. Everybody else who takes part is told once.

    `key` makes their ids, so that a form sent twice plans them once. Raises as `plan`, and Invalid for none or too many.
    """
    arrangement = locks.arrangement(arrangement.pk)
    policy.check_can_plan(by, arrangement)
    if not moments:
        raise Invalid(_("Tick at least one day."), field="days")
    if len(set(moments)) > MOST:
        raise Invalid(_("Up to %(most)d sessions can be planned at once.") % {"most": MOST}, field="days")
    key = key or uuid.uuid4()
    everybody = {row.person_id for row in planning.participants(arrangement)}
    ids = [planning.id_of_new(by, _id(key, moment)) for moment in moments]
    known = set(Session.objects.filter(pk__in=[pk for pk in ids if pk]).values_list("pk"))
    made = [
        planning.plan(
            arrangement,
            by=by,
            starts_at=moment,
            minutes=minutes,
            modality=modality,
            place=place,
            zone=zone,
            key=_id(key, moment),
            told=everybody,
        )
        for moment in sorted(set(moments))
    ]
    if len(known) < len(made):
        notifications.planned_several(made, by=by)
    return made


def _id(key: uuid.UUID, moment: datetime.datetime) -> uuid.UUID:
    return uuid.uuid5(key, moment.astimezone(datetime.UTC).isoformat())
