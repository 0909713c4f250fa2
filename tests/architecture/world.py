"""One agency in which every kind of record exists in every state, with a unique word in every confidential field."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.utils import timezone

from agreements.models import Accession, Agreement
from agreements.operations import templates
from competencies.goals import operations as growing
from competencies.library import operations as library
from supervision.notes import operations as notes
from supervision.notices import operations as notices
from supervision.people import operations as people
from supervision.people.models import Acknowledgement, Away, Credential, EmailChange, User
from supervision.performance.descriptions import operations as describing
from supervision.performance.notes import operations as performing
from supervision.records import audit, drafts
from supervision.records.documents import sha256
from supervision.records.models import Document, Seal
from supervision.reports.models import Report
from supervision.sessions import operations
from supervision.sessions.matters import operations as taking_up
from supervision.sessions.models import Action
from supervision.sessions.observations import operations as observing
from tests import factories
from tests.agreements import helpers as pages
from tests.cast import Cast
from tests.competencies import framework_makers as makers_of_frameworks
from tests.competencies import makers as goals
from tests.performance import makers as jobs
from tests.sessions import makers
from tests.sessions import matter_makers as matters
from tests.sessions import observation_makers as looks

PARTIES = frozenset({"worker", "supervisor"})
WITH_MANAGER = PARTIES | {"manager"}


@dataclass
class World:
    """People by name, addresses to try by URL name and target, and who may read which word."""

    people: dict[str, User | None]
    targets: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    canaries: dict[str, frozenset[str]] = field(default_factory=dict)

    def word(self, name: str, *readers: str) -> str:
        """A word that only these people may ever see on a page."""
        text = f"canary-{name}-7f3a"
        self.canaries[text] = frozenset(readers)
        return text

    def target(self, url_names: str, label: str, **kwargs: Any) -> None:
        for url_name in url_names.split():
            self.targets.setdefault(url_name, {})[label] = kwargs


def build(cast: Cast) -> World:
    """Everything, made with the operations that people use."""
    line_manager = factories.person("Lina Linemanager")
    cast.worker.line_manager = line_manager
    cast.worker.save()
    former = factories.worker_in(cast.program, "Fay Former")
    Acknowledgement(person=former, edition=1, concern_days=3).save()
    world = World(
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
        }
    )
    _former_arrangement(cast, former)
    _agreements(world, cast)
    _templates(world, cast)
    _sessions(world, cast)
    _observations(world, cast)
    _matters(world, cast)
    _people(world, cast)
    _report(world, cast)
    _notes(world, cast)
    _goals(world, cast)
    _frameworks(world, cast)
    _jobs(world, cast, line_manager)
    _performance(world, cast, line_manager)
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


def with_document(record: Any) -> None:
    """A stand-in for the PDF that the worker process makes."""
    seal = Seal.objects.get(record_id=record.pk)
    with transaction.atomic():
        made = Document(
            seal=seal,
            record_id=record.pk,
            pdf=b"%PDF",
            sha256=sha256(str(record.pk).encode()),
            size=4,
            certificate="f" * 64,
        )
        made.save()
        audit.record(None, "document", about=seal, covers=made)


def _sessions(world: World, cast: Cast) -> None:
    sealed_at, sent_at, draft_at = makers.ago(24 * 21), makers.ago(24 * 14), makers.ago(24 * 7)
    sealed = _written(world, cast, "sealed", sealed_at, readers=PARTIES)
    makers.sign(sealed, cast.worker, statement=world.word("session-statement", *PARTIES))
    sealed = makers.fresh(sealed)
    with_document(sealed)
    addendum = operations.add_addendum(
        sealed,
        by=cast.worker,
        reason=world.word("addendum-reason", *PARTIES),
        text=world.word("addendum-text", *PARTIES),
        evidence=makers.evidence(cast.worker),
    )
    sent = _written(world, cast, "sent", sent_at, readers=PARTIES)
    draft = _draft(world, cast, draft_at)
    cancelled = makers.planned(cast, starts_at=makers.ahead(2))
    operations.cancel(cancelled, by=cast.worker, why="work", note=world.word("cancel-note", *PARTIES))
    planned = makers.planned(cast, starts_at=makers.ahead(6), place=world.word("place-planned", *PARTIES))
    mine = operations.add_item(
        planned, by=cast.worker, text=world.word("agenda-private", "worker"), share=False
    )
    shared = operations.add_item(planned, by=cast.supervisor, text=world.word("agenda-shared", *PARTIES))
    suggestion = notices.suggest(
        cast.arrangement, kind="review", title=world.word("suggestion", *PARTIES), source=Seal.objects.first()
    )
    for label, row in {
        "sealed": sealed,
        "sent": sent,
        "draft": draft,
        "cancelled": cancelled,
        "planned": planned,
    }.items():
        names = "detail facts ics pdf move cancel missed rebook agenda_add record send sign decline ask_for_change discard"
        world.target(
            " ".join(f"sessions:{n}" for n in f"{names} take_back close addendum".split()), label, pk=row.pk
        )
    world.target("sessions:suggestion", "planned", pk=planned.pk, suggestion_id=suggestion.pk)
    world.target("sessions:agenda_item", "private", pk=mine.pk)
    world.target("sessions:agenda_item", "shared", pk=shared.pk)
    world.target("sessions:agenda_place", "private", pk=mine.pk)
    world.target("sessions:agenda_place", "shared", pk=shared.pk)
    world.target(
        "sessions:addendum_sign sessions:addendum_pdf sessions:addendum_close", "waiting", pk=addendum.pk
    )
    world.target("sessions:plan", "theirs", arrangement_id=cast.arrangement.pk)
    world.target("sessions:plan_several", "theirs", arrangement_id=cast.arrangement.pk)
    open_action = Action.objects.filter(session=sealed).first()
    unsent = Action.objects.filter(session=draft).first()
    assert open_action is not None
    assert unsent is not None
    for name in ("action_done", "action_reopen", "action_drop"):
        world.target(f"sessions:{name}", "open", pk=open_action.pk)
        world.target(f"sessions:{name}", "unsent", pk=unsent.pk)


def _observations(world: World, cast: Cast) -> None:
    """One proposed by the worker, one being written up, one on offer, one signed by both."""
    sealed = _observed(world, cast, "sealed")
    seen = sealed.open_offer.digest
    observing.sign(
        sealed,
        by=cast.worker,
        evidence=makers.evidence(cast.worker),
        seen=seen,
        statement=world.word("observation-statement", *PARTIES),
    )
    sealed = makers.fresh(sealed)
    with_document(sealed)
    addendum = observing.add_addendum(
        sealed,
        by=cast.worker,
        reason=world.word("observation-addendum-reason", *PARTIES),
        text=world.word("observation-addendum-text", *PARTIES),
        evidence=makers.evidence(cast.worker),
    )
    proposed = looks.proposed(
        cast,
        by=cast.worker,
        setting=world.word("observation-setting", *PARTIES),
        look_for=world.word("observation-look-for", *PARTIES),
    )
    words = looks.words(
        strengths=world.word("observation-strengths-draft", "supervisor"),
        growth=world.word("observation-growth-draft", "supervisor"),
    )
    rows = {
        "proposed": proposed,
        "agreed": looks.agreed(cast),
        "draft": looks.draft(cast, written=words),
        "sent": _observed(world, cast, "sent"),
        "sealed": sealed,
    }
    names = "change agree decline_plan call_off write send sign decline ask_for_change take_back close pdf addendum"
    for label, row in rows.items():
        world.target("sessions:observation", label, pk=row.pk)
        world.target(" ".join(f"sessions:observation_{n}" for n in names.split()), label, pk=row.pk)
    of_addendum = ("sign", "close", "pdf")
    world.target(
        " ".join(f"sessions:observation_addendum_{n}" for n in of_addendum), "waiting", pk=addendum.pk
    )
    pair = {"arrangement_id": cast.arrangement.pk}
    world.target("sessions:observation_propose", "worker", **pair, person_id=cast.worker.pk)
    world.target("sessions:observation_propose", "stranger", **pair, person_id=cast.other_worker.pk)


def _matters(world: World, cast: Cast) -> None:
    """Words that wait for a yes, that got a no, that were sent, and that were answered."""
    proposed = matters.proposed(
        cast, text=world.word("matter-text", *PARTIES), wish=world.word("matter-wish", *PARTIES)
    )
    declined = taking_up.decline(
        matters.proposed(cast, text=world.word("matter-text-declined", *PARTIES)),
        by=cast.supervisor,
        reason=world.word("matter-reason", *PARTIES),
    )
    replied = matters.sent(cast, text=world.word("matter-text-replied", *WITH_MANAGER))
    matters.reply(cast, replied, text=world.word("matter-reply", *WITH_MANAGER))
    rows = {
        "proposed": proposed,
        "declined": declined,
        "sent": matters.sent(
            cast,
            text=world.word("matter-text-sent", *WITH_MANAGER),
            wish=world.word("matter-wish-sent", *WITH_MANAGER),
        ),
        "replied": replied,
    }
    for label, row in rows.items():
        world.target("sessions:matter", label, pk=row.pk)
        names = ("change", "agree", "decline", "leave", "reply")
        world.target(" ".join(f"sessions:matter_{name}" for name in names), label, pk=row.pk)
    pair = {"arrangement_id": cast.arrangement.pk}
    world.target("sessions:matter_propose", "worker", **pair, person_id=cast.worker.pk)
    world.target("sessions:matter_propose", "stranger", **pair, person_id=cast.other_worker.pk)


def _observed(world: World, cast: Cast, label: str) -> Any:
    words = looks.words(
        strengths=world.word(f"observation-strengths-{label}", *PARTIES),
        growth=world.word(f"observation-growth-{label}", *PARTIES),
    )
    return looks.sent(cast, written=words, look_for=world.word(f"observation-agreed-{label}", *PARTIES))


def _written(
    world: World, cast: Cast, label: str, when: datetime.datetime, *, readers: frozenset[str]
) -> Any:
    session = makers.planned(cast, starts_at=when, place=world.word(f"place-{label}", *readers))
    item = operations.add_item(session, by=cast.worker, text=world.word(f"topic-{label}", *readers))
    return makers.signed_by_recorder(
        cast,
        session,
        place=world.word(f"place-{label}", *readers),
        strengths=world.word(f"strengths-{label}", *readers),
        outcomes=world.word(f"outcomes-{label}", *readers),
        agenda=[makers.topic_of(item, outcome=world.word(f"item-outcome-{label}", *readers))],
        steps=[makers.step(cast.worker, world.word(f"action-{label}", *readers))],
    )


def _draft(world: World, cast: Cast, when: datetime.datetime) -> Any:
    session = makers.planned(cast, starts_at=when)
    return makers.draft(
        cast,
        session,
        place=world.word("place-draft", "supervisor"),
        strengths=world.word("strengths-draft", "supervisor"),
        outcomes=world.word("outcomes-draft", "supervisor"),
        agenda=[],
        steps=[makers.step(cast.worker, world.word("action-draft", "supervisor"))],
    )


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
    world.target("overview:worker", "own", pk=cast.worker.pk)
    world.target("mfa_edit_webauthn mfa_remove_webauthn", "forged", pk=999)
    world.target("account_reset_password_from_key", "forged", uidb36="1", key="forged-key")


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
    )
    made.save()
    made.programs.add(cast.program)
    world.target("reports:detail reports:download", "ready", pk=made.pk)


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


def _jobs(world: World, cast: Cast, line_manager: User) -> None:
    """The worker's job description: two versions and a draft of the next; of somebody else a draft alone."""
    work = SimpleNamespace(**vars(cast), line_manager=line_manager)
    readers = WITH_MANAGER | {"line_manager"}
    first = jobs.job(work, does=world.word("job-first", *readers))
    describing.say_what_differs(first, by=cast.worker, words=world.word("job-reply", *readers))
    second = jobs.job(work, by=cast.manager, does=world.word("job-second", *readers))
    draft = world.word("job-draft", "line_manager", "manager")
    jobs.job_draft(work, does=draft)
    for label, row in {"first": first, "second": second}.items():
        world.target(
            "performance:description performance:description_read performance:description_reply",
            label,
            pk=row.pk,
        )
    names = "person description_draft description_write description_discard note_start"
    for label, person in {"worker": cast.worker, "stranger": cast.other_worker}.items():
        world.target(" ".join(f"performance:{n}" for n in names.split()), label, pk=person.pk)


def _performance(world: World, cast: Cast, line_manager: User) -> None:
    """About the worker's work: a draft, one sent, one sealed, one taken back, by the supervisor; a plan of the line manager's."""
    work = SimpleNamespace(**vars(cast), line_manager=line_manager)
    named = PARTIES | {"line_manager"}

    def words(label: str, *readers: str) -> dict[str, str]:
        return {
            name: world.word(f"work-{name}-{label}", *readers) for name in ("facts", "expectation", "support")
        }

    sealed = jobs.sent(work, **words("sealed", *named))
    jobs.sign(sealed, cast.worker, statement=world.word("work-answer", *named))
    with_document(jobs.fresh(sealed))
    back = jobs.sent(work, **words("back", "supervisor"))
    performing.ask_for_change(back, by=cast.worker, reason=world.word("work-change", *named))
    draft = jobs.draft(work, **words("draft", "supervisor"))
    drafts.keep(
        cast.supervisor, f"performance.note:{draft.pk}", {"facts": [world.word("work-typed", "supervisor")]}
    )
    between = {"worker", "line_manager"}
    plan = jobs.sent(work, "plan", by=line_manager, **words("plan", *between))
    jobs.sign(plan, cast.worker)
    declined = jobs.sent(work, "recognition", by=line_manager, facts=world.word("work-declined", *between))
    performing.decline(
        declined,
        by=cast.worker,
        evidence=jobs.evidence(cast.worker),
        seen=declined.open_offer.digest,
        reason=world.word("work-reason", *between),
    )
    rows = {
        "draft": draft,
        "sent": jobs.sent(work, **words("sent", *named)),
        "sealed": sealed,
        "back": back,
        "plan": plan,
        "declined": declined,
    }
    names = "write send withdraw follow sign decline ask_for_change take_back close pdf"
    for label, row in rows.items():
        world.target("performance:note", label, pk=row.pk)
        world.target(" ".join(f"performance:note_{n}" for n in names.split()), label, pk=row.pk)


def _note(cast: Cast, text: str, **given: Any) -> Any:
    values = {"kind": "diary", "day": timezone.localdate(), "title": "", "text": text} | given
    return notes.write(by=cast.worker, key=uuid.uuid4(), written=notes.Written(**values))


def _goals(world: World, cast: Cast) -> None:
    """The worker's: one for herself, one the supervisor reads, one taken back, one shared and ended; one shared in a group."""
    own = _goal(world, cast, "own", "worker")
    shared = goals.share(_goal(world, cast, "shared", *PARTIES), cast.arrangement)
    goals.note(shared, cast.worker, world.word("goal-progress-worker", *PARTIES))
    goals.note(shared, cast.supervisor, world.word("goal-progress-supervisor", *PARTIES))
    taken = goals.share(_goal(world, cast, "taken-back", "worker"), cast.arrangement)
    growing.take_back(taken, by=cast.worker)
    ended = goals.share(_goal(world, cast, "ended", *PARTIES), cast.arrangement)
    ended = goals.ended(ended, words=world.word("goal-ending", *PARTIES))
    leader, former = factories.person("Gail Groupleader"), world.people["former"]
    group = factories.arrangement(cast.program, [leader], [cast.worker, former], structure="group")
    in_group = goals.share(_goal(world, cast, "group", "worker"), group)
    typed = {"title": [world.word("goal-typed", "worker")]}
    drafts.keep(cast.worker, growing.draft_of(own.pk), typed)
    names = "edit share take_back progress end reopen"
    rows = {"own": own, "shared": shared, "taken": taken, "ended": ended, "group": in_group}
    for label, row in rows.items():
        world.target("competencies:goal", label, pk=row.pk)
        world.target(" ".join(f"competencies:goal_{n}" for n in names.split()), label, pk=row.pk)
        world.target("competencies:goal_step", label, pk=row.pk, step_id=row.steps.all()[0].pk)


def _frameworks(world: World, cast: Cast) -> None:
    """The ones that are shipped, one of the agency's own that is published, loaded anew, retired; one that was only loaded."""
    version = library.bring_in(library.shipped())[0]
    world.target("competencies:framework", "shipped", pk=version.framework_id)
    for label, number in (("newest", version.number), ("unknown", version.number + 1)):
        world.target("competencies:framework_version", label, pk=version.framework_id, number=number)
    # Not published yet, so for administrators alone; nobody's words, so stored in the clear, and not called canaries.
    first, following = "framework-loaded-7f3a", "framework-next-7f3a"
    world.canaries |= dict.fromkeys((first, following), frozenset({"administrator"}))
    waits = makers_of_frameworks.loaded(cast, title=first)
    own = makers_of_frameworks.published(cast, key="own", title="Own")
    own = makers_of_frameworks.again(own, cast, title=following)
    gone = makers_of_frameworks.retired(makers_of_frameworks.published(cast, key="gone", title="Gone"), cast)
    names = "load_again draft publish discard retire bring_back file"
    for label, row in (("loaded", waits), ("own", own), ("retired", gone)):
        world.target("competencies:framework", label, pk=row.pk)
        world.target(" ".join(f"competencies:framework_{n}" for n in names.split()), label, pk=row.pk)
    world.target("competencies:framework_load_again", "shipped", pk=version.framework_id)


def _goal(world: World, cast: Cast, label: str, *readers: str) -> Any:
    def word(field_name: str) -> str:
        return world.word(f"goal-{field_name}-{label}", *readers)

    return goals.goal(
        cast.worker,
        title=word("title"),
        why=word("why"),
        support=word("support"),
        support_from=word("from"),
        steps=[growing.Step(word("step"))],
    )
