"""Concerns in their order (D 2.118), and letters about supervision itself (D 2.100). For everybody not named they do not exist."""

from __future__ import annotations

from .letters.models import Letter, LetterMessage, LetterReader
from .raising.models import Concern, NotReached, OutsideReport, WorkerStatement

__all__ = [
    "Concern",
    "Letter",
    "LetterMessage",
    "LetterReader",
    "NotReached",
    "OutsideReport",
    "WorkerStatement",
]
