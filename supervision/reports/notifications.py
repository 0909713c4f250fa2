"""Whom a report tells. The e-mail says that it is ready, never what is in it."""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail

from .models import Report


def ready(report: Report) -> None:
    mail.tell(report.asked_by, "report", path=reverse("reports:detail", args=[report.pk]))
