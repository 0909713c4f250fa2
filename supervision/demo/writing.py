"""What the one who records a session writes down: who was there, what came of each topic, how the next steps stand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from supervision.people.models import Arrangement, User
from supervision.sessions.models import Action, AgendaItem, Session
from supervision.sessions.operations import Next, Since, Topic, Written
from supervision.sessions.operations import Step as Row

from . import library
from .conversation import Conversation, Taken, Talk
from .library import DONE, DROPPED, OPEN, Part, Step
from .world import DAY


@dataclass(frozen=True)
class Draft:
    """The record as written, with the steps and talks that it came from."""

    written: Written
    steps: Sequence[tuple[Step, User]]
    talks: Sequence[Talk]


class Writing:
    """Writes the records of one conversation."""

    def __init__(self, talk: Conversation) -> None:
        self.talk, self.world, self.rng = talk, talk.world, talk.rng
        self.words = library.words()
        self._came_up: dict[uuid.UUID, list[Talk]] = {}

    def will_come_up(self, session: Session, talk: Talk) -> None:
        """A topic that nobody has put on the agenda, and that comes up while they talk."""
        self._came_up.setdefault(session.pk, []).append(talk)

    def draft(self, session: Session, recorder: User, planned: Session | None, *, let_go: bool) -> Draft:
        """The record of this session; `planned` is the next one, `let_go` says that a step is let go of in it."""
        there = self._there(recorder)
        topics, talks = self._topics(session, {person.pk for person in there})
        steps = self.talk.steps_of(talks, there)
        parts = [one.part for one in talks]
        day = self.world.local_day(session.starts_at)
        minutes = session.minutes if self.rng.random() < 0.8 else session.minutes - 10
        written = Written(
            starts_at=session.starts_at,
            minutes=minutes,
            modality=session.modality,
            attended=self._attended(there, minutes),
            place=session.place,
            focus=session.focus,
            purposes=sorted({name for part in parts for name in part.purposes}) or ["restorative"],
            methods=sorted({part.method for part in parts if part.method}),
            strengths=self._strengths(parts),
            outcomes="\n".join(part.point for part in parts)
            or str(self.rng.choice(self.words["texts"]["points"])),
            since=self._since(recorder, let_go=let_go),
            agenda=topics,
            steps=[Row(step.text, owner.pk, day + step.days * DAY) for step, owner in steps],
            next=Next(planned.starts_at, planned.place) if planned is not None else None,
        )
        return Draft(written, steps, talks)

    def _there(self, recorder: User) -> list[User]:
        """Everybody, except that in a group now and then somebody can't make it."""
        leaders, others = self.talk.leaders, self.talk.others
        if len(leaders) + len(others) <= 3:
            return [*leaders, *others]
        came = [person for person in others if person.pk == recorder.pk or self.rng.random() > 0.18]
        return [*leaders, *(came if len(came) > 1 else others)]

    def _attended(self, there: Sequence[User], minutes: int) -> dict[uuid.UUID, int]:
        attended = {person.pk: minutes for person in there}
        if len(there) > 2 and self.rng.random() < 0.2:
            attended[there[-1].pk] = minutes - 15  # had to leave early
        return attended

    # Topics ---------------------------------------------------------------------------------------------------

    def _topics(self, session: Session, there: set[uuid.UUID]) -> tuple[list[Topic], list[Talk]]:
        """The agenda with what came of it, and the talks that were reached."""
        topics: list[Topic] = []
        talks: list[Talk] = []
        items = session.agenda.filter(shared_at__isnull=False).order_by("position", "id")
        for place, item in enumerate(items):
            talk = self._reached(item, place, there)
            topics.append(self._topic_of(session, item, talk))
            talks += [talk] if talk is not None else []
        for talk in self._what_came_up(session, anything=not talks):
            if talk.raiser.pk in there:
                topics.append(self._new_topic(session, talk))
                talks.append(talk)
            elif talk.telling is not None:
                talk.telling.waiting = False
        return topics, talks

    def _reached(self, item: AgendaItem, place: int, there: set[uuid.UUID]) -> Talk | None:
        """The first topic is always reached, the others most of the time, and none without whoever raised it."""
        talk = self.talk.talk_of(item)
        if talk is None or item.raised_by_id not in there:
            return None
        return talk if place == 0 or self.rng.random() > 0.14 else None

    def _topic_of(self, session: Session, item: AgendaItem, talk: Talk | None) -> Topic:
        return Topic(
            item.text,
            item.category,
            item.raised_by_id,
            id=item.pk,
            reached=talk is not None,
            outcome=talk.part.said if talk is not None else "",
            focus=self._focus(session, item.category),
        )

    def _new_topic(self, session: Session, talk: Talk) -> Topic:
        part = talk.part
        return Topic(
            part.topic, part.area, talk.raiser.pk, outcome=part.said, focus=self._focus(session, part.area)
        )

    def _what_came_up(self, session: Session, *, anything: bool) -> list[Talk]:
        came_up = self._came_up.pop(session.pk, [])
        return came_up or (self.talk.topics(waiting=0) if anything else [])

    def _focus(self, session: Session, area: str) -> str:
        """Which part of the supervision a topic belongs to, where the focus is both."""
        if session.focus != Arrangement.Focus.BOTH:
            return ""
        administrative = area in (AgendaItem.Category.PRACTICE, AgendaItem.Category.WORK)
        return Arrangement.Focus.ADMINISTRATIVE if administrative else Arrangement.Focus.DEVELOPMENT

    # Strengths, and steps of last time --------------------------------------------------------------------------

    def _strengths(self, parts: Sequence[Part]) -> str:
        own = [part.strength for part in parts if part.strength]
        if not own and self.rng.random() < 0.6 and len(self.talk.others) == 1:
            names = library.names_of(self.talk.others[0], self.talk.others[0])
            own = [str(self.rng.choice(self.words["texts"]["strengths"])).format_map(names)]
        return " ".join(own)

    def _since(self, recorder: User, *, let_go: bool) -> list[Since]:
        visible = set(Action.objects.visible_to(recorder).open().values_list("pk", flat=True))
        found: list[Since] = []
        for taken in self.talk.taken:
            if taken.action in visible:
                dropped = any(one.how == DROPPED for one in found)
                how, reason = self._how_it_went(taken, let_go=let_go and not dropped)
                found.append(Since(taken.action, how, reason, was=OPEN))
        return found

    def _how_it_went(self, taken: Taken, *, let_go: bool) -> tuple[str, str]:
        if let_go or (taken.sessions > 5 and taken.step.fate != DONE):
            return DROPPED, str(self.rng.choice(self.words["texts"]["let_go"]))
        if taken.step.fate == DONE and self.rng.random() < 0.8:
            return DONE, ""
        if taken.step.fate == DROPPED and taken.sessions > 1:
            return DROPPED, taken.step.reason
        return OPEN, ""
