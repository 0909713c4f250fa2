"""Telling the others that something that is taken up waits for them. The mails carry no content."""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import Matter


def _tell(matter: Matter, kind: str, *people: User) -> None:
    for person in people:
        mail.tell(person, kind, path=reverse("sessions:matter", args=[matter.pk]))


def proposed(matter: Matter, *, by: User) -> None:
    _tell(matter, "proposed", matter.other(by))


def answered(matter: Matter, *, by: User) -> None:
    """Declined or left."""
    _tell(matter, "answered", matter.other(by))


def sent(matter: Matter, *, by: User) -> None:
    """Both agreed: the other one is told, and the manager learns of it."""
    _tell(matter, "answered", matter.other(by))
    _tell(matter, "taken_up", matter.manager)


def replied(matter: Matter, *, by: User) -> None:
    _tell(matter, "answered", matter.begun_by, matter.partner)
