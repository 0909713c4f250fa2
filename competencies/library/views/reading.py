"""Frameworks to read, for everybody: which there are, and one of them in a version. They hold nobody's words."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.records.errors import NotFound

from ..models import Framework, FrameworkVersion
from .common import reader, shown_content


@require_safe
def frameworks(request: HttpRequest) -> HttpResponse:
    """Every framework, by whom it describes; for administrators also what is retired or not published yet."""
    keeps = reader(request).is_administrator
    rows = list(Framework.objects.to_keep() if keeps else Framework.objects.to_read())
    used = [row for row in rows if row.number and row.retired_on is None]  # type: ignore[attr-defined]
    groups = [
        {"about": label, "rows": [row for row in used if row.about == about]}  # type: ignore[attr-defined]
        for about, label in FrameworkVersion.About.choices
    ]
    context = {
        "groups": [group for group in groups if group["rows"]],
        "keeps": keeps,
        "waiting": [row for row in rows if row.has_draft],  # type: ignore[attr-defined]
        "retired": [row for row in rows if row.retired_on is not None],
    }
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
    rows = FrameworkVersion.objects.filter(framework=pk).select_related("framework", "published_by")
    versions = list(rows.defer("content", "framework__draft").order_by("-number"))
    shown = next((one for one in versions if number in (None, one.number)), None)
    if shown is None:
        raise NotFound(_("There is no such framework, or not in this version."))
    context = {
        "shown": shown,
        "framework": shown.framework,
        "is_newest": shown == versions[0],
        "versions": versions,
        "keeps": reader(request).is_administrator,
        **shown_content(shown.body),
    }
    return render(request, "competencies/frameworks/detail.html", context)
