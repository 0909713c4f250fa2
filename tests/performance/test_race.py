"""Two people at the same instant, with real threads: one of them counts, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from supervision.people.models import User
from supervision.people.operations import edit_person
from supervision.performance.descriptions import operations as jobs
from supervision.performance.models import DescriptionRead, JobDescription, PerformanceNote
from supervision.performance.notes import operations
from supervision.records.models import Answer, Offer, Seal
from tests.sessions.test_race import at_once, chain_holds

from . import makers as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 3


def test_sent_three_times_is_offered_once_and_the_last_answer_seals_once(work: Any) -> None:
    for _round in range(ROUNDS):
        made = make.draft(work)

        def send(made: PerformanceNote = made) -> Any:
            return operations.sign_and_send(
                made,
                by=work.supervisor,
                evidence=make.evidence(work.supervisor),
                version=made.version,
                reads=work.line_manager.pk,
            )

        assert sum(isinstance(one, Offer) for one in at_once(send, send, send)) == 1
        digest = make.fresh(made).open_offer.digest

        def answer(verb: str, made: PerformanceNote = made, seen: str = digest) -> Callable[[], None]:
            given: dict[str, Any] = {"reason": "No"} if verb == "decline" else {}
            act = getattr(operations, verb)
            return lambda: act(
                make.fresh(made), by=work.worker, evidence=make.evidence(work.worker), seen=seen, **given
            )

        assert sum(one is None for one in at_once(answer("sign"), answer("decline"), answer("sign"))) == 1
        assert Seal.objects.filter(record_id=made.pk).count() == 1
        assert Answer.objects.filter(record_id=made.pk).count() == 2
    assert chain_holds()


def test_sent_while_it_is_edited_in_another_window(work: Any) -> None:
    for _round in range(ROUNDS):
        made = make.draft(work)
        sent, written = at_once(
            lambda made=made: make.send(made, version=made.version),
            lambda made=made: operations.write(
                made,
                by=work.supervisor,
                written=make.words("note", facts="Other facts"),
                version=made.version,
            ),
        )
        assert isinstance(sent, Offer) != isinstance(written, PerformanceNote), "one of them, never both"
        after = make.fresh(made)
        assert after.is_offered == isinstance(sent, Offer)
        assert (after.facts == make.FACTS) == isinstance(sent, Offer)
    assert chain_holds()


def test_the_last_signature_against_taking_back(work: Any) -> None:
    for _round in range(ROUNDS):
        made = make.sent(work)
        digest = made.open_offer.digest
        signed, back = at_once(
            lambda made=made, digest=digest: make.sign(made, work.worker, seen=digest),
            lambda made=made: operations.take_back(make.fresh(made), by=work.supervisor),
        )
        assert (signed is None) != (back is None)
        assert make.fresh(made).is_sealed == (signed is None)
    assert chain_holds()


def test_a_new_line_manager_named_while_it_is_sent_reads_it_only_if_the_page_said_so(work: Any) -> None:
    managers = [work.manager, work.line_manager]
    for number in range(ROUNDS * 2):
        named = User.objects.get(pk=work.worker.pk).line_manager
        made = make.draft(work)
        sent, _edited = at_once(
            lambda made=made, named=named: make.send(made, reads=named.pk),
            lambda number=number: edit_person(
                User.objects.get(pk=work.worker.pk),
                by=work.administrator,
                version=User.objects.get(pk=work.worker.pk).version,
                line_manager=managers[number % 2],
            ),
        )
        after = make.fresh(made)
        assert after.line_manager == (named if isinstance(sent, Offer) else None)


def test_two_results_of_one_plan_at_once_are_one(work: Any) -> None:
    plan = make.sealed(work, "plan")
    drafts = [make.draft(work, "result", plan=plan, by=by) for by in (work.supervisor, work.line_manager)]
    results = at_once(*(lambda made=made: make.send(made) for made in drafts))
    assert sum(isinstance(one, Offer) for one in results) == 1
    assert PerformanceNote.objects.filter(follows=plan, first_sent_at__isnull=False).count() == 1


def test_put_in_force_twice_is_one_version_and_read_twice_is_read_once(work: Any) -> None:
    for number in range(1, ROUNDS + 1):
        draft = make.job_draft(work, purpose=f"Purpose {number}")

        def put(by: Any, draft: Any = draft) -> Callable[[], Any]:
            return lambda: jobs.put_in_force(work.worker, by=by, from_day=make.today(), version=draft.version)

        results = at_once(put(work.line_manager), put(work.manager), put(work.line_manager))
        assert sum(isinstance(one, JobDescription) for one in results) == 1
        made = JobDescription.objects.order_by("-number").first()
        assert made is not None
        assert made.number == number
        read = at_once(*[lambda made=made: jobs.say_read(made, by=work.worker)] * 3)
        assert sum(one is None for one in read) == 1
        assert DescriptionRead.objects.filter(description=made).count() == 1
    assert chain_holds()


def test_two_who_save_the_same_draft_at_once_overwrite_nothing(work: Any) -> None:
    for _round in range(ROUNDS):
        draft = make.job_draft(work)

        def save(by: Any, purpose: str, draft: Any = draft) -> Callable[[], Any]:
            sections = make.sections(purpose=purpose)
            return lambda: jobs.save_draft(work.worker, by=by, sections=sections, version=draft.version)

        results = at_once(save(work.line_manager, "By Lina"), save(work.manager, "By Priya"))
        kept = [one for one in results if not isinstance(one, Exception)]
        assert len(kept) == 1
        assert make.fresh(kept[0]).purpose == kept[0].purpose
