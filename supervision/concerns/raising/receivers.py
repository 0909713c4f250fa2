"""With whom a concern may be shared: the line manager, or whom the agreement names where that can't be (D 2.118; domain 8)."""

from __future__ import annotations

from dataclasses import dataclass

from supervision.people.models import User

from .. import people
from .models import Concern

SharedAs, Instead = Concern.SharedAs, Concern.Instead


@dataclass(frozen=True)
class Receiver:
    """Somebody it may go to, as what, and why it does not go to the line manager (empty where it does)."""

    person: User
    shared_as: str
    instead: str = ""


def of(concern: Concern) -> list[Receiver]:
    """Everybody it may go to, the first choice first. Never whoever raised it, nor the worker, nor anybody who takes part there.

    The line manager, if they can hear it; then whom the agreement names; where nobody is named, the managers of the program.
    """
    worker, arrangement = concern.worker, concern.arrangement
    out = {concern.raised_by_id, worker.pk, *people.taking_part(arrangement)}
    line = worker.line_manager
    instead = _why_not(line, out)
    found = [] if instead or line is None else [Receiver(line, SharedAs.LINE_MANAGER)]
    if line is not None:
        out.add(line.pk)
    named = people.named_instead(arrangement)
    if named is not None and named.pk not in out:
        others = [Receiver(named, SharedAs.NAMED, instead or Instead.CONCERNED)]
    else:
        others = [
            Receiver(person, SharedAs.PROGRAM, instead or Instead.CONCERNED)
            for person in people.managers_of(arrangement, but=out)
        ]
    return [*found, *others]


def _why_not(line: User | None, out: set[object]) -> str:
    """Why the line manager is not the one to hear it. Empty where nothing speaks against it."""
    if line is None or not people.can_sign_in(line):
        return Instead.MISSING
    return Instead.SUPERVISES if line.pk in out else ""
