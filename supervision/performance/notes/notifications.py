"""Telling people that something written about work waits for them. The mails carry no content."""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from ..models import PerformanceNote


def path_of(note: PerformanceNote) -> str:
    return reverse("performance:note", args=[note.pk])


def sent(note: PerformanceNote) -> None:
    """The worker signs it; the line manager named on it reads it."""
    mail.tell(note.worker, "sign", path=path_of(note))
    if note.line_manager is not None:
        mail.tell(note.line_manager, "shared", path=path_of(note))


def answered(note: PerformanceNote, *, by: User) -> None:
    """The other of the two."""
    mail.tell(note.worker if by.pk == note.author_id else note.author, "answered", path=path_of(note))


def changed(note: PerformanceNote, *, by: User) -> None:
    """Taken back, withdrawn, or a change was asked for: the other of the two."""
    mail.tell(note.worker if by.pk == note.author_id else note.author, "changed", path=path_of(note))
