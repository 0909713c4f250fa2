"""Telling a worker that a letter of their hours is there. The e-mail carries no content."""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail

from .models import HoursLetter


def signed(letter: HoursLetter) -> None:
    mail.tell(letter.worker, "signed_for", path=reverse("hours:letter", args=[letter.pk]))
