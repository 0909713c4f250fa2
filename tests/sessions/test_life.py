"""Whatever people press in whatever order, what was promised holds: sealed never changes, one seal, nobody signs a text
that they did not see, and what is private stays private."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from supervision.people.models import Agency, Standing
from supervision.records import encryption, open_parties, snapshot
from supervision.records.errors import DomainError
from supervision.records.models import Answer, Offer, Seal
from supervision.sessions import operations, standing
from supervision.sessions.models import (
    Action,
    ActionEvent,
    Addendum,
    AgendaItem,
    Attendance,
    Attendee,
    OpenAction,
    Session,
)

from . import makers

PRIVATE = "Kept to myself"
people = st.sampled_from(["supervisor", "worker"])
mostly = st.sampled_from([True, True, True, False])


def cells(rows: Any) -> list[tuple[Any, ...]]:
    """Rows as they are stored, byte for byte."""
    return [
        tuple(sorted((k, bytes(v) if isinstance(v, bytes) else v) for k, v in row.items()))
        for row in rows.values()
    ]


def at(*stages: str) -> Any:
    """A rule for sessions at one of these stages; `anything_at_any_time` presses the others."""
    return precondition(lambda machine: machine.stage in stages)


class Life(RuleBasedStateMachine):
    """Dana and Marisol, one arrangement, and every button there is."""

    cast: Any

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.keys = encryption.unlocked_keys()
        self.keys.__enter__()
        self.read: dict[str, set[str]] = {"supervisor": set(), "worker": set()}
        self.frozen: dict[Any, Any] = {}
        self.hours = 0
        self.planned = 0

    def teardown(self) -> None:
        self.keys.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # Helpers ----------------------------------------------------------------------------------------------

    def person(self, who: str) -> Any:
        return getattr(self.cast, who)

    def press(self, act: Callable[[], Any]) -> None:
        """A refusal is an answer too; anything else is a fault."""
        with contextlib.suppress(DomainError):
            act()

    @property
    def session(self) -> Session:
        return Session.objects.get(pk=self.current)

    @property
    def stage(self) -> str:
        session = self.session
        if session.state != Session.State.HELD:
            return session.state
        return "sealed" if session.is_sealed else "sent" if session.is_offered else "draft"

    def digests(self) -> set[str]:
        """What the pages of this session show now."""
        shown = makers.digests(self.session)
        addenda = Addendum.objects.filter(session=self.current, open_offer__isnull=False)
        return shown | {row.open_offer.digest for row in addenda if row.open_offer}

    # What people do ---------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.current = makers.planned(self.cast, starts_at=makers.ago(500)).pk

    @at("sealed", "cancelled", "missed")
    @rule()
    def next_one(self) -> None:
        self.hours += 1
        if self.hours < 20:
            self.current = makers.planned(self.cast, starts_at=makers.ago(400 - 10 * self.hours)).pk

    @at("planned")
    @rule(who=people, share=st.booleans())
    def topic(self, who: str, share: bool) -> None:
        text = f"Topic {AgendaItem.objects.count()}" if share else PRIVATE
        self.press(lambda: operations.add_item(self.session, by=self.person(who), text=text, share=share))

    @rule(who=people)
    def share(self, who: str) -> None:
        item = AgendaItem.objects.filter(session=self.current).last()
        if item is not None and item.text != PRIVATE:
            self.press(lambda: operations.share_item(item, by=self.person(who)))

    @at("planned", "draft")
    @rule(
        who=st.sampled_from(["supervisor", "supervisor", "worker"]),
        reached=st.booleans(),
        outcomes=st.sampled_from(["One", "Two", "Three", ""]),
        step=st.booleans(),
    )
    def write(self, who: str, reached: bool, outcomes: str, step: bool) -> None:
        session = self.session
        agenda = [makers.topic_of(i, reached=reached) for i in session.agenda.filter(shared_at__isnull=False)]
        from supervision.sessions.operations import recording

        since = [operations.Since(a.pk, "done") for a in recording.open_before(session, self.cast.supervisor)]
        # Whose step it is changes with whoever writes.
        owner = self.person(who).pk
        own = [operations.Step(id=a.pk, text=a.text, owner_id=owner) for a in session.actions.all()]
        written = makers.written(
            self.cast,
            session,
            agenda=agenda,
            outcomes=outcomes,
            since=since,
            steps=own + ([makers.step(self.cast.worker)] if step else []),
        )
        self.press(lambda: operations.record(session, by=self.person(who), written=written))

    @at("draft")
    @rule(who=people)
    def send(self, who: str) -> None:
        self.press(lambda: operations.send(self.session, by=self.person(who)))

    @at("draft")
    @rule()
    def sign_and_send(self) -> None:
        dana = self.cast.supervisor

        def act() -> None:
            operations.sign_and_send(self.session, by=dana, evidence=makers.evidence(dana))
            self.read["supervisor"] |= self.digests()  # they wrote it

        self.press(act)

    @rule(who=people)
    def look(self, who: str) -> None:
        self.read[who] |= self.digests()

    @at("sent")
    @rule(who=people, record=mostly, attendance=mostly, reads_first=mostly)
    def sign(self, who: str, record: bool, attendance: bool, reads_first: bool) -> None:
        if reads_first:
            self.look(who)
        self.press(
            lambda: operations.sign(
                self.session,
                by=self.person(who),
                evidence=makers.evidence(self.person(who)),
                seen=frozenset(self.read[who]),
                record=record,
                attendance=attendance,
            )
        )

    @at("sent")
    @rule(
        who=people, verb=st.sampled_from(["decline", "ask", "take_back", "close"]), attendance=st.booleans()
    )
    def end_otherwise(self, who: str, verb: str, attendance: bool) -> None:
        if verb == "decline":
            self.look(who)
            self.decline(who, attendance)
        else:
            getattr(self, verb)(who)

    def decline(self, who: str, attendance: bool) -> None:
        self.press(
            lambda: operations.decline(
                self.session,
                by=self.person(who),
                evidence=makers.evidence(self.person(who)),
                seen=frozenset(self.read[who]),
                reason="No",
                attendance=attendance,
            )
        )

    def ask(self, who: str) -> None:
        self.press(lambda: operations.ask_for_change(self.session, by=self.person(who), reason="Please"))

    def take_back(self, who: str) -> None:
        self.press(lambda: operations.take_back(self.session, by=self.person(who)))

    def close(self, who: str) -> None:
        self.press(lambda: operations.close(self.session, by=self.person(who), reason="No answer"))

    @precondition(lambda self: self.stage == "planned" and self.hours > 0)
    @rule(who=people, verb=st.sampled_from(["cancel", "missed"]))
    def not_held(self, who: str, verb: str) -> None:
        self.press(lambda: getattr(operations, verb)(self.session, by=self.person(who), why="away"))

    @at("sealed")
    @rule(who=people)
    def addendum(self, who: str) -> None:
        author = self.person(who)

        def act() -> None:
            made = operations.add_addendum(
                self.session, by=author, reason="r", text="t", evidence=makers.evidence(author)
            )
            self.read[who].add(made.open_offer.digest)

        self.press(act)

    @precondition(lambda self: Addendum.objects.exists())
    @rule(who=people, signs=st.booleans())
    def answer_addendum(self, who: str, signs: bool) -> None:
        self.look(who)
        addendum = Addendum.objects.order_by("-written_at").first()
        seen = next(iter({addendum.open_offer.digest} & self.read[who]), "")
        self.press(
            lambda: operations.answer_addendum(
                addendum,
                by=self.person(who),
                evidence=makers.evidence(self.person(who)),
                seen=seen,
                sign=signs,
                reason="" if signs else "No",
            )
        )

    @rule(who=people, verb=st.sampled_from(["done", "reopen"]))
    def tick(self, who: str, verb: str) -> None:
        action = Action.objects.order_by("id").first()
        if action is not None:
            self.press(lambda: getattr(operations, verb)(action, by=self.person(who)))

    @rule(
        who=people,
        verb=st.sampled_from(
            ["send", "sign_and_send", "ask", "take_back", "close", "not_held", "addendum", "write"]
        ),
    )
    def anything_at_any_time(self, who: str, verb: str) -> None:
        if verb == "not_held" and self.hours == 0:
            return
        acts: dict[str, Callable[[], Any]] = {
            "write": lambda: self.write(who, True, "One", False),
            "not_held": lambda: self.not_held(who, "cancel"),
            "sign_and_send": self.sign_and_send,
        }
        acts.get(verb, lambda: getattr(self, verb)(who))()

    # What always holds --------------------------------------------------------------------------------------

    @invariant()
    def sealed_never_changes(self) -> None:
        for model in (Session, Attendance, Addendum):
            for row in model.objects.filter(sealed_at__isnull=False):
                now = cells(model.objects.filter(pk=row.pk))
                if model is Session:
                    for part in (AgendaItem, Attendee, Action):
                        now += cells(part.objects.filter(session=row.pk).order_by("pk"))
                before = self.frozen.setdefault((model, row.pk), now)
                assert now == before

    @invariant()
    def every_sealed_record_has_one_seal(self) -> None:
        sealed = sum(
            model.objects.filter(sealed_at__isnull=False).count() for model in (Session, Attendance, Addendum)
        )
        assert Seal.objects.count() == sealed == len(set(Seal.objects.values_list("record_id", flat=True)))

    @invariant()
    def nobody_answers_a_text_they_did_not_see(self) -> None:
        for answer in Answer.objects.select_related("offer"):
            who = "supervisor" if answer.person_id == self.cast.supervisor.pk else "worker"
            assert answer.digest == answer.offer.digest
            assert answer.digest in self.read[who]

    @invariant()
    def private_topics_are_in_no_content(self) -> None:
        for offer in Offer.objects.all():
            assert PRIVATE not in str(snapshot.read(offer.content))

    @invariant()
    def a_draft_shows_nothing_to_the_worker(self) -> None:
        for action in Action.objects.visible_to(self.cast.worker).select_related("session"):
            assert not action.session.is_draft

    @invariant()
    def the_hub_agrees(self) -> None:
        kept = Standing.objects.get(arrangement=self.cast.arrangement)
        now = standing.standing_of(self.cast.arrangement)
        assert {name: getattr(kept, name) for name in now} == now

    @invariant()
    def what_is_kept_of_what_is_open_is_so(self) -> None:
        assert open_parties.wrong() == set()
        closing = (ActionEvent.Kind.DONE, ActionEvent.Kind.DROPPED)
        actions = Action.objects.with_state()
        is_open = {(one.pk, one.owner_id) for one in actions if one.last_event not in closing}
        assert set(OpenAction.objects.values_list("pk", "owner")) == is_open

    @invariant()
    def a_topic_is_carried_at_most_once(self) -> None:
        carried = [i.carried_from for i in AgendaItem.objects.all() if i.carried_from]
        assert len(carried) == len(set(carried))


@pytest.mark.slow
def test_whatever_people_press_the_promises_hold(cast: Any) -> None:
    Agency.objects.update(answer_days=0)
    machine = type("LifeOfOnePair", (Life,), {"cast": cast})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
