"""Planning a session, and what becomes of one that does not take place as planned."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people import zones
from supervision.people.models import Arrangement, Participation, User
from supervision.records import audit, ids
from supervision.records.errors import Invalid, WrongState

from .. import notifications, policy, standing
from ..models import Attendee, Session
from . import carrying, locks


def id_of_new(user: User, key: uuid.UUID | None) -> uuid.UUID | None:
    """The id of the session that a form with this key makes."""
    return ids.id_of(user, key, "session")


@transaction.atomic
def plan(
    arrangement: Arrangement,
    *,
    by: User,
    starts_at: datetime.datetime,
    minutes: int | None = None,
    modality: str = Session.Modality.IN_PERSON,
    place: str = "",
    zone: str = "",
    key: uuid.UUID | None = None,
    told: Collection[uuid.UUID] = (),
) -> Session:
    """Plan a session of everybody who takes part now; what was left open last time is on its agenda.

    `minutes` is the agreed length unless given, `zone` the time zone where it takes place (the planner's unless
    given). `key` becomes its id, so that a form sent twice plans one session. `told` are people who hear of it in another
    mail. Raises Denied, WrongState, Invalid.
    """
    arrangement = locks.arrangement(arrangement.pk)
    policy.check_can_plan(by, arrangement)
    key = id_of_new(by, key)
    if key is not None and (found := Session.objects.filter(pk=key).first()):
        if found.planned_by_id == by.pk and found.arrangement_id == arrangement.pk:
            return found
        raise WrongState(_("This form was used before. Open a new one."))
    session = make(
        arrangement,
        by=by,
        starts_at=starts_at,
        minutes=minutes,
        modality=modality,
        place=place,
        zone=zone,
        key=key,
    )
    audit.record(by, "session planned", about=session)
    carrying.carry_over(session)
    standing.keep(arrangement)
    notifications.planned(session, by=by, besides=told)
    return session


@transaction.atomic
def move(
    session: Session,
    *,
    by: User,
    starts_at: datetime.datetime,
    minutes: int | None = None,
    modality: str | None = None,
    place: str | None = None,
    why: str = "",
    note: str = "",
    version: int | None = None,
    told: Collection[uuid.UUID] = (),
) -> Session:
    """Move a planned session to another time, with its agenda. Returns the one at the new time.

    The old one stays, as moved; a session moved in time is not a cancelled one. Raises Denied, WrongState, Stale, Invalid.
    """
    session = locks.session(session, version=version)
    policy.check_can_change_plan(by, session)
    moved = make(
        session.arrangement,
        by=by,
        starts_at=starts_at,
        minutes=minutes or session.minutes,
        modality=modality or session.modality,
        place=session.place if place is None else place,
        zone=session.time_zone,
        instead_of=session,
    )
    for item in session.agenda.all():
        carrying.take_along(item, to=moved)
    _became(session, Session.State.MOVED, by=by, why=why, note=note, moved_to=moved)
    audit.record(by, "session moved", about=session, facts={"to": str(moved.pk)})
    standing.keep(session.arrangement)
    notifications.changed(moved, by=by, besides=told)
    return moved


@transaction.atomic
def cancel(session: Session, *, by: User, why: str, note: str = "", version: int | None = None) -> Session:
    """Cancel a planned session. `why` is one of the listed reasons; `note` stays with the parties.

    Raises Denied, WrongState, Stale, Invalid.
    """
    session = locks.session(session, version=version)
    policy.check_can_change_plan(by, session)
    return _not_held(session, Session.State.CANCELLED, by=by, why=why, note=note)


@transaction.atomic
def missed(session: Session, *, by: User, why: str, note: str = "", version: int | None = None) -> Session:
    """Note that a planned session did not take place. Raises Denied, WrongState, Stale, Invalid."""
    session = locks.session(session, version=version)
    policy.check_can_mark_missed(by, session)
    return _not_held(session, Session.State.MISSED, by=by, why=why, note=note)


@transaction.atomic
def rebook(
    session: Session,
    *,
    by: User,
    starts_at: datetime.datetime,
    minutes: int | None = None,
    modality: str | None = None,
    place: str | None = None,
) -> Session:
    """Find a new time for a cancelled or missed session; the old one says when. Raises Denied, WrongState, Invalid."""
    session = locks.session(session)
    policy.check_can_rebook(by, session)
    planned = plan(
        session.arrangement,
        by=by,
        starts_at=starts_at,
        minutes=minutes or session.minutes,
        modality=modality or session.modality,
        place=session.place if place is None else place,
        zone=session.time_zone,
    )
    session.moved_to = planned
    session.version += 1
    session.save(update_fields=["moved_to", "version"])
    return planned


# Pieces that recording uses too -------------------------------------------------------------------------------


def make(
    arrangement: Arrangement,
    *,
    by: User,
    starts_at: datetime.datetime,
    minutes: int | None,
    modality: str,
    place: str,
    zone: str,
    key: uuid.UUID | None = None,
    instead_of: Session | None = None,
) -> Session:
    """A planned session with everybody who takes part now. Asks no policy; call it inside a transaction."""
    if modality not in Session.Modality.values:
        raise Invalid(_("Choose how you meet from the list."), field="modality")
    minutes = minutes or usual_minutes(arrangement)
    check_minutes(minutes)
    policy.check_is_near(starts_at)
    taken = Session.objects.planned().filter(arrangement=arrangement, starts_at=starts_at)
    if instead_of is not None:
        taken = taken.exclude(pk=instead_of.pk)
    if taken.exists():
        raise Invalid(_("A session is planned for that time already."), field="start")
    if instead_of is not None and instead_of.starts_at == starts_at:
        raise Invalid(_("It is planned for that time already. Choose another."), field="start")
    session = Session(
        **({"id": key} if key else {}),
        arrangement=arrangement,
        structure=arrangement.structure,
        focus=arrangement.focus,
        starts_at=starts_at,
        minutes=minutes,
        time_zone=known_zone(zone, by),
        modality=modality,
        place=place,
        planned_by=by,
    )
    session.save(force_insert=True)
    add_attendees(session, participants(arrangement))
    return session


def participants(arrangement: Arrangement, day: datetime.date | None = None) -> list[Participation]:
    """Everybody who takes part on a day (by default today), whoever leads first."""
    rows = Participation.objects.current(day).filter(arrangement=arrangement).select_related("person")
    return sorted(
        rows, key=lambda row: (row.part not in Participation.LEADING, row.joined_on, row.person.name)
    )


def add_attendees(session: Session, rows: Iterable[Participation], *, first: int = 0) -> None:
    Attendee.objects.bulk_create(
        Attendee(
            session=session,
            person=row.person,
            part=row.part,
            minutes=session.minutes,
            position=first + number,
        )
        for number, row in enumerate(rows)
    )


def leave_out_leavers(session: Session, *, day: datetime.date, besides: Collection[uuid.UUID] = ()) -> None:
    """Who had left before that day has no part in what becomes of a plan that was made with them: they read nothing of
    it, and nobody calls them absent. `besides` are people who are named as having been there."""
    stayed = Participation.objects.filter(
        Q(left_on__isnull=True) | Q(left_on__gte=day), arrangement=session.arrangement_id
    )
    gone = session.attendees.exclude(person__in=stayed.values("person")).exclude(person__in=besides)
    for row in gone:
        row.delete()


def usual_minutes(arrangement: Arrangement) -> int:
    """The agreed length of a session; an hour until an agreement says otherwise (D 2.124)."""
    kept = getattr(arrangement, "standing", None)
    return kept.minutes_each if kept is not None else standing.standing.DEFAULT_MINUTES


def check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= 720:
        raise Invalid(_("Enter a number of minutes between 1 and 720"), field="minutes")


def known_zone(zone: str, by: User) -> str:
    """The name of the zone to keep: what was given, else the planner's, else the agency's."""
    zone = zone or str(zones.of(by))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(_("Choose a time zone from the list."), field="zone") from error
    return zone


def _not_held(session: Session, state: str, *, by: User, why: str, note: str) -> Session:
    if why not in Session.Why.values:
        raise Invalid(_("Choose a reason from the list."), field="why")
    _became(session, state, by=by, why=why, note=note)
    audit.record(by, f"session {state}", about=session, facts={"why": why})
    if following := carrying.next_planned(session):
        carrying.carry_over(following)
    standing.keep(session.arrangement)
    notifications.changed(session, by=by)
    return session


def _became(
    session: Session, state: str, *, by: User, why: str, note: str, moved_to: Session | None = None
) -> None:
    if why and why not in Session.Why.values:
        raise Invalid(_("Choose a reason from the list."), field="why")
    if session.state != Session.State.PLANNED:
        raise WrongState(_("This session is no longer planned."))
    leave_out_leavers(session, day=min(session.local_start.date(), timezone.localdate()))
    session.state = state
    session.state_by = by
    session.state_at = timezone.now()
    session.state_why = why
    session.state_note = note
    session.moved_to = moved_to
    session.version += 1
    session.save()


def move_plan(
    session: Session,
    *,
    by: User,
    starts_at: datetime.datetime,
    place: str,
    told: Collection[uuid.UUID] = (),
) -> Session:
    """Another time or place for a planned session, as agreed in the session before it. Returns the one that stands."""
    if session.starts_at != starts_at:
        return move(session, by=by, starts_at=starts_at, place=place, told=told)
    if session.place != place:
        session.place = place
        session.version += 1
        session.save(update_fields=["place", "version"])
    return session
