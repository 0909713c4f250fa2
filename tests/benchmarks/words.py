"""What people of the big agency wrote besides: private notes, goals and learning of everybody, over all the years; and of the first team,
whose pages are measured, observations, assessments and concerns, by the operations that people use."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from types import SimpleNamespace

from competencies.models import Goal, GoalReader, GoalStep, ProgressNote, TrainingEntry
from supervision.notes.models import Note
from supervision.people.models import Participation, User
from tests.competencies import assessment_makers
from tests.concerns import makers as concern_makers
from tests.sessions import observation_makers

from .rows import Key, Rows, keys, new_id, write

TITLE = "What stayed with me"
TEXT = (
    "I noticed that I had decided before she finished her sentence. Next time I want to ask one more question first, and "
    "then wait as long as it takes."
)
GOAL, WHY = "Sit with silence in the group", "I fill every pause, and some people need it."
STEPS = ("Count to ten before I speak", "Ask Kit to watch one group", "Say at the start that pauses are fine")
CLASS, PROVIDER = "Asking before advising", "The community college"
A_PAGE = 30  # however short the history is: a page of a list is full
OPEN_GOALS = 3
OBSERVATIONS = 2


class Words:
    """What each person wrote for themself in so many weeks."""

    def __init__(self, weeks: int, at: datetime.datetime) -> None:
        self.weeks, self.at = weeks, at
        self.keys, self.notes, self.entries = keys(), Rows(Note), Rows(TrainingEntry)
        self.goals, self.readers, self.steps = Rows(Goal), Rows(GoalReader), Rows(GoalStep)
        self.progress = Rows(ProgressNote)

    def of(
        self, person: User, supported: Participation | None = None, leads: Participation | None = None
    ) -> None:
        """`supported` and `leads`: the parts of the two in the arrangement with which one of the goals is shared."""
        for number in range(max(A_PAGE, self.weeks // 2)):
            self._note(person, self._ago(14 * number))
        for number in range(max(A_PAGE, self.weeks // 4)):
            self._entry(person, self._ago(28 * number))
        for number in range(OPEN_GOALS + self.weeks // 20):
            shared = (supported, leads) if number == 0 and supported and leads else None
            self._goal(person, self._ago(140 * number), is_open=number < OPEN_GOALS, shared=shared)

    def write(self) -> None:
        write([self.keys, self.notes, self.entries, self.goals, self.readers, self.steps, self.progress])

    def _ago(self, days: int) -> datetime.datetime:
        return self.at - datetime.timedelta(days=days)

    def _note(self, person: User, at: datetime.datetime) -> None:
        made, table = new_id(), self.notes.table
        key = Key(self.keys, made)
        words = {
            name: key.closed(table, made, name, text) for name, text in (("title", TITLE), ("text", TEXT))
        }
        self.notes.add(id=made, author_id=person.pk, dated_at=at, changed_at=at, **words)

    def _entry(self, person: User, at: datetime.datetime) -> None:
        made, table = new_id(), self.entries.table
        key = Key(self.keys, made)
        said = {"title": CLASS, "provider": PROVIDER, "took": TEXT}
        words = {name: key.closed(table, made, name, text) for name, text in said.items()}
        self.entries.add(
            id=made, owner_id=person.pk, kind="class", day=at.date(), minutes=90, added_at=at, **words
        )

    def _goal(
        self,
        person: User,
        at: datetime.datetime,
        *,
        is_open: bool,
        shared: tuple[Participation, Participation] | None,
    ) -> None:
        made, table = new_id(), self.goals.table
        key = Key(self.keys, made)
        words = {name: key.closed(table, made, name, text) for name, text in (("title", GOAL), ("why", WHY))}
        later = at + datetime.timedelta(days=60)
        state = {} if is_open else {"ended_at": later, "ended_how": "reached"}
        if shared is not None:
            state |= {"shared_as_id": shared[0].pk, "shared_at": at}
            self.readers.add(id=new_id(), goal_id=made, part_id=shared[1].pk)
        self.goals.add(id=made, owner_id=person.pk, begun_at=at, changed_on=at.date(), **state, **words)
        for position, what in enumerate(STEPS):
            step = new_id()
            self.steps.add(
                id=step,
                goal_id=made,
                what=key.closed(self.steps.table, step, "what", what),
                done_at=at if position == 0 or not is_open else None,
                position=position,
            )
            note = new_id()
            text = key.closed(self.progress.table, note, "text", TEXT)
            self.progress.add(id=note, goal_id=made, author_id=person.pk, at=at, text=text)


def of_the_team(pairs: Sequence[tuple[Participation, Participation]]) -> None:
    """Of these pairs (who leads, who is supported) what others read too: observations and an assessment that both signed; with every
    fifth a concern that the worker was told of."""
    for number, (leads, supported) in enumerate(pairs):
        cast = SimpleNamespace(
            arrangement=leads.arrangement, supervisor=leads.person, worker=supported.person
        )
        for _time in range(OBSERVATIONS):
            observation_makers.sealed(cast)
        assessment_makers.sealed(cast)
        if number % 5 == 0:
            concern_makers.told(cast)
