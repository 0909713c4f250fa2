"""What people do with a record that was sent to them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

from supervision.people.models import User
from supervision.records.models import Offer
from supervision.sessions import operations
from supervision.sessions.models import Addendum, Attendance, Session
from supervision.sessions.operations import Step as Row
from supervision.sessions.operations import Topic, Written

from . import library
from .conversation import Conversation
from .timeline import Story
from .world import DAY, HOUR

OF_THE_SESSION = ("moved", "rebooked", "extra", "let_go")  # turns that say nothing about the answers


class Answering:
    """The answers to one record, in the order that its turns say."""

    def __init__(self, talk: Conversation, recorder: User) -> None:
        self.talk, self.world, self.rng, self.recorder = talk, talk.world, talk.rng, recorder
        self.words = library.words()

    def story(self, session: Session, turns: list[str]) -> Story:
        yield self.world.clock.now()
        turn = next((one for one in turns if one not in OF_THE_SESSION), "")
        kind, _, detail = turn.partition(":")
        if kind == "waiting":
            return
        if kind == "take_back":
            yield from self._take_back(session)
        elif kind in ("change", "change_open"):
            yield from self._change(session, open_end=kind == "change_open")
            if kind == "change_open":
                return
        others = self._others(session)
        for place, person in enumerate(others):
            if kind in ("unanswered", "close") and place == 0:
                continue
            yield self._when(session, kind)
            if kind == "decline" and place == 0:
                self._decline(session, person)
            else:
                self._sign(session, person, detail if place == 0 else "")
        if kind == "close":
            yield self.world.clock.now() + 8 * DAY
            reason = self.rng.choice(self.words["texts"]["close"])
            operations.close(session, by=self.recorder, reason=reason)
        elif kind == "":
            yield from self._recorder_signs(session)
        if kind.startswith("addendum"):
            yield from self._addendum(session, waiting=kind == "addendum_waiting")

    def _others(self, session: Session) -> list[User]:
        rows = session.attendees.filter(attended=True).select_related("person").order_by("position", "id")
        return [row.person for row in rows if row.person_id != self.recorder.pk]

    def _when(self, session: Session, kind: str) -> datetime.datetime:
        if kind in ("worker_first", "in_time", "decline", "close", "statement") or kind.startswith(
            "addendum"
        ):
            return self.world.soon(self.rng.uniform(2, 9) * HOUR)
        days = self.rng.choices((0.4, 1, 2, 4), (5, 3, 2, 1))[0]
        return self.world.waking(self.world.clock.now() + days * self.rng.uniform(0.5, 1.2) * DAY)

    def _sign(self, session: Session, person: User, statement: str = "") -> None:
        said = self.rng.choice(self.words["statements"][statement]) if statement else ""
        operations.sign(
            session,
            by=person,
            evidence=self.world.evidence(person),
            seen=seen_by(session),
            statement=said,
        )

    def _decline(self, session: Session, person: User) -> None:
        operations.decline(
            session,
            by=person,
            evidence=self.world.evidence(person),
            seen=seen_by(session),
            reason=self.rng.choice(self.words["texts"]["decline"]),
            attendance=True,
        )

    def _recorder_signs(self, session: Session) -> Iterator[datetime.datetime]:
        """Where the supervisor sent it unsigned, they sign last."""
        offered = Session.objects.get(pk=session.pk).open_offer
        if offered is None or offered.answers.filter(person=self.recorder).exists():
            return
        yield self.world.waking(self.world.clock.now() + self.rng.uniform(2, 20) * HOUR)
        self._sign(session, self.recorder)

    # Changes before the last signature ----------------------------------------------------------------------------

    def _take_back(self, session: Session) -> Iterator[datetime.datetime]:
        one = self.rng.choice(self.words["take_back"])
        yield self.world.clock.now() + self.rng.uniform(0.4, 1.5) * HOUR
        operations.take_back(session, by=self.recorder, reason=one["reason"])
        yield self.world.clock.now() + 0.3 * HOUR
        self._send_again(session, one["added"])

    def _change(self, session: Session, *, open_end: bool) -> Iterator[datetime.datetime]:
        one = self.rng.choice(self.words["change"])
        yield self.world.soon(self.rng.uniform(3, 9) * HOUR)
        operations.ask_for_change(session, by=self._others(session)[0], reason=one["reason"])
        if open_end:
            return
        yield self.world.waking(self.world.clock.now() + self.rng.uniform(4, 22) * HOUR)
        self._send_again(session, one["added"])

    def _send_again(self, session: Session, added: str) -> None:
        session = Session.objects.get(pk=session.pk)
        operations.sign_and_send(
            session,
            by=self.recorder,
            evidence=self.world.evidence(self.recorder),
            written=written_again(session, added),
        )

    # Afterwards ---------------------------------------------------------------------------------------------------

    def _addendum(self, session: Session, *, waiting: bool) -> Iterator[datetime.datetime]:
        one = self.rng.choice(self.words["addenda"])
        yield self.world.soon(self.rng.uniform(1, 3) * DAY)
        addendum = operations.add_addendum(
            session,
            by=self.recorder,
            reason=one["reason"],
            text=one["text"],
            evidence=self.world.evidence(self.recorder),
        )
        if waiting:
            return
        for person in self._others(session):
            yield self.world.soon(self.rng.uniform(0.3, 2) * DAY)
            addendum = Addendum.objects.get(pk=addendum.pk)
            operations.answer_addendum(
                addendum, by=person, evidence=self.world.evidence(person), seen=_open(addendum).digest
            )


def seen_by(session: Session) -> set[str]:
    """The digests of everything that is on the signing page of a session now."""
    fresh = Session.objects.select_related("open_offer").get(pk=session.pk)
    rows = Attendance.objects.filter(session=session, open_offer__isnull=False).select_related("open_offer")
    return {_open(record).digest for record in (fresh, *rows)}


def _open(record: Any) -> Offer:
    offered: Offer = record.open_offer
    return offered


def written_again(session: Session, added: str) -> Written:
    """The record as it stands, with one more line under its main points."""
    pending = session.pending or {}
    return Written(
        starts_at=session.starts_at,
        minutes=session.minutes,
        modality=session.modality,
        attended={row.person_id: row.minutes for row in session.attendees.all() if row.attended},
        place=session.place,
        focus=session.focus,
        ad_hoc=session.ad_hoc,
        purposes=session.purposes,
        methods=session.methods,
        strengths=session.strengths,
        outcomes=f"{session.outcomes}\n{added}",
        since=[
            operations.Since(uuid.UUID(one["action"]), one["how"], one["reason"])
            for one in pending.get("since", [])
        ],
        agenda=[
            Topic(
                item.text,
                item.category,
                item.raised_by_id,
                id=item.pk,
                reached=item.reached,
                outcome=item.outcome,
                focus=item.focus,
            )
            for item in session.agenda.filter(shared_at__isnull=False)
        ],
        steps=[
            Row(action.text, action.owner_id, action.due_on, id=action.pk) for action in session.actions.all()
        ],
        next=_next(pending.get("next")),
    )


def _next(said: dict[str, str] | None) -> operations.Next | None:
    if not said:
        return None
    return operations.Next(datetime.datetime.fromisoformat(said["starts_at"]), said["place"])
