"""A statement of a framework as the words that somebody's own goal can begin with."""

from __future__ import annotations

import textwrap
import uuid

from django.urls import reverse
from django.utils import timezone

from supervision.records.subjects import Subject

from .models import FrameworkVersion

ROOM = 160  # letters of what a goal is called


def find(version: str, statement: str) -> Subject | None:
    """A statement of a published version. None for everything else. Everybody may read it, and it is nobody's own: no kind."""
    try:
        found = FrameworkVersion.objects.filter(pk=uuid.UUID(version)).first()
    except ValueError:
        return None
    said = {one.id: one.title or one.text for one in found.body.statements} if found else {}
    if found is None or statement not in said:
        return None
    url = reverse("competencies:framework_version", args=[found.framework_id, found.number])
    words = textwrap.shorten(said[statement], ROOM, placeholder="…")
    return Subject("", found.pk, timezone.localdate(), "", url, words=words, part=statement)
