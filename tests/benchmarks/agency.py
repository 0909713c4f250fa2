"""Makes an agency of any size straight in the database: people, arrangements, agreements, years of sessions with signatures.

Rows go in as the guards permit: born as drafts, then offered, answered and sealed. What no page reads is left out: the links of
the audit chain, sealed PDFs, mails, and turns of the talk about an agreement. So `manage.py verify` finds the links missing.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import secrets
import uuid
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from agreements import content as agreement_content
from agreements.models import Agreement, AgreementParty, Clause
from agreements.operations import drafting
from agreements.operations import signing as agreement_signing
from supervision.overview.management.commands.rebuild_standing import rebuild
from supervision.pages import words as said
from supervision.people.limits import EDITION
from supervision.people.models import (
    Acknowledgement,
    Agency,
    Arrangement,
    Away,
    Credential,
    Management,
    Participation,
    Place,
    Program,
    Standing,
    User,
)
from supervision.records import daily, encryption, open_parties, opened_by_others
from supervision.records.models import Answer, Offer, OfferParty, Opening, Seal
from supervision.records.papers import reference
from supervision.sessions import content, local_time
from supervision.sessions.models import Action, ActionEvent, AgendaItem, Attendance, Attendee, Session

from . import words
from .rows import Key, Rows, batches, keys, new_id, set_column, write

ZONE = ZoneInfo("America/New_York")
PASSWORD = "correct horse battery"
SESSION, TOPIC, ACTION = (model._meta.db_table for model in (Session, AgendaItem, Action))
TEAM, LEADERS = 50, 6  # of one program
FIRST = ("Ana", "Ben", "Carla", "Dev", "Eli", "Fay", "Gus", "Hana", "Ivo", "June", "Kit", "Lena", "Milo")
LAST = ("Abara", "Brook", "Castillo", "Diaz", "Engel", "Flores", "Grant", "Haddad", "Ito", "Jones", "Kaur")
TOPICS = (
    "How to keep the group open for people who come late, without starting over each time they do.",
    "What I told somebody about my own recovery last week, and whether it was for them or for me.",
)
OUTCOMES = (
    "We agreed that the first ten minutes are for arriving, and that whoever comes later is greeted and finds the "
    "question of the day on the board. We look again in two weeks whether that is calmer for everybody."
)
STRENGTHS = "Listens until somebody has finished, and says plainly what is not theirs to decide."
STEP = "Write the question of the day on the board before the group begins"


@dataclasses.dataclass(frozen=True)
class Size:
    """How big: `open_each` sessions of everybody wait for the worker's signature."""

    workers: int
    supervisors: int
    weeks: int
    open_each: int = 0

    @classmethod
    def of(cls, times: float) -> Size:
        """1 is 500 workers, 60 supervisors, five years. Below a tenth the history gets shorter, and the team stays as it is."""
        workers = max(TEAM, round(500 * times))
        weeks = 260 if times >= 0.1 else max(1, round(2600 * times))
        return cls(workers, max(LEADERS, workers * 60 // 500), weeks)


@dataclasses.dataclass
class Pair:
    """One worker and who supervises them."""

    arrangement: Arrangement
    worker: User
    supervisor: User
    index: int
    names: dict[str, Any] = dataclasses.field(default_factory=dict)


def make(size: Size, *, today: datetime.date | None = None) -> None:
    """Make it, in an empty database."""
    with timezone.override(ZONE):
        day = today or timezone.localdate()
        with transaction.atomic():
            pairs = _people(size, day)
        with transaction.atomic():
            _agreements(pairs, day, size)
        for some in batches(pairs, 20):
            with transaction.atomic():
                Sessions(size, day).of(some)
        with transaction.atomic():
            add_words(size.weeks, day)
        with transaction.atomic():
            _openings(pairs)
        for pair in pairs:
            for _difference in rebuild(pair.arrangement):
                pass
        for _offer in open_parties.rebuild():
            pass
        opened_by_others.rebuild()
    daily.fresh_statistics()
    if connection.vendor == "postgresql":  # as autovacuum does by itself
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def add_words(weeks: int, day: datetime.date) -> None:
    """What they wrote besides their sessions (see `words`)."""
    taking = Participation.objects.select_related("person", "arrangement__program").order_by("person__email")
    leading = {one.arrangement_id: one for one in taking.filter(part="supervisor")}
    supported = list(taking.filter(part="supervisee"))
    for some in batches(supported, 100):
        written = words.Words(weeks, _moment(day, 9))
        for one in some:
            written.of(one.person, one, leading[one.arrangement_id])
        written.write()
    written = words.Words(weeks, _moment(day, 9))
    for leader in {one.person_id: one.person for one in leading.values()}.values():
        written.of(leader)
    written.write()
    team = [one for one in supported if one.arrangement.program.name == "Program 1"]
    words.of_the_team([(leading[one.arrangement_id], one) for one in team])


# People -----------------------------------------------------------------------------------------------------


def _people(size: Size, day: datetime.date) -> list[Pair]:
    since = day - datetime.timedelta(weeks=size.weeks + 1)
    Agency.objects.create(name="Riverbend Peer Alliance", second_factor_required=False)
    hashed = make_password(PASSWORD)
    everybody: list[User] = []

    def person(kind: str, number: int, **given: Any) -> User:
        name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
        made = User(
            email=f"{kind}{number}@example.org",
            name=name if number < len(FIRST) * len(LAST) else f"{name} {number}",
            time_zone=str(ZONE),
            password=hashed,
            started_on=since,
            last_seen_on=day,
            **given,
        )
        everybody.append(made)
        return made

    programs = [Program(name=f"Program {n + 1}") for n in range(-(-size.workers // TEAM))]
    managers = [person("manager", n) for n in range(len(programs))]
    director = person("director", 0)
    person("administrator", 0, is_administrator=True)
    leaders = [
        person("supervisor", n, line_manager=managers[min(n // LEADERS, len(programs) - 1)])
        for n in range(size.supervisors)
    ]
    workers = [person("worker", n, line_manager=managers[n // TEAM]) for n in range(size.workers)]
    User.objects.bulk_create(everybody)
    Program.objects.bulk_create(programs)
    Management.objects.bulk_create(
        Management(program=program, person=who, since=since)
        for program, manager in zip(programs, managers, strict=True)
        for who in (manager, director)
    )
    Place.objects.bulk_create(
        Place(program=programs[n // TEAM], person=worker, since=since) for n, worker in enumerate(workers)
    )
    Acknowledgement.objects.bulk_create(
        Acknowledgement(person=who, edition=EDITION, concern_days=3) for who in everybody
    )
    credentials = [
        Credential(person=who, name="Certified peer specialist", issued_on=since) for who in workers
    ]
    Credential.objects.bulk_create(credentials)
    Away.objects.bulk_create(
        Away(person=who, first_day=day - datetime.timedelta(days=365 * year + 90), last_day=day - datetime.timedelta(days=365 * year + 84))
        for who in workers
        for year in range(-(-size.weeks // 52))
    )  # fmt: skip
    return _arrangements(programs, leaders, workers, since)


def _arrangements(
    programs: list[Program], leaders: list[User], workers: list[User], since: datetime.date
) -> list[Pair]:
    pairs, taking = [], []
    for n, worker in enumerate(workers):
        leader = leaders[min(n // TEAM * LEADERS + n % LEADERS, len(leaders) - 1)]
        made = Arrangement(program=programs[n // TEAM], started_on=since)
        pairs.append(Pair(made, worker, leader, n))
        for who, part in ((leader, "supervisor"), (worker, "supervisee")):
            taking.append(Participation(arrangement=made, person=who, part=part, joined_on=since))
    Arrangement.objects.bulk_create(pair.arrangement for pair in pairs)
    Participation.objects.bulk_create(taking)
    Standing.objects.bulk_create(Standing(arrangement=pair.arrangement) for pair in pairs)
    return pairs


def _agreements(pairs: list[Pair], day: datetime.date, size: Size) -> None:
    """One for each, signed by both in the second week: nine of ten, the others met without one."""
    starts = day - datetime.timedelta(weeks=max(size.weeks - 1, 0))
    papers = Papers()
    for pair in pairs:
        if pair.index % 10 == 9:
            continue
        made = Agreement(
            arrangement=pair.arrangement,
            template_name="Common Hour",
            started_by=pair.supervisor,
            starts_on=starts,
            review_on=day + datetime.timedelta(days=pair.index % 120 - 20),
        )
        made.save()
        parties = [
            AgreementParty(agreement=made, person=pair.supervisor, part="supervisor", position=0),
            AgreementParty(agreement=made, person=pair.worker, part="supervisee", position=1),
        ]
        AgreementParty.objects.bulk_create(parties)
        clauses = drafting._template_clauses(made, parties)
        for clause in clauses:
            clause.text = clause.text.replace("[", "").replace("]", "")
            clause.changed_by, clause.changed_at = pair.supervisor, _moment(starts, 9)
        Clause.objects.bulk_create(clauses)
        body = agreement_content.build(agreement_content.rows_of(made))
        both = [(pair.supervisor, "Supervisor"), (pair.worker, "Peer worker")]
        key = OldKey(encryption.data_key(made.pk))
        papers.offer(
            made._meta.label_lower,
            made.pk,
            key,
            body=body,
            kind=made.record_kind,
            template=agreement_signing.TEMPLATE,
            rule=Offer.Rule.ALL_SIGNED,
            at=_moment(starts, 9),
            by=pair.supervisor,
            both=both,
            signed=both,
        )
    papers.write(Agreement)


class OldKey(Key):
    """The key of a record that is there already."""

    def __init__(self, data: bytes) -> None:
        self._cipher = encryption.AESGCM(data)


def _moment(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=ZONE)


def _openings(pairs: list[Pair]) -> None:
    """Every manager has looked at every agreement once."""
    rows = Rows(Opening)
    sealed = dict(Agreement.objects.values_list("arrangement_id", "id"))
    for pair in pairs:
        if pair.arrangement.pk in sealed:
            rows.add(
                id=new_id(),
                by_id=pair.worker.line_manager_id,
                action="opened",
                record_label=Agreement._meta.label_lower,
                record_id=sealed[pair.arrangement.pk],
                why="manager of the program",
                mac=secrets.token_hex(32),
            )
    rows.flush()


# What is signed ---------------------------------------------------------------------------------------------


class Papers:
    """Offers with whom they ask, what those answered, and seals."""

    def __init__(self) -> None:
        self.offers, self.parties = Rows(Offer), Rows(OfferParty)
        self.answers, self.seals = Rows(Answer), Rows(Seal)
        # By kind of record: its id, and what it is to say once it is offered, and sealed.
        self.offered: dict[str, list[tuple[uuid.UUID, uuid.UUID]]] = {}
        self.sealed: dict[str, list[tuple[uuid.UUID, datetime.datetime]]] = {}

    def offer(
        self,
        label: str,
        record: uuid.UUID,
        key: Key,
        *,
        body: dict[str, Any],
        kind: str,
        template: str,
        at: datetime.datetime,
        by: User,
        both: list[tuple[User, str]],
        signed: list[tuple[User, str]],
        rule: str = Offer.Rule.ALL_ANSWERED,
    ) -> None:
        """Offered to both at a moment, signed by these; sealed where those are all."""
        made = new_id()
        plain = json.dumps(
            {"nonce": os.urandom(16).hex(), **body}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        digest = hashlib.sha256(plain).hexdigest()
        self.offers.add(
            id=made,
            record_label=label,
            record_id=record,
            number=1,
            kind=kind,
            rule=str(rule),
            template=template,
            content=key.closed(self.offers.table, made, "content", plain),
            digest=digest,
            offered_by_id=by.pk,
            offered_at=at,
            must_sign_id=by.pk,
        )
        self.offered.setdefault(label, []).append((record, made))
        for position, (who, part) in enumerate(both):
            self.parties.add(id=new_id(), offer_id=made, person_id=who.pk, part=part, position=position)
        for who, part in signed:
            answer = new_id()
            said = f'{{"intent":"{content.RECORD_INTENT}","typed_name":"{who.name}","local_time":"{at}","zone":"{ZONE}"}}'
            self.answers.add(
                id=answer,
                offer_id=made,
                record_id=record,
                person_id=who.pk,
                part=part,
                kind="signed",
                digest=digest,
                answered_at=at,
                evidence=key.closed(self.answers.table, answer, "evidence", said),
            )
        if len(signed) == len(both):
            self.sealed.setdefault(label, []).append((record, at))
            self.seals.add(
                id=new_id(),
                offer_id=made,
                record_label=label,
                record_id=record,
                kind=kind,
                how="all_signed",
                by_id=both[-1][0].pk,
                digest=digest,
                sealed_at=at,
                mac=os.urandom(32).hex(),
            )

    def write(self, *records: type[Any]) -> None:
        """Put them in, and the records into the state that they lead to."""
        write([self.offers, self.parties])
        for model in records:
            set_column(model, "open_offer", self.offered.pop(model._meta.label_lower, ()))
        write([self.answers, self.seals])
        for model in records:
            set_column(model, "sealed_at", self.sealed.pop(model._meta.label_lower, ()))


# Sessions ---------------------------------------------------------------------------------------------------


class Sessions:
    """Years of weekly sessions of some pairs: held and signed, some called off, the next one planned."""

    def __init__(self, size: Size, day: datetime.date) -> None:
        self.size, self.day = size, day
        self.keys, self.papers = keys(), Papers()
        self.sessions, self.attendees, self.attendances = Rows(Session), Rows(Attendee), Rows(Attendance)
        self.agenda, self.actions, self.events = Rows(AgendaItem), Rows(Action), Rows(ActionEvent)

    def of(self, pairs: list[Pair]) -> None:
        """Make and write all of these."""
        monday = self.day - datetime.timedelta(days=self.day.weekday())
        for pair in pairs:
            own = Key(self.keys, pair.arrangement.pk)
            for week in range(self.size.weeks, 0, -1):
                self._past(pair, own, monday - datetime.timedelta(weeks=week), week)
            self._planned(pair, monday + datetime.timedelta(weeks=1))
        write([self.keys, self.sessions, self.attendees, self.agenda, self.attendances])
        write([self.actions, self.events])
        self.papers.write(Session, Attendance)

    def _start(self, pair: Pair, monday: datetime.date) -> datetime.datetime:
        return _moment(monday + datetime.timedelta(days=pair.index % 5), 9 + pair.index % 7)

    def _planned(self, pair: Pair, monday: datetime.date) -> None:
        made = new_id()
        Key(self.keys, made)
        self._session(made, pair, self._start(pair, monday), state="planned")
        self._attendees(made, pair)

    def _session(self, made: uuid.UUID, pair: Pair, at: datetime.datetime, **given: Any) -> None:
        self.sessions.add(
            id=made,
            arrangement_id=pair.arrangement.pk,
            structure=pair.arrangement.structure,
            focus=pair.arrangement.focus,
            starts_at=at,
            time_zone=str(ZONE),
            planned_by_id=pair.supervisor.pk,
            **given,
        )

    def _attendees(self, made: uuid.UUID, pair: Pair) -> None:
        for position, (who, part) in enumerate(
            ((pair.supervisor, "supervisor"), (pair.worker, "supervisee"))
        ):
            self.attendees.add(id=new_id(), session_id=made, person_id=who.pk, part=part, position=position)

    def _past(self, pair: Pair, own: Key, monday: datetime.date, week: int) -> None:
        at, made = self._start(pair, monday), new_id()
        key = Key(self.keys, made)
        if (pair.index + week) % 13 == 0 and week > 1:
            self._session(made, pair, at, state="cancelled", state_by_id=pair.worker.pk, state_at=at, state_why="away")  # fmt: skip
            self._attendees(made, pair)
            return
        by = pair.supervisor
        self._session(
            made,
            pair,
            at,
            state="held",
            recorder_id=by.pk,
            recorded_at=at + datetime.timedelta(hours=1),
            purposes=["formative", "restorative"],
            strengths=key.closed(SESSION, made, "strengths", STRENGTHS),
            outcomes=key.closed(SESSION, made, "outcomes", OUTCOMES),
            pending=key.closed(SESSION, made, "pending", '{"since":[],"next":null}'),
        )
        self._attendees(made, pair)
        topics, step = self._words(pair, made, key, own, at, week)
        is_draft = week == 1 and pair.index % 7 == 3
        if not is_draft:
            self._offer(pair, made, key, at, week, topics, step)

    def _words(
        self, pair: Pair, made: uuid.UUID, key: Key, own: Key, at: datetime.datetime, week: int
    ) -> tuple[list[uuid.UUID], uuid.UUID]:
        topics = [new_id() for _text in TOPICS]
        for position, (item, text) in enumerate(zip(topics, TOPICS, strict=True)):
            self.agenda.add(
                id=item,
                session_id=made,
                raised_by_id=pair.worker.pk,
                text=key.closed(TOPIC, item, "text", text),
                shared_at=at,
                position=position,
            )
        step = new_id()
        self.actions.add(
            id=step,
            session_id=made,
            arrangement_id=pair.arrangement.pk,
            text=own.closed(ACTION, step, "text", STEP),
            owner_id=pair.worker.pk,
            due_on=at.date() + datetime.timedelta(days=14),
            shared_at=at,
        )
        if week > 3:  # the newest ones are still going
            self.events.add(
                id=new_id(),
                action_id=step,
                arrangement_id=pair.arrangement.pk,
                kind="done",
                by_id=pair.worker.pk,
                at=at + datetime.timedelta(days=7),
            )
        return topics, step

    def _offer(
        self,
        pair: Pair,
        made: uuid.UUID,
        key: Key,
        at: datetime.datetime,
        week: int,
        topics: list[uuid.UUID],
        step: uuid.UUID,
    ) -> None:
        waits = week <= self.size.open_each or (week == 1 and pair.index % 5 == 0)
        sent = at + datetime.timedelta(hours=2)
        leader, worker = (pair.supervisor, "Supervisor"), (pair.worker, "Peer worker")
        both = [leader, worker]
        signed = [leader] if waits else both
        head = _head(pair, made, at, both)
        self.papers.offer(
            Session._meta.label_lower, made, key, body=_record(pair, head, topics, step, at), kind=Session.record_kind,
            template=content.RECORD_TEMPLATE, at=sent, by=leader[0], both=both, signed=signed,
        )  # fmt: skip
        for who, other, part in ((leader, worker, "supervisor"), (worker, leader, "supervisee")):
            row = new_id()
            self.attendances.add(id=row, session_id=made, person_id=who[0].pk, part=part, minutes=60)
            body = _attendance(pair, head, who, other)
            self.papers.offer(
                Attendance._meta.label_lower, row, Key(self.keys, row), body=body, kind=Attendance.record_kind,
                template="", at=sent, by=leader[0], both=[who, other], signed=signed,
            )  # fmt: skip


# The same shapes as supervision/sessions/content.py makes, without a query for each ---------------------------------


def _head(pair: Pair, made: uuid.UUID, at: datetime.datetime, both: list[tuple[User, str]]) -> dict[str, Any]:
    until = at + datetime.timedelta(minutes=60)
    day = said.full_day(at.date())
    return {
        "schema": content.SCHEMA,
        "agency": "Riverbend Peer Alliance",
        "reference": reference(made),
        "session": str(made),
        "starts_at": at.isoformat(),
        "ends_at": until.isoformat(),
        "minutes": 60,
        "minutes_words": said.minutes_words(60),
        "zone": str(ZONE),
        "when": local_time.spoken_span(at, until, ZONE),
        "day": day,
        "parties": [{"id": str(who.pk), "name": who.name, "part": part} for who, part in both],
        "structure": {"key": "individual", "words": "One to one"},
        "modality": {"key": "in_person", "words": "In person"},
    }


def _record(
    pair: Pair, head: dict[str, Any], topics: list[uuid.UUID], step: uuid.UUID, at: datetime.datetime
) -> dict[str, Any]:
    due = at.date() + datetime.timedelta(days=14)
    found = {
        **head,
        "title": Session.record_kind,
        "kind": Session.record_kind,
        "lead": f"{pair.worker.name} met with {pair.supervisor.name} on {head['day']}.",
        "program": pair.arrangement.program.name,
        "focus": {"key": "development", "words": "Professional development"},
        "place": "",
        "ad_hoc": False,
        "people": [
            {**one, "attended": True, "minutes": 60, "minutes_words": head["minutes_words"]}
            for one in head["parties"]
        ],
        "purposes": [
            {"key": "formative", "words": "Growth"},
            {"key": "restorative", "words": "Support"},
        ],
        "methods": [],
        "since": [],
        "strengths": STRENGTHS,
        "agenda": [
            {
                "id": str(item),
                "text": text,
                "category": {"key": "practice", "words": "Practice"},
                "raised_by": pair.worker.name,
                "reached": True,
                "carried": False,
                "outcome": "",
                "focus": None,
            }
            for item, text in zip(topics, TOPICS, strict=True)
        ],
        "outcomes": OUTCOMES,
        "protocol": {},
        "actions": [
            {
                "id": str(step),
                "text": STEP,
                "owner": {"id": str(pair.worker.pk), "name": pair.worker.name},
                "due_on": due.isoformat(),
                "due_words": said.full_day(due),
            }
        ],
        "next": None,
        "recorder": {"id": str(pair.supervisor.pk), "name": pair.supervisor.name},
    }
    return {**found, "facts": content._facts(found)}


def _attendance(
    pair: Pair, head: dict[str, Any], who: tuple[User, str], other: tuple[User, str]
) -> dict[str, Any]:
    return {
        **head,
        "title": Attendance.record_kind,
        "kind": Attendance.record_kind,
        "person": {"id": str(who[0].pk), "name": who[0].name, "part": who[1]},
        "with": [other[0].name],
    }


def count() -> Iterator[tuple[str, int]]:
    """What is there, by table: those that grow with the years."""
    for model in (User, Arrangement, Agreement, Session, Attendance, Offer, Answer, Seal):
        yield model._meta.verbose_name, model._base_manager.count()
