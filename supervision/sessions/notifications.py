"""Telling people that something about a session waits for them. The mails carry no content."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence

from django.urls import reverse

from supervision.notices import mail
from supervision.people.models import Participation, User

from .added import Added
from .models import Session


def _tell(people: Iterable[User], kind: str, session: Session, *, by: User) -> None:
    path = reverse("sessions:detail", args=[session.pk])
    for person in people:
        if person.pk != by.pk:
            mail.tell(person, kind, path=path)


def _attendees(session: Session, besides: Collection[uuid.UUID]) -> list[User]:
    rows = session.attendees.select_related("person")
    return [row.person for row in rows if row.person_id not in besides]


def planned(session: Session, *, by: User, besides: Collection[uuid.UUID] = ()) -> None:
    """`besides` are people who are told otherwise."""
    _tell(_attendees(session, besides), "session", session, by=by)


def planned_several(sessions: Sequence[Session], *, by: User) -> None:
    """One mail for all of them; it leads to the list."""
    for person in _attendees(sessions[0], ()):
        if person.pk != by.pk:
            mail.tell(person, "session", path=reverse("sessions:list"))


def changed(session: Session, *, by: User, besides: Collection[uuid.UUID] = ()) -> None:
    """Moved, cancelled, missed. `besides` are people who are told otherwise.

    Who joined since it was planned saw it in their list and is told too; what became of it is not theirs to read, so their
    mail leads to the list.
    """
    planned_for = _attendees(session, ())
    _tell([person for person in planned_for if person.pk not in besides], "session_changed", session, by=by)
    now = Participation.objects.current().filter(arrangement=session.arrangement_id).select_related("person")
    for row in now.exclude(person__in=[person.pk for person in planned_for]):
        if row.person_id not in (by.pk, *besides):
            mail.tell(row.person, "session_changed", path=reverse("sessions:list"))


def to_sign(session: Session, *, by: User) -> None:
    """The record was sent: everybody who was there is asked to read and answer it."""
    there = [row.person for row in session.attendees.select_related("person") if row.attended]
    _tell(there, "sign", session, by=by)


def signatures_void(session: Session, people: Iterable[User], *, by: User) -> None:
    """Taken back, or a change was asked for: whoever had signed is told that it counts no more."""
    told = {person.pk: person for person in [*people, *([session.recorder] if session.recorder else [])]}
    _tell(told.values(), "changed", session, by=by)


def addendum_to_sign(addendum: Added, people: Iterable[User], *, by: User) -> None:
    path = reverse(addendum.shown_on, args=[addendum.record.pk])
    for person in people:
        if person.pk != by.pk:
            mail.tell(person, "sign", path=path)
