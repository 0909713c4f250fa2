"""Parts of an agreement that people kept for their next session: on its agenda at once, and topics of its record.

They wait in the hub (decision 19) until the record is written; settling the part in the agreement takes them off again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import User
from supervision.records import encryption

from .models import AgendaItem, Session

AREA = AgendaItem.Category.RELATIONSHIPS


def is_for_this_session() -> Q:
    """Of sessions: something was kept, and this is the next one planned."""
    kept = Suggestion.objects.kept().filter(arrangement=OuterRef("arrangement"), taken_at=None)
    earlier = Session.objects.planned().filter(
        arrangement=OuterRef("arrangement"), starts_at__lt=OuterRef("starts_at")
    )
    return Q(Exists(kept)) & ~Q(Exists(earlier))


def how_many() -> Case:
    """Of sessions: how many parts of an agreement people kept for it."""
    waiting = Suggestion.objects.kept().filter(
        arrangement=OuterRef("arrangement"), taken_at=None, dismissed_at=None
    )
    counted = waiting.order_by().values("arrangement").annotate(n=Count("pk")).values("n")
    return Case(When(is_for_this_session(), then=Coalesce(Subquery(counted), 0)), default=0)


def topics(session: Session, reader: User, *, also: Iterable[uuid.UUID] = ()) -> list[AgendaItem]:
    """What was kept for the next session, as topics that are not stored yet. One query.

    `also` names what was on a page already, which stays there when its part was settled meanwhile.
    """
    there = Q(dismissed_at=None) | Q(pk__in=list(also))
    found = Suggestion.objects.kept().filter(there, arrangement=session.arrangement_id, taken_at=None)
    rows = list(found.select_related("made_by").order_by("made_at", "id"))
    encryption.unlock(rows)
    return [_topic(row, session, row.made_by or reader) for row in rows]


def take(session: Session, named: Iterable[uuid.UUID], *, by: User) -> None:
    """Those that the record names become topics of it, each once, in the words and the name of whoever kept them."""
    found = Suggestion.objects.kept().filter(
        pk__in=list(named), arrangement=session.arrangement_id, taken_at=None
    )
    stored = set(AgendaItem.objects.filter(pk__in=found.values("pk")).values_list("pk", flat=True))
    for row in found.select_related("made_by"):
        if row.pk not in stored:
            notices.take(row, by=by)
            _topic(row, session, row.made_by or by).save(force_insert=True)


def _topic(row: Suggestion, session: Session, raised_by: User) -> AgendaItem:
    return AgendaItem(
        id=row.pk,
        session=session,
        raised_by=raised_by,
        category=AREA,
        text=row.title,
        shared_at=row.made_at,
        agreement_turn=row.source_id,
    )
