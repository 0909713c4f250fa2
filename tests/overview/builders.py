"""Sessions and agreements in any state, made with the core's own signing, for tests of pages that only read."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import Agreement, AgreementParty
from supervision.people.models import Arrangement, Participation, Standing, User
from supervision.people.standing import set_recent
from supervision.records import signing
from supervision.records.models import Answer, Offer
from supervision.sessions import recent, standing
from supervision.sessions.models import Action, AgendaItem, Attendance, Attendee, Session
from supervision.sessions.operations import actions

CANARY = "CANARY-words-of-the-two"


def evidence(user: User) -> signing.Evidence:
    return signing.Evidence(intent="I agree", typed_name=user.name, local_time="", zone="UTC")


def people_of(arrangement: Arrangement) -> list[Participation]:
    return list(arrangement.participations.select_related("person"))


def leader_of(arrangement: Arrangement) -> User:
    """Who leads; among equals, one of them."""
    rows = people_of(arrangement)
    return next((row.person for row in rows if row.part in Participation.LEADING), rows[0].person)


@transaction.atomic
def session(
    arrangement: Arrangement,
    starts_at: datetime.datetime,
    *,
    state: str = Session.State.HELD,
    minutes: int = 60,
    record: str = "sealed",
    attended: bool = True,
    **given: Any,
) -> Session:
    """One session. `record` of a held one: draft, offered, signed_by_recorder, sealed or declined."""
    leader = leader_of(arrangement)
    held = state == Session.State.HELD
    made = Session(
        arrangement=arrangement,
        state=state,
        structure=arrangement.structure,
        focus=arrangement.focus,
        starts_at=starts_at,
        minutes=minutes,
        time_zone="America/New_York",
        planned_by=leader,
        recorder=leader if held else None,
        recorded_at=starts_at if held else None,
        place=CANARY,
        strengths=CANARY,
        outcomes=CANARY,
        state_note=CANARY if not held and state != Session.State.PLANNED else "",
        **given,
    )
    made.save()
    for position, row in enumerate(people_of(arrangement)):
        Attendee.objects.create(
            session=made,
            person=row.person,
            part=row.part,
            minutes=minutes,
            position=position,
            attended=attended or row.part in Participation.LEADING,
        )
    if held and record != "draft":
        sign(made, made.attendees.all(), by=leader, how=record)
        if record == "sealed":
            for there in made.attendees.all():
                if there.attended and there.part in Participation.SUPPORTED:
                    own = Attendance(session=made, person=there.person, part=there.part, minutes=minutes)
                    own.save()
                    both = [a for a in made.attendees.all() if a.person_id in (there.person_id, leader.pk)]
                    sign(own, both, by=leader, how="sealed")
    keep(arrangement)
    return Session.objects.get(pk=made.pk)


@transaction.atomic
def keep(arrangement: Arrangement) -> None:
    """What a manager's overview reads of the sessions made here."""
    now = standing.standing_of(arrangement)
    kept = {"oldest_unsigned_at": now["oldest_unsigned_at"]}
    Standing.objects.update_or_create(arrangement=arrangement, defaults=kept)
    set_recent(arrangement, recent.recent_of(arrangement, last_met_at=now["last_met_at"]))


def sign(
    record: Any, rows: Any, *, by: User, how: str, rule: str = Offer.Rule.ALL_ANSWERED, template: str = ""
) -> None:
    """Offer a record to the people of `rows` and answer for as many as `how` says."""
    parties = [signing.Party(row.person, "Part") for row in rows if getattr(row, "attended", True)]
    content = {"title": CANARY, "agency": "", "parties": []}
    offer = signing.offer(
        record, by=by, content=content, parties=parties, must_sign=by, template=template, rule=rule
    )
    if how == "offered":
        return
    ordered = sorted(parties, key=lambda party: party.person.pk != by.pk)
    for party in ordered if how in ("sealed", "declined") else ordered[:1]:
        declines = how == "declined" and party.person.pk != by.pk
        signing.answer(
            offer,
            by=party.person,
            kind=Answer.Kind.DECLINED if declines else Answer.Kind.SIGNED,
            evidence=evidence(party.person),
            seen=offer.digest,
            reason=CANARY if declines else "",
        )


@transaction.atomic
def agreement(
    arrangement: Arrangement,
    *,
    starts_on: datetime.date | None = None,
    sealed: bool = True,
    number: int = 1,
    **terms: Any,
) -> Agreement:
    leader = leader_of(arrangement)
    made = Agreement(
        arrangement=arrangement,
        number=number,
        template_name="test",
        started_by=leader,
        starts_on=starts_on or arrangement.started_on,
        cadence_reason=CANARY,
        **terms,
    )
    made.save()
    for position, row in enumerate(people_of(arrangement)):
        AgreementParty.objects.create(agreement=made, person=row.person, part=row.part, position=position)
    if sealed:
        sign(made, made.parties.select_related("person"), by=leader, how="sealed", rule=Offer.Rule.ALL_SIGNED)
        made.refresh_from_db()
        Standing.objects.update_or_create(
            arrangement=arrangement,
            defaults={
                "agreement_id": made.pk,
                "agreement_since": made.starts_on,
                "review_on": made.review_on,
                "minutes_each": made.minutes_each,
                "every_days": made.every_days,
            },
        )
    return made


def restate(arrangement: Arrangement) -> None:
    """The standing that the sessions made here amount to."""
    held = Session.objects.filter(arrangement=arrangement, state=Session.State.HELD)
    planned = Session.objects.filter(
        arrangement=arrangement, state=Session.State.PLANNED, starts_at__gte=timezone.now()
    )
    Standing.objects.update_or_create(
        arrangement=arrangement,
        defaults={
            "held_count": held.count(),
            "last_met_at": held.order_by("-starts_at").values_list("starts_at", flat=True).first(),
            "next_planned_at": planned.order_by("starts_at").values_list("starts_at", flat=True).first(),
            "unsigned_count": held.filter(sealed_at=None).count(),
        },
    )


def topic(where: Session, by: User, text: str = CANARY, *, shared: bool = True) -> AgendaItem:
    made = AgendaItem(session=where, raised_by=by, text=text, shared_at=timezone.now() if shared else None)
    made.save()
    return made


@transaction.atomic
def action(where: Session, owner: User, text: str = CANARY, due_on: datetime.date | None = None) -> Action:
    """A row of the action plan of a session whose record is still a draft."""
    made = Action(
        session=where,
        arrangement=where.arrangement,
        text=text,
        owner=owner,
        due_on=due_on,
        shared_at=timezone.now(),
    )
    made.save()
    actions.keep_open(made)
    return made


def at(day: datetime.date, hour: int = 14) -> datetime.datetime:
    """A moment on a day, in the time zone in use."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def weekly(
    arrangement: Arrangement, weeks: Sequence[int], *, record: str = "sealed", weekday: int = 1
) -> list[Session]:
    """Sessions so many weeks ago (0 is this week), on one weekday."""
    today = timezone.localdate()
    monday = today - days(today.weekday())
    made = [
        session(arrangement, at(monday - days(7 * week) + days(weekday)), record=record) for week in weeks
    ]
    restate(arrangement)
    return made


# Pages ------------------------------------------------------------------------------------------------------------


def signed_in(user: User, role: str = "") -> Client:
    """A browser of this person, past the once-a-day note of their visit."""
    client = Client()
    client.force_login(user, backend="supervision.people.backend.Backend")
    if role:
        kept = client.session
        kept["role"] = role
        kept.save()
    User.objects.filter(pk=user.pk).update(last_seen_on=timezone.localdate(timezone=user.zone))
    return client


def text_of(response: Any) -> str:
    """What a page says, without its tags and with single spaces."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", plain)


def queries_of(client: Client, path: str) -> int:
    """How many statements a page runs, without those that only open and close transactions."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    quiet = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return len([entry for entry in seen.captured_queries if not entry["sql"].startswith(quiet)])
