"""Telling people that something of a round waits. Everybody who is asked is told the same, whatever they have done."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import User

from .models import NamedView, Round


def _page_of(found: Round) -> str:
    return reverse("rounds:detail", args=[found.pk])


def opened(found: Round, people: Iterable[User]) -> None:
    """Also the supervisor, whose own part waits."""
    for person in sorted([found.supervisor, *people], key=lambda one: str(one.pk)):
        mail.tell(person, "asked", path=_page_of(found))


def closes_soon(found: Round, people: Iterable[User]) -> None:
    """To everybody who is asked, also to those who have answered: a reminder must not tell who has not."""
    for person in people:
        mail.tell(person, "asked_soon", path=_page_of(found))


def closed(found: Round) -> None:
    """The same whether there is a result or none."""
    mail.tell(found.supervisor, "read", path=_page_of(found))


def shared(made: NamedView) -> None:
    mail.tell(made.supervisor, "shared", path=reverse("rounds:named"))
