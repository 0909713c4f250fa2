"""What is rare: with it every field of words that is encrypted holds a word of its own somewhere (test_canaries.py)."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

from django.utils import timezone

from agreements import operations as agreeing
from competencies.rating.marks import Mark
from supervision.concerns.raising import operations as raising
from supervision.disclosure import operations as disclosing
from supervision.disclosure import scope
from supervision.handover import operations as handing
from supervision.people.models import Arrangement
from supervision.records import signing
from supervision.records.models import Document, Offer
from supervision.retention import operations as keeping
from supervision.sessions import operations
from supervision.sessions.models import Action, Session
from supervision.sessions.observations import operations as observing
from tests import factories
from tests.agreements import helpers as pages
from tests.cast import Cast
from tests.competencies import assessment_makers as assessing
from tests.sessions import makers
from tests.sessions import observation_makers as looks

from .kinds import PARTIES, WITH_MANAGER, World, with_document


def add_rest(world: World, cast: Cast) -> None:
    _ended_agreement(world, cast)
    _closed_session(world, cast)
    _settled_actions(world, cast)
    _group_session(world, cast)
    off = looks.agreed(cast)
    observing.withdraw(off, by=cast.worker, reason=world.word("observation-called-off", *PARTIES))
    world.target("sessions:observation", "off", pk=off.pk)
    _settled_assessment(world, cast)
    _taken_outside(world, cast)
    _retention(world, cast)
    _disclosures(world, cast)
    _handover(world, cast)


def _handover(world: World, cast: Cast) -> None:
    """Dana supervised Fay until last month, Ben does now; of two records Fay handed one over, and of two next steps one."""
    former, ben = world.people["former"], world.people["other_supervisor"]
    assert former
    assert ben
    pair = dataclasses.replace(
        cast,
        worker=former,
        arrangement=factories.arrangement(cast.program, [cast.supervisor], [former], days_ago=90),
    )
    both = ("supervisor", "former")
    agreement = pages.complete_draft(pair.arrangement, cast.supervisor)
    pages.change(
        agreement,
        "purpose",
        f"What we want: {world.word('agreement-before', *both, 'manager', 'other_supervisor')}.",
        by=former,
    )
    agreement.refresh_from_db()
    agreeing.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    for person in (cast.supervisor, former):
        pages.sign(agreement, person)
    over, kept = (
        makers.sealed(
            pair,
            makers.planned(pair, starts_at=makers.ago(24 * days)),
            outcomes=world.word(f"handover-{name}", *both, *readers),
            steps=[makers.step(former, world.word(f"handover-step-{name}", *both, *readers))],
        )
        for days, name, readers in ((50, "given", ("other_supervisor",)), (57, "kept", ()))
    )
    last = timezone.localdate() - datetime.timedelta(days=30)
    Arrangement.objects.filter(pk=pair.arrangement.pk).update(ended_on=last)
    pair.arrangement.participations.update(left_on=last)
    now = factories.arrangement(cast.program, [ben], [former], days_ago=20)
    to = now.participations.get(person=ben)
    chosen = [("session", over.pk), ("action", Action.objects.get(session=over).pk)]
    row = handing.hand_over(to, by=former, chosen=chosen)
    world.target("handover:list", "-")
    world.target("handover:choose", "before", part_id=to.pk)
    world.target("handover:of", "before", part_id=to.pk, worker_id=former.pk)
    world.target("handover:agreement", "before", part_id=to.pk, worker_id=former.pk, pk=agreement.pk)
    for item in row.items.all():
        world.target("handover:record handover:take_back", item.kind, pk=item.pk)
    world.target("sessions:detail sessions:pdf", "given", pk=over.pk)
    world.target("sessions:detail", "before", pk=kept.pk)
    world.target("agreements:detail", "before", pk=agreement.pk)


def _ended_agreement(world: World, cast: Cast) -> None:
    """Less than an hour a week, with the reason for it; ended early, with the reason for that."""
    arrangement = factories.arrangement(cast.program, [cast.supervisor], [cast.worker])
    agreement = agreeing.draft(arrangement=arrangement, by=cast.worker)
    rhythm = {"minutes_each": 45, "every_days": 14, "cadence_reason": world.word("rhythm", *WITH_MANAGER)}
    pages.change(agreement, "rhythm", by=cast.worker, terms=rhythm)
    pages.settle(agreement, cast.worker)
    agreeing.offer(agreement=agreement, version=agreement.version, by=cast.worker)
    # From what browser somebody signed no page shows; it is in everything that is held about them.
    browser = dataclasses.replace(pages.evidence(cast.worker), browser=world.word("browser", "worker"))
    pages.sign(agreement, cast.supervisor)
    pages.sign(agreement, cast.worker, evidence=browser)
    agreement.refresh_from_db()
    agreeing.end(
        agreement=agreement,
        ends_on=timezone.localdate(),
        reason=world.word("agreement-ended", *PARTIES),
        by=cast.worker,
    )
    world.target("agreements:detail agreements:history", "ended", pk=agreement.pk)


def _closed_session(world: World, cast: Cast) -> None:
    """Sealed with the recorder's signature alone; what it says about the next time is its own."""
    session = makers.planned(cast, starts_at=makers.ago(24 * 28))
    session = makers.signed_by_recorder(cast, session)
    # As after the days of the agency are over: whether they are is asked by the operation, not by what it calls.
    for offer in Offer.objects.filter(
        record_id__in=[session.pk, *_attendances(session)], closed__isnull=True
    ):
        signing.close_with_signatures_given(offer, by=cast.supervisor, reason=world.word("closed", *PARTIES))
    world.target("sessions:detail", "closed", pk=session.pk)


def _attendances(session: Any) -> list[uuid.UUID]:
    return [one.pk for one in session.attendances.all()]


def _settled_actions(world: World, cast: Cast) -> None:
    """One let go, with its reason. What was done with others since, and the next time, in a record that is being written."""
    step = makers.step(cast.worker, world.word("action-to-drop", *PARTIES))
    session = makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 35)), steps=[step])
    action = Action.objects.get(session=session)
    operations.drop(action, by=cast.worker, reason=world.word("action-dropped", *PARTIES))
    place = operations.Next(starts_at=makers.ahead(9), place=world.word("next-place", "supervisor"))
    draft = makers.draft(cast, makers.planned(cast, starts_at=makers.ago(24 * 4)), next=place)
    world.target("sessions:record", "next", pk=draft.pk)
    world.target("sessions:detail", "dropped", pk=session.pk)


def _group_session(world: World, cast: Cast) -> None:
    """What a group picked and found, in a record that all have before them."""
    kit = factories.worker_in(cast.program, "Kim Reed")
    group = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, kit], structure="group")
    session = operations.plan(
        group, by=cast.supervisor, starts_at=makers.ago(24 * 5), zone="America/New_York"
    )
    there = {one.pk: 60 for one in (cast.supervisor, cast.worker, kit)}
    steps = {"picked": world.word("protocol", *PARTIES)}
    written = makers.written(cast, session, attended=there, protocol=steps, agenda=[])
    operations.record(session, by=cast.supervisor, written=written)
    operations.send(makers.fresh(session), by=cast.supervisor)
    world.target("sessions:detail", "group", pk=session.pk)


def _settled_assessment(world: World, cast: Cast) -> None:
    """Words beside a mark that the two settled on."""
    row = assessing.shown(cast)
    settled = dict(assessing.settled_marks(row))
    first = next(iter(settled))
    settled[first] = Mark(3, world.word("assessed-together", *WITH_MANAGER))
    assessing.sealed(cast, assessing.written_up(cast, row, settled=settled))
    world.target("competencies:assessment", "settled", pk=row.pk)


def _retention(world: World, cast: Cast) -> None:
    """A hold, one that ended, a list that waits, and one record that somebody asked to be removed."""
    second = factories.person("Rea Second", is_administrator=True)
    why = world.word("hold-basis", "administrator")
    held = keeping.hold(by=second, basis=why, person=cast.other_worker)
    ended = keeping.hold(
        by=second, basis=world.word("hold-ended", "administrator"), program=cast.other_program
    )
    keeping.lift(ended, by=second, reason=world.word("hold-lifted", "administrator"))
    sealed = Session.objects.filter(arrangement=cast.arrangement, sealed_at__isnull=False).order_by(
        "starts_at"
    )
    asked = keeping.propose_restriction(
        "session", sealed[0].pk, by=cast.worker, reason=world.word("restriction", "administrator", "worker")
    )
    stopped = keeping.propose_restriction(
        "session",
        sealed[1].pk,
        by=cast.supervisor,
        reason=world.word("restriction-2", "administrator", "supervisor"),
    )
    keeping.stop(stopped, by=second, reason=world.word("list-stopped", "administrator"))
    world.target("retention:disposal retention:stop", "asked", pk=asked.pk)
    world.target("retention:disposal", "stopped", pk=stopped.pk)
    world.target("retention:lift", "running", pk=held.pk)
    world.target("retention:keeping", "-")
    world.target("retention:rule", "sessions", kind="session")
    world.target("retention:restriction", "sealed", kind="session", pk=sealed[1].pk)
    world.target("retention:restriction", "forged", kind="session", pk=held.pk)


def _disclosures(world: World, cast: Cast) -> None:
    """Entered by one administrator: to be approved, told and handed over, one of which telling waits, refused."""
    one = factories.person("Ria First", is_administrator=True)
    two = factories.person("Tom Next", is_administrator=True)
    inside = ("administrator",)

    def entered(label: str, *readers: str) -> Any:
        def word(name: str) -> str:
            return world.word(f"disclosure-{name}-{label}", *inside, *readers)

        asked = disclosing.Asked(
            person=cast.worker,
            first_day=timezone.localdate() - datetime.timedelta(days=60),
            last_day=timezone.localdate(),
            kinds=["sessions", "agreements"],
            with_notes=True,
            basis_kind="order",
            basis=word("basis"),
            asker=word("asker"),
            reference=word("reference"),
            order_court=word("court"),
            order_number=word("number"),
            order_day=timezone.localdate(),
            approver=cast.administrator,
            second_approver=two,
        )
        return disclosing.enter(asked, by=one)

    told = entered("told", *WITH_TOLD)
    waits = entered("waits")
    refused = entered("refused")
    for row in (told, waits):
        disclosing.approve(row, by=cast.administrator)
        disclosing.approve(row, by=two)
    disclosing.tell(told, by=one)
    for found in scope.records_in(told):
        if (
            getattr(found.row, "sealed_at", None)
            and not Document.objects.filter(record_id=found.row.pk).exists()
        ):
            with_document(found.row)
    disclosing.export(told, by=one)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    disclosing.wait(waits, by=one, reason=world.word("disclosure-waits", *inside), tell_on=tomorrow)
    disclosing.end(refused, by=two, reason=world.word("disclosure-refused", *inside))
    rows = {"entered": entered("entered"), "told": told, "waits": waits, "refused": refused}
    for label, row in rows.items():
        names = "detail approve tell wait export end"
        world.target(" ".join(f"disclosure:{name}" for name in names.split()), label, pk=row.pk)


WITH_TOLD = ("worker", "supervisor")


def _taken_outside(world: World, cast: Cast) -> None:
    """A concern that the worker took to somebody who has no account here."""
    words = raising.Words(limit="safety", text=world.word("concern-outside", *PARTIES), named="")
    row = raising.state(cast.arrangement, cast.worker, by=cast.supervisor, words=words)
    row = raising.tell(row, by=cast.supervisor, version=row.version)
    raising.say_taken(
        row, by=cast.worker, on=timezone.localdate(), name=world.word("concern-taken-to", *PARTIES)
    )
    world.target("concerns:detail", "outside", pk=row.pk)
