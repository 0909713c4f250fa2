"""Where the conversation about each part stands: what is suggested, who agrees, what is kept for the next session.

Pure: computed from the turns, never stored (decision 3). The one pointer that is stored, `Clause.suggestion`, says the same as
the turns and lets other pages ask in SQL.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from supervision.people.models import Arrangement, Participation

from . import wording
from .models import Agreement, AgreementParty, Clause, Turn

Kind = Turn.Kind


@dataclass
class State:
    """Where one part stands. Only what was said of the wording of now, `version`, counts as agreed."""

    version: int = 1
    suggestion: Turn | None = None
    agreed: set[uuid.UUID] = field(default_factory=set)
    parked: Turn | None = None  # kept for the next session, until it is settled
    last: Turn | None = None

    def take(self, turn: Turn) -> None:
        """Go on to what stands after one more turn."""
        _AFTER[Kind(turn.kind)](self, turn)
        self.last = turn


def _suggested(state: State, turn: Turn) -> None:
    state.suggestion, state.parked = turn, None


def _taken(state: State, turn: Turn) -> None:
    """A new wording: everybody's agreement to the one before is lost, both of these two agree to this one."""
    suggested_by = {turn.answers.by_id} if turn.answers else set()
    agreed = {*suggested_by, turn.by_id} if turn.clause_version == state.version else set()
    state.suggestion, state.parked, state.agreed = None, None, agreed


def _agreed(state: State, turn: Turn) -> None:
    if turn.clause_version == state.version:
        state.agreed.add(turn.by_id)
    if state.parked is not None and state.parked.by_id == turn.by_id:
        state.parked = None


def _parked(state: State, turn: Turn) -> None:
    """Whoever wants to talk about it first does not agree to it for now."""
    state.parked = turn
    state.agreed.discard(turn.by_id)


def _withdrawn(state: State, turn: Turn) -> None:
    state.suggestion = None


_AFTER = {
    Kind.SUGGESTED: _suggested,
    Kind.TAKEN: _taken,
    Kind.AGREED: _agreed,
    Kind.PARKED: _parked,
    Kind.WITHDRAWN: _withdrawn,
}


def states(
    clauses: Iterable[Clause], turns: Iterable[Turn], *, kept_by: Iterable[uuid.UUID] = ()
) -> dict[uuid.UUID, State]:
    """The state of each part. `turns` in the order they were taken in; `kept_by` signed the version before (Clause.kept)."""
    signed = set(kept_by)
    found = {
        clause.pk: State(
            version=clause.version, agreed=set(signed) if clause.kept and clause.version == 1 else set()
        )
        for clause in clauses
    }
    for turn in turns:
        found[turn.clause_id].take(turn)
    return found


def needs_agreement(clause: Clause) -> bool:
    """Whether a part says something that people can agree to. Names and the sentence about signatures are facts."""
    return clause.required or bool(clause.text.strip()) or clause.key in wording.TERMS_OF


@dataclass(frozen=True)
class Circle:
    """Who has to agree: everybody, and in a group whoever leads it and more than half of the members."""

    leaders: frozenset[uuid.UUID]
    others: frozenset[uuid.UUID]
    is_group: bool

    @classmethod
    def of(cls, agreement: Agreement, parties: Sequence[AgreementParty]) -> Circle:
        leads = {party.person_id for party in parties if party.part in Participation.LEADING}
        everybody = {party.person_id for party in parties}
        group = agreement.arrangement.structure == Arrangement.Structure.GROUP
        return cls(frozenset(leads), frozenset(everybody - leads), group)

    def missing(self, agreed: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Who has still to agree before it counts as agreed; nobody when it does."""
        agreed = set(agreed)
        lacking = set(self.leaders | self.others) - agreed
        if self.is_group and self.leaders <= agreed and len(self.others & agreed) * 2 > len(self.others):
            return set()
        return lacking

    def settles(self, state: State) -> bool:
        """Whether a part is agreed: nothing else is suggested for it, and nobody is missing."""
        return state.suggestion is None and not self.missing(state.agreed)


def unsettled(
    clauses: Sequence[Clause], found: Mapping[uuid.UUID, State], circle: Circle
) -> list[tuple[int, Clause, State]]:
    """The parts that are still to be agreed, with their number."""
    return [
        (number, clause, found[clause.pk])
        for number, clause in enumerate(clauses, start=1)
        if not circle.settles(found[clause.pk])
        and (needs_agreement(clause) or found[clause.pk].suggestion is not None)
    ]
