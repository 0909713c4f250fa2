"""Frameworks to read, for everybody: which there are, and one of them in a version. They hold nobody's words."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.records.errors import NotFound

from . import said
from .models import Framework, FrameworkVersion
from .shape import Content, Domain


@require_safe
def frameworks(request: HttpRequest) -> HttpResponse:
    """Every framework, by whom it describes."""
    rows = list(Framework.objects.to_read())
    groups = [
        {"about": label, "rows": [row for row in rows if row.about == about]}  # type: ignore[attr-defined]
        for about, label in FrameworkVersion.About.choices
    ]
    context = {"groups": [group for group in groups if group["rows"]]}
    return render(request, "competencies/frameworks/list.html", context)


@require_safe
def framework(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One framework as it reads now."""
    return _page(request, pk)


@require_safe
def version(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """One framework as it read in this version."""
    return _page(request, pk, number)


def _page(request: HttpRequest, pk: uuid.UUID, number: int | None = None) -> HttpResponse:
    versions = list(FrameworkVersion.objects.filter(framework=pk).defer("content").order_by("-number"))
    shown = next((one for one in versions if number in (None, one.number)), None)
    if shown is None:
        raise NotFound(_("There is no such framework, or not in this version."))
    content = shown.body
    context = {
        "shown": shown,
        "is_newest": shown == versions[0],
        "versions": versions,
        "content": content,
        "about": shown.get_about_display(),
        "filled_in_by": said.filled_in_by(content),
        "made_for": said.made_for(content),
        "scale": said.scale(content),
        "domains": [_domain(content, domain) for domain in content.domains],
        "sources": [f"{letter}: {name}" for letter, name in content.sources.items()],
    }
    return render(request, "competencies/frameworks/detail.html", context)


def _domain(content: Content, domain: Domain) -> dict[str, Any]:
    fewer = domain.described_by != content.described_by
    return {"domain": domain, "filled_in_by": said.filled_in_by(content, domain) if fewer else ""}
