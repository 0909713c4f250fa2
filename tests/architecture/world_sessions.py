"""Sessions, observations and what is taken up, in every state, with a unique word in every confidential field."""

from __future__ import annotations

import datetime
from typing import Any

from supervision.notices import operations as notices
from supervision.records.models import Seal
from supervision.sessions import operations
from supervision.sessions.matters import operations as taking_up
from supervision.sessions.models import Action
from supervision.sessions.observations import operations as observing
from tests.cast import Cast
from tests.sessions import makers
from tests.sessions import matter_makers as matters
from tests.sessions import observation_makers as looks

from .kinds import PARTIES, WITH_MANAGER, World, with_document


def add_sessions(world: World, cast: Cast) -> None:
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


def add_observations(world: World, cast: Cast) -> None:
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


def add_matters(world: World, cast: Cast) -> None:
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
