"""What comes back on the next agenda: topics not reached and topics not shared yet, and nothing else."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from ..models import AgendaItem, Session


def carry_over(session: Session) -> None:
    """Put the open topics of earlier sessions of the arrangement on the agenda of a planned one, marked as carried.

    May run again: a topic is carried once, and one that was reached after all (the record was taken back and changed)
    leaves again.
    """
    _take_off_what_was_reached(session)
    here = set(AgendaItem.objects.filter(session=session).values_list("carried_from", flat=True))
    position = AgendaItem.objects.filter(session=session).count()
    for item in open_items(session):
        if item.pk in here:
            continue
        carried = AgendaItem(
            session=session,
            raised_by=item.raised_by,
            category=item.category,
            text=item.text,
            shared_at=item.shared_at,
            carried_from=item.pk,
            position=position,
        )
        carried.save()
        position += 1


def open_items(session: Session) -> list[AgendaItem]:
    """Topics of earlier sessions that nobody has reached and no later agenda holds, oldest first."""
    sent = Q(session__state=Session.State.HELD) & (
        Q(session__open_offer__isnull=False) | Q(session__sealed_at__isnull=False)
    )
    not_held = Q(session__state__in=[Session.State.CANCELLED, Session.State.MISSED])
    carried = AgendaItem.objects.filter(carried_from=OuterRef("pk"))
    current = [row.person_id for row in session.attendees.all()]
    return list(
        AgendaItem.objects.filter(
            not_held | (sent & (Q(reached=False) | Q(shared_at__isnull=True))),
            ~Exists(carried),
            session__arrangement=session.arrangement_id,
            session__starts_at__lt=session.starts_at,
            raised_by__in=current,
        )
        .select_related("raised_by")
        .order_by("session__starts_at", "position", "id")
    )


def next_planned(session: Session) -> Session | None:
    """The first planned session of the arrangement after this one."""
    later = Session.objects.planned().filter(
        arrangement=session.arrangement_id, starts_at__gt=session.starts_at
    )
    return later.order_by("starts_at").first()


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
            "focus",
            "position",
        )
    }
    key = item.pk
    item.delete()
    moved = AgendaItem(id=key, session=to, **kept)
    moved.save(force_insert=True)
    return moved


def _take_off_what_was_reached(session: Session) -> None:
    sources = AgendaItem.objects.filter(
        reached=True, shared_at__isnull=False, session__state=Session.State.HELD
    )
    reached = sources.filter(pk=OuterRef("carried_from"))
    AgendaItem.objects.filter(Exists(reached), session=session, shared_at__isnull=False).delete()
