"""Telling the other of the two that something about an observation waits for them. The mails carry no content."""

from __future__ import annotations

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import Observation


def path_of(observation: Observation) -> str:
    return reverse("sessions:observation", args=[observation.pk])


def _tell(observation: Observation, kind: str, *, by: User) -> None:
    mail.tell(observation.other(by), kind, path=path_of(observation))


def proposed(observation: Observation, *, by: User) -> None:
    _tell(observation, "proposed", by=by)


def answered(observation: Observation, *, by: User) -> None:
    """Agreed or declined."""
    _tell(observation, "answered", by=by)


def called_off(observation: Observation, *, by: User) -> None:
    _tell(observation, "called_off", by=by)


def to_sign(observation: Observation, *, by: User) -> None:
    _tell(observation, "sign", by=by)


def changed(observation: Observation, *, by: User) -> None:
    """A change was asked for: the supervisor’s signature counts no more. Or taken back: the worker has signed nothing yet."""
    _tell(observation, "taken_back" if by.pk == observation.supervisor_id else "changed", by=by)
