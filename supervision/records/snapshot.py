"""Canonical content: the one byte string that is offered, signed, printed and embedded."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from typing import Any

from . import glyphs
from .errors import Invalid

NONCE_BYTES = 16


def canonical(content: dict[str, Any], *, nonce: str | None = None) -> bytes:
    """Content as canonical JSON (sorted keys, no spaces, UTF-8) beginning with a random nonce (decision 5).

    Strings are normalised the way the PDF prints them. Raises Invalid when a character cannot be printed.
    """
    clean = _normalised(content)
    _refuse_unprintable(clean)
    body = json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    head = json.dumps({"nonce": nonce or secrets.token_hex(NONCE_BYTES)}, separators=(",", ":"))
    return (f"{head[:-1]},{body[1:]}" if clean else head).encode()


def digest(content: bytes) -> str:
    """SHA-256 of canonical content, as 64 hexadecimal characters."""
    return hashlib.sha256(content).hexdigest()


def read(content: bytes) -> dict[str, Any]:
    """The content again."""
    return json.loads(content)


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return glyphs.normalise(value)
    if isinstance(value, dict):
        return {str(key): _normalised(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normalised(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"Content holds text, whole numbers, lists and mappings, not {type(value).__name__}.")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _refuse_unprintable(content: Any) -> None:
    missing = {name: character for text in _strings(content) for character, name in glyphs.uncovered(text)}
    if missing:
        named = ", ".join(f"{character} ({name})" for name, character in list(missing.items())[:5])
        raise Invalid(
            f"The signed PDF has no letter shape for {named}. Please replace it; everything you typed is still here."
        )
