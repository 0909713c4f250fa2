"""Performance records: written, sent to those whom the page names, answered, sealed, followed by a result."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from supervision.people.models import User
from supervision.performance.models import PerformanceNote
from supervision.performance.notes import operations
from supervision.records import certificate, snapshot, verify
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.records.models import Answer, Document, Offer, OfferClosed, RecordKey, Seal
from tests.people.helpers import run_jobs

from . import makers as make

pytestmark = pytest.mark.django_db
KINDS = ("note", "plan", "recognition")


def content_of(made: PerformanceNote) -> dict[str, Any]:
    return snapshot.read(make.fresh(made).open_offer.content)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("author", ["supervisor", "line_manager"])
def test_from_the_first_word_to_the_seal(work: Any, kind: str, author: str) -> None:
    by = getattr(work, author)
    made = make.sent(work, kind, by=by)
    make.sign(made, work.worker, statement=make.ANSWER)
    made = make.fresh(made)
    assert made.is_sealed
    assert Seal.objects.get(record_id=made.pk).how == Seal.How.ALL_SIGNED
    signed = {row.person: row.statement for row in Answer.objects.filter(record_id=made.pk)}
    assert signed == {by: "", work.worker: make.ANSWER}
    assert make.WORDS[kind]["facts"] in [one["text"] for one in content_of(made)["sections"]]
    assert verify.run() == []


def test_the_line_manager_is_named_on_it_and_frozen_when_it_is_sent(work: Any) -> None:
    made = make.draft(work)
    assert made.line_manager is None
    make.send(made)
    made = make.fresh(made)
    assert made.line_manager == work.line_manager
    assert ["Also read by", "Lina Linemanager, line manager"] in content_of(made)["facts"]
    User.objects.filter(pk=work.worker.pk).update(line_manager=work.manager)
    assert make.fresh(made).line_manager == work.line_manager


@pytest.mark.parametrize("case", ["none", "left", "writes it"])
def test_without_a_line_manager_beside_them_it_is_between_the_two(work: Any, case: str) -> None:
    if case == "none":
        User.objects.filter(pk=work.worker.pk).update(line_manager=None)
    if case == "left":
        User.objects.filter(pk=work.line_manager.pk).update(is_active=False)
    work.worker.refresh_from_db()
    made = make.sent(work, by=work.line_manager if case == "writes it" else None)
    assert made.line_manager is None
    assert ["Also read by", "Nobody else"] in content_of(made)["facts"]


def test_somebody_else_than_the_page_named_never_reads_it(work: Any) -> None:
    """The promise above the form is kept, also when the line manager changes while somebody writes."""
    made = make.draft(work)
    User.objects.filter(pk=work.worker.pk).update(line_manager=work.manager)
    for reads in (work.line_manager.pk, None, uuid.uuid4()):
        with pytest.raises(Stale, match="not the one that this page named"):
            make.send(made, reads=reads)
    assert not Offer.objects.exists()
    make.send(made, reads=work.manager.pk)
    assert make.fresh(made).line_manager == work.manager


@pytest.mark.parametrize("kind", [*KINDS, "result"])
def test_what_a_kind_needs_is_asked_for_by_name(work: Any, kind: str) -> None:
    from supervision.performance.notes.parts import parts_of

    plan = make.sealed(work, "plan") if kind == "result" else None
    for part in parts_of(kind):
        if part.missing:
            empty = {part.field: None if part.field.endswith("_day") else " "}
            if part.field == "outcome":
                empty = {"outcome": ""}
            made = make.draft(work, kind, plan=plan, **empty)
            with pytest.raises(Invalid, match=str(part.missing)) as refusal:
                make.send(made)
            assert refusal.value.field == part.field


def test_days_in_the_wrong_order_are_refused(work: Any) -> None:
    for given, field in (
        ({"until_day": make.today(-1)}, "until_day"),
        ({"review_on": make.today(-1)}, "review_on"),
    ):
        with pytest.raises(Invalid) as refusal:
            make.draft(work, "plan", **given)
        assert refusal.value.field == field


def test_only_a_version_of_this_persons_job_can_be_named(work: Any) -> None:
    own, other = make.job(work), make.job(work, by=work.other_manager, person=work.other_worker)
    with pytest.raises(Invalid):
        make.draft(work, description=other)
    made = make.sent(work, description=own)
    assert any("Version 1" in text for _label, text in content_of(made)["facts"])


def test_those_who_may_not_write_begin_nothing(work: Any) -> None:
    for name in ("worker", "manager", "administrator", "other_supervisor", "outsider"):
        with pytest.raises(NotFound):
            make.begun(work, by=getattr(work, name))
    assert not PerformanceNote.objects.exists()


def test_a_form_sent_twice_begins_one(work: Any) -> None:
    key = uuid.uuid4()
    rows = {operations.start(work.worker, by=work.supervisor, kind="note", key=key).pk for _twice in range(2)}
    assert len(rows) == 1
    theirs = operations.start(work.worker, by=work.line_manager, kind="note", key=key)
    assert theirs.pk not in rows, "a key of somebody else's reaches nothing of theirs"


@pytest.mark.parametrize("kind", ["forged", "result", ""])
def test_no_kind_that_is_not_on_offer(work: Any, kind: str) -> None:
    with pytest.raises(Invalid):
        make.begun(work, kind)


def test_an_old_form_overwrites_nothing_and_sends_nothing(work: Any) -> None:
    made = make.draft(work)
    with pytest.raises(Stale):
        operations.write(made, by=work.supervisor, written=make.words("note"), version=made.version - 1)
    with pytest.raises(Stale):
        make.send(made, version=made.version - 1)


def test_what_is_out_for_signature_is_not_written_in(work: Any) -> None:
    made = make.sent(work)
    with pytest.raises(WrongState):
        operations.write(made, by=work.supervisor, written=make.words("note"), version=made.version)
    make.sign(made, work.worker)
    with pytest.raises(Sealed):
        operations.write(
            make.fresh(made), by=work.supervisor, written=make.words("note"), version=made.version
        )


def test_the_line_manager_reads_and_does_nothing_else(work: Any) -> None:
    made = make.sent(work)
    lina = work.line_manager
    for act in (
        lambda: make.sign(made, lina),
        lambda: operations.decline(made, by=lina, evidence=make.evidence(lina), seen="", reason="No"),
        lambda: operations.ask_for_change(made, by=lina, seen="", reason="No"),
        lambda: operations.take_back(made, by=lina),
        lambda: operations.close(made, by=lina, reason="No"),
        lambda: operations.withdraw(made, by=lina),
    ):
        with pytest.raises(Denied):
            act()


def test_declining_keeps_the_reason_and_seals(work: Any) -> None:
    made = make.sent(work)
    seen = made.open_offer.digest
    with pytest.raises(Invalid):
        operations.decline(made, by=work.worker, evidence=make.evidence(work.worker), seen=seen, reason=" ")
    operations.decline(
        made, by=work.worker, evidence=make.evidence(work.worker), seen=seen, reason=make.ANSWER
    )
    assert Seal.objects.get(record_id=made.pk).how == Seal.How.DECLINED
    assert Answer.objects.get(person=work.worker).reason == make.ANSWER
    with pytest.raises(AlreadyDone):
        make.sign(made, work.worker)


def test_a_change_asked_for_voids_the_signature_and_goes_back(work: Any) -> None:
    made = make.sent(work)
    operations.ask_for_change(made, by=work.worker, seen=made.open_offer.digest, reason=make.ANSWER)
    made = make.fresh(made)
    assert made.is_draft
    assert OfferClosed.objects.get().why == OfferClosed.Why.CHANGE_ASKED
    operations.write(
        made, by=work.supervisor, written=make.words("note", facts="Other facts"), version=made.version
    )
    make.send(made)
    make.sign(made, work.worker)
    assert make.fresh(made).is_sealed


def test_a_text_that_was_taken_back_cannot_be_signed(work: Any) -> None:
    made = make.sent(work)
    seen = made.open_offer.digest
    operations.take_back(made, by=work.supervisor)
    with pytest.raises(WrongState):
        make.sign(made, work.worker, seen=seen)
    operations.write(
        make.fresh(made),
        by=work.supervisor,
        written=make.words("note", facts="X"),
        version=make.fresh(made).version,
    )
    make.send(made)
    with pytest.raises(Stale):
        make.sign(made, work.worker, seen=seen)


def test_after_the_agencys_days_it_is_closed_with_the_signatures_given(work: Any, monkeypatch: Any) -> None:
    made = make.sent(work)
    with pytest.raises(WrongState, match="Everybody has until"):
        operations.close(made, by=work.supervisor, reason="No answer")
    monkeypatch.setattr("supervision.people.answering.closes_from", lambda offer: timezone.now())
    with pytest.raises(Invalid):
        operations.close(made, by=work.supervisor, reason=" ")
    operations.close(made, by=work.supervisor, reason="No answer")
    assert Seal.objects.get(record_id=made.pk).how == Seal.How.CLOSED
    with pytest.raises(AlreadyDone):
        operations.close(made, by=work.supervisor, reason="No answer")


def test_who_has_left_is_not_waited_for(work: Any) -> None:
    made = make.sent(work)
    User.objects.filter(pk=work.worker.pk).update(is_active=False)
    operations.close(made, by=work.supervisor, reason="Marisol has left")
    assert make.fresh(made).is_sealed


def test_a_draft_nobody_saw_leaves_nothing_and_one_that_was_sent_says_that_it_was_withdrawn(
    work: Any,
) -> None:
    made = make.draft(work)
    assert operations.withdraw(made, by=work.supervisor) is None
    assert not PerformanceNote.objects.exists()
    assert not RecordKey.objects.filter(pk=made.pk).exists()
    known = make.withdrawn(work)
    for act in (
        lambda: operations.write(
            known, by=work.supervisor, written=make.words("note"), version=known.version
        ),
        lambda: make.send(known),
        lambda: make.sign(known, work.worker),
    ):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(AlreadyDone):
        operations.withdraw(known, by=work.supervisor)


# The result of a plan ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["met", "partly", "not_met", "not_needed"])
def test_a_result_follows_its_plan_and_is_signed_like_it(work: Any, outcome: str) -> None:
    plan = make.sealed(work, "plan")
    made = make.sealed(work, "result", plan=plan, by=work.line_manager, outcome=outcome)
    assert made.follows == plan
    assert content_of(made)["outcome"] == outcome
    assert make.fresh(plan).version == plan.version, "the sealed plan itself is as it was"
    assert verify.run() == []


def test_a_plan_has_one_result(work: Any) -> None:
    plan = make.sealed(work, "plan")
    late = make.draft(work, "result", plan=plan)
    first = make.sent(work, "result", plan=plan, by=work.line_manager)
    with pytest.raises(WrongState, match="written already"):
        make.send(late)
    with pytest.raises(WrongState, match="written already"):
        make.begun(work, "result", plan=plan)
    operations.take_back(first, by=work.line_manager)
    operations.withdraw(make.fresh(first), by=work.line_manager)
    make.send(late)
    assert make.fresh(late).is_offered


def test_only_a_sealed_plan_has_a_result(work: Any) -> None:
    for plan in (make.sent(work, "plan"), make.sealed(work, "note")):
        with pytest.raises(WrongState):
            make.begun(work, "result", plan=plan)


def test_who_does_not_read_the_plan_writes_no_result(work: Any) -> None:
    plan = make.sealed(work, "plan", by=work.line_manager)
    with pytest.raises(NotFound):
        make.begun(work, "result", plan=plan, by=work.supervisor)
    with pytest.raises(WrongState):
        make.begun(work, "result", plan=make.sealed(work, "note"))


def test_no_outcome_that_is_not_in_the_list(work: Any) -> None:
    with pytest.raises(Invalid):
        make.draft(work, "result", plan=make.sealed(work, "plan"), outcome="splendid")


# The database, the mails, the PDF -----------------------------------------------------------------------------------


def test_the_database_refuses_to_change_what_was_sealed(work: Any) -> None:
    made = make.sealed(work)
    table = PerformanceNote._meta.db_table
    for sql in (
        f"UPDATE \"{table}\" SET kind = 'recognition'",
        f'UPDATE "{table}" SET line_manager_id = NULL',
        f'UPDATE "{table}" SET withdrawn_at = first_sent_at',
        f'DELETE FROM "{table}"',
    ):
        with (
            pytest.raises(IntegrityError, match="refused"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert make.fresh(made).kind == "note"


def test_the_database_knows_no_record_about_oneself(work: Any) -> None:
    row = PerformanceNote(worker=work.worker, author=work.worker, author_as="supervisor", kind="note")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_mails_go_to_those_it_names_and_say_nothing_of_it(work: Any) -> None:
    made = make.sent(work)
    run_jobs()
    assert sorted(one.to[0] for one in mail.outbox) == sorted([work.worker.email, work.line_manager.email])
    for one in mail.outbox:
        for word in (make.FACTS, "erformance", "Marisol Vega", "Dana"):
            assert word not in str(one.subject)
        assert make.FACTS not in str(one.message())
    mail.outbox.clear()
    make.sign(made, work.worker)
    run_jobs()
    assert [one.to[0] for one in mail.outbox] == [work.supervisor.email]


def test_the_pdf_is_made_of_what_was_signed(work: Any) -> None:
    certificate.ensure_certificate("Riverbend Peer Alliance")
    made = make.sealed(work, "plan")
    run_jobs()
    assert bytes(Document.objects.get(record_id=made.pk).pdf).startswith(b"%PDF")
