"""In whatever order administrators act: a record goes exactly when two who may approved it, its time is over and nothing holds it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.people.models import User
from supervision.records import disposal
from supervision.records.errors import DomainError
from supervision.retention import operations, tasks
from supervision.retention.models import NOTICE, Disposal, Hold
from supervision.sessions.models import Session
from tests import factories
from tests.cast import Cast
from tests.sessions import makers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHO = ("one", "two", "party")
ACTS = (
    "propose",
    "ask",
    "approve",
    "approve",
    "stop",
    "hold",
    "lift",
    "half the days",
    "half the days",
    "daily",
)


@dataclass
class Expected:
    """What the rules say, kept beside the operations and without them."""

    days: int = 0
    asker: str = ""
    approved: dict[str, int] = field(
        default_factory=dict
    )  # who approved the list that is open, and on which day
    is_open: bool = False
    holds: int = 0
    is_gone: bool = False

    def night(self) -> None:
        due = len(self.approved) == 2 and self.days >= max(self.approved.values()) + NOTICE.days
        if self.is_open and due:
            self.is_open, self.is_gone = False, not self.holds
        if not self.is_open and not self.is_gone and not self.holds:
            self.listed("")

    def listed(self, by: str) -> None:
        self.is_open, self.asker, self.approved = True, by, {}

    def may_approve(self, who: str) -> bool:
        free = who != "party" and who not in self.approved and len(self.approved) < 2
        return self.is_open and free


class World:
    """One old record, three administrators of whom one was there, and a clock."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.expected = cast, Expected()
        self.people: dict[str, User] = {
            "one": cast.administrator,
            "two": factories.person("Sol Second", is_administrator=True),
            "party": cast.supervisor,
        }
        User.objects.filter(pk=cast.supervisor.pk).update(is_administrator=True)
        cast.supervisor.is_administrator = True
        operations.set_rule("session", 24, by=cast.administrator)
        self.record: Session = makers.sealed(cast)
        self.start = timezone.now() + datetime.timedelta(days=3 * 366)

    def now(self) -> datetime.datetime:
        return self.start + datetime.timedelta(days=self.expected.days)

    def open_list(self) -> Disposal | None:
        return Disposal.objects.open().first()

    def does(self, act: str, who: str) -> None:
        """The act as the operations do it, and beside it what has to come of it."""
        by, said = self.people[who], self.expected
        if act == "half the days":
            said.days += NOTICE.days // 2
        elif act == "daily":
            tasks.daily.call()
            said.night()
        elif act == "propose":
            operations.propose_by_rules(by=by)
            if not said.is_open and not said.is_gone and not said.holds:
                said.listed("")
        elif act == "ask":
            may = who == "party" and not said.is_open and not said.is_gone
            self._tries(
                may, lambda: operations.propose_restriction("session", self.record.pk, by=by, reason="A name")
            )
            if may:
                said.listed(who)
        elif act in ("hold", "lift"):
            self._holds(act, by)
        elif (row := self.open_list()) is not None:
            self._decides(act, who, row)

    def _holds(self, act: str, by: User) -> None:
        if act == "hold":
            operations.hold(by=by, basis="County court", person=self.cast.worker)
            self.expected.holds += 1
        elif (row := Hold.objects.running().first()) is not None:
            operations.lift(row, by=by, reason="The case is closed")
            self.expected.holds -= 1

    def _decides(self, act: str, who: str, row: Disposal) -> None:
        by, said = self.people[who], self.expected
        if act == "stop":
            operations.stop(row, by=by, reason="The funder asks for it")
            said.is_open = False
            return
        may = said.may_approve(who)
        self._tries(may, lambda: operations.approve(row, by=by, version=row.version))
        if may:
            said.approved[who] = said.days

    def _tries(self, may: bool, act: Callable[[], Any]) -> None:
        if may:
            act()
            return
        with pytest.raises(DomainError), transaction.atomic():
            act()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(WHO)), min_size=4, max_size=24))
def test_a_record_goes_when_it_may_and_never_before(cast: Cast, acts: list[tuple[str, str]]) -> None:
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        world = World(cast)
        patch.setattr(timezone, "now", world.now)
        for act, who in [("propose", "one"), *acts]:
            world.does(act, who)
            assert disposal.is_gone(world.record.pk) == world.expected.is_gone, (act, who)
            assert (world.open_list() is not None) == world.expected.is_open, (act, who)
        transaction.set_rollback(True)


def test_the_shortest_way_to_the_end_is_one_of_them(cast: Cast) -> None:
    """The property above is not true of nothing."""
    way = [
        ("propose", "one"),
        ("approve", "one"),
        ("approve", "two"),
        *[("half the days", "one")] * 2,
        ("daily", "one"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        world = World(cast)
        patch.setattr(timezone, "now", world.now)
        for act, who in way:
            world.does(act, who)
    assert world.expected.is_gone
    assert disposal.is_gone(world.record.pk)
