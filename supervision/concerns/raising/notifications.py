"""Who hears of a step by e-mail. Until it is shared that is the worker alone, and whom the worker lets be asked (decision 17).

Every mail leads to the first page: neither its words nor its address say what waits there.
"""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import Concern


def _tell(person: User, kind: str) -> None:
    mail.tell(person, kind, path=reverse("home"))


def worker_told(concern: Concern) -> None:
    """Told, told again, shared, ended: there is something to read."""
    if concern.is_told:
        _tell(concern.worker, "read")


def asked(concern: Concern) -> None:
    if concern.taken_to is not None:
        _tell(concern.taken_to, "read")


def shared(concern: Concern) -> None:
    if concern.shared_with is not None:
        _tell(concern.shared_with, "read")
    worker_told(concern)


def answered(concern: Concern) -> None:
    _tell(concern.raised_by, "answered")
    worker_told(concern)


def withdrawn(concern: Concern) -> None:
    if concern.shared_with is not None:
        _tell(concern.shared_with, "read")
    worker_told(concern)
