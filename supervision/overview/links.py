"""Addresses of pages in other apps, by URL name: siblings are linked, never imported (decision 18)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def address(name: str, *args: Any) -> str:
    """The path of a page. Raises NoReverseMatch when there is no such page."""
    return reverse(name, args=args)
