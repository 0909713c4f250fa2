"""Whom an agreement tells, and of what: one function for each occasion. E-mails say that something waits, never what."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import Agreement


def _tell(people: Iterable[User], kind: str, agreement: Agreement, page: str) -> None:
    for person in people:
        mail.tell(person, kind, path=reverse(f"agreements:{page}", args=[agreement.pk]))


def _others(agreement: Agreement, by: User) -> list[User]:
    rows = agreement.parties.exclude(person=by).select_related("person")
    return [party.person for party in rows]


def version_started(agreement: Agreement, *, by: User) -> None:
    """The others can write in it now."""
    _tell(_others(agreement, by), "agreement", agreement, "detail")


def offered(agreement: Agreement, *, by: User) -> None:
    """The others are asked to read and sign."""
    _tell(_others(agreement, by), "sign", agreement, "sign")


def offer_closed(agreement: Agreement, *, by: User, signed: list[User]) -> None:
    """What was on offer is a draft again; those who had signed are told that their signature counts no more."""
    void = {person.pk for person in signed}
    others = _others(agreement, by)
    _tell([person for person in others if person.pk in void], "changed", agreement, "detail")
    _tell([person for person in others if person.pk not in void], "agreement", agreement, "detail")


def in_force(agreement: Agreement, *, by: User) -> None:
    """Everybody has signed."""
    _tell(_others(agreement, by), "in_force", agreement, "detail")


def ended(agreement: Agreement, *, by: User) -> None:
    _tell(_others(agreement, by), "ended", agreement, "detail")
