"""The sessions of one arrangement, from the first plan to what is planned next, as a story."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from functools import partial

from supervision.notices.models import Suggestion
from supervision.people.models import Arrangement, User
from supervision.sessions import operations
from supervision.sessions.models import Action, AgendaItem, Session
from supervision.sessions.operations import Topic, Written

from . import library
from .answers import Answering
from .conversation import Conversation, Taken, Talk
from .days import days_of, next_day
from .library import DONE, Part
from .timeline import Scene, Story
from .world import DAY, HOUR, MINUTE
from .writing import Draft, Writing

Moment = tuple[datetime.datetime, Callable[[], object]]
Structure = Arrangement.Structure
HELD_WITH = ("phone", "video")


class Meetings:
    """Goes through the sessions of one conversation in order."""

    def __init__(self, talk: Conversation) -> None:
        self.talk, self.world, self.plan, self.rng = talk, talk.world, talk.plan, talk.rng
        self.words = library.words()
        self.usual_place = self.rng.choice(self.words["places"][self.plan.program])
        self.writing = Writing(talk)

    def story(self) -> Story:
        days = days_of(self.world, self.plan)
        turns = {len(days) - 1 - back: turn.split() for back, turn in self.plan.turns.items()}
        # A session that fell into a time away has no turn of its own; the last one always has.
        yield self.talk.world.at(days[0], self.plan.at) - self.rng.uniform(30, 70) * HOUR
        session: Session | None = self._plan(days[0], 0)
        upcoming = next_day(self.world, self.plan, days[-1])
        for number, day in enumerate(days):
            following = days[number + 1] if number + 1 < len(days) else upcoming
            if session is None:
                yield self.world.at(day, self.plan.at) - self.rng.uniform(20, 40) * HOUR
                session = self._plan(day, number)
            session = yield from self._meeting(session, number, turns.get(number, []), following)
            if "extra" in turns.get(number, []):
                self.world.timeline.begin(self._extra(day, number))
        if session is not None:
            yield from self._before(session, len(days), last=True)

    def _plan(self, day: datetime.date, number: int) -> Session:
        plan = self.plan
        planner = self.talk.recorder(number)
        modality = plan.modality
        if modality == "in_person" and self.rng.random() < 0.1:
            modality = self.rng.choice(HELD_WITH)
        return operations.plan(
            self.talk.arrangement,
            by=planner,
            starts_at=self.world.at(day, plan.at),
            minutes=plan.minutes,
            modality=modality,
            place=self._place(modality),
            key=self.world.key("session", plan.key, number),
        )

    def _place(self, modality: str) -> str:
        if modality != "in_person":
            return str(self.words["places"][modality])
        places = self.words["places"][self.plan.program]
        return str(self.usual_place if self.rng.random() < 0.8 else self.rng.choice(places))

    # One session ----------------------------------------------------------------------------------------------

    def _meeting(
        self, session: Session, number: int, turns: list[str], following: datetime.date | None
    ) -> Scene[Session | None]:
        yield from self._before(session, number)
        changed = next((turn for turn in turns if turn.startswith(("cancelled", "missed"))), "")
        if not turns:
            changed = self._by_chance()
        if changed:
            return (yield from self._not_held(session, number, changed, following, "rebooked" in turns))
        if "moved" in turns:
            session = yield from self._moved(session)
        return (yield from self._held(session, number, turns, following))

    def _by_chance(self) -> str:
        if self.plan.structure in (Structure.GROUP, Structure.CO_REFLECTION):
            return ""
        lot = self.rng.random()
        if lot < 0.055:
            why, who = self.rng.choice(
                (
                    ("work", "other"),
                    ("away", "other"),
                    ("supervisor", "leader"),
                    ("weather", "leader"),
                    ("other", "other"),
                )
            )
            return f"cancelled:{why}:{who}"
        return "missed:work" if lot < 0.065 else ""

    def _who(self, who: str) -> User:
        """Who cancels. Where more than two meet, it is whoever leads."""
        leads = who == "leader" or self.plan.structure not in (Structure.INDIVIDUAL, Structure.OF_SUPERVISION)
        return self.talk.leaders[0] if leads and self.talk.leaders else self.talk.others[0]

    def _not_held(
        self, session: Session, number: int, turn: str, following: datetime.date | None, rebooked: bool
    ) -> Scene[Session | None]:
        what, why, *who = turn.split(":")
        note = self.rng.choice(self.words["notes"][why])
        if what == "missed":
            yield session.starts_at + self.rng.uniform(1, 5) * HOUR
            operations.missed(session, by=self.talk.recorder(number), why=why, note=note)
        else:
            before = 1 if why == "weather" else self.rng.uniform(3, 28)
            yield self.world.waking(session.starts_at - before * HOUR)
            operations.cancel(session, by=self._who(who[0]), why=why, note=note)
        if rebooked:
            yield self.world.clock.now() + 40 * MINUTE
            again = operations.rebook(session, by=self.talk.recorder(number), starts_at=self._later(session))
            return (yield from self._held(again, number, [], following))
        if following is None or self._is_left_open(number):
            return None
        yield self.world.clock.now() + 30 * MINUTE
        return self._plan(following, number + 1)

    def _is_left_open(self, number: int) -> bool:
        """After two that fell out in a row, nobody has set a new time yet."""
        turns = [self.plan.turns.get(back, "") for back in (0, 1)]
        return (
            all(turn.startswith("cancelled") for turn in turns)
            and number == len(days_of(self.world, self.plan)) - 1
        )

    def _later(self, session: Session) -> datetime.datetime:
        """A day or two later at the same time, on a working day."""
        moment = session.starts_at + self.rng.choice((1, 2)) * DAY
        while moment.astimezone(self.world.zone).weekday() > 4:
            moment += DAY
        return moment

    def _moved(self, session: Session) -> Scene[Session]:
        yield self.world.waking(session.starts_at - self.rng.uniform(4, 26) * HOUR)
        return operations.move(
            session,
            by=self.talk.recorder(0),
            starts_at=self._later(session),
            why="work",
            note=self.rng.choice(self.words["notes"]["moved"]),
        )

    # Before ---------------------------------------------------------------------------------------------------

    def _before(self, session: Session, number: int, *, last: bool = False) -> Iterator[datetime.datetime]:
        """Topics are added in the days before, and people tick off what they have done."""
        moments = [*self._adding(session, last=last), *self._ticking(session)]
        for moment, act in sorted(moments, key=lambda one: one[0]):
            awake = self.world.waking(moment)
            yield awake if awake <= self.world.now else moment
            act()

    def _adding(self, session: Session, *, last: bool) -> list[Moment]:
        start, rng = session.starts_at, self.rng
        if last:  # the next session to come: its topics are on the agenda by now
            start = min(start, self.world.now + 10 * HOUR)
        moments: list[Moment] = []
        for item in self.talk.private_of(session):
            moments.append((start - rng.uniform(2, 20) * HOUR, partial(self._share, item)))
        moments.append((start - rng.uniform(2, 30) * HOUR, partial(self._suggested, session)))
        shared = session.agenda.filter(shared_at__isnull=False).count()
        talks = self.talk.topics(waiting=shared)
        for place, talk in enumerate(talks):
            if place and not last and rng.random() < 0.3:
                self.writing.will_come_up(session, talk)
                continue
            share = rng.random() > 0.08 or talk.part.by != library.WORKER
            moment = start - rng.uniform(12, 60) * HOUR
            moments.append((moment, partial(self._add, session, talk, share=share)))
            if not share and not last and rng.random() < 0.6:
                moments.append((start - HOUR, partial(self._share_all, session)))
        if last and self.plan.private_next:
            moments.append((start - 11 * HOUR, partial(self._keep_to_oneself, session)))
        return moments

    def _keep_to_oneself(self, session: Session) -> None:
        """A topic that somebody has not made up their mind to share."""
        one = self.rng.choice(self.words["private"])
        person = self.talk.others[0]
        operations.add_item(session, by=person, text=one["topic"], category=one["area"], share=False)

    def _add(self, session: Session, talk: Talk, *, share: bool) -> None:
        item = operations.add_item(
            session, by=talk.raiser, text=talk.part.topic, category=talk.part.area, share=share
        )
        self.talk.talks[item.pk] = talk

    def _share(self, item: AgendaItem) -> None:
        operations.share_item(item, by=item.raised_by)

    def _share_all(self, session: Session) -> None:
        for item in self.talk.private_of(session):
            operations.share_item(item, by=item.raised_by)

    def _suggested(self, session: Session) -> None:
        """What the software puts forward, such as the agreement, goes on the agenda or is left for later."""
        person = self.talk.recorder(0)
        offered = Suggestion.objects.open_for(self.talk.arrangement, person)
        for suggestion in offered.exclude(kind=Suggestion.Kind.PARKED)[:1]:
            lot = self.rng.random()
            if lot < 0.7:
                item = operations.take_suggestion(session, suggestion, by=person)
                part = self.words["suggested"][suggestion.kind]
                names = library.names_of(self.talk.others[0], person)
                touches = (part.get("purposes", "normative"),)
                given = Part("growth", "supervisor", "", part["said"], part["point"], purposes=touches)
                self.talk.talks[item.pk] = Talk(given.filled(names), person)
            elif lot < 0.8:
                operations.dismiss_suggestion(session, suggestion, by=person)

    def _ticking(self, session: Session) -> list[Moment]:
        moments: list[Moment] = []
        for taken in list(self.talk.taken):
            taken.sessions += 1
            if taken.step.fate == DONE and taken.sessions > 1 and self.rng.random() < 0.3:
                moment = session.starts_at - self.rng.uniform(3, 90) * HOUR
                moments.append((moment, partial(self._tick, taken)))
        return moments

    def _tick(self, taken: Taken) -> None:
        self.talk.taken.remove(taken)
        operations.done(Action.objects.get(pk=taken.action), by=taken.owner)

    # Held -----------------------------------------------------------------------------------------------------

    def _held(
        self, session: Session, number: int, turns: list[str], following: datetime.date | None
    ) -> Scene[Session | None]:
        recorder = self.talk.recorder(number)
        yield session.ends_at + self.rng.uniform(12, 75) * MINUTE
        planned = self._plan(following, number + 1) if following is not None else None
        draft = self.writing.draft(session, recorder, planned, let_go="let_go" in turns)
        if "draft" in turns:
            operations.record(session, by=recorder, written=draft.written)
            return planned
        yield from self._send(session, recorder, draft, turns)
        self._settle(session, draft)
        self.world.timeline.begin(Answering(self.talk, recorder).story(session, turns))
        return planned

    def _send(
        self, session: Session, recorder: User, draft: Draft, turns: list[str]
    ) -> Iterator[datetime.datetime]:
        """At once, the day after, or unsigned for the others to sign first."""
        written, evidence = draft.written, self.world.evidence
        if not turns and self.rng.random() < 0.2:
            operations.record(session, by=recorder, written=written)
            yield self.world.soon(self.rng.uniform(2, 20) * HOUR)
            operations.sign_and_send(session, by=recorder, evidence=evidence(recorder))
        elif "worker_first" in turns or (not turns and self.rng.random() < 0.06):
            operations.record(session, by=recorder, written=written)
            operations.send(session, by=recorder)
        else:
            operations.sign_and_send(session, by=recorder, evidence=evidence(recorder), written=written)

    def _settle(self, session: Session, draft: Draft) -> None:
        """Once it is sent, stories go on, and steps are taken on or closed."""
        closed = {one.action_id for one in draft.written.since if one.how != library.OPEN}
        self.talk.taken = [taken for taken in self.talk.taken if taken.action not in closed]
        self.talk.remember(session, draft.steps)
        for talk in draft.talks:
            if talk.telling is not None:
                talk.telling.go_on()

    def _extra(self, day: datetime.date, number: int) -> Story:
        """A talk that nobody had planned: something came up."""
        recorder = self.talk.recorder(number)
        day += 2 * DAY
        while day.weekday() > 4:
            day += DAY
        start = min(self.world.at(day, "12:15"), self.world.now - 3 * HOUR)
        yield start + 40 * MINUTE
        session = operations.log(
            self.talk.arrangement,
            by=recorder,
            written=self._short_talk(start, recorder),
            key=self.world.key("extra", self.plan.key, number),
        )
        operations.sign_and_send(session, by=recorder, evidence=self.world.evidence(recorder))
        self.world.timeline.begin(Answering(self.talk, recorder).story(session, ["in_time"]))

    def _short_talk(self, start: datetime.datetime, recorder: User) -> Written:
        one, raiser = self.rng.choice(self.words["extra"]), self.talk.others[0]
        part = Part(**{**one, "purposes": tuple(one["purposes"].split())})
        part = part.filled(library.names_of(raiser, recorder))
        return Written(
            starts_at=start,
            minutes=25,
            modality=Session.Modality.PHONE,
            attended={person.pk: 25 for person in (recorder, raiser)},
            place=str(self.words["places"]["phone"]),
            ad_hoc=True,
            purposes=list(part.purposes),
            strengths=part.strength,
            outcomes=part.point,
            agenda=[Topic(part.topic, part.area, raiser.pk, outcome=part.said)],
        )
