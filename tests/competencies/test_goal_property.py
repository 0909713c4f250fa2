"""Whatever is done in whatever order: nobody learns of a goal that is not shared, and no group member of one that is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competencies.goals import operations
from competencies.models import Goal
from supervision.notices import operations as notices
from supervision.notices.models import Suggestion
from supervision.people.models import User
from supervision.records.errors import DomainError
from supervision.sessions import operations as sessions
from supervision.sessions.models import AgendaItem
from tests import factories
from tests.sessions import makers

from . import makers as make

STEPS = (
    "share pair",
    "share group",
    "share circle",
    "back",
    "reword",
    "move",
    "end",
    "reopen",
    "note",
    "take",
    "dismiss",
)


class Told:
    """A worker with a supervisor, in a group with another leader, and among equals; one goal."""

    def __init__(self, cast: Any) -> None:
        self.cast, self.owner = cast, cast.worker
        self.pair = cast.arrangement
        self.leader, self.member = factories.person("Gail"), factories.worker_in(cast.program, "Mo")
        self.group = factories.arrangement(
            cast.program, [self.leader], [self.owner, self.member], structure="group"
        )
        self.equal = factories.person("Eve Equal")
        self.circle = make.co_reflection(cast, self.owner, self.equal)
        self.goal = make.goal(self.owner, review_on=make.day(20))
        self.shared: Any = None  # with which arrangement, as it should be
        self.sessions = {
            one.pk: sessions.plan(one, by=by, starts_at=makers.ahead(days), zone="America/New_York")
            for one, by, days in (
                (self.pair, cast.supervisor, 3),
                (self.group, self.leader, 4),
                (self.circle, self.equal, 5),
            )
        }
        self.may_know = {
            self.pair.pk: cast.supervisor,
            self.group.pk: self.leader,
            self.circle.pk: self.equal,
        }

    @property
    def others(self) -> list[User]:
        return [
            self.cast.supervisor,
            self.leader,
            self.member,
            self.equal,
            self.cast.manager,
            self.cast.outsider,
        ]

    def do(self, what: str) -> None:
        goal = make.fresh(self.goal)
        arrangement = {"share pair": self.pair, "share group": self.group, "share circle": self.circle}.get(
            what
        )
        try:
            with transaction.atomic():
                if arrangement is not None:
                    make.share(goal, arrangement)
                    self.shared = arrangement
                else:
                    getattr(self, what)(goal)
        except DomainError:
            pass

    def back(self, goal: Goal) -> None:
        operations.take_back(goal, by=self.owner)
        self.shared = None

    def reword(self, goal: Goal) -> None:
        words = make.written(title=f"canary-plover {goal.version}", review_on=goal.review_on)
        operations.change(goal, by=self.owner, version=goal.version, written=words)

    def move(self, goal: Goal) -> None:
        words = make.written(review_on=make.day(10 + goal.version * 7))
        operations.change(goal, by=self.owner, version=goal.version, written=words)

    def end(self, goal: Goal) -> None:
        make.ended(goal)

    def reopen(self, goal: Goal) -> None:
        operations.reopen(goal, by=self.owner)

    def note(self, goal: Goal) -> None:
        make.note(goal, self.may_know[self.shared.pk] if self.shared else self.owner)

    def take(self, goal: Goal) -> None:
        """The owner takes what they are offered wherever more than two could meet."""
        for one in (self.group, self.circle):
            for suggestion in Suggestion.objects.open_for(one, self.owner, make.day(30)):
                sessions.take_suggestion(self.sessions[one.pk], suggestion, by=self.owner)

    def dismiss(self, goal: Goal) -> None:
        for suggestion in Suggestion.objects.open_for(self.pair, self.owner, make.day(30)):
            notices.dismiss(suggestion, by=self.owner)

    def check(self) -> None:
        for person in self.others:
            may = self.shared is not None and self.may_know[self.shared.pk] == person
            assert Goal.objects.visible_to(person).exists() == may, person.name
            for one in (self.pair, self.group, self.circle):
                offered = Suggestion.objects.open_for(one, person, make.day(400))
                if not (may and one == self.shared == self.pair):
                    assert not [s for s in offered if one.participations.filter(person=person).exists()]
            assert not AgendaItem.objects.shown_to(person).filter(session__in=self.sessions.values()).exists()
        if self.shared is None or not make.fresh(self.goal).is_open:
            assert not Suggestion.objects.filter(taken_at=None).exists()


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=9))
def test_nobody_learns_of_what_is_not_shared_with_them(cast: Any, steps: list[str]) -> None:
    with transaction.atomic():
        told = Told(cast)
        for what in steps:
            told.do(what)
            told.check()
        transaction.set_rollback(True)
