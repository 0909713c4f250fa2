"""Concerns and letters in every state, with a unique word in every confidential field."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from supervision.concerns.letters import operations as writing
from supervision.concerns.models import Concern, Letter
from supervision.concerns.raising import operations as raising
from supervision.people.models import User
from tests.cast import Cast

from .kinds import PARTIES, World

STEPS = "change throw_away tell tell_again share share_out_of_order report accept withdraw"
ANSWERS = "seen decline taken let_ask confirm statement answer close"
ACTS = " ".join(f"concerns:{name}" for name in f"{STEPS} {ANSWERS}".split())
NAMED = PARTIES | {"line_manager"}


def add_concerns(world: World, cast: Cast, line_manager: User) -> None:
    """With the worker: one for the supervisor alone, one told, one taken to the line manager, one declined and told again, one
    shared, one out of order and not told, one answered, one withdrawn."""
    rows = {
        "stated": _stated(world, cast, "stated", "supervisor"),
        "told": _told(world, cast, "told"),
        "taken": _taken(world, cast, line_manager),
        "again": _again(world, cast, "again"),
        "shared": _shared(world, cast, line_manager, "shared"),
        "early": _early(world, cast, line_manager),
        "answered": _answered(world, cast, line_manager),
        "withdrawn": _withdrawn(world, cast),
    }
    for label, row in rows.items():
        world.target("concerns:detail", label, pk=row.pk)
        if label not in (
            "again",
            "withdrawn",
        ):  # what can be done with these is between the two; tests/concerns has it
            world.target(ACTS, label, pk=row.pk)
    world.target("concerns:share concerns:withdraw", "again", pk=rows["again"].pk)
    world.target("concerns:statement concerns:withdraw", "withdrawn", pk=rows["withdrawn"].pk)
    world.target("concerns:begin", "theirs", arrangement_id=cast.arrangement.pk)
    pair = {"arrangement_id": cast.arrangement.pk}
    world.target("concerns:state", "theirs", person_id=cast.worker.pk, **pair)
    world.target("concerns:state", "stranger", person_id=cast.other_worker.pk, **pair)


def _stated(world: World, cast: Cast, label: str, *readers: str, named: tuple[str, ...] = ()) -> Concern:
    words = raising.Words(
        limit="safety",
        text=world.word(f"concern-{label}", *readers),
        named=world.word(f"concern-name-{label}", *(named or readers)),
    )
    return raising.state(cast.arrangement, cast.worker, by=cast.supervisor, words=words)


def _now(row: Concern) -> Concern:
    return Concern.objects.get(pk=row.pk)


def _told(world: World, cast: Cast, label: str, *named: str) -> Concern:
    """Once told, whoever raised it does not see the name any more."""
    row = _stated(world, cast, label, *PARTIES, named=("worker", *named))
    raising.tell(
        row,
        by=cast.supervisor,
        version=row.version,
        no_time=True,
        no_time_reason=world.word(f"concern-no-time-{label}", *PARTIES),
    )
    raising.add_statement(
        row, by=cast.worker, text=world.word(f"concern-own-{label}", *PARTIES), for_receiver=False
    )
    raising.add_report(
        row,
        by=cast.supervisor,
        happened_at=timezone.now(),
        to_whom=world.word(f"concern-report-to-{label}", *PARTIES),
        reason=world.word(f"concern-report-{label}", *PARTIES),
    )
    return _now(row)


def _taken(world: World, cast: Cast, line_manager: User) -> Concern:
    return raising.say_taken(
        _told(world, cast, "taken"),
        by=cast.worker,
        on=timezone.localdate(),
        person=line_manager,
        may_ask=True,
    )


def _again(world: World, cast: Cast, label: str, *named: str) -> Concern:
    row = _told(world, cast, label, *named)
    raising.decline(row, by=cast.worker, reason=world.word(f"concern-declined-{label}", *PARTIES))
    return raising.tell_again(row, by=cast.supervisor, version=_now(row).version)


def _shared(world: World, cast: Cast, line_manager: User, label: str) -> Concern:
    row = _again(world, cast, label, "line_manager")
    words = world.word(f"concern-for-{label}", *NAMED)
    raising.add_statement(
        row, by=cast.worker, text=world.word(f"concern-own-for-{label}", *NAMED), for_receiver=True
    )
    return raising.share(
        row, by=cast.supervisor, receiver=line_manager, text=words, version=_now(row).version
    )


def _early(world: World, cast: Cast, line_manager: User) -> Concern:
    """Shared before the worker could be told: for them it does not exist yet."""
    row = _stated(world, cast, "early", "supervisor", named=("line_manager",))
    return raising.share_out_of_order(
        row,
        by=cast.supervisor,
        receiver=line_manager,
        text=world.word("concern-for-early", "supervisor", "line_manager"),
        reason=world.word("concern-early-why", "supervisor"),
        version=row.version,
    )


def _answered(world: World, cast: Cast, line_manager: User) -> Concern:
    row = _shared(world, cast, line_manager, "answered")
    return raising.answer(row, by=line_manager, outcome=world.word("concern-outcome", *NAMED))


def _withdrawn(world: World, cast: Cast) -> Concern:
    row = _told(world, cast, "withdrawn")
    return raising.withdraw(row, by=cast.supervisor, reason=world.word("concern-withdrawn-why", *PARTIES))


# Letters ------------------------------------------------------------------------------------------------------


def add_letters(world: World, cast: Cast) -> None:
    """The worker's, to the manager of the program: one sent, one that the supervisor may read, one closed."""
    two = {"worker", "manager"}
    rows = {
        "sent": _letter(world, cast, "sent", *two),
        "shown": _letter(world, cast, "shown", *two, "supervisor"),
        "closed": _letter(world, cast, "closed", *two),
    }
    writing.show(rows["shown"], by=cast.worker, to=cast.supervisor)
    writing.close(rows["closed"], by=cast.manager)
    for label, row in rows.items():
        names = " ".join(f"concerns:letter{name}" for name in ("", "_receive", "_close"))
        world.target(names, label, pk=row.pk)
        people: dict[str, Any] = {"pk": row.pk, "person_id": cast.supervisor.pk}
        world.target("concerns:letter_show concerns:letter_stop_showing", label, **people)
    world.target("concerns:letter_write", "theirs", pk=cast.arrangement.pk)
    world.target("concerns:letter_write", "strangers", pk=cast.other_arrangement.pk)


def _letter(world: World, cast: Cast, label: str, *readers: str) -> Letter:
    row = writing.write(
        cast.arrangement, by=cast.worker, recipient=cast.manager, text=world.word(f"letter-{label}", *readers)
    )
    writing.answer(row, by=cast.manager, text=world.word(f"letter-answer-{label}", *readers))
    return Letter.objects.get(pk=row.pk)
