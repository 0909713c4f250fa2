"""What may reach a log: facts, never words. Database errors quote whole rows, so their text is left out."""

from __future__ import annotations

import logging
import re

from django.db import DatabaseError


class NoWords(logging.Filter):
    """Replaces the text of exceptions that could quote what somebody wrote by their type and place."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _place(record.exc_info[1])
            record.exc_info = None
        record.args = tuple(_safe(a) for a in record.args) if isinstance(record.args, tuple) else record.args
        record.msg = _without_tokens(record.msg) if isinstance(record.msg, str) else record.msg
        return True


# Addresses that hold a secret: whoever reads the log could use them.
_TOKENS = re.compile(
    r"(/(?:invitation|start|address|link|leaving|calendar|reminders/stop|accounts/password/reset/key)/)[^\s?]+"
)


def _without_tokens(text: str) -> str:
    return _TOKENS.sub(r"\1(left out)/", text)


def _safe(value: object) -> object:
    if isinstance(value, DatabaseError):
        return type(value).__name__
    return _without_tokens(value) if isinstance(value, str) else value


def _place(error: BaseException) -> str:
    """The type of the error and the lines it passed through, without its message."""
    lines, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join([f"{type(error).__module__}.{type(error).__name__}", *lines[-12:]])
