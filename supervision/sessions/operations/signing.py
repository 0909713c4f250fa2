"""Sending a record, answering it, taking it back, closing it. Attendance is signed apart, in the same act."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.people.models import Arrangement, User
from supervision.records import signing
from supervision.records.errors import AlreadyDone, Denied, Invalid, Stale, WrongState
from supervision.records.models import Answer, Offer, OfferClosed
from supervision.records.signing import Evidence

from .. import content, notifications, policy, same_time, standing
from ..models import Action, ActionEvent, AgendaItem, Attendance, Session
from . import actions, carrying, locks, planning, recording
from .recording import Written


@transaction.atomic
def send(session: Session, *, by: User, version: int | None = None) -> Offer:
    """Offer the record, and each person's attendance, to everybody who was there.

    What was said about open actions and about the next session takes effect now. Raises Denied, WrongState, Sealed,
    Stale when an action was settled meanwhile, Invalid when something is missing, when it is not over yet, and when
    another record claims the same time of somebody who was there.
    """
    session = locks.session(session, version=version)
    policy.check_can_send(by, session)
    if not session.outcomes:
        raise Invalid(_("Add at least one main point or decision"), field="outcomes")
    session.take_draft()
    policy.check_is_over(session.starts_at, session.minutes, session.zone)
    same_time.check_nobody_is_elsewhere(session, by=by)
    session.pending = {name: said for name, said in session.pending.items() if name != "met"}
    _settle_actions(session, by=by)
    _plan_next(session, by=by)
    following = carrying.next_planned(session)
    if following is not None:
        carried = AgendaItem.objects.filter(carried_from=OuterRef("pk"))
        for item in session.agenda.filter(~Exists(carried), shared_at__isnull=True):
            carrying.take_along(item, to=following)
    session.version += 1
    session.save()
    offered = signing.offer(
        session,
        by=by,
        content=content.of_record(session),
        parties=content.parties(session),
        must_sign=by,
        template=content.RECORD_TEMPLATE,
        schema=content.SCHEMA,
    )
    session.actions.filter(shared_at__isnull=True).update(shared_at=timezone.now())
    for attendance in _attendances(session):
        _offer_attendance(attendance, by=by)
    if following is not None:
        carrying.carry_over(following)
    standing.keep(session.arrangement)
    notifications.to_sign(session, by=by)
    return offered


@transaction.atomic
def sign_and_send(
    session: Session,
    *,
    by: User,
    evidence: Evidence,
    written: Written | None = None,
    version: int | None = None,
) -> Offer:
    """Save what is written, send it and sign it: the recorder's one step. Raises as record, send and sign do."""
    if written is not None:
        session = recording.record(session, by=by, written=written, version=version)
        version = None
    offered = send(session, by=by, version=version)
    _sign_everything(session, offered, by=by, evidence=evidence)
    return offered


@transaction.atomic
def write_up(
    arrangement: Arrangement,
    *,
    by: User,
    written: Written,
    session: Session | None = None,
    version: int | None = None,
    zone: str = "",
    key: uuid.UUID | None = None,
    then_send: bool = False,
    evidence: Evidence | None = None,
) -> Session:
    """What the record form does in one step: save, and if asked send, and with `evidence` sign.

    Without a `session` it is logged as one that nobody had planned, under `key`. Raises as record, log, send and sign do.
    """
    if session is None:
        session = recording.log(arrangement, by=by, written=written, zone=zone, key=key)
    else:
        session = recording.record(session, by=by, written=written, version=version)
    if then_send or evidence is not None:
        offered = send(session, by=by)
        if evidence is not None:
            _sign_everything(session, offered, by=by, evidence=evidence)
    return Session.objects.get(pk=session.pk)


@transaction.atomic
def sign(
    session: Session,
    *,
    by: User,
    evidence: Evidence,
    seen: Collection[str],
    record: bool = True,
    attendance: bool = True,
    statement: str = "",
) -> None:
    """Sign the record, one's attendance, or both, in one act.

    `seen` holds the digests of what was on the page. The recorder's act signs everybody's attendance too. The last
    signature seals. Raises Denied, WrongState, Sealed, Stale, Invalid.
    """
    session = locks.session(session)
    policy.check_has_acknowledged(by)
    if not record and not attendance:
        raise Invalid(_("Tick what you are signing"), field="record")
    waiting = _attendances_of(session, by) if attendance else []
    if record:
        policy.check_can_answer(by, session)
        _answer(session.open_offer, by=by, evidence=evidence, seen=seen, statement=statement)
    elif not waiting:
        raise AlreadyDone(_("Your attendance is signed already."))
    _sign_attendances(waiting, by=by, evidence=evidence, seen=seen)
    standing.keep(session.arrangement)


@transaction.atomic
def decline(
    session: Session,
    *,
    by: User,
    evidence: Evidence,
    seen: Collection[str],
    reason: str,
    attendance: bool = False,
    statement: str = "",
) -> None:
    """Do not sign the record, saying why; the reason is kept beside it. With `attendance`, sign having been there.

    Raises Denied, WrongState, Sealed, Stale, Invalid.
    """
    if not reason.strip():
        raise Invalid(
            _("Say in your own words why you do not sign. It is kept beside the record."), field="reason"
        )
    session = locks.session(session)
    policy.check_can_decline(by, session)
    waiting = _attendances_of(session, by) if attendance else []
    _answer(
        session.open_offer,
        by=by,
        evidence=replace(evidence, intent=str(content.DECLINE_INTENT)),
        seen=seen,
        kind=Answer.Kind.DECLINED,
        reason=reason.strip(),
        statement=statement,
    )
    _sign_attendances(waiting, by=by, evidence=evidence, seen=seen)
    standing.keep(session.arrangement)


@transaction.atomic
def ask_for_change(session: Session, *, by: User, reason: str) -> None:
    """Say what should be different. The record goes back to its recorder; signatures given are void and their signers
    told. Raises Denied, WrongState, Sealed, Invalid."""
    if not reason.strip():
        raise Invalid(_("Say what you would like changed"), field="reason")
    session = locks.session(session)
    policy.check_can_ask_for_change(by, session)
    _take_back(session, by=by, why=OfferClosed.Why.CHANGE_ASKED, reason=reason.strip())


@transaction.atomic
def take_back(session: Session, *, by: User, reason: str = "") -> None:
    """Take the record back to change it, until the last signature. Raises Denied, WrongState, Sealed."""
    session = locks.session(session)
    policy.check_can_take_back(by, session)
    _take_back(session, by=by, why=OfferClosed.Why.TAKEN_BACK, reason=reason.strip())


@transaction.atomic
def close(session: Session, *, by: User, reason: str) -> None:
    """Seal with the signatures given: who has not answered is named as not having answered.

    Raises Denied, WrongState before the agency's days have passed, Sealed, Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid(
            _("Say why it is closed without every answer. It stands in the record."), field="reason"
        )
    session = locks.session(session)
    policy.check_can_close(by, session)
    signing.close_with_signatures_given(_open(session), by=by, reason=reason.strip())
    for attendance in _open_attendances(session):
        signing.close_with_signatures_given(_open(attendance), by=by, reason=reason.strip())
    standing.keep(session.arrangement)


@transaction.atomic
def close_attendance(session: Session, *, by: User, reason: str) -> None:
    """The same for attendances that are still open when the record itself is sealed."""
    if not reason.strip():
        raise Invalid(
            _("Say why it is closed without every answer. It stands in the record."), field="reason"
        )
    session = locks.session(session)
    waiting = _open_attendances(session)
    if not waiting:
        raise WrongState(_("Every attendance is settled already."))
    if session.recorder_id != by.pk:
        raise Denied(_("Only the person who wrote the record can close it."))
    for attendance in waiting:
        policy.check_may_close(by, _open(attendance), session.arrangement)
        signing.close_with_signatures_given(_open(attendance), by=by, reason=reason.strip())


# Answers ------------------------------------------------------------------------------------------------------


def _open(record: Session | Attendance) -> Offer:
    if record.open_offer is None:
        raise WrongState(_("This is not out for signature now."))
    return record.open_offer


def _answer(
    offered: Offer | None,
    *,
    by: User,
    evidence: Evidence,
    seen: Collection[str],
    kind: str = Answer.Kind.SIGNED,
    statement: str = "",
    reason: str = "",
) -> None:
    if offered is None:
        raise WrongState(_("This is not out for signature now."))
    if offered.digest not in seen:
        raise Stale(_("The text changed after you opened it. Read it again before you sign."))
    signing.answer(
        offered,
        by=by,
        kind=kind,
        evidence=evidence if evidence.intent else replace(evidence, intent=str(content.RECORD_INTENT)),
        seen=offered.digest,
        statement=statement.strip(),
        reason=reason,
    )


def _sign_attendances(rows: list[Attendance], *, by: User, evidence: Evidence, seen: Collection[str]) -> None:
    for attendance in rows:
        _answer(
            attendance.open_offer,
            by=by,
            evidence=replace(evidence, intent=str(content.ATTENDANCE_INTENT)),
            seen=seen,
        )


def _sign_everything(session: Session, offered: Offer, *, by: User, evidence: Evidence) -> None:
    """The recorder signs what they have just sent: they wrote it, so they have seen it."""
    digests = {offered.digest} | {
        _open(row).digest for row in _open_attendances(session) if row.open_offer_id is not None
    }
    sign(session, by=by, evidence=evidence, seen=digests)


def _open_attendances(session: Session) -> list[Attendance]:
    found = Attendance.objects.filter(session=session, sealed_at__isnull=True, open_offer__isnull=False)
    return list(found.select_related("open_offer", "session").order_by("pk"))


def _attendances_of(session: Session, person: User) -> list[Attendance]:
    """The attendances that wait for this person: their own, and for whoever recorded it everybody's."""
    return [
        row
        for row in _open_attendances(session)
        if policy.is_party(person, row.open_offer) and policy.answer_of(person, row.open_offer) is None
    ]


# Sending ------------------------------------------------------------------------------------------------------


def _attendances(session: Session) -> list[Attendance]:
    """One for everybody who was there, as the record says now. What is sealed already stays as it is."""
    kept = {row.person_id: row for row in Attendance.objects.filter(session=session)}
    found = []
    for row in content.attended(session):
        attendance = kept.get(row.person_id) or Attendance(session=session, person=row.person)
        if attendance.is_sealed:
            continue
        attendance.session, attendance.part, attendance.minutes = session, row.part, row.minutes
        attendance.save()
        found.append(attendance)
    return found


def _offer_attendance(attendance: Attendance, *, by: User) -> Offer:
    return signing.offer(
        attendance,
        by=by,
        content=content.of_attendance(attendance),
        parties=content.attendance_parties(attendance),
        must_sign=by,
        template="",
        schema=content.SCHEMA,
    )


def _settle_actions(session: Session, *, by: User) -> None:
    """Write down what was said about each open action, unless somebody settled it after the draft was written."""
    said = {one["action"]: one for one in (session.pending or {}).get("since", [])}
    rows = Action.objects.filter(pk__in=said, arrangement=session.arrangement).order_by("pk")
    for row in rows:
        action, one = locks.action(row), said[str(row.pk)]
        now = actions.state_of(action)
        if one.get("was") and now not in (one["was"], one["how"]):
            raise Stale(
                _("Somebody settled a next step from last time while you were writing. Check how it went.")
            )
        if one["how"] != now:
            kind = ActionEvent.Kind.REOPENED if one["how"] == "open" else one["how"]
            actions.write_event(action, kind, by=by, reason=one["reason"], during=session)


def _plan_next(session: Session, *, by: User) -> None:
    """Make the next planned session what was agreed, once: an earlier plan is moved, otherwise a new one is made."""
    agreed = session.agreed_next()
    if agreed is None:
        session.pending = {**(session.pending or {}), "next": None}
        session.next_session = None
        return
    starts_at, place = agreed
    policy.check_may_meet_next(by, session.arrangement, starts_at, session.zone)
    policy.check_is_near(starts_at, field="next_date")
    # Who is asked to sign reads of the next session in the record.
    told = {row.person_id for row in session.attendees.all() if row.attended}
    session.pending = {
        **(session.pending or {}),
        "next": {"starts_at": starts_at.isoformat(), "place": place},
    }
    there = Session.objects.filter(arrangement=session.arrangement_id, starts_at=starts_at)
    standing_there = there.filter(state__in=[Session.State.PLANNED, Session.State.HELD]).first()
    planned = standing_there or session.next_session or carrying.next_planned(session)
    if standing_there is not None and standing_there.state == Session.State.HELD:
        session.next_session = standing_there
    elif planned is not None and planned.state == Session.State.PLANNED:
        session.next_session = planning.move_plan(planned, by=by, starts_at=starts_at, place=place, told=told)
    else:
        session.next_session = planning.plan(
            session.arrangement,
            by=by,
            starts_at=starts_at,
            modality=session.modality,
            place=place,
            zone=session.time_zone,
            told=told,
        )


def _take_back(session: Session, *, by: User, why: str, reason: str) -> None:
    void: dict[Any, User] = {}
    records: list[Session | Attendance] = [session, *_open_attendances(session)]
    for record in records:
        for person in signing.take_back(_open(record), by=by, reason=reason, why=why):
            void[person.pk] = person
    session = signing.lock(session)
    session.version += 1
    session.save(update_fields=["version"])
    session.actions.update(shared_at=None)
    carrying.take_off(session)
    standing.keep(session.arrangement)
    notifications.signatures_void(session, void.values(), by=by)
