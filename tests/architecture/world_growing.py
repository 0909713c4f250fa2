"""Assessments in every state, with a unique word in every confidential field."""

from __future__ import annotations

from typing import Any

from competencies.assessments import operations as assessing
from competencies.models import Assessment
from supervision.people.models import User
from supervision.records import drafts
from tests.cast import Cast
from tests.competencies import assessment_makers as make
from tests.sessions.makers import evidence

from .kinds import PARTIES, WITH_MANAGER, World, with_document

ACTS = (
    "part own views take_back_part release withdraw call_off throw_away settle send leave_unsigned sign decline "
    "ask_for_change take_back close pdf"
)


def add_assessments(world: World, cast: Cast) -> None:
    """Of the worker's practice: her own alone, one waiting for parts, one past its day, one ended, one shown, and formal ones."""
    rows = {
        "alone": _given(world, make.alone(cast.worker), cast.worker, "alone", "worker"),
        "running": _running(world, cast),
        "late": make.past_due(_given(world, make.together(cast), cast.supervisor, "late", "supervisor")),
        "ended": _ended(world, cast),
        "shown": _shown(world, cast, make.together(cast), "shown", *PARTIES),
        "drafted": _drafted(world, cast),
        "sent": _sent(world, cast, "sent", *PARTIES),
        "sealed": _sealed(world, cast),
        "back": _back(world, cast),
    }
    for label, row in rows.items():
        world.target("competencies:assessment", label, pk=row.pk)
        world.target(" ".join(f"competencies:assessment_{name}" for name in ACTS.split()), label, pk=row.pk)


def _given(world: World, row: Assessment, by: User, label: str, *readers: str) -> Assessment:
    words = world.word(f"assessed-{label}-{by.called.lower()}", *readers)
    return make.give(row, by, words=words)


def _running(world: World, cast: Cast) -> Assessment:
    """Both have marked something, one has given their part: each for themself alone."""
    row = _given(world, make.together(cast), cast.worker, "running", "worker")
    word = world.word("assessed-running-dana", "supervisor")
    make.save(row, cast.supervisor, make.filled(row, cast.supervisor, words=word))
    typed = {"say-values-1": [world.word("assessed-typed", "supervisor")], "version": ["2"]}
    drafts.keep(cast.supervisor, assessing.draft_of(row.pk), typed)
    return make.fresh(row)


def _ended(world: World, cast: Cast) -> Assessment:
    row = make.past_due(_given(world, make.together(cast), cast.worker, "ended", "worker"))
    return make.fresh(assessing.withdraw_part(row, by=cast.worker))


def _shown(world: World, cast: Cast, row: Assessment, label: str, *readers: str) -> Assessment:
    _given(world, row, cast.worker, label, *readers)
    return _given(world, row, cast.supervisor, label, *readers)


def _written(world: World, cast: Cast, label: str, *readers: str, views: frozenset[str]) -> Assessment:
    row = _shown(world, cast, make.formal(cast), label, *views)
    words: dict[str, Any] = {
        name: world.word(f"assessed-{name}-{label}", *readers) for name in ("strengths", "to_grow")
    }
    return make.written_up(cast, row, **words)


def _drafted(world: World, cast: Cast) -> Assessment:
    row = _written(world, cast, "drafted", "supervisor", views=PARTIES)
    typed = {"strengths": [world.word("assessed-settling", "supervisor")], "version": [str(row.version)]}
    drafts.keep(cast.supervisor, assessing.write_up_draft_of(row.pk), typed)
    return row


def _sent(world: World, cast: Cast, label: str, *readers: str) -> Assessment:
    return make.sent(cast, _written(world, cast, label, *readers, views=frozenset(readers)))


def _sealed(world: World, cast: Cast) -> Assessment:
    row = _sent(world, cast, "sealed", *WITH_MANAGER)
    statement = world.word("assessed-statement", *WITH_MANAGER)
    assert row.open_offer is not None
    assessing.sign(
        row, by=cast.worker, evidence=evidence(cast.worker), seen=row.open_offer.digest, statement=statement
    )
    row = make.fresh(row)
    with_document(row)
    return row


def _back(world: World, cast: Cast) -> Assessment:
    """Sent once, and asked to be changed: what was written up is with its author again."""
    row = make.sent(cast, _written(world, cast, "back", "supervisor", views=PARTIES))
    assessing.ask_for_change(
        row, by=cast.worker, seen=row.open_offer.digest, reason=world.word("assessed-change", *PARTIES)
    )
    return make.fresh(row)
