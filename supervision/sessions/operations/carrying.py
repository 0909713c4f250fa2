"""What comes back on the next agenda: topics not reached and topics not shared yet, and nothing else."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from supervision.pages.prepared import prepared
from supervision.people.models import Participation, User

from ..models import AgendaItem, Session


def carry_over(session: Session) -> None:
    """Put the open topics of earlier sessions of the arrangement on the agenda of a planned one, marked as carried.

    May run again: a topic is carried once. One that was said where not everybody of this session was is carried for
    whoever raised it alone; they may share it.
    """
    here = set(AgendaItem.objects.filter(session=session).values_list("carried_from", flat=True))
    found = [item for item in open_items(session) if item.pk not in here]
    first = AgendaItem.objects.filter(session=session, shared_at__isnull=False).count()
    people = _people(session) if found else set()
    for position, item in enumerate(found, start=first):
        readers = _readers(item)
        AgendaItem(
            session=session,
            raised_by=item.raised_by,
            category=item.category,
            text=item.text,
            shared_at=item.shared_at if readers is None or people <= readers else None,
            carried_from=item.pk,
            agreement_turn=item.agreement_turn,
            position=position,
        ).save()
    if found:
        _changed(session)


def take_off(session: Session) -> None:
    """The record of this session was taken back: what it carried to later agendas leaves them again.

    Not where somebody has changed it since, and not from a record that is being written.
    """
    open_states = [Session.State.PLANNED, Session.State.CANCELLED, Session.State.MISSED]
    sources: dict[Any, AgendaItem] = {item.pk: item for item in session.agenda.all()}
    touched: dict[uuid.UUID, Session] = {}
    while sources:
        copies = AgendaItem.objects.filter(carried_from__in=sources, session__state__in=open_states)
        gone: dict[Any, AgendaItem] = {}
        for copy in copies.select_related("session"):
            if _is_as_carried(copy, sources[copy.carried_from]):
                gone[copy.pk] = copy
                touched[copy.session_id] = copy.session
        AgendaItem.objects.filter(pk__in=gone).delete()
        sources = gone
    for later in touched.values():
        _changed(later)


def keep_among_those_who_know(session: Session, *, there: set[uuid.UUID]) -> None:
    """A carried topic that was not reached again, and that somebody here has never read, goes back to whoever raised it."""
    rows = session.agenda.filter(carried_from__isnull=False, reached=False, shared_at__isnull=False)
    here: dict[Any, AgendaItem] = {item.carried_from: item for item in rows}
    for source in _with_readers(AgendaItem.objects.filter(pk__in=here)) if here else []:
        item, readers = here[source.pk], _readers(source)
        if readers is not None and not there <= readers and item.shared_at == source.shared_at:
            _give_back(item)


def keep_from_recorder(session: Session, person: User) -> None:
    """Somebody who came to this supervision after the session was planned begins its record: carried topics that they do
    not see go back to whoever raised them."""
    seen = AgendaItem.objects.shown_to(person).values("pk")
    for item in session.agenda.filter(shared_at__isnull=False).exclude(pk__in=seen):
        _give_back(item)


def open_items(session: Session) -> list[AgendaItem]:
    """Topics of earlier sessions that nobody has reached and no later agenda holds, oldest first."""
    sent = Q(session__state=Session.State.HELD) & (
        Q(session__open_offer__isnull=False) | Q(session__sealed_at__isnull=False)
    )
    not_held = Q(session__state__in=[Session.State.CANCELLED, Session.State.MISSED])
    carried = AgendaItem.objects.filter(carried_from=OuterRef("pk"))
    current = [row.person_id for row in session.attendees.all()]
    return list(
        _with_readers(AgendaItem.objects)
        .filter(
            not_held | (sent & (Q(reached=False) | Q(shared_at__isnull=True))),
            ~Exists(carried),
            session__arrangement=session.arrangement_id,
            session__starts_at__lt=session.starts_at,
            raised_by__in=current,
        )
        .select_related("raised_by", "session")
        .order_by("session__starts_at", "position", "id")
    )


def next_planned(session: Session) -> Session | None:
    """The first planned session of the arrangement after this one."""
    return next(iter(_planned_after(session.arrangement_id, session.starts_at)), None)


@prepared
def _planned_after(arrangement: uuid.UUID, moment: datetime.datetime) -> QuerySet[Session]:
    later = Session.objects.planned().filter(arrangement=arrangement, starts_at__gt=moment)
    return later.order_by("starts_at")[:1]


def take_along(item: AgendaItem, *, to: Session) -> AgendaItem:
    """Move a topic, the same topic, to another session. Its words are encrypted anew, with the key of that session."""
    kept = {
        name: getattr(item, name)
        for name in (
            "raised_by",
            "category",
            "text",
            "outcome",
            "shared_at",
            "reached",
            "carried_from",
            "agreement_turn",
            "focus",
            "position",
        )
    }
    key = item.pk
    item.delete()
    moved = AgendaItem(id=key, session=to, **kept)
    moved.save(force_insert=True)
    return moved


def _readers(item: AgendaItem) -> set[uuid.UUID] | None:
    """Who has read a shared topic of an earlier session; None for everybody who takes part.

    What was on the agenda before they met, everybody could read whom the session was planned for. What was typed while
    the record was written, and what its recorder raised and may have put differently then, only those who were there.
    """
    session, rows = item.session, item.session.attendees.all()
    if session.state != Session.State.HELD:
        return {row.person_id for row in rows} if item.carried_from else None
    began = session.recorded_at
    planned = began is not None and item.shared_at is not None and item.shared_at < began
    for_all = planned and item.carried_from is None and item.raised_by_id != session.recorder_id
    return {row.person_id for row in rows if row.attended or for_all}


def _with_readers(items: Any) -> QuerySet[AgendaItem]:
    return items.select_related("session").prefetch_related("session__attendees")


def _people(session: Session) -> set[uuid.UUID]:
    """Whom a planned session concerns: those it was planned for, and who has joined since."""
    joined = Participation.objects.current().filter(arrangement=session.arrangement_id)
    planned = session.attendees.values_list("person_id", flat=True)
    return {*planned, *joined.values_list("person_id", flat=True)}


def _is_as_carried(copy: AgendaItem, source: AgendaItem) -> bool:
    same = (copy.text, copy.category) == (source.text, source.category)
    return same and copy.shared_at in (None, source.shared_at)


def _give_back(item: AgendaItem) -> None:
    item.shared_at = None
    item.save(update_fields=["shared_at"])


def _changed(session: Session) -> None:
    """Count it, so that whoever has the form of its record open learns of it."""
    session.version += 1
    session.save(update_fields=["version"])
