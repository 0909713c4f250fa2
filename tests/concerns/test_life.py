"""Whatever people press, in whatever order, with however old a page and wherever the clock stands: nobody hears of a concern
before their turn, and everybody who has heard of it knows it for good.

Two concerns of different limits run at once. The clock moves over both clock changes, weekends and holidays. What should be so is
said here once more, plainly, from what has happened and from nothing that the software stored.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from supervision.concerns.models import Concern
from supervision.concerns.raising import operations, receivers
from supervision.people.models import Agency, Standing, User
from supervision.records import encryption
from supervision.records.errors import DomainError
from tests import factories
from tests.cast import Cast

from . import makers

ZONE = ZoneInfo("America/New_York")
LIMITS = ("conduct", "safety", "law")
numbers = st.integers(0, 1)
mostly = st.sampled_from([True, True, True, False])
SELDOM = (
    *("share out of order", "accept", "withdraw", "throw away", "own words", "state"),
    *("seen", "report"),
)
OFTEN = (
    *("tell", "tell again", "share", "decline", "taken", "let ask", "confirm", "confirm", "answer"),
    *("somebody else", "change", "leave", "end it oneself", "end it oneself"),
)
BUTTONS = st.sampled_from([*SELDOM, *OFTEN, *OFTEN, *["wait", "go on"] * 8])
# Before the clocks go back, before they go forward, before a long weekend.
BEGINNINGS = st.sampled_from(["2026-10-29T22:30", "2027-03-11T09:00", "2026-11-25T16:45", "2027-07-01T12:00"])
HOLIDAYS = {  # of those weeks, said here once more
    datetime.date(2026, 11, 11),
    datetime.date(2026, 11, 26),
    datetime.date(2026, 12, 25),
    datetime.date(2027, 7, 4),
    datetime.date(2027, 7, 5),
    datetime.date(2027, 5, 31),
}


@dataclass
class Known:
    """What happened with one concern, as somebody beside the software would write it down."""

    days: int = 0
    told: datetime.datetime | None = None
    declined: datetime.datetime | None = None
    raised: datetime.datetime | None = None
    may_ask: bool = False
    said_no: bool = False
    seen: bool = False
    reported: bool = False
    again: datetime.datetime | None = None
    shared: datetime.datetime | None = None
    receiver: User | None = None
    out_of_order: bool = False
    ended: str = ""
    frozen: dict[str, Any] = field(default_factory=dict)


def time_is_over(known: Known, now: datetime.datetime) -> bool:
    """Counted by hand: whether so many working days have passed since the worker was told."""
    if known.told is None:
        return False
    if known.declined is not None or not known.days:
        return True
    day, counted = known.told.astimezone(ZONE).date(), 0
    today = now.astimezone(ZONE).date()
    while day < today:
        day += datetime.timedelta(days=1)
        if day < today and day.weekday() < 5 and day not in HOLIDAYS:
            counted += 1
    return counted >= known.days


class Concerns(RuleBasedStateMachine):
    """Dana, Marisol, Lina who is her line manager, and those who must not know."""

    cast: Cast
    reached: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.keys = encryption.unlocked_keys()
        self.keys.__enter__()
        self.known: dict[Any, Known] = {}
        self.seen: dict[Any, int] = {}  # the version that was on Dana's page
        self.clock: Any = None
        self.changed = False  # since everything was looked at

    def teardown(self) -> None:
        if self.clock is not None:
            self.clock.stop()
        self.keys.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(start=BEGINNINGS, told=st.integers(0, 2))
    def begin(self, start: str, told: int) -> None:
        cast = self.cast
        self.now = datetime.datetime.fromisoformat(start).replace(tzinfo=ZONE).astimezone(datetime.UTC)
        self.clock = mock.patch("django.utils.timezone.now", side_effect=lambda: self.now)
        self.clock.start()
        Agency.objects.update(time_zone="America/New_York", concern_days=2, holiday_country="US")
        self.lina = makers.line_manager(cast)
        self.noor = factories.person("Noor Named")
        Standing.objects.filter(arrangement=cast.arrangement).update(hears_instead=self.noor)
        self.people = [cast.supervisor, cast.worker, self.lina, self.noor, cast.manager]
        self.strangers = [cast.administrator, cast.other_supervisor, cast.outsider, cast.other_manager]
        self.made: list[Any] = []
        self.dana_has_left = False
        for limit in ("safety", "law"):
            self.state(limit)
        for number in range(told):
            self.tell(number, False, True)

    # Helpers ----------------------------------------------------------------------------------------------------------

    def concern(self, number: int) -> Concern | None:
        return Concern.objects.filter(pk=self.made[number % len(self.made)]).first() if self.made else None

    def attempt(self, what: str, allowed: bool, act: Callable[[], Any]) -> bool:
        """Do it; whether it was done must be what the order says."""
        try:
            with transaction.atomic():
                act()
        except DomainError:
            assert not allowed, f"{what} was refused"
            return False
        except IntegrityError as error:  # pragma: no cover
            raise AssertionError(f"{what}: only the database refused it") from error
        assert allowed, f"{what} was done"
        self.changed = True
        self.reached[what] += 1
        return True

    def version(self, concern: Concern, fresh: bool) -> int:
        """That of now, or of the page as it was when Dana last looked."""
        if fresh:
            self.seen[concern.pk] = Concern.objects.values_list("version", flat=True).get(pk=concern.pk)
        return self.seen.get(concern.pk, -1)

    def is_fresh(self, concern: Concern) -> bool:
        return self.seen.get(concern.pk) == concern.version

    @rule(button=BUTTONS, number=numbers, to=numbers, fresh=mostly, yes=st.booleans(), who=st.integers(0, 53))
    def press(self, button: str, number: int, to: int, fresh: bool, yes: bool, who: int) -> None:
        """One button, by whoever. All of them are one rule: each run then has every button."""
        {
            "wait": lambda: self.wait((0, 1, 7, 24, 48, 72)[who % 6]),
            "go on": lambda: self.go_on(number, to),
            "state": lambda: self.state(LIMITS[who % 3]),
            "tell": lambda: self.tell(number, yes, fresh),
            "tell again": lambda: self.tell_again(number, fresh),
            "share": lambda: self.share(number, fresh, to),
            "share out of order": lambda: self.share_out_of_order(number, yes),
            "accept": lambda: self.accept(number),
            "withdraw": lambda: self.withdraw(number, yes),
            "throw away": lambda: self.throw_away(number),
            "decline": lambda: self.decline(number),
            "taken": lambda: self.say_taken(number, yes or who % 2 == 0),
            "own words": lambda: self.add_words(number),
            "let ask": lambda: self.let_ask(number),
            "seen": lambda: self.say_seen(number),
            "end it oneself": lambda: self.close(number),
            "change": lambda: self.change(number, fresh),
            "report": lambda: self.report(number),
            "leave": lambda: self.leave(who % 3 == 0),
            "confirm": lambda: self.confirm(number, yes),
            "answer": lambda: self.answer(number),
            "somebody else": lambda: self.somebody_else_presses(number, who % 9, who // 9),
        }[button]()

    # Time ---------------------------------------------------------------------------------------------------------------

    def wait(self, hours: int) -> None:
        self.now += datetime.timedelta(hours=hours, seconds=1)

    # Dana -----------------------------------------------------------------------------------------------------------------

    def state(self, limit: str) -> None:
        if len(self.made) < 2:
            made = makers.stated(self.cast, limit=limit)
            self.made.append(made.pk)
            self.known[made.pk] = Known()
            self.seen[made.pk] = made.version

    def tell(self, number: int, no_time: bool, fresh: bool) -> None:
        if (concern := self.concern(number)) is None:
            return
        known, version = self.known[concern.pk], self.version(concern, fresh)
        allowed = known.told is None and self.is_fresh(concern)
        if self.attempt(
            "told",
            allowed,
            lambda: operations.tell(
                concern,
                by=self.cast.supervisor,
                version=version,
                no_time=no_time,
                no_time_reason="Tonight" if no_time else "",
            ),
        ):
            known.told, known.days = self.now, 0 if no_time or known.shared else 2

    def tell_again(self, number: int, fresh: bool) -> None:
        if (concern := self.concern(number)) is None:
            return
        known, version = self.known[concern.pk], self.version(concern, fresh)
        allowed = (
            time_is_over(known, self.now)
            and known.again is None
            and known.shared is None
            and not known.ended
            and self.is_fresh(concern)
        )
        if self.attempt(
            "told again",
            allowed,
            lambda: operations.tell_again(concern, by=self.cast.supervisor, version=version),
        ):
            known.again = self.now

    def share(self, number: int, fresh: bool, to: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known, version = self.known[concern.pk], self.version(concern, fresh)
        person = (self.lina, self.noor)[to]
        allowed = (
            known.again is not None
            and time_is_over(known, self.now)
            and known.shared is None
            and not known.ended
            and self.is_fresh(concern)
        )
        if self.attempt(
            "shared",
            allowed,
            lambda: operations.share(
                concern, by=self.cast.supervisor, receiver=person, text=makers.SHARED, version=version
            ),
        ):
            known.shared, known.receiver = self.now, person

    def share_out_of_order(self, number: int, with_reason: bool) -> None:
        if (concern := self.concern(number)) is None:
            return
        reason = "Somebody was about to drive." if with_reason else "  "
        known = self.known[concern.pk]
        allowed = known.shared is None and not known.ended and bool(reason.strip())
        if self.attempt(
            "shared out of order",
            allowed,
            lambda: operations.share_out_of_order(
                concern,
                by=self.cast.supervisor,
                receiver=self.lina,
                text=makers.SHARED,
                reason=reason,
                version=self.version(concern, True),
            ),
        ):
            known.shared, known.receiver, known.out_of_order = self.now, self.lina, True

    def accept(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.raised is not None and known.shared is None and not known.ended
        if self.attempt("accepted", allowed, lambda: operations.accept(concern, by=self.cast.supervisor)):
            known.ended = "taken"

    def withdraw(self, number: int, with_reason: bool) -> None:
        if (concern := self.concern(number)) is None:
            return
        reason = "It was a misunderstanding." if with_reason else ""
        known = self.known[concern.pk]
        knows = known.told is not None or known.shared is not None
        allowed = knows and not known.ended and bool(reason)
        act = lambda: operations.withdraw(concern, by=self.cast.supervisor, reason=reason)  # noqa: E731
        if self.attempt("withdrawn", allowed, act):
            known.ended = "withdrawn"

    def throw_away(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.told is None and known.shared is None and not known.reported
        act = lambda: operations.throw_away(concern, by=self.cast.supervisor)  # noqa: E731
        if self.attempt("thrown away", allowed, act):
            self.made.remove(concern.pk)
            del self.known[concern.pk]

    def change(self, number: int, fresh: bool) -> None:
        if (concern := self.concern(number)) is None:
            return
        known, version = self.known[concern.pk], self.version(concern, fresh)
        allowed = known.told is None and known.shared is None and self.is_fresh(concern)
        words = operations.Words(limit="safety", text="In other words.")
        act = lambda: operations.change(concern, by=self.cast.supervisor, words=words, version=version)  # noqa: E731
        self.attempt("worded differently", allowed, act)

    def report(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        act = lambda: operations.add_report(  # noqa: E731
            concern, by=self.cast.supervisor, happened_at=self.now, to_whom="The police", reason="By law."
        )
        if self.attempt("reported outside", True, act):
            self.known[concern.pk].reported = True

    def leave(self, comes_back: bool) -> None:
        """Dana's account is closed, or opened again. What is hers to do she does not do meanwhile."""
        self.dana_has_left = not comes_back
        User.objects.filter(pk=self.cast.supervisor.pk).update(is_active=comes_back)

    def go_on(self, number: int, to: int) -> None:
        """As somebody does who follows the page: the next step in its order, with the page of now."""
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        if known.told is None:
            self.tell(number, False, True)
        elif known.again is None:
            self.tell_again(number, True)
        elif known.shared is None:
            self.share(number, True, to)
        else:
            self.answer(number)

    # Marisol ----------------------------------------------------------------------------------------------------------------

    def decline(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = (
            known.told is not None and known.declined is None and known.shared is None and not known.ended
        )
        if self.attempt("declined", allowed, lambda: operations.decline(concern, by=self.cast.worker)):
            known.declined = self.now

    def say_taken(self, number: int, may_ask: bool) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.told is not None and known.raised is None and known.shared is None and not known.ended
        act = lambda: operations.say_taken(  # noqa: E731
            concern,
            by=self.cast.worker,
            on=self.now.astimezone(ZONE).date(),
            person=self.lina,
            may_ask=may_ask,
        )
        if self.attempt("taken", allowed, act):
            known.raised, known.may_ask = self.now, may_ask

    def add_words(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        allowed = self.known[concern.pk].told is not None
        act = lambda: operations.add_statement(  # noqa: E731
            concern, by=self.cast.worker, text="It was not so.", for_receiver=True
        )
        self.attempt("own words", allowed, act)

    def let_ask(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.raised is not None and not known.may_ask and known.shared is None and not known.ended
        if self.attempt("let ask", allowed, lambda: operations.let_ask(concern, by=self.cast.worker)):
            known.may_ask = True

    def say_seen(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.told is not None and not known.seen
        if self.attempt("seen", allowed, lambda: operations.say_seen(concern, by=self.cast.worker)):
            known.seen = True

    def close(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.told is not None and not known.ended and self.dana_has_left and known.shared is None
        if self.attempt(
            "ended by the worker", allowed, lambda: operations.close(concern, by=self.cast.worker)
        ):
            known.ended = "left"

    # Lina -------------------------------------------------------------------------------------------------------------------

    def confirm(self, number: int, reached: bool) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.may_ask and known.shared is None and not known.ended
        if reached:
            if self.attempt("confirmed", allowed, lambda: operations.confirm(concern, by=self.lina)):
                known.ended = "taken"
        elif self.attempt(
            "not reached",
            allowed and not known.said_no,
            lambda: operations.say_not_reached(concern, by=self.lina),
        ):
            known.said_no = True

    def answer(self, number: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        known = self.known[concern.pk]
        allowed = known.shared is not None and known.receiver == self.lina and not known.ended
        act = lambda: operations.answer(concern, by=self.lina, outcome="A taxi account.")  # noqa: E731
        if self.attempt("answered", allowed, act):
            known.ended = "answered"

    # Whoever presses what is not theirs ----------------------------------------------------------------------------------------

    def somebody_else_presses(self, number: int, who: int, what: int) -> None:
        if (concern := self.concern(number)) is None:
            return
        everybody = [*self.people, *self.strangers]
        person = everybody[who % len(everybody)]
        mine: Any = {0: [self.cast.supervisor], 1: [self.cast.worker], 2: [concern.shared_with]}[what % 3]
        if person in mine:
            return
        act: Any = [
            lambda: operations.withdraw(concern, by=person, reason="x"),
            lambda: operations.add_statement(concern, by=person, text="x", for_receiver=True),
            lambda: operations.answer(concern, by=person, outcome="x"),
            lambda: operations.tell(concern, by=person, version=self.version(concern, True)),
            lambda: operations.decline(concern, by=person),
            lambda: operations.answer(concern, by=person, outcome="x"),
        ][what]
        self.attempt("by somebody else", False, act)

    # What must always be so -------------------------------------------------------------------------------------------------------

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        """What was refused changed nothing, so it is looked at after what was done."""
        if self.changed:
            self.changed = False
            self.everybody_knows_what_they_should()
            self.what_was_shared_was_shared_in_its_order_or_shows_that_it_was_not()
            self.a_step_that_was_taken_stays_as_it_was()

    def everybody_knows_what_they_should(self) -> None:
        for pk, known in self.known.items():
            told, shared = known.told is not None, known.shared is not None
            should = {
                self.cast.supervisor.pk: True,
                self.cast.worker.pk: told,
                self.lina.pk: shared and known.receiver == self.lina,
                self.noor.pk: shared and known.receiver == self.noor,
            }
            for person in (*self.people, *self.strangers):
                sees = Concern.objects.visible_to(person).filter(pk=pk).exists()
                assert sees == should.get(person.pk, False), person.name
                asked = Concern.objects.asked_of(person).filter(pk=pk).exists()
                assert asked == (known.may_ask and person == self.lina), person.name

    def what_was_shared_was_shared_in_its_order_or_shows_that_it_was_not(self) -> None:
        for pk, known in self.known.items():
            row = Concern.objects.get(pk=pk)
            if row.shared_at is None:
                continue
            assert row.out_of_order == known.out_of_order
            if row.out_of_order:
                assert row.out_of_order_reason
                continue
            assert row.told_at is not None
            assert row.told_again_at is not None
            assert row.told_at <= row.told_again_at <= row.shared_at
            assert time_is_over(known, row.shared_at)
            assert row.shared_with_id not in (row.raised_by_id, row.worker_id)

    def a_step_that_was_taken_stays_as_it_was(self) -> None:
        for pk, known in self.known.items():
            row = Concern.objects.get(pk=pk)
            now = {step: getattr(row, step) for step in (*Concern.steps, "may_share_from")}
            for step, moment in known.frozen.items():
                assert now[step] == moment, step
            known.frozen = {step: moment for step, moment in now.items() if moment is not None}


EVERY = {
    *("told", "told again", "shared", "shared out of order", "accepted", "withdrawn", "thrown away"),
    *("declined", "taken", "own words", "confirmed", "not reached", "answered", "let ask", "seen"),
    *("ended by the worker", "worded differently", "reported outside"),
}


@pytest.mark.django_db
def test_nobody_hears_of_a_concern_before_their_turn_whatever_is_pressed(cast: Cast) -> None:
    machine = type("Run", (Concerns,), {"cast": cast, "reached": Counter()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=48,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert set(machine.reached) == EVERY, machine.reached  # it went everywhere


@pytest.mark.django_db
def test_the_receivers_that_it_counts_on_are_those_of_the_rule(cast: Cast) -> None:
    lina = makers.line_manager(cast)
    noor = factories.person("Noor Named")
    Standing.objects.filter(arrangement=cast.arrangement).update(hears_instead=noor)
    concern = Concern.objects.select_related("worker__line_manager").get(pk=makers.stated(cast).pk)
    assert [one.person for one in receivers.of(concern)] == [lina, noor]
