"""May this person, now? One answer, with its reason, for the operation that refuses and the button that explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import DomainError


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, and if not, why, in words for the person."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def explain(check: Callable[..., object], *args: Any, **kwargs: Any) -> Decision:
    """Run a `check_can_<verb>` and return its answer instead of raising it."""
    try:
        check(*args, **kwargs)
    except DomainError as refusal:
        return Decision(False, refusal.message)
    return Decision(True)
