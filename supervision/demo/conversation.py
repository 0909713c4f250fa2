"""What the people of one arrangement have to talk about: which story lines are open, what is on the agenda, what was taken on."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from supervision.people.models import Arrangement, User
from supervision.sessions.models import Action, AgendaItem, Session

from . import library
from .cast import NEWCOMERS
from .library import WORKER, Deck, Names, Part, Step, Thread
from .plans import Plan
from .world import World

MOST_TOPICS, MOST_STEPS = 3, 3


@dataclass
class Telling:
    """A story line on its way: which part comes next, and whether that waits on an agenda."""

    thread: Thread
    names: Names
    raiser: User
    position: int = 0
    waiting: bool = False

    @property
    def part(self) -> Part:
        return self.thread.parts[self.position].filled(self.names)

    @property
    def is_over(self) -> bool:
        return self.position >= len(self.thread.parts)

    def go_on(self) -> None:
        self.position += 1
        self.waiting = False


@dataclass
class Talk:
    """A topic that is on an agenda, or is about to be: its part, who raises it, and the story line it belongs to."""

    part: Part
    raiser: User
    telling: Telling | None = None


@dataclass
class Taken:
    """A next step that somebody has taken on."""

    action: uuid.UUID
    step: Step
    owner: User
    sessions: int = 0


@dataclass
class Conversation:
    """Everything that one arrangement carries from session to session."""

    world: World
    plan: Plan
    arrangement: Arrangement
    leaders: list[User]
    others: list[User]
    deck: Deck
    rng: random.Random
    tellings: list[Telling] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    talks: dict[uuid.UUID, Talk] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)

    def recorder(self, number: int) -> User:
        """Who writes the record: the supervisor, two in turn, or in co-reflection each in turn."""
        people = self.leaders or self.others
        return people[number % len(people)]

    # What to talk about -----------------------------------------------------------------------------------------

    def topics(self, waiting: int) -> list[Talk]:
        """What comes up next, beside the topics that wait on the agenda already."""
        self._open_lines()
        free = [telling for telling in self.tellings if not telling.waiting]
        wanted = self.rng.choices((1, 2, 3), (4, 5, 2))[0]
        count = max(0 if waiting else 1, min(wanted, MOST_TOPICS) - waiting)
        found = []
        for telling in free[:count]:
            telling.waiting = True
            found.append(self._talk(telling))
        return found

    def _talk(self, telling: Telling) -> Talk:
        part = telling.part
        leader = self.leaders[0] if self.leaders else telling.raiser
        return Talk(part, telling.raiser if part.by == WORKER else leader, telling)

    def _open_lines(self) -> None:
        for telling in self.tellings:
            if telling.is_over:
                self.deck.give_back(telling.thread)
        self.tellings = [telling for telling in self.tellings if not telling.is_over]
        while len(self.tellings) < MOST_TOPICS:
            thread = self.deck.draw(self.told, new=self.is_new)
            if thread is None:
                self.told = {telling.thread.name for telling in self.tellings}
                thread = self.deck.draw(self.told, new=self.is_new)
            if thread is None:
                return
            self.told.add(thread.name)
            raiser = self.rng.choice(self.others)
            self.tellings.append(Telling(thread, self._names(thread, raiser), raiser))
        # The newest lines wait until the older ones have been heard, most of the time.
        if self.rng.random() < 0.3:
            self.tellings.append(self.tellings.pop(0))

    def _names(self, thread: Thread, raiser: User) -> Names:
        choices = {name: self.rng.choice(offered) for name, offered in thread.choices.items()}
        others = [person for person in self.others if person.pk != raiser.pk]
        return library.names_of(
            raiser,
            self.leaders[0] if self.leaders else raiser,
            other=self.rng.choice(others).called if others else raiser.called,
            **choices,
        )

    @property
    def is_new(self) -> bool:
        """Whether these are somebody's first weeks in the work."""
        return len(self.others) == 1 and self.plan.others[0] in NEWCOMERS

    def talk_of(self, item: AgendaItem) -> Talk | None:
        """What a topic on an agenda is about, also when it was carried over from an earlier one, or from several."""
        source: AgendaItem | None = item
        while source is not None and source.pk not in self.talks:
            source = (
                AgendaItem.objects.filter(pk=source.carried_from).first() if source.carried_from else None
            )
        if source is not None:
            self.talks[item.pk] = self.talks[source.pk]
        return self.talks.get(item.pk)

    def private_of(self, session: Session) -> list[AgendaItem]:
        return list(session.agenda.filter(shared_at__isnull=True).select_related("raised_by"))

    # What was taken on ------------------------------------------------------------------------------------------

    def steps_of(self, talks: Sequence[Talk], there: Sequence[User]) -> list[tuple[Step, User]]:
        """The next steps that these topics lead to, with who takes each."""
        found = []
        for talk in talks:
            worker = talk.telling.raiser if talk.telling else self.others[0]
            for step in talk.part.steps:
                owner = worker if step.who == WORKER or not self.leaders else self.leaders[0]
                if owner in there:
                    found.append((step, owner))
        return [*found[:MOST_STEPS], *self._something_to_take(found[:MOST_STEPS])]

    def _something_to_take(self, found: Sequence[tuple[Step, User]]) -> list[tuple[Step, User]]:
        """The worker takes something along most of the time, also when the topics lead to nothing."""
        worker = self.others[0]
        if len(self.others) > 1 or any(owner == worker for _step, owner in found):
            return []
        if not self.plan.private_next and self.rng.random() < 0.5:
            return []
        one = self.deck.something_to_take()
        return [(Step(WORKER, one["days"], one["text"]), worker)]

    def remember(self, session: Session, steps: Sequence[tuple[Step, User]]) -> None:
        """Keep in mind which action came of which step."""
        known = {one.action for one in self.taken}
        rows = Action.objects.filter(session=session).order_by("position")
        for row, (step, owner) in zip(rows, steps, strict=True):
            if row.pk not in known:
                self.taken.append(Taken(row.pk, step, owner))


def deck_for(plan: Plan, chance: random.Random) -> Deck:
    """The story lines that can happen in an arrangement like this."""
    places = {
        Arrangement.Structure.GROUP: ("group",),
        Arrangement.Structure.CO_REFLECTION: ("reflection",),
        Arrangement.Structure.OF_SUPERVISION: ("supervision",),
    }
    usual = ("any", library.words()["kind_of_program"][plan.program])
    return Deck(places.get(Arrangement.Structure(plan.structure), usual), chance)
