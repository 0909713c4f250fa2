"""Whom it tells. A mail says that files are ready or how to get at them, never what is in them."""

from __future__ import annotations

from django.urls import reverse

from supervision.jobs import enqueue
from supervision.notices import mail

from .models import Export, LeavingLink


def ready(export: Export) -> None:
    """Somebody who has left has no pages but the one of their link, and looks there."""
    if export.owner.is_active:
        mail.tell(export.owner, "own_files", path=reverse("portfolio:list"))


def leaving(link: LeavingLink) -> None:
    enqueue("supervision.portfolio.tasks.tell_leaver", link_id=link.pk)
