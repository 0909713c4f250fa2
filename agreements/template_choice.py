"""Which templates an agreement can be started from today."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from .models import TemplateEdition


def choices() -> list[TemplateEdition]:
    """The newest edition of each of the agency's templates that is not retired, by name. One query."""
    newest = TemplateEdition.objects.filter(template=OuterRef("template")).order_by("-number")
    live = TemplateEdition.objects.filter(template__retired_on__isnull=True)
    return list(live.filter(pk=Subquery(newest.values("pk")[:1])).order_by("name", "id"))
