"""The book in use: the agency's own file, or the one that comes with the software. Read once, when first needed."""

from __future__ import annotations

import functools
import logging
from pathlib import Path

from django.conf import settings

from .book import Book, Faults, read

logger = logging.getLogger("supervision")
DEFAULT = Path(__file__).with_name("guidance.toml")


def book() -> Book:
    """The prompts and hints in use. Never fails: where the agency's own file can't be used, the default one is."""
    return _book(settings.GUIDANCE_FILE)


@functools.lru_cache(maxsize=2)
def _book(own: str) -> Book:
    if own:
        try:
            return read_own(own)
        except Faults:
            logger.error(
                "The file of COMMON_HOUR_GUIDANCE_FILE can't be used; `manage.py check` says why. "
                "The guidance that comes with the software is shown instead."
            )
    return read(DEFAULT.read_bytes())


def read_own(path: str) -> Book:
    """The agency's own file. Raises Faults."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(2**20)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not one of a file"
        raise Faults([f"It can't be opened: {reason}."]) from None
    return read(data)


def start_over() -> None:
    """Forget what was read (after the setting or the file changed, in tests)."""
    _book.cache_clear()
