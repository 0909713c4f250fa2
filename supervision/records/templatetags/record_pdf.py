"""What the templates of PDFs may use. Everything is said in full, with zone and year, and the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from supervision.pages import words
from supervision.records.pdf_parts import spoken_day, spoken_time, utc_time

register = template.Library()


@register.filter
def in_zone(moment: datetime | None, zone: str | None) -> str:
    """Thursday, November 19, 2026, 9:20 am EST; in UTC where no zone is known."""
    return spoken_time(moment, zone or "UTC") if moment else ""


@register.filter
def in_utc(moment: datetime | None) -> str:
    """2026-11-19 14:20:05 UTC."""
    return utc_time(moment) if moment else ""


@register.simple_tag
def check_address() -> str:
    """Where whoever holds a sealed file can check it."""
    return settings.SITE_URL.rstrip("/") + reverse("records:check")


@register.simple_tag
def reference_line(content: Mapping[str, Any]) -> str:
    """What to quote: Record 7F3K-92QD, version 2. Content that is no record says it itself, as reference_line."""
    if content.get("reference_line"):
        return str(content["reference_line"])
    if content.get("version"):
        said = gettext("Record %(reference)s, version %(version)s")
        return said % {"reference": content["reference"], "version": content["version"]}
    return gettext("Record %(reference)s") % {"reference": content["reference"]}


@register.simple_tag
def made_line(content: Mapping[str, Any], proof: Mapping[str, Any] | None) -> str:
    """When and for whom: Made November 19, 2026 for Marisol Vega and Dana Whitfield."""
    if content.get("made") or not proof:
        return str(content.get("made", ""))
    names = words.join_names(party["name"] for party in content.get("parties", ()))
    day = spoken_day(proof["sealed_at"], content.get("zone") or "UTC")
    return gettext("Made %(day)s for %(names)s") % {"day": day, "names": names}
