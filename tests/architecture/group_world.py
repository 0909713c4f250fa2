"""An agency of groups: one group through which people come and go, a co-supervision, a supervision of supervision and a
co-reflection, beside a pair. Every kind of record in every state, a unique word in each confidential field, and for each word
who may read it (domain 4 and 8, decisions 10 and 13).

The group that Dana leads: Marisol and Kit are at all of its sessions, Joe at none; Fay was at the first and left; Nia came last.
Ben supervises Marisol together with Dana, and was at one of two sessions. Sol supervises Dana. Pat, Rae and Lou reflect together
without anybody who supervises; Lou was not there.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils import timezone

from supervision.notes import operations as notes
from supervision.notices import operations as notices
from supervision.people.models import Acknowledgement, Arrangement, Participation, Standing, User
from supervision.records import drafts
from supervision.records.models import Seal
from supervision.sessions import operations
from supervision.sessions.models import Action, Session
from supervision.sessions.observations import operations as observing
from tests import factories
from tests.agreements import helpers as pages
from tests.cast import Cast
from tests.competencies import round_makers as rounds
from tests.sessions import makers
from tests.sessions import observation_makers as looks

from . import standings, world_training
from .kinds import World, with_document

THERE = ("leader", "owner", "member")  # at the later sessions of the group
FIRST = (*THERE, "left")  # at the first of them
MEMBERS = (*THERE, "absent")  # in the group for as long as it is
NOW = (*MEMBERS, "joined")
PAIR = ("leader", "owner")
LEFT_DAYS_AGO, JOINED_DAYS_AGO = 20, 1
# Where they would have met, and where they will: of those that were not held and of the one to come.
KNOWN_TO = {"missed": MEMBERS, "cancelled": MEMBERS, "moved": NOW, "planned": NOW}


def build(cast: Cast) -> World:
    """Everything, made with the operations that people use."""
    new = {
        name: factories.worker_in(cast.program, called)
        for name, called in {
            "member": "Kit Ng",
            "absent": "Joe Marsh",
            "left": "Fay Former",
            "joined": "Nia Newcomer",
            "facilitator": "Pat Circle",
            "peer": "Rae Circle",
            "peer_away": "Lou Circle",
        }.items()
    }
    sol = factories.person("Sol Above")
    for person in (*new.values(), sol):
        Acknowledgement(person=person, edition=1, concern_days=3).save()
    world = World(
        standing=standings.of_groups,
        people={
            "leader": cast.supervisor,
            "owner": cast.worker,
            **{name: new[name] for name in ("member", "absent", "left", "joined")},
            "second": cast.other_supervisor,
            "above": sol,
            **{name: new[name] for name in ("facilitator", "peer", "peer_away")},
            "manager": cast.manager,
        },
    )
    _group(world, cast)
    _co_supervision(world, cast)
    _of_supervision(world, cast)
    _co_reflection(world, cast)
    _pair(world, cast)
    world_training.add_training_of_a_member(world, cast)
    _round(world, cast)
    return world


def _round(world: World, cast: Cast) -> None:
    """About the supervision that Dana gives: asked are those whom she supervises now, in the group or beside Ben."""
    found = rounds.opened(cast)
    rounds.answers(found, cast.worker)
    names = "detail answer take_back show"
    world.target(" ".join(f"rounds:{name}" for name in names.split()), "open", pk=found.pk)
    world.target("rounds:write", "leader", pk=cast.supervisor.pk)


# The group ----------------------------------------------------------------------------------------------------


def _group(world: World, cast: Cast) -> None:
    """Planned while Fay was in it; she leaves after the first session, and Nia comes after the last."""
    dana, marisol, kit, joe, fay, nia = _people(world, *MEMBERS, "left", "joined")
    group = _arrangement(
        cast, "group", {dana: "supervisor"} | dict.fromkeys((marisol, kit, joe, fay), "supervisee")
    )
    agreement = _group_agreement(world, group)
    at = {
        "first": 24 * 30,
        "sealed": 24 * 12,
        "sent": 24 * 9,
        "missed": 24 * 6,
        "draft": 24 * 3,
        "cancelled": -24 * 5,
        "moved": -24 * 6,
        "planned": -24 * 8,
    }
    planned = {
        label: operations.plan(
            group,
            by=dana,
            starts_at=makers.ago(hours),
            place=world.word(f"where-{label}", *KNOWN_TO[label]) if label in KNOWN_TO else "",
        )
        for label, hours in at.items()
    }
    rows = {"first": _first(world, planned["first"])}
    left_on = timezone.localdate() - datetime.timedelta(days=LEFT_DAYS_AGO)
    group.participations.filter(person=fay).update(left_on=left_on)
    rows |= {
        "sealed": _sealed(world, planned["sealed"]),
        "sent": _sent(world, planned["sent"]),
        "missed": _missed(world, planned["missed"]),
        "cancelled": _cancelled(world, planned["cancelled"]),
        **_moved(world, planned["moved"]),
    }
    joined_on = timezone.localdate() - datetime.timedelta(days=JOINED_DAYS_AGO)
    Participation.objects.create(arrangement=group, person=nia, part="supervisee", joined_on=joined_on)
    rows |= {"draft": _draft(world, planned["draft"]), "planned": _planned(world, planned["planned"])}
    _group_versions(world, group, agreement)
    _suggestion(world, rows["planned"])
    _observation_in_group(world, cast, group)
    for label, row in rows.items():
        _session_targets(world, label, row)
    for url_name in ("sessions:plan", "sessions:plan_several"):
        world.target(url_name, "group", arrangement_id=group.pk)
    world.target("people:arrangement", "group", pk=group.pk)


def _first(world: World, session: Session) -> Session:
    """At which Fay was: she goes on reading it, and Joe, who was not there, never does."""
    dana, marisol, kit, fay = _people(world, *FIRST)
    topic = operations.add_item(session, by=fay, text=world.word("topic-first", *FIRST))
    _record(world, "first", session, FIRST, by=dana, agenda=[makers.topic_of(topic)])
    for person in (marisol, kit):
        makers.sign(session, person)
    makers.sign(session, fay, statement=world.word("statement-first", *FIRST))
    return _with_paper(session)


def _sealed(world: World, session: Session) -> Session:
    """Marisol brought something, Kit put words of his own beside the record and later added to it."""
    dana, marisol, kit = _people(world, *THERE)
    topic = operations.add_item(session, by=marisol, text=world.word("topic-sealed", *THERE))
    _record(world, "sealed", session, THERE, by=dana, agenda=[_talked(world, topic, "sealed", THERE)])
    operations.decline(
        makers.fresh(session),
        by=marisol,
        reason=world.word("declined-sealed", *THERE),
        evidence=makers.evidence(marisol),
        seen=makers.digests(session),
        attendance=True,
    )
    makers.sign(session, kit, statement=world.word("statement-sealed", *THERE))
    session = _with_paper(session)
    addendum = operations.add_addendum(
        session,
        by=kit,
        reason=world.word("addendum-reason", *THERE),
        text=world.word("addendum-text", *THERE),
        evidence=makers.evidence(kit),
    )
    world.target(
        "sessions:addendum_sign sessions:addendum_pdf sessions:addendum_close", "waiting", pk=addendum.pk
    )
    return session


def _sent(world: World, session: Session) -> Session:
    """Marisol declined, Kit has not answered. What was not reached goes back to whoever raised it, since Joe was not there."""
    dana, marisol, kit = _people(world, *THERE)
    topic = operations.add_item(session, by=marisol, text=world.word("topic-sent", *MEMBERS))
    said = operations.Topic(
        text=world.word("said-in-the-room", *THERE), category="work", raised_by_id=kit.pk, reached=False
    )
    _record(world, "sent", session, THERE, by=dana, agenda=[_talked(world, topic, "sent", THERE), said])
    operations.decline(
        makers.fresh(session),
        by=marisol,
        reason=world.word("declined-sent", *THERE),
        evidence=makers.evidence(marisol),
        seen=makers.digests(session),
    )
    return makers.fresh(session)


def _draft(world: World, session: Session) -> Session:
    """Being written; with topics that Marisol and Joe, who was not there, keep to themselves."""
    dana, marisol, joe = _people(world, "leader", "owner", "absent")
    _item(world, session, marisol, "draft-own", "owner", share=False)
    _item(world, session, joe, "draft-away", "absent", share=False)
    _record(world, "draft", session, THERE, readers=("leader",), by=dana, send=False)
    drafts.keep(dana, f"sessions.record:{session.pk}", {"outcomes": [world.word("typed-draft", "leader")]})
    return makers.fresh(session)


def _missed(world: World, session: Session) -> Session:
    dana, marisol = _people(world, *PAIR)
    _item(world, session, marisol, "missed", *MEMBERS)
    note = world.word("missed-note", *MEMBERS)
    return operations.missed(makers.fresh(session), by=dana, why="weather", note=note)


def _cancelled(world: World, session: Session) -> Session:
    dana, kit = _people(world, "leader", "member")
    _item(world, session, kit, "cancelled", *MEMBERS)
    _item(world, session, kit, "cancel-own", "member", share=False)
    note = world.word("cancelled-note", *MEMBERS)
    return operations.cancel(makers.fresh(session), by=dana, why="other", note=note)


def _moved(world: World, session: Session) -> dict[str, Session]:
    """The old plan stays for those it was made for; at the new time it is everybody's who takes part now."""
    (dana,) = _people(world, "leader")
    note = world.word("moved-note", *MEMBERS)
    new = operations.move(session, by=dana, starts_at=makers.ahead(7), why="work", note=note)
    return {"moved": makers.fresh(session), "anew": new}


def _planned(world: World, session: Session) -> Session:
    """What comes next, for everybody who takes part now: topics shared and kept, and what is suggested."""
    dana, marisol, kit, joe = _people(world, *MEMBERS)
    session = makers.fresh(session)
    _item(world, session, dana, "leader", *NOW)
    _item(world, session, marisol, "owner", *NOW)
    _item(world, session, kit, "member-own", "member", share=False)
    _item(world, session, joe, "absent-own", "absent", share=False)
    _item(world, session, marisol, "owner-own", "owner", share=False)
    return makers.fresh(session)


def _suggestion(world: World, session: Session) -> None:
    """What everybody is offered for the next agenda."""
    title = world.word("suggested", *NOW)
    made = notices.suggest(session.arrangement, kind="review", title=title, source=Seal.objects.first())
    world.target("sessions:suggestion", "planned", pk=session.pk, suggestion_id=made.pk)


def _group_agreement(world: World, group: Arrangement) -> Any:
    """Sealed by Dana and Fay; Marisol and Kit joined it, Joe said no."""
    dana, marisol, kit, joe, fay = _people(world, *MEMBERS, "left")
    everybody = (*NOW, "left", "manager")
    agreement = pages.complete_draft(group, dana)
    pages.change(
        agreement,
        "purpose",
        world.word("agreement-group", *everybody),
        by=marisol,
        reason=world.word("agreement-group-reason", *MEMBERS, "left"),
    )
    pages.agree(agreement)
    agreement.refresh_from_db()
    pages.operations.offer(agreement=agreement, version=agreement.version, by=dana)
    pages.sign(agreement, dana)
    pages.sign(agreement, fay, statement=world.word("agreement-group-left", *everybody))
    agreement.refresh_from_db()
    pages.join(agreement, marisol)
    pages.join(agreement, kit)
    pages.operations.decline_to_join(
        agreement=agreement,
        seen=Seal.objects.get(record_id=agreement.pk).digest,
        evidence=pages.evidence(joe),
        reason=world.word("not-joined", *NOW),
        by=joe,
    )
    for accession in agreement.accessions.filter(sealed_at__isnull=False):
        with_document(accession)
    with_document(agreement)
    of_owner = agreement.accessions.get(person=marisol)
    world.target("agreements:accession_pdf", "group", pk=of_owner.pk)
    return agreement


def _group_versions(world: World, group: Arrangement, agreement: Any) -> None:
    """The next version is written by those who take part now: Nia, and Fay no more."""
    (marisol,) = _people(world, "owner")
    anew = pages.operations.draft(arrangement=group, by=marisol, because="duties")
    pages.suggest(
        anew,
        "records",
        world.word("agreement-anew", *NOW),
        by=marisol,
        reason=world.word("agreement-anew-reason", *NOW),
    )
    names = "detail pdf offer join join_decline history history_pdf changes review end"
    for label, row in (("group", agreement), ("anew", anew)):
        world.target(" ".join(f"agreements:{name}" for name in names.split()), label, pk=row.pk)
        part = row.clauses.all()[2].pk
        world.target("agreements:clause", label, pk=row.pk, clause_id=part)
    world.target("agreements:compare", "group", pk=agreement.pk, other_pk=anew.pk)


def _observation_in_group(world: World, cast: Cast, group: Arrangement) -> None:
    """Dana observed Marisol in her work with the group: that is between the two of them, on the group's agenda as well."""
    dana, marisol = _people(world, *PAIR)
    plan = looks.plan(look_for=world.word("look-for", *PAIR), setting=world.word("setting", *PAIR))
    made = observing.propose(group, by=dana, other=marisol, plan=plan, key=uuid.uuid4())
    made = observing.agree(made, by=marisol, version=made.version)
    written = looks.words(
        strengths=world.word("seen-strengths", *PAIR), growth=world.word("seen-growth", *PAIR)
    )
    made = observing.write_up(made, by=dana, written=written, version=made.version)
    observing.sign_and_send(made, by=dana, evidence=makers.evidence(dana), version=made.version)
    looks.sign(makers.fresh(made), marisol, statement=world.word("seen-statement", *PAIR))
    made = makers.fresh(made)
    with_document(made)
    names = "sign ask_for_change pdf"
    world.target("sessions:observation", "group", pk=made.pk)
    world.target(" ".join(f"sessions:observation_{n}" for n in names.split()), "group", pk=made.pk)
    world.target(
        "sessions:observation_propose", "member", arrangement_id=group.pk, person_id=world.people["member"].pk
    )


# Two who supervise, and one who supervises who does ---------------------------------------------------------------


def _co_supervision(world: World, cast: Cast) -> None:
    """Ben was at the first of two sessions and not at the second, of which he reads nothing (domain 8)."""
    dana, marisol, ben = _people(world, *PAIR, "second")
    three = (*PAIR, "second")
    shared = _arrangement(
        cast, "co_supervision", {dana: "supervisor", ben: "supervisor", marisol: "supervisee"}
    )
    _agreement(world, shared, "two", three)
    both = operations.plan(shared, by=dana, starts_at=makers.ago(24 * 10))
    _record(world, "both", both, three, by=ben)
    makers.sign(both, dana, statement=world.word("statement-both", *three))
    makers.sign(both, marisol)
    one = operations.plan(shared, by=dana, starts_at=makers.ago(24 * 4))
    topic = operations.add_item(one, by=marisol, text=world.word("topic-one", *three))
    _record(world, "one", one, PAIR, by=dana, agenda=[_talked(world, topic, "one", PAIR)])
    makers.sign(one, marisol, statement=world.word("statement-one", *PAIR))
    coming = operations.plan(shared, by=dana, starts_at=makers.ahead(9))
    _item(world, coming, marisol, "two", *three)
    _item(world, coming, ben, "second-own", "second", share=False)
    rows = {"both": _with_paper(both), "one": _with_paper(one), "two_plan": coming}
    for label, row in rows.items():
        _session_targets(world, label, row)


def _of_supervision(world: World, cast: Cast) -> None:
    """Sol reads what he and Dana wrote, and nothing of what Dana does with those she supervises; they read nothing of it."""
    dana, sol = _people(world, "leader", "above")
    two = ("leader", "above")
    above = _arrangement(cast, "of_supervision", {sol: "supervisor", dana: "supervisee"})
    _agreement(world, above, "above", two)
    session = operations.plan(above, by=sol, starts_at=makers.ago(24 * 5))
    topic = operations.add_item(session, by=dana, text=world.word("topic-above", *two))
    _record(world, "above", session, two, by=sol, agenda=[_talked(world, topic, "above", two)])
    makers.sign(session, dana, statement=world.word("statement-above", *two))
    coming = operations.plan(above, by=sol, starts_at=makers.ahead(10))
    _item(world, coming, dana, "above", *two)
    _item(world, coming, sol, "above-own", "above", share=False)
    note = _note(world, dana, "note-above", "leader", "above")
    notes.share(note, by=dana, person=sol)
    world.target("notes:detail notes:edit notes:share", "above", pk=note.pk)
    _session_targets(world, "above", _with_paper(session))
    _session_targets(world, "above_plan", coming)


# Equals -----------------------------------------------------------------------------------------------------------


def _co_reflection(world: World, cast: Cast) -> None:
    """Pat facilitates and Rae writes. Lou was not there: an equal is as absent as anybody else."""
    pat, rae, lou = _people(world, "facilitator", "peer", "peer_away")
    two = ("facilitator", "peer")
    all_three = (*two, "peer_away")
    circle = _arrangement(cast, "co_reflection", {pat: "facilitator", rae: "peer", lou: "peer"})
    session = operations.plan(circle, by=rae, starts_at=makers.ago(24 * 8))
    topic = operations.add_item(session, by=pat, text=world.word("topic-circle", *all_three))
    _record(
        world,
        "circle",
        session,
        two,
        by=rae,
        agenda=[_talked(world, topic, "circle", two)],
        protocol={"worked": world.word("worked-circle", *two)},
        facilitator=pat.pk,
    )
    makers.sign(session, pat, statement=world.word("statement-circle", *two))
    writing = operations.plan(circle, by=pat, starts_at=makers.ago(24 * 2))
    _item(world, writing, lou, "away-own", "peer_away", share=False)
    _record(world, "writing", writing, two, readers=("facilitator",), by=pat, send=False)
    coming = operations.plan(circle, by=lou, starts_at=makers.ahead(11))
    _item(world, coming, rae, "peer", *all_three)
    _item(world, coming, rae, "peer-own", "peer", share=False)
    rows = {"circle": _with_paper(session), "writing": makers.fresh(writing), "equals": coming}
    for label, row in rows.items():
        _session_targets(world, label, row)
    world.target("sessions:plan", "circle", arrangement_id=circle.pk)


# The pair beside all that -----------------------------------------------------------------------------------------


def _pair(world: World, cast: Cast) -> None:
    """What Dana and Marisol do alone is nobody's of the group, nor of those who also supervise one of them."""
    dana, marisol = _people(world, *PAIR)
    _agreement(world, cast.arrangement, "pair", PAIR)
    session = operations.plan(cast.arrangement, by=dana, starts_at=makers.ago(24 * 7))
    _record(world, "pair", session, PAIR, by=dana)
    makers.sign(session, marisol, statement=world.word("statement-pair", *PAIR))
    own = _note(world, marisol, "note-own", "owner")
    shared = _note(world, marisol, "note-shared", "owner", "member")
    notes.share(shared, by=marisol, person=_people(world, "member")[0])
    for label, row in (("own", own), ("shared", shared)):
        world.target("notes:detail notes:edit notes:share", label, pk=row.pk)
    _session_targets(world, "pair", _with_paper(session))
    for name, person in world.people.items():
        if person is not None and name in ("owner", "leader", "member"):
            world.target("overview:worker hours:person", name, pk=person.pk)


# Pieces -----------------------------------------------------------------------------------------------------------


def _people(world: World, *names: str) -> list[User]:
    found = [world.people[name] for name in names]
    return [person for person in found if person is not None]


def _arrangement(cast: Cast, structure: str, parts: dict[User, str]) -> Arrangement:
    since = timezone.localdate() - datetime.timedelta(days=100)
    made = Arrangement.objects.create(program=cast.program, structure=structure, started_on=since)
    for person, part in parts.items():
        Participation.objects.create(arrangement=made, person=person, part=part, joined_on=since)
    Standing.objects.create(arrangement=made)
    return made


def _agreement(world: World, arrangement: Arrangement, label: str, between: tuple[str, ...]) -> None:
    """Signed by all, with words that the parties and the manager read, and those of its making, which the parties read."""
    people = _people(world, *between)
    agreement = pages.complete_draft(arrangement, people[0])
    pages.change(
        agreement,
        "purpose",
        world.word(f"agreement-{label}", *between, "manager"),
        by=people[0],
        reason=world.word(f"agreement-{label}-reason", *between),
    )
    pages.agree(agreement)
    agreement.refresh_from_db()
    pages.operations.offer(agreement=agreement, version=agreement.version, by=people[0])
    for person in people:
        pages.sign(agreement, person)
    agreement.refresh_from_db()
    with_document(agreement)
    names = "detail pdf history review"
    world.target(" ".join(f"agreements:{name}" for name in names.split()), label, pk=agreement.pk)


def _record(
    world: World,
    label: str,
    session: Session,
    there: tuple[str, ...],
    *,
    by: User,
    readers: tuple[str, ...] = (),
    send: bool = True,
    **given: Any,
) -> None:
    """Write it up with a word in every field, sign it and send it."""
    readers = readers or there
    people = _people(world, *there)
    values: dict[str, Any] = {
        "place": world.word(f"place-{label}", *readers),
        "strengths": world.word(f"strengths-{label}", *readers),
        "outcomes": world.word(f"outcomes-{label}", *readers),
        "protocol": {"ideas": world.word(f"ideas-{label}", *readers)} if session.structure == "group" else {},
        "steps": [makers.step(people[-1], world.word(f"action-{label}", *readers))],
        "agenda": [],
    }
    written = operations.Written(
        starts_at=session.starts_at,
        minutes=60,
        modality="in_person",
        attended={person.pk: 60 for person in people},
        **(values | given),
    )
    session = operations.record(makers.fresh(session), by=by, written=written)
    if send:
        operations.sign_and_send(session, by=by, evidence=makers.evidence(by))
    action = Action.objects.get(session=session)
    world.target("sessions:action_done", label, pk=action.pk)


def _talked(world: World, item: Any, label: str, readers: tuple[str, ...]) -> operations.Topic:
    return makers.topic_of(item, outcome=world.word(f"came-of-it-{label}", *readers))


def _with_paper(session: Session) -> Session:
    session = makers.fresh(session)
    assert session.is_sealed
    with_document(session)
    return session


def _item(world: World, session: Session, by: User, name: str, *readers: str, share: bool = True) -> None:
    text = world.word(f"item-{name}", *readers)
    made = operations.add_item(makers.fresh(session), by=by, text=text, share=share)
    world.target("sessions:agenda_item", name, pk=made.pk)


def _note(world: World, by: User, name: str, *readers: str) -> Any:
    written = notes.Written(kind="diary", day=timezone.localdate(), title="", text=world.word(name, *readers))
    return notes.write(by=by, key=uuid.uuid4(), written=written)


# At each stage once in a group, and where somebody is absent or an equal; the other matrix asks for everything of a pair.
PLANNED = dict.fromkeys(("planned", "equals", "cancelled"), "ics move cancel missed rebook agenda_add record")
HELD = dict.fromkeys(
    ("sent", "draft", "writing"),
    "ics record send sign decline ask_for_change take_back close discard agenda_add",
) | dict.fromkeys(("first", "sealed", "one", "circle"), "pdf take_back addendum")


def _session_targets(world: World, label: str, session: Session) -> None:
    names = f"detail facts {(PLANNED | HELD).get(label, '')}"
    world.target(" ".join(f"sessions:{name}" for name in names.split()), label, pk=session.pk)
