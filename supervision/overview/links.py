"""Addresses of pages in other apps, by URL name: siblings are linked, never imported (decision 18)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, get_urlconf, reverse


def address(name: str, *args: Any) -> str:
    """The path of a page. Raises NoReverseMatch when there is no such page."""
    return reverse(name, args=args) if args else _fixed(name, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=256)
def _fixed(name: str, urlconf: str | None, _prefix: str) -> str:
    """The frame of every page has some thirty of these."""
    return reverse(name, urlconf)


def addresses(name: str) -> Callable[[uuid.UUID], str]:
    """The paths of pages that differ in one id, for a long list: looked up once."""
    any_one = uuid.UUID(int=0)
    pattern = address(name, any_one)
    return lambda pk: pattern.replace(str(any_one), str(pk))
