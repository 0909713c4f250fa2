"""The life of an observation: agreed beforehand, written by the supervisor, signed by both, discussed next time (D 2.120)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.notices.models import Suggestion
from supervision.records import certificate, encryption, snapshot, verify
from supervision.records.errors import AlreadyDone, Denied, Invalid, NotFound, Sealed, Stale, WrongState
from supervision.records.models import Answer, Document, OfferClosed, Seal
from supervision.sessions import operations as sessions
from supervision.sessions import suggested
from supervision.sessions.models import AgendaItem
from supervision.sessions.observations import operations
from supervision.sessions.observations.models import Observation
from tests import factories

from . import makers
from . import observation_makers as make

TOMORROW = datetime.timedelta(days=1)


# Agreeing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["supervisor", "worker"])
def test_either_proposes_and_the_other_agrees(cast: Any, who: str) -> None:
    by = getattr(cast, who)
    made = make.proposed(cast, by=by)
    assert (made.supervisor, made.worker, made.state) == (cast.supervisor, cast.worker, "proposed")
    with pytest.raises(Denied):
        operations.agree(made, by=by, version=made.version)
    made = operations.agree(made, by=made.other(by), version=made.version)
    assert made.state == "agreed"
    assert made.answered_by != by


def test_a_form_sent_twice_proposes_once_and_a_foreign_key_takes_nothing(cast: Any) -> None:
    key = makers.key()
    given = {"other": cast.worker, "plan": make.plan(), "key": key}
    first = operations.propose(cast.arrangement, by=cast.supervisor, **given)
    assert operations.propose(cast.arrangement, by=cast.supervisor, **given) == first
    theirs = operations.propose(
        cast.arrangement, by=cast.worker, other=cast.supervisor, plan=make.plan(), key=key
    )
    assert theirs.pk != first.pk
    assert Observation.objects.count() == 2


def test_nobody_proposes_where_they_do_not_supervise_each_other(cast: Any) -> None:
    group, people = makers.group(cast)
    propose = operations.propose
    with pytest.raises(Denied):
        propose(group, by=people[0], other=people[1], plan=make.plan())
    with pytest.raises(NotFound):
        propose(cast.arrangement, by=cast.other_supervisor, other=cast.worker, plan=make.plan())
    with pytest.raises(NotFound):
        propose(cast.arrangement, by=cast.supervisor, other=cast.other_worker, plan=make.plan())
    with pytest.raises(NotFound):
        propose(cast.arrangement, by=cast.supervisor, other=cast.supervisor, plan=make.plan())
    equals = factories.arrangement(cast.program, [cast.supervisor], [cast.worker], structure="co_reflection")
    with pytest.raises(Denied):
        propose(equals, by=cast.supervisor, other=cast.worker, plan=make.plan())
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"day": timezone.localdate() - TOMORROW * 2}, "day"),
        ({"day": datetime.date(9999, 1, 1)}, "day"),
        ({"setting": "  "}, "setting"),
        ({"look_for": "\n"}, "look_for"),
        ({"kind": "wiretap"}, "kind"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_field(cast: Any, given: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make.proposed(cast, **given)
    assert refusal.value.field == field


def test_a_yes_is_for_what_was_on_the_page(cast: Any) -> None:
    made = make.proposed(cast)
    operations.change_plan(
        made, by=cast.supervisor, plan=make.plan(kind="documentation"), version=made.version
    )
    with pytest.raises(Stale):
        operations.agree(made, by=cast.worker, version=made.version)
    assert makers.fresh(made).state == "proposed"


def test_what_was_agreed_and_is_put_differently_waits_for_the_other_again(cast: Any) -> None:
    made = make.agreed(cast)
    made = operations.change_plan(made, by=cast.worker, plan=make.plan(look_for="Pace"), version=made.version)
    assert (made.state, made.proposed_by, made.answered_by) == ("proposed", cast.worker, None)
    with pytest.raises(WrongState):
        operations.write_up(made, by=cast.supervisor, written=make.words())
    made = operations.agree(made, by=cast.supervisor, version=made.version)
    assert made.state == "agreed"


def test_a_day_that_has_passed_is_not_agreed_to(cast: Any) -> None:
    made = make.proposed(cast)
    Observation.objects.filter(pk=made.pk).update(day=timezone.localdate() - TOMORROW * 2)
    with pytest.raises(Invalid):
        operations.agree(made, by=cast.worker, version=made.version)


def test_a_no_needs_a_reason_and_ends_it(cast: Any) -> None:
    made = make.proposed(cast)
    with pytest.raises(Invalid):
        operations.decline_proposal(made, by=cast.worker, reason=" ", version=made.version)
    made = operations.decline_proposal(made, by=cast.worker, reason="Too soon", version=made.version)
    assert made.reason == "Too soon"
    for act in (
        lambda: operations.agree(made, by=cast.supervisor, version=made.version),
        lambda: operations.change_plan(made, by=cast.supervisor, plan=make.plan()),
        lambda: operations.withdraw(made, by=cast.supervisor),
        lambda: operations.write_up(made, by=cast.supervisor, written=make.words()),
    ):
        with pytest.raises(WrongState):
            act()


def test_answering_twice_says_so(cast: Any) -> None:
    made = make.agreed(cast)
    with pytest.raises(AlreadyDone):
        operations.agree(made, by=cast.worker, version=made.version)
    off = operations.withdraw(made, by=cast.worker)
    with pytest.raises(AlreadyDone):
        operations.withdraw(off, by=cast.worker)


def test_what_was_proposed_to_me_is_declined_not_withdrawn(cast: Any) -> None:
    made = make.proposed(cast)
    with pytest.raises(Denied):
        operations.withdraw(made, by=cast.worker)
    assert operations.withdraw(made, by=cast.supervisor).state == "withdrawn"


def test_who_has_left_agrees_to_nothing_and_may_still_call_it_off(cast: Any) -> None:
    made, other = make.proposed(cast), make.agreed(cast)
    cast.arrangement.participations.filter(person=cast.worker).update(
        left_on=timezone.localdate() - TOMORROW * 2
    )
    with pytest.raises(Denied):
        operations.agree(made, by=cast.worker, version=made.version)
    with pytest.raises(NotFound):
        make.proposed(cast)
    assert operations.withdraw(other, by=cast.worker).state == "withdrawn"


# Writing up ---------------------------------------------------------------------------------------------------


def test_only_the_supervisor_writes_and_only_what_was_agreed(cast: Any) -> None:
    with pytest.raises(WrongState):
        operations.write_up(make.proposed(cast), by=cast.supervisor, written=make.words())
    made = make.agreed(cast)
    with pytest.raises(Denied):
        operations.write_up(made, by=cast.worker, written=make.words())
    with pytest.raises(NotFound):
        operations.write_up(made, by=cast.manager, written=make.words())
    assert make.draft(cast, made).is_draft


def test_a_stale_form_overwrites_nothing(cast: Any) -> None:
    made = make.draft(cast)
    operations.write_up(made, by=cast.supervisor, written=make.words(growth="Newer"), version=made.version)
    with pytest.raises(Stale):
        operations.write_up(
            made, by=cast.supervisor, written=make.words(growth="Older"), version=made.version
        )
    assert makers.fresh(made).growth == "Newer"


@pytest.mark.parametrize("days", [-3, 3])
def test_it_took_place_after_both_agreed_and_not_in_days_to_come(cast: Any, days: int) -> None:
    with pytest.raises(Invalid) as refusal:
        make.draft(cast, written=make.words(held_on=timezone.localdate() + days * TOMORROW))
    assert refusal.value.field == "held_on"


@pytest.mark.parametrize("missing", ["held_on", "strengths", "growth"])
def test_nothing_is_sent_before_it_is_complete(cast: Any, missing: str) -> None:
    made = make.draft(cast, written=make.words(**{missing: None if missing == "held_on" else " "}))
    with pytest.raises(Invalid) as refusal:
        operations.sign_and_send(
            made, by=cast.supervisor, evidence=makers.evidence(cast.supervisor), version=made.version
        )
    assert refusal.value.field == missing
    assert makers.fresh(made).is_draft


def test_a_recording_is_looked_at_only_with_the_yes_of_the_person_supported(cast: Any) -> None:
    made = make.agreed(cast, kind="recording")
    made = make.draft(cast, made)
    with pytest.raises(Invalid) as refusal:
        operations.sign_and_send(
            made, by=cast.supervisor, evidence=makers.evidence(cast.supervisor), version=made.version
        )
    assert refusal.value.field == "recording_agreed"
    made = operations.write_up(made, by=cast.supervisor, written=make.words(recording_agreed=True))
    made = make.sent(cast, made, written=make.words(recording_agreed=True))
    assert "agreed" in snapshot.read(made.open_offer.content)["recording"]


def test_the_database_refuses_to_offer_a_recording_without_that_yes(cast: Any) -> None:
    offer = make.sent(cast).open_offer_id
    made = make.draft(cast, kind="recording")
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(pk=made.pk).update(open_offer=offer)


def test_who_has_not_read_the_limits_does_not_sign(cast: Any) -> None:
    newcomer = factories.worker_in(cast.program, "Nia Newcomer")
    pair = factories.arrangement(cast.program, [cast.supervisor], [newcomer])
    made = operations.propose(pair, by=newcomer, other=cast.supervisor, plan=make.plan())
    made = operations.agree(made, by=cast.supervisor, version=made.version)
    made = make.sent(cast, made)
    with pytest.raises(WrongState, match="limits of confidentiality"):
        make.sign(made, newcomer)


# Signing ------------------------------------------------------------------------------------------------------


def test_both_sign_it_is_sealed_with_a_pdf_and_the_store_verifies(cast: Any) -> None:
    made = make.sent(cast)
    make.sign(made, cast.worker, statement="The second part felt rushed to me.")
    made = makers.fresh(made)
    assert made.is_sealed
    assert Seal.objects.get(record_id=made.pk).how == Seal.How.ALL_SIGNED
    content = snapshot.read(made.open_offer.content)
    assert (content["strengths"], content["growth"]) == (make.STRENGTHS, make.GROWTH)
    assert [one["name"] for one in content["parties"]] == ["Dana Whitfield", "Marisol Vega"]
    certificate.ensure_certificate("Riverbend Peer Alliance")
    Worker(name="test").run_until_empty()
    document = Document.objects.get(record_id=made.pk)
    encryption.unlock([document])
    assert bytes(document.pdf).startswith(b"%PDF")
    assert verify.run() == []
    with pytest.raises(Sealed):
        operations.write_up(made, by=cast.supervisor, written=make.words())
    with pytest.raises(Sealed):
        operations.take_back(made, by=cast.supervisor)


def test_declining_needs_a_reason_and_seals_with_it(cast: Any) -> None:
    made = make.sent(cast)
    given = {"by": cast.worker, "evidence": makers.evidence(cast.worker), "seen": made.open_offer.digest}
    with pytest.raises(Invalid):
        operations.decline(made, reason="", **given)
    operations.decline(made, reason="I remember it differently", **given)
    assert Seal.objects.get(record_id=made.pk).how == Seal.How.DECLINED
    assert Answer.objects.get(record_id=made.pk, kind="declined").reason == "I remember it differently"


def test_the_supervisor_takes_back_instead_of_declining(cast: Any) -> None:
    made = make.sent(cast)
    with pytest.raises(AlreadyDone):
        operations.decline(
            made, by=cast.supervisor, evidence=makers.evidence(cast.supervisor), seen="", reason="No"
        )
    seen = made.open_offer.digest
    operations.take_back(made, by=cast.supervisor, reason="A day is wrong")
    with pytest.raises(WrongState):
        operations.sign(made, by=cast.worker, evidence=makers.evidence(cast.worker), seen=seen)
    assert makers.fresh(made).is_draft
    again = make.sent(cast, makers.fresh(made), written=make.words(growth="Another"))
    with pytest.raises(Stale):
        operations.sign(again, by=cast.worker, evidence=makers.evidence(cast.worker), seen=seen)
    make.sign(again, cast.worker)
    assert makers.fresh(again).is_sealed


def test_a_change_is_asked_for_in_words(cast: Any) -> None:
    made = make.sent(cast)
    with pytest.raises(Invalid):
        operations.ask_for_change(made, by=cast.worker, seen=made.open_offer.digest, reason=" ")
    with pytest.raises(Denied):
        operations.ask_for_change(made, by=cast.supervisor, seen=made.open_offer.digest, reason="Mine")
    operations.ask_for_change(
        made, by=cast.worker, seen=made.open_offer.digest, reason="It was the second group"
    )
    assert OfferClosed.objects.get(record_id=made.pk).reason == "It was the second group"


def test_it_is_closed_as_a_session_record_is(cast: Any) -> None:
    made = make.sent(cast)
    with pytest.raises(WrongState):
        operations.close(made, by=cast.supervisor, reason="Time is up")
    with pytest.raises(Denied):
        operations.close(made, by=cast.worker, reason="Time is up")
    cast.arrangement.participations.filter(person=cast.worker).update(
        left_on=timezone.localdate() - TOMORROW * 2
    )
    operations.close(makers.fresh(made), by=cast.supervisor, reason="Marisol has moved on")
    assert Seal.objects.get(record_id=made.pk).how == Seal.How.CLOSED
    with pytest.raises(AlreadyDone):
        operations.close(makers.fresh(made), by=cast.supervisor, reason="Marisol has moved on")


@pytest.mark.parametrize("at", ["sent", "sealed"])
def test_the_database_refuses_to_change_what_is_offered_or_sealed(cast: Any, at: str) -> None:
    made = getattr(make, at)(cast)
    for given in ({"held_on": timezone.localdate() - TOMORROW}, {"worker": cast.other_worker}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Observation.objects.filter(pk=made.pk).update(**given)
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.filter(pk=made.pk)._raw_delete(using="default")


# Next session -------------------------------------------------------------------------------------------------


def test_it_suggests_itself_once_and_to_the_two_alone(cast: Any) -> None:
    made = make.sent(cast)
    operations.take_back(made, by=cast.supervisor)
    make.sent(cast, makers.fresh(made))
    row = Suggestion.objects.get(kind="observation")
    assert make.STRENGTHS not in row.title
    assert make.GROWTH not in row.title

    def offered(person: Any) -> list[Suggestion]:
        return list(suggested.for_party(Suggestion.objects.open_for(cast.arrangement, person), person))

    assert offered(cast.worker) == offered(cast.supervisor) == [row]
    # Whoever takes the place of the supervisor meets the worker there, and learns nothing of it.
    assert offered(cast.other_supervisor) == []


def test_taken_by_a_pair_it_is_shared_and_in_a_group_kept_to_oneself(cast: Any) -> None:
    make.sent(cast)
    session = makers.planned(cast, starts_at=makers.ahead())
    item = sessions.take_suggestion(session, Suggestion.objects.get(), by=cast.worker)
    assert not item.is_private

    group, people = makers.group(cast)
    made = operations.propose(group, by=cast.supervisor, other=people[0], plan=make.plan())
    made = operations.agree(made, by=people[0], version=made.version)
    make.sent(cast, made)
    meeting = sessions.plan(group, by=cast.supervisor, starts_at=makers.ahead(8), zone="America/New_York")
    sessions.take_suggestion(meeting, Suggestion.objects.get(arrangement=group), by=people[0])
    assert not AgendaItem.objects.filter(session=meeting).shown_to(people[1]).exists()


# What is kept -------------------------------------------------------------------------------------------------


def test_every_word_is_encrypted_at_rest(cast: Any) -> None:
    make.draft(cast, written=make.words(strengths="canary-strengths", growth="canary-growth"))
    operations.withdraw(
        make.agreed(cast, look_for="canary-look", setting="canary-setting"),
        by=cast.worker,
        reason="canary-why",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM supervision_sessions_observation")
        cells = [
            bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            for row in cursor.fetchall()
            for cell in row
        ]
    assert not any(b"canary" in cell for cell in cells)


def test_mails_say_that_something_waits_and_nothing_else(
    cast: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make.sealed(cast)
        make.declined_plan(cast)
    Worker(name="test").run_until_empty()
    assert len(mail.outbox) >= 4
    for message in mail.outbox:
        text = f"{message.subject}\n{message.body}\n{message.alternatives}"
        assert "heron" not in text
        assert "Tuesday group" not in text
        assert "bservation" not in message.subject


def test_whoever_facilitates_a_group_signs_as_what_they_are(cast: Any) -> None:
    group = factories.arrangement(cast.program, [], [cast.worker], structure="group")
    group.participations.create(
        person=cast.supervisor, part="facilitator", joined_on=timezone.localdate() - TOMORROW
    )
    made = operations.propose(group, by=cast.supervisor, other=cast.worker, plan=make.plan())
    made = operations.agree(made, by=cast.worker, version=made.version)
    made = make.sent(cast, made)
    parties = snapshot.read(made.open_offer.content)["parties"]
    assert [one["part"] for one in parties] == ["Facilitator", "Peer worker"]


def test_mails_tell_whoever_signed_apart_from_whoever_was_only_asked_to(
    cast: Any, django_capture_on_commit_callbacks: Any
) -> None:
    asked, given_back = make.sent(cast), make.sent(cast)
    with django_capture_on_commit_callbacks(execute=True):
        operations.take_back(asked, by=cast.supervisor)
        operations.ask_for_change(
            given_back, by=cast.worker, seen=given_back.open_offer.digest, reason="The day"
        )
    Worker(name="test").run_until_empty()
    told = {tuple(message.to): message.subject for message in mail.outbox}
    assert told == {
        (cast.worker.email,): "Something you were asked to sign was taken back",
        (cast.supervisor.email,): "Something you signed has changed",
    }
