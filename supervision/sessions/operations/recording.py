"""Writing the record of a session: a draft that its recorder alone sees until it is sent."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, User
from supervision.records import audit
from supervision.records.errors import Invalid, WrongState

from .. import kept, local_time, policy, protocol, standing
from ..models import Action, ActionQuerySet, AgendaItem, Attendance, Session
from . import carrying, locks, planning
from .actions import keep_open, state_of


@dataclass(frozen=True)
class Since:
    """How an action of an earlier session stands: open, done, or dropped with a reason."""

    action_id: uuid.UUID
    how: str
    reason: str = ""
    was: str = ""  # how it stood on the page; empty takes it as it comes


@dataclass(frozen=True)
class Topic:
    """A row of the agenda. Without an id it is new, raised by whoever is named."""

    text: str
    category: str
    raised_by_id: uuid.UUID
    id: uuid.UUID | None = None
    reached: bool = True
    outcome: str = ""
    focus: str = ""


@dataclass(frozen=True)
class Step:
    """A row of the action plan. Without an id it is new."""

    text: str
    owner_id: uuid.UUID
    due_on: datetime.date | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class Next:
    """When and where to meet next."""

    starts_at: datetime.datetime
    place: str = ""


@dataclass(frozen=True)
class Written:
    """Everything that the record form holds. `attended` names who was there and for how many minutes."""

    starts_at: datetime.datetime
    minutes: int
    modality: str
    attended: Mapping[uuid.UUID, int]
    place: str = ""
    focus: str = ""
    ad_hoc: bool = False
    purposes: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    strengths: str = ""
    protocol: Mapping[str, str] = field(default_factory=dict)
    facilitator: uuid.UUID | None = None
    outcomes: str = ""
    since: list[Since] = field(default_factory=list)
    agenda: list[Topic] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    next: Next | None = None


@transaction.atomic
def log(
    arrangement: Arrangement, *, by: User, written: Written, zone: str = "", key: uuid.UUID | None = None
) -> Session:
    """Record a session that nobody had planned. `key` becomes its id, so that a form sent twice makes one.

    Raises NotFound, Denied, Invalid, and WrongState when the key is taken.
    """
    arrangement = locks.arrangement(arrangement.pk)
    policy.check_can_log(by, arrangement)
    key = planning.id_of_new(by, key)
    if key is not None and Session.objects.filter(pk=key).exists():
        raise WrongState(_("This session has been saved already. Open it to go on."))
    session = Session(
        **({"id": key} if key else {}),
        arrangement=arrangement,
        structure=arrangement.structure,
        focus=arrangement.focus,
        starts_at=written.starts_at,
        minutes=written.minutes,
        time_zone=planning.known_zone(zone, by),
        planned_by=by,
        was_planned=False,
        modality=written.modality,
    )
    planning.check_minutes(written.minutes)
    session.save(force_insert=True)
    return record(session, by=by, written=written)


@transaction.atomic
def record(session: Session, *, by: User, written: Written, version: int | None = None) -> Session:
    """Save the record as a draft. Raises Denied, WrongState, Sealed, Stale, Invalid."""
    session = locks.session(session, version=version)
    policy.check_can_record(by, session)
    policy.check_has_acknowledged(by)
    first = session.state == Session.State.PLANNED
    if first:
        carrying.keep_from_recorder(session, by)
        _settle_who_belongs(session, written, by=by)
    _check(session, written, by=by)
    _check_signed_attendance(session, written)
    known = session.starts_at, session.minutes, session.modality
    _write_facts(session, written, by=by)
    _write_attendees(session, written, by=by)
    kept.take(session, [topic.id for topic in written.agenda if topic.id is not None], by=by)
    _write_agenda(session, written, by=by)
    carrying.keep_among_those_who_know(session, there=set(written.attended))
    _write_steps(session, written)
    _keep_to_oneself(session, known)
    session.version += 1
    session.save()
    audit.record(by, "record begun" if first else "draft saved", about=session)
    standing.keep(session.arrangement)
    session.take_draft()
    return session


@transaction.atomic
def discard(session: Session, *, by: User) -> Session:
    """Throw a draft away. The session is a plan again, to be written up, moved or noted as not held.

    Raises Denied, and WrongState once it was sent.
    """
    session = locks.session(session)
    policy.check_can_discard(by, session)
    for action in session.actions.all():
        action.delete()
    for item in session.agenda.filter(shared_at__isnull=False):
        new = session.recorded_at and item.shared_at and item.shared_at >= session.recorded_at
        if item.raised_by_id == by.pk and new:
            item.delete()
        else:
            item.reached, item.outcome, item.focus = True, "", ""
            item.save()
    for row in session.attendees.all():
        row.attended, row.minutes = True, session.minutes
        row.save()
    session.state, session.recorder, session.recorded_at = Session.State.PLANNED, None, None
    session.strengths = session.outcomes = ""
    session.protocol = {}
    session.pending, session.purposes, session.methods, session.ad_hoc = {}, [], [], False
    session.was_planned = True
    session.version += 1
    session.save()
    audit.record(by, "draft discarded", about=session)
    standing.keep(session.arrangement)
    return session


# What may be written ------------------------------------------------------------------------------------------


def _check(session: Session, written: Written, *, by: User) -> None:
    planning.check_minutes(written.minutes)
    policy.check_may_have_met(by, session.arrangement, written.starts_at, session.zone)
    if written.modality not in Session.Modality.values:
        raise Invalid(_("Choose how you met from the list."), field="modality")
    if written.focus and written.focus not in Arrangement.Focus.values:
        raise Invalid(_("Choose what it was about from the list."), field="focus")
    _check_listed(written.purposes, Session.PURPOSES, "purposes")
    _check_listed(written.methods, Session.METHODS, "methods")
    if written.next is not None:
        check_comes_next(written.next.starts_at, after=written.starts_at)
        policy.check_may_meet_next(by, session.arrangement, written.next.starts_at, session.zone)


def check_comes_next(moment: datetime.datetime, *, after: datetime.datetime | None) -> None:
    """The next session comes after this one, and soon enough. Raises Invalid."""
    if after is not None and moment <= after:
        raise Invalid(_("The next session comes after this one."), field="next_date")
    policy.check_is_near(moment, field="next_date")


def _check_listed(given: Iterable[str], listed: Iterable[tuple[str, Any]], name: str) -> None:
    if set(given) - {key for key, _label in listed}:
        raise Invalid(_("Choose from the list."), field=name)


def _check_signed_attendance(session: Session, written: Written) -> None:
    """What somebody has signed about their attendance stays, also when the record is written again."""
    for row in Attendance.objects.filter(session=session, sealed_at__isnull=False).select_related("person"):
        same = session.starts_at == written.starts_at and written.attended.get(row.person_id) == row.minutes
        if not same:
            raise Invalid(
                _(
                    "%(name)s has signed having been there for %(minutes)s minutes from %(start)s. "
                    "Day, time and those minutes stay as they are."
                )
                % {
                    "name": row.person.called,
                    "minutes": row.minutes,
                    "start": local_time.spoken(session.starts_at, session.zone),
                },
                field="date",
            )


# Writing ------------------------------------------------------------------------------------------------------


def _write_facts(session: Session, written: Written, *, by: User) -> None:
    session.state = Session.State.HELD
    session.recorder = by
    session.recorded_at = session.recorded_at or timezone.now()
    session.starts_at, session.minutes = written.starts_at, written.minutes
    session.modality, session.place = written.modality, written.place.strip()
    session.focus = written.focus or session.focus
    session.ad_hoc = written.ad_hoc
    session.purposes = [key for key, _label in Session.PURPOSES if key in written.purposes]
    session.methods = [key for key, _label in Session.METHODS if key in written.methods]
    session.strengths, session.outcomes = written.strengths.strip(), written.outcomes.strip()
    if (said := _protocol(session, written)) or session.protocol:
        session.protocol = said
    session.pending = {
        "since": [
            {
                "action": str(one.action_id),
                "how": one.how,
                "reason": one.reason.strip() if one.how == "dropped" else "",
                "was": one.was,
            }
            for one in written.since
        ],
        "next": None
        if written.next is None
        else {"starts_at": written.next.starts_at.isoformat(), "place": written.next.place.strip()},
    }
    _check_since(session, written, by=by)


def _keep_to_oneself(session: Session, known: tuple[datetime.datetime, int, str]) -> None:
    """When and how they met waits in the draft, and the row says what the others know, until the record is sent. A plan
    that is still ahead is nothing that took place."""
    starts_at, minutes, modality = session.starts_at, session.minutes, session.modality
    met = {"starts_at": starts_at.isoformat(), "minutes": minutes, "modality": modality}
    session.pending = {**session.pending, "met": met}
    session.starts_at, session.minutes, session.modality = known
    if session.starts_at > timezone.now():
        session.starts_at = starts_at


def _check_since(session: Session, written: Written, *, by: User) -> None:
    known = set(open_before(session, by).values_list("pk", flat=True))
    for one in written.since:
        if one.action_id not in known:
            raise Invalid(
                _("One of the next steps from last time is not yours to settle. Open the page again.")
            )
        if one.how not in ("open", "done", "dropped"):
            raise Invalid(_("Choose how it went from the list."), field=f"since-{one.action_id}-how")
        if one.how == "dropped" and not one.reason.strip():
            raise Invalid(
                _("Say in a few words why you are letting it go"), field=f"since-{one.action_id}-reason"
            )


def open_before(session: Session, by: User) -> ActionQuerySet:
    """Actions of other sessions of the arrangement to look at in this one, as far as `by` may see them. Who left it settles none:
    how they stand by now is not theirs to read."""
    if policy.has_left(by, session.arrangement):
        return Action.objects.none()
    return _before(session, by)


def _before(session: Session, by: User) -> ActionQuerySet:
    found = Action.objects.visible_to(by).filter(arrangement=session.arrangement_id)
    return found.exclude(session=session.pk).to_look_at_in(session)


def _protocol(session: Session, written: Written) -> dict[str, Any]:
    for key, text in written.protocol.items():
        if len(text) > protocol.LONGEST:
            raise Invalid(
                _("Shorten this a little; there is room for 5,000 characters."), field=f"protocol-{key}"
            )
    if written.facilitator is not None and written.facilitator not in written.attended:
        raise Invalid(_("Whoever facilitated was there. Choose one of those."), field="facilitator")
    return protocol.kept(session.structure, written.protocol, written.facilitator)


def actions_for_form(session: Session, by: User) -> list[Action]:
    """The action plan of this session, and the actions of `open_before`, with their owners, in one query, oldest first."""
    if policy.has_left(by, session.arrangement):
        return list(_for_form(Q(session=session.pk)))
    return _own_and_before(by, session.pk, session.arrangement_id, session.starts_at)


@prepared
def _own_and_before(
    by: User, pk: uuid.UUID, arrangement: uuid.UUID, starts_at: datetime.datetime
) -> QuerySet[Action]:
    session = Session(pk=pk, arrangement_id=arrangement, starts_at=starts_at)
    return _for_form(Q(session=pk) | Q(pk__in=_before(session, by).values("pk")))


def _for_form(which: Q) -> QuerySet[Action]:
    found = Action.objects.with_state().filter(which).select_related("owner", "session")
    return found.order_by("session__starts_at", "position", "id")


def _settle_who_belongs(session: Session, written: Written, *, by: User) -> None:
    """Who joined since it was planned belongs to it too, and who had left by then does not. Of a session that took place
    before somebody joined, they hear nothing, unless they are named as having been there. Who took part on its day belongs to it,
    also where they have left since."""
    day = written.starts_at.astimezone(session.zone).date()
    planning.leave_out_leavers(session, day=day, besides=written.attended)
    known = {row.person_id for row in session.attendees.all()}
    last = policy.record_day(by, session.arrangement)
    rows = [
        *planning.participants(session.arrangement, last),
        *planning.participants(session.arrangement, min(day, last)),
    ]
    joined = {
        row.person_id: row
        for row in rows
        if row.person_id not in known and (row.joined_on <= day or row.person_id in written.attended)
    }
    planning.add_attendees(session, joined.values(), first=len(known))


def _write_attendees(session: Session, written: Written, *, by: User) -> None:
    rows = {row.person_id: row for row in session.attendees.all()}
    if set(written.attended) - set(rows):
        raise Invalid(_("Somebody named as having been there does not take part in this supervision."))
    if by.pk not in written.attended:
        raise Invalid(_("You can only record a session that you were at yourself."), field="attended")
    if len(written.attended) < 2:
        raise Invalid(
            _("Somebody else was there too, or it was not held. If nobody came, note it as missed."),
            field="attended",
        )
    for person_id, row in rows.items():
        minutes = written.attended.get(person_id)
        if minutes is not None and not 1 <= minutes <= written.minutes:
            raise Invalid(
                _("Minutes are between 1 and %(most)s, the length of the session.")
                % {"most": written.minutes},
                field="attended",
            )
        row.attended, row.minutes = minutes is not None, minutes or 0
        row.save()


def _write_agenda(session: Session, written: Written, *, by: User) -> None:
    there = set(written.attended)
    stored = {item.pk: item for item in session.agenda.all() if item.shared_at is not None}
    named = [topic.id for topic in written.agenda if topic.id is not None]
    if len(named) != len(set(named)) or set(named) - set(stored):
        raise Invalid(
            _("A topic on your page is not on the agenda any more. Open the page again and compare.")
        )
    for position, topic in enumerate(written.agenda):
        item = stored.pop(topic.id, None) if topic.id else None
        _write_topic(session, item, topic, position, there=there, by=by)
    for position, item in enumerate(stored.values(), start=len(written.agenda)):
        _leave_out(item, position, by=by)


def _write_topic(
    session: Session, item: AgendaItem | None, topic: Topic, position: int, *, there: set[uuid.UUID], by: User
) -> None:
    if topic.category not in AgendaItem.Category.values:
        raise Invalid(_("Choose an area from the list."))
    if topic.focus and topic.focus not in Arrangement.Focus.values:
        raise Invalid(_("Choose which part it belonged to from the list."))
    if item is None:
        if topic.raised_by_id not in there:
            raise Invalid(_("A topic is raised by somebody who was there."))
        item = AgendaItem(session=session, raised_by_id=topic.raised_by_id, shared_at=timezone.now())
        item.text = topic.text.strip()
    elif item.raised_by_id == by.pk or (item.raised_by_id == topic.raised_by_id and item.text == topic.text):
        item.text = topic.text.strip()
    else:
        raise Invalid(
            _("A topic stays in the words of whoever raised it. Add one of your own to say it differently.")
        )
    item.category, item.reached, item.outcome = topic.category, topic.reached, topic.outcome.strip()
    item.focus = topic.focus if session.focus == Arrangement.Focus.BOTH else ""
    item.position = position
    item.save()


def _leave_out(item: AgendaItem, position: int, *, by: User) -> None:
    """A topic taken off the record: one's own goes; somebody else's stays, as not reached, and comes back next time."""
    if item.raised_by_id == by.pk:
        item.delete()
        return
    item.reached, item.outcome, item.position = False, "", position
    item.save()


def _write_steps(session: Session, written: Written) -> None:
    stored = {action.pk: action for action in session.actions.all()}
    named = [step.id for step in written.steps if step.id is not None]
    if len(named) != len(set(named)) or set(named) - set(stored):
        raise Invalid(_("A next step on your page is not in this record. Open the page again and compare."))
    for position, step in enumerate(written.steps):
        if step.owner_id not in written.attended:
            raise Invalid(_("A next step belongs to somebody who was there."))
        there = stored.pop(step.id, None) if step.id else None
        action = there or Action(session=session, arrangement=session.arrangement)
        is_anothers_now = there is not None and there.owner_id != step.owner_id
        action.text, action.owner_id, action.due_on = step.text.strip(), step.owner_id, step.due_on
        action.position = position
        action.save()
        if there is None or (is_anothers_now and state_of(action) == "open"):
            keep_open(action)
    for action in stored.values():
        if state_of(action) != "open" or action.events.exists():
            raise Invalid(_("A next step that somebody has ticked stays in the record."))
        action.delete()


def says_the_same(session: Session, written: Written) -> bool:
    """Whether what is stored says what is written here: a form that was sent twice, for example by a double click."""
    stored_topics = sorted(
        (item.text, item.outcome, item.reached) for item in session.agenda.filter(shared_at__isnull=False)
    )
    stored_steps = sorted((one.text, str(one.owner_id), str(one.due_on)) for one in session.actions.all())
    return (
        (*session.met, session.place)
        == (written.starts_at, written.minutes, written.modality, written.place.strip())
        and (session.strengths, session.outcomes) == (written.strengths.strip(), written.outcomes.strip())
        and (session.protocol or {})
        == protocol.kept(session.structure, written.protocol, written.facilitator)
        and stored_topics
        == sorted((one.text.strip(), one.outcome.strip(), one.reached) for one in written.agenda)
        and stored_steps
        == sorted((one.text.strip(), str(one.owner_id), str(one.due_on)) for one in written.steps)
    )
