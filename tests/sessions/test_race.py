"""Two people at the same instant, with real threads on the database in use: one sealed record, or a clear refusal."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from supervision.records import encryption
from supervision.records.errors import DomainError, Stale, WrongState
from supervision.records.models import Answer, AuditEvent, Offer, Seal
from supervision.sessions import operations, standing
from supervision.sessions.models import ActionEvent, AgendaItem, Attendance, Session

from . import makers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 6


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run every act in a thread of its own, released together. Returns what each gave or raised."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            with encryption.unlocked_keys():
                results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError) for one in refused), refused
    return results


def chain_holds() -> bool:
    links = list(AuditEvent.objects.order_by("seq"))
    numbered = [link.seq for link in links] == list(range(1, len(links) + 1))
    return numbered and all(b.previous == a.mac for a, b in itertools.pairwise(links))


def signer(session: Session, person: Any, seen: set[str], **given: Any) -> Callable[[], None]:
    values = {"evidence": makers.evidence(person), "seen": seen} | given
    return lambda: operations.sign(makers.fresh(session), by=person, **values)


def test_both_sign_at_the_same_instant_twice_each(cast: Any) -> None:
    for number in range(ROUNDS):
        session = makers.sent(cast, makers.planned(cast, starts_at=makers.ago(20 + 2 * number)))
        seen = makers.digests(session)
        results = at_once(
            *(signer(session, person, seen) for person in (cast.supervisor, cast.worker) for _ in range(2))
        )
        assert sum(one is None for one in results) == 2
        assert Seal.objects.filter(record_id=session.pk).count() == 1
        assert Answer.objects.filter(record_id=session.pk).count() == 2
        assert all(row.is_sealed for row in Attendance.objects.filter(session=session))
        kept = cast.arrangement.standing
        kept.refresh_from_db()
        assert kept.unsigned_count == standing.standing_of(cast.arrangement)["unsigned_count"] == 0
    assert chain_holds()


def test_the_last_signature_against_taking_back(cast: Any) -> None:
    ends: Counter[str] = Counter()
    for number in range(ROUNDS):
        session = makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(20 + 2 * number)))
        seen = makers.digests(session)
        signed, back = at_once(
            signer(session, cast.worker, seen),
            lambda session=session: operations.take_back(makers.fresh(session), by=cast.supervisor),
        )
        after = makers.fresh(session)
        assert (signed is None) != (back is None), "exactly one of the two happened"
        assert after.is_sealed == (signed is None)
        assert after.is_draft == (back is None)
        ends["sealed" if after.is_sealed else "draft"] += 1
    assert sum(ends.values()) == ROUNDS
    assert chain_holds()


def test_a_signature_against_a_change_and_a_new_text(cast: Any) -> None:
    for number in range(ROUNDS):
        session = makers.signed_by_recorder(cast, makers.planned(cast, starts_at=makers.ago(20 + 2 * number)))
        seen = makers.digests(session)

        def change(session: Session = session) -> None:
            operations.take_back(makers.fresh(session), by=cast.supervisor)
            again = makers.fresh(session)
            operations.record(
                again, by=cast.supervisor, written=makers.written(cast, again, outcomes="Another text")
            )
            operations.sign_and_send(
                makers.fresh(again), by=cast.supervisor, evidence=makers.evidence(cast.supervisor)
            )

        signed, _changed = at_once(signer(session, cast.worker, seen), change)
        answers = Answer.objects.filter(record_id=session.pk, person=cast.worker).select_related("offer")
        for answer in answers:
            assert answer.digest in seen, "nobody signs a text that was not on their page"
        if signed is not None:
            assert isinstance(signed, Stale | WrongState)
        assert Seal.objects.filter(record_id=session.pk).count() <= 1
    assert chain_holds()


def test_a_record_sent_by_a_double_click_is_offered_once(cast: Any) -> None:
    for number in range(ROUNDS):
        session = makers.planned(cast, starts_at=makers.ago(20 + 2 * number))
        written = makers.written(cast, session, next=operations.Next(makers.ahead(3 + number), "Library"))
        planned = Session.objects.planned().count()

        def press(session: Session = session, written: Any = written) -> Any:
            return operations.write_up(
                session.arrangement,
                by=cast.supervisor,
                written=written,
                session=makers.fresh(session),
                version=session.version,
                then_send=True,
                evidence=makers.evidence(cast.supervisor),
            )

        results = at_once(press, press, press)
        assert sum(isinstance(one, Session) for one in results) == 1
        assert Offer.objects.filter(record_id=session.pk).count() == 1
        assert Session.objects.planned().count() <= planned + 1
    assert chain_holds()


def test_the_same_unplanned_session_sent_three_times_is_one(cast: Any) -> None:
    key, written = makers.key(), makers.written(cast)
    results = at_once(
        *[lambda: operations.log(cast.arrangement, by=cast.supervisor, written=written, key=key)] * 3
    )
    assert sum(isinstance(one, Session) for one in results) == 1
    assert Session.objects.count() == 1


def test_topics_from_both_while_the_record_is_begun_are_never_lost(cast: Any) -> None:
    for number in range(ROUNDS):
        session = makers.planned(cast, starts_at=makers.ago(20 + 2 * number))
        written = makers.written(cast, session, agenda=[])
        results = at_once(
            lambda session=session: operations.add_item(session, by=cast.worker, text="From Marisol"),
            lambda session=session: operations.add_item(session, by=cast.supervisor, text="From Dana"),
            lambda session=session, written=written: operations.record(
                session, by=cast.supervisor, written=written, version=session.version
            ),
        )
        added = sum(isinstance(one, AgendaItem) for one in results[:2])
        assert AgendaItem.objects.filter(session=session).count() == added
        assert isinstance(results[2], Session | Stale | WrongState)
        if isinstance(results[2], Session):
            assert makers.fresh(session).state == "held"
        makers.fresh(session)


def test_a_topic_while_the_record_is_sent_is_in_it_or_refused(cast: Any) -> None:
    for number in range(ROUNDS):
        session = makers.draft(cast, makers.planned(cast, starts_at=makers.ago(20 + 2 * number)))
        added, sent = at_once(
            lambda session=session: operations.add_item(session, by=cast.worker, text="From Marisol"),
            lambda session=session: operations.send(
                makers.fresh(session), by=cast.supervisor, version=session.version
            ),
        )
        assert isinstance(added, AgendaItem) != isinstance(sent, Offer), "never sent without it, unseen"
        assert isinstance(added, AgendaItem | WrongState)
        assert isinstance(sent, Offer | Stale)
    assert chain_holds()


def test_a_tick_by_both_is_one_event(cast: Any) -> None:
    action = makers.sealed(cast, steps=[makers.step(cast.worker)]).actions.get()
    at_once(
        *(
            lambda person=person: operations.done(action, by=person)
            for person in (cast.supervisor, cast.worker, cast.worker)
        )
    )
    assert ActionEvent.objects.filter(action=action).count() == 1


def test_everything_of_a_pair_at_once_neither_hangs_nor_breaks(cast: Any) -> None:
    """Whatever order the locks are asked for in, nobody waits for ever."""
    for number in range(ROUNDS):
        base = 30 + number * 3
        first = makers.sealed(
            cast, makers.planned(cast, starts_at=makers.ago(base + 2)), steps=[makers.step(cast.worker)]
        )
        action = first.actions.get()
        session = makers.planned(cast, starts_at=makers.ago(base))
        following = makers.planned(cast, starts_at=makers.ahead(2 + number))
        said = [operations.Since(action.pk, "done")]
        written = makers.written(
            cast, session, since=said, next=operations.Next(makers.ahead(2.5 + number), "")
        )
        at_once(
            lambda session=session, written=written: operations.write_up(
                session.arrangement,
                by=cast.supervisor,
                written=written,
                session=session,
                then_send=True,
                evidence=makers.evidence(cast.supervisor),
            ),
            lambda action=action: operations.done(action, by=cast.worker),
            lambda following=following: operations.add_item(following, by=cast.worker, text="Soon"),
            lambda following=following: operations.cancel(following, by=cast.worker, why="away"),
            lambda number=number: operations.plan(
                cast.arrangement, by=cast.worker, starts_at=makers.ahead(40 + number)
            ),
        )
        carried = [pk for pk in AgendaItem.objects.values_list("carried_from", flat=True) if pk]
        assert len(carried) == len(set(carried)), "a topic is carried once"
        for row in Session.objects.planned():
            operations.cancel(row, by=cast.worker, why="other")
    assert chain_holds()
