"""One agency in which every kind of record exists in every state, with a unique word in every confidential field."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils import timezone

from agreements.models import Accession, Agreement
from agreements.operations import templates
from supervision.notes import operations as notes
from supervision.notices import unsubscribing
from supervision.notices.kinds import Kind
from supervision.people import operations as people
from supervision.people.models import Acknowledgement, Away, Credential, EmailChange, PasswordReset, User
from supervision.portfolio.models import Export
from supervision.records import drafts
from supervision.reports.models import Choice, Report
from tests import factories
from tests.agreements import helpers as pages
from tests.cast import Cast

from . import (
    standings,
    world_concerns,
    world_expected,
    world_growing,
    world_imports,
    world_rest,
    world_sessions,
    world_training,
    world_work,
)
from .kinds import PARTIES, WITH_MANAGER, World, with_document


def build(cast: Cast) -> World:
    """Everything, made with the operations that people use."""
    line_manager = factories.person("Lina Linemanager")
    cast.worker.line_manager = line_manager
    cast.worker.save()
    former = factories.worker_in(cast.program, "Fay Former")
    Acknowledgement(person=former, edition=1, concern_days=3).save()
    world = World(
        standing=standings.of_agency,
        people={
            "anyone": None,
            "worker": cast.worker,
            "supervisor": cast.supervisor,
            "manager": cast.manager,
            "administrator": cast.administrator,
            "line_manager": line_manager,
            "other_manager": cast.other_manager,
            "other_supervisor": cast.other_supervisor,
            "other_worker": cast.other_worker,
            "former": former,
            "outsider": cast.outsider,
        },
    )
    _former_arrangement(cast, former)
    _agreements(world, cast)
    _templates(world, cast)
    world_sessions.add_sessions(world, cast)
    world_sessions.add_observations(world, cast)
    world_sessions.add_matters(world, cast)
    _people(world, cast)
    _report(world, cast)
    _own_files(world, cast)
    _notes(world, cast)
    world_work.add_goals(world, cast)
    world_work.add_frameworks(world, cast)
    world_work.add_rounds(world, cast)
    world_work.add_programs(world, cast)
    world_growing.add_assessments(world, cast)
    world_training.add_training(world, cast)
    world_work.add_jobs(world, cast, line_manager)
    world_work.add_performance(world, cast, line_manager)
    world_concerns.add_concerns(world, cast, line_manager)
    world_concerns.add_letters(world, cast)
    world_expected.add_requirements(world, cast)
    world_rest.add_rest(world, cast)
    world_imports.add_imports(world, cast)
    return world


def _former_arrangement(cast: Cast, former: User) -> None:
    """Somebody who left the same supervisor: what came after is none of theirs."""
    arrangement = factories.arrangement(cast.program, [cast.supervisor], [former])
    arrangement.participations.filter(person=former).update(
        left_on=timezone.localdate() - datetime.timedelta(days=30)
    )


def _agreements(world: World, cast: Cast) -> None:
    """Signed and in force, being negotiated, on offer; a review of each kind; a group that somebody can still join."""
    signed = _signed_agreement(world, cast)
    negotiated = _negotiated_agreement(world, cast)
    offered = _offered_agreement(world, cast)
    names = "detail pdf offer people agree sign ask_for_change decline take_back history history_pdf changes review join"
    for label, row in (("sealed", signed), ("draft", negotiated), ("offered", offered)):
        world.target(
            " ".join(f"agreements:{name}" for name in f"{names} join_decline end".split()), label, pk=row.pk
        )
        part = row.clauses.all()[2].pk
        world.target("agreements:clause agreements:answer", label, pk=row.pk, clause_id=part)
    world.target("agreements:compare", "versions", pk=signed.pk, other_pk=negotiated.pk)
    world.target("agreements:compare", "strangers", pk=signed.pk, other_pk=offered.pk)
    world.target("agreements:start", "theirs", arrangement_id=cast.arrangement.pk)
    parked = pages.operations.park(
        clause=pages.clause(negotiated, "together"),
        seen=0,
        reason=world.word("agreement-parked", *PARTIES),
        by=cast.worker,
    )
    world.target("agreements:parked", "draft", turn_id=parked.pk)
    _reviews(world, cast, signed)
    _group(world, cast)


def _signed_agreement(world: World, cast: Cast) -> Agreement:
    signed = world.word("agreement-signed", *WITH_MANAGER)
    agreement = pages.complete_draft(cast.arrangement, cast.supervisor)
    why = world.word("agreement-why", *PARTIES)
    pages.change(agreement, "purpose", f"What we want from this: {signed}.", by=cast.worker, reason=why)
    agreement.refresh_from_db()
    pages.operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    pages.operations.ask_for_change(
        agreement=agreement, reason=world.word("agreement-change", *PARTIES), by=cast.worker
    )
    agreement.refresh_from_db()
    pages.operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    for person in (cast.supervisor, cast.worker):
        words = world.word(f"agreement-statement-{person.called.lower()}", *WITH_MANAGER)
        pages.sign(agreement, person, statement=words)
    agreement.refresh_from_db()
    with_document(agreement)
    return agreement


def _negotiated_agreement(world: World, cast: Cast) -> Agreement:
    note = world.word("agreement-note", *PARTIES)
    agreement = pages.operations.draft(
        arrangement=cast.arrangement, by=cast.worker, because="duties", note=note
    )
    pages.change(agreement, "purpose", world.word("agreement-draft", *PARTIES), by=cast.worker)
    pages.suggest(
        agreement,
        "records",
        world.word("agreement-suggested", *PARTIES),
        by=cast.worker,
        reason=world.word("agreement-reason", *PARTIES),
    )
    return agreement


def _offered_agreement(world: World, cast: Cast) -> Agreement:
    on_offer = factories.arrangement(cast.program, [cast.supervisor], [cast.worker])
    agreement = pages.complete_draft(on_offer, cast.worker)
    pages.change(agreement, "purpose", world.word("agreement-offered", *PARTIES), by=cast.worker)
    agreement.refresh_from_db()
    pages.operations.offer(agreement=agreement, version=agreement.version, by=cast.worker)
    agreement.refresh_from_db()
    return agreement


def _reviews(world: World, cast: Cast, agreement: Agreement) -> None:
    note = world.word("review-signed", *WITH_MANAGER)
    done = pages.reviewed(agreement, cast.supervisor, cast.worker, note=note)
    with_document(done)
    waiting = pages.review(agreement, cast.supervisor, note=world.word("review-waiting", *PARTIES))
    names = ("review_read", "review_sign", "review_decline", "review_take_back", "review_pdf")
    for label, row in (("signed", done), ("waiting", waiting)):
        world.target(" ".join(f"agreements:{name}" for name in names), label, pk=row.pk)


def _group(world: World, cast: Cast) -> None:
    """The supervisor leads a group: the worker has not signed, others have, one of them by joining."""
    kit, joe = factories.worker_in(cast.program, "Kit Ng"), factories.worker_in(cast.program, "Joe Marsh")
    members = [cast.worker, kit, joe]
    group = factories.arrangement(cast.program, [cast.supervisor], members, structure="group")
    agreement = pages.complete_draft(group, cast.supervisor)
    pages.change(agreement, "purpose", world.word("group-signed", *WITH_MANAGER), by=cast.supervisor)
    pages.agree(agreement)
    agreement.refresh_from_db()
    pages.operations.offer(agreement=agreement, version=agreement.version, by=cast.supervisor)
    for person in (cast.supervisor, kit):
        pages.sign(agreement, person)
    pages.join(agreement, joe)
    agreement.refresh_from_db()
    accession = Accession.objects.get()
    with_document(accession)
    names = "detail history review join join_decline end"
    world.target(" ".join(f"agreements:{name}" for name in names.split()), "group", pk=agreement.pk)
    world.target("agreements:accession_pdf", "group", pk=accession.pk)


def _templates(world: World, cast: Cast) -> None:
    """A template of the agency whose first edition is being prepared, with a part of its own."""
    made = templates.start_template(name="Warm line", by=cast.administrator)
    templates.add_part(
        template=made,
        title="Learning",
        text="",
        required=False,
        guidance=[],
        sources="",
        version=1,
        by=cast.administrator,
    )
    names = "prepare preview rename retire bring_back part_add limits publish discard export import"
    addresses = ["agreements:template", *(f"agreements:template_{n}" for n in names.split())]
    world.target(" ".join(addresses), "prepared", pk=made.pk)
    for name in ("part", "move", "remove"):
        world.target(f"agreements:template_{name}", "prepared", pk=made.pk, key="learning")


def _people(world: World, cast: Cast) -> None:
    credential = Credential.objects.create(person=cast.worker, name="Certified peer specialist")
    day = timezone.localdate()
    Away.objects.create(person=cast.worker, first_day=day, last_day=day)
    EmailChange.objects.create(
        person=cast.other_worker,
        new_email="new@example.org",
        asked_by=cast.administrator,
        takes_effect_at=timezone.now() + datetime.timedelta(hours=72),
    )
    names = "detail edit invite deactivate reactivate administrator address away_of credential_add"
    world.target(" ".join(f"people:{n}" for n in names.split()), "worker", pk=cast.worker.pk)
    world.target("people:address_keep", "pending", pk=cast.other_worker.pk)
    _links(world, cast)
    world.target(
        "people:credential people:credential_remove", "worker", pk=cast.worker.pk, credential_pk=credential.pk
    )
    world.target(
        "people:program people:program_edit people:place_add people:manager_add", "own", pk=cast.program.pk
    )
    world.target("people:place", "own", pk=cast.program.pk, place_pk=cast.worker.places.first().pk)
    management = cast.manager.managements.first()
    world.target("people:manager_end", "own", pk=cast.program.pk, management_pk=management.pk)
    for name in ("arrangement", "arrangement_join", "arrangement_end"):
        world.target(f"people:{name}", "own", pk=cast.arrangement.pk)
    leaving = cast.arrangement.participations.get(person=cast.worker)
    world.target("people:arrangement_leave", "own", pk=cast.arrangement.pk, participation_pk=leaving.pk)
    leading = cast.arrangement.participations.get(person=cast.supervisor)
    world.target("people:arrangement_replace", "own", pk=cast.arrangement.pk, participation_pk=leading.pk)
    world.target("people:role", "supervisor", role="supervisor")
    world.target("people:start people:invitation people:address_stop", "forged", token="forged")
    world.target("calendar:feed", "forged", secret="forged")
    world.target("calendar:feed", "worker", secret=people.make_calendar_feed(by=cast.worker, version=0))
    world.target("notices:stop", "forged", token="forged")
    world.target("notices:stop", "worker", token=_token_of(unsubscribing.address(cast.worker, [Kind.SIGN])))
    world.target("overview:worker hours:person", "own", pk=cast.worker.pk)
    world.target("mfa_edit_webauthn mfa_remove_webauthn", "forged", pk=999)
    world.target("account_reset_password_from_key", "forged", uidb36="1", key="forged-key")


def _token_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def _links(world: World, cast: Cast) -> None:
    """Links for a new password that wait: the supervisor's, asked for by the administrator, and one that another one asked for."""
    second = factories.person("Sol Second", is_administrator=True)
    for label, asked_by in (("asked", cast.administrator), ("agree", second)):
        person = cast.supervisor if label == "asked" else cast.manager
        reset = PasswordReset.objects.create(
            person=person, asked_by=asked_by, takes_effect_at=timezone.now() + datetime.timedelta(hours=72)
        )
        world.target("people:reset_agree people:reset_keep", label, pk=person.pk, reset_pk=reset.pk)
        world.target("people:own_reset_stop", label, reset_pk=reset.pk)
    world.target("people:reset_stop", "forged", token="forged")


FILES = " ".join(f"reports:{name}" for name in ("detail", "download", "archive", "table", "book"))


def _report(world: World, cast: Cast) -> None:
    made = Report(
        asked_by=cast.manager,
        first_day=timezone.localdate() - datetime.timedelta(days=30),
        last_day=timezone.localdate(),
        state=Report.State.READY,
        made_at=timezone.now(),
        kept_until=timezone.localdate() + datetime.timedelta(days=30),
        pdf=b"%PDF",
        size=4,
        table=b"a,b",
        table_size=3,
        book=b"PK",
        book_size=2,
    )
    made.save()
    made.programs.add(cast.program)
    world.target(FILES, "ready", pk=made.pk)
    world.target("reports:cancel reports:again", "ready", pk=made.pk)
    choice = Choice(owner=cast.manager, name="Board", kind="program")
    choice.save()
    choice.programs.add(cast.program)
    world.target("reports:by_choice reports:choice", "kept", pk=choice.pk)
    packet = Report(
        kind=Report.Kind.PACKET,
        about=cast.worker,
        asked_by=cast.supervisor,
        first_day=timezone.localdate() - datetime.timedelta(days=30),
        last_day=timezone.localdate(),
        state=Report.State.READY,
        made_at=timezone.now(),
        kept_until=timezone.localdate() + datetime.timedelta(days=30),
        pdf=b"%PDF",
        size=4,
        archive=b"PK",
        archive_size=2,
    )
    packet.save()
    world.target(FILES, "packet", pk=packet.pk)
    world.target("reports:packet reports:log", "theirs", person=cast.worker.pk)


def _own_files(world: World, cast: Cast) -> None:
    """Of the worker's: a portfolio that is ready."""
    made = Export(
        owner=cast.worker,
        kind="portfolio",
        first_day=timezone.localdate(),
        last_day=timezone.localdate(),
        state="ready",
        made_at=timezone.now(),
        pdf=b"%PDF",
        pdf_size=4,
        archive=b"PK",
        archive_size=2,
    )
    made.save()
    for name in ("pdf", "zip", "remove", "left_pdf", "left_zip"):
        world.target(f"portfolio:{name}", "ready", pk=made.pk)
    world.target("portfolio:leaving", "forged", token="forged")
    gone = factories.person("Gil Gone", is_active=False)
    world.target("portfolio:leaver", "gone", person_id=gone.pk)


def _notes(world: World, cast: Cast) -> None:
    """The worker's: one for herself, one that the supervisor may read, one whose share was taken back, one deleted."""
    own = _note(cast, world.word("note-own", "worker"), title=world.word("note-title", "worker"))
    shared = _note(cast, world.word("note-shared", *PARTIES))
    notes.share(shared, by=cast.worker, person=cast.supervisor)
    taken = _note(cast, world.word("note-taken-back", "worker"))
    notes.share(taken, by=cast.worker, person=cast.supervisor)
    notes.take_back(taken, by=cast.worker)
    gone = _note(cast, world.word("note-deleted", "worker"))
    notes.delete(gone, by=cast.worker)
    drafts.keep(
        cast.worker, notes.draft_of(own.pk), {"kind": ["note"], "text": [world.word("note-typed", "worker")]}
    )
    names = "detail edit share take_back delete bring_back remove"
    for label, row in {"own": own, "shared": shared, "taken": taken, "gone": gone}.items():
        world.target(" ".join(f"notes:{n}" for n in names.split()), label, pk=row.pk)


def _note(cast: Cast, text: str, **given: Any) -> Any:
    values = {"kind": "diary", "day": timezone.localdate(), "title": "", "text": text} | given
    return notes.write(by=cast.worker, key=uuid.uuid4(), written=notes.Written(**values))
