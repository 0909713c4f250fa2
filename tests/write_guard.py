"""Refuses, during tests, a write by the project's own code outside `atomic`.

A write that stands alone can be half of a change, and on SQLite it would not be part of any transaction that took its turn. The
transaction that the test itself opens does not count. Libraries and tests may write as they like.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
# Frames through which a write reaches the database on behalf of whoever called them.
_CARRIERS = (
    "/django/db/",
    "/django/contrib/auth/base_user.py",
    "/django/utils/",
    "/contextlib.py",
    "/functools.py",
    "/supervision/records/sealing.py",
    "/supervision/records/encryption.py",
)


class StrayWrite(AssertionError):
    """A write outside `atomic`."""


def refuse_stray_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """An execute wrapper for a connection. Raises StrayWrite."""
    if _WRITE.match(sql) and not _in_own_transaction(context["connection"]):
        writer = _writer(sys._getframe(1))
        if writer is not None:
            raise StrayWrite(f"{writer} writes outside atomic: {sql[:80]}")
    return execute(sql, params, many, context)


def _in_own_transaction(connection: Any) -> bool:
    return any(not block._from_testcase for block in connection.atomic_blocks)


def _writer(frame: FrameType | None) -> str | None:
    """The place in the project's code that asked for this write, or None if somebody else did."""
    while frame is not None and any(carrier in frame.f_code.co_filename for carrier in _CARRIERS):
        frame = frame.f_back
    if frame is None:
        return None
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(PROJECT):
        return None
    inside = path.relative_to(PROJECT)
    if inside.parts[0] in {"tests", ".venv"} or "migrations" in inside.parts:
        return None
    return f"{inside}:{frame.f_lineno}"
