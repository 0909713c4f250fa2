"""A signed record as its own PDF shows it, to stand on another page."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from . import disposal, documents, encryption
from .models import Seal

_BODY = re.compile(r"<h1>.*</body>", re.DOTALL)
_SEAL = re.compile(r'<section class="seal".*?</section>', re.DOTALL)
_TITLE = re.compile(r"<h1>.*?</h1>", re.DOTALL)
_HEADING = re.compile(r"<(/?)h([2-4])\b")


def seals_of(model: Any, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Seal]:
    """The seals of these records, with what was signed, where it was not removed. One query, and one for their keys."""
    rows = Seal.objects.filter(record_label=model._meta.label_lower, record_id__in=list(ids))
    rows = rows.exclude(record_id__in=disposal.gone())
    found = {seal.record_id: seal for seal in rows.select_related("offer")}
    encryption.unlock(list(found.values()))
    return found


def as_signed(seal: Seal, *, deeper: int = 2) -> SafeString:
    """Without its title and its seal, its headings so many levels further down. `seal` is loaded with its offer, unlocked."""
    page = render_to_string(seal.offer.template, documents.context_of(seal))
    found = _BODY.search(page)
    body = found[0].removesuffix("</body>") if found else ""
    body = _TITLE.sub("", _SEAL.sub("", body), count=1)
    lowered = _HEADING.sub(lambda one: f"<{one[1]}h{min(int(one[2]) + deeper, 6)}", body)
    return mark_safe(lowered)  # nosec B308 B703: made by our own template, which escapes  # noqa: S308
