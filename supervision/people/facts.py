"""What pages show of people, their places and their arrangements: prepared questions, each for administrators and for managers.

`manager` is who looks, and sees what is theirs to see; None where it is an administrator, who sees all (domain 8).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.pages import words
from supervision.pages.prepared import prepared

from .models import Arrangement, Away, Credential, Invitation, Management, Participation, Place, Program, User

ARRANGEMENTS_SHOWN = 20
AWAY_SHOWN = 10


def manager_of(user: User) -> User | None:
    """Who to ask the questions for."""
    return None if user.is_administrator else user


def with_state(people: Any, moment: datetime.datetime | None = None) -> Any:
    """Each with until when the newest invitation works that is open: `open_invitation`."""
    newest = Invitation.objects.open(moment).filter(person=OuterRef("pk")).order_by("-sent_at")
    return people.annotate(open_invitation=Subquery(newest.values("expires_at")[:1]))


@prepared
def person(pk: uuid.UUID, user: User, manager: User | None, moment: datetime.datetime) -> QuerySet[User]:
    """The person, with their line manager and roles, and whether `user` manages them now: `is_managed`."""
    people = User.objects.all() if manager is None else User.objects.managed_by(manager)
    managed = User.objects.managed_now_by(user).filter(pk=OuterRef("pk"))
    found = with_state(people.with_roles(), moment).select_related("line_manager")
    rows: QuerySet[User] = found.annotate(is_managed=Exists(managed)).filter(pk=pk)
    return rows


@prepared
def places(of: User, manager: User | None) -> QuerySet[Place]:
    rows = Place.objects.all() if manager is None else Place.objects.own_or_managed_by(manager)
    return rows.filter(person=of).select_related("program").order_by("-since", "id")


@prepared
def managements(of: User, manager: User | None) -> QuerySet[Management]:
    rows = Management.objects.all() if manager is None else Management.objects.own_or_managed_by(manager)
    return rows.current().filter(person=of).select_related("program")


@prepared
def managers(program: Program, manager: User | None) -> QuerySet[Management]:
    """Who manages a program now."""
    rows = Management.objects.all() if manager is None else Management.objects.own_or_managed_by(manager)
    return rows.current().filter(program=program).select_related("person").order_by("person__name")


@prepared
def arrangements(of: User, manager: User | None) -> QuerySet[Arrangement]:
    """The newest arrangements that they take or took part in; those that run come first."""
    rows = Arrangement.objects.all() if manager is None else Arrangement.objects.own_or_managed_by(manager)
    own = rows.of(of).select_related("program")
    return own.order_by(F("ended_on").desc(nulls_first=True), "-started_on", "id")[:ARRANGEMENTS_SHOWN]


@prepared
def credentials(of: User, manager: User | None) -> QuerySet[Credential]:
    rows = Credential.objects.all() if manager is None else Credential.objects.own_or_managed_by(manager)
    return rows.filter(person=of)


@prepared
def away(of: User) -> QuerySet[Away]:
    return Away.objects.filter(person=of).order_by("-first_day")[:AWAY_SHOWN]


@prepared
def programs(manager: User | None) -> QuerySet[Program]:
    return Program.objects.all() if manager is None else Program.objects.managed_by(manager)


def programs_now(people: Sequence[User], manager: User | None) -> dict[uuid.UUID, list[str]]:
    """The names of the programs in which each of these has a place now. One query."""
    found: dict[uuid.UUID, list[str]] = {}
    for person, name in _programs_now([one.pk for one in people], manager):
        found.setdefault(person, []).append(name)
    return found


@prepared
def _programs_now(people: list[uuid.UUID], manager: User | None) -> QuerySet[Place, tuple[Any, ...]]:
    rows = Place.objects.all() if manager is None else Place.objects.own_or_managed_by(manager)
    here = rows.current().filter(person__in=people).order_by("program__name")
    return here.values_list("person_id", "program__name")


@prepared
def waiting(programs: list[uuid.UUID], manager: User | None, shown: int) -> QuerySet[Place]:
    """Who waits for supervision in these programs, longest first."""
    rows = Place.objects.all() if manager is None else Place.objects.own_or_managed_by(manager)
    here = rows.waiting().filter(program__in=programs).select_related("person", "program")
    return here.order_by("since", "id")[:shown]


# Lines of lists ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One arrangement in a list: its people; where, and how long."""

    url: str
    names: str
    said: str


def lines_of(arrangements: Sequence[Arrangement]) -> list[Line]:
    """They were loaded with their programs. One query, of the names."""
    names: dict[uuid.UUID, list[str]] = {}
    for arrangement, name in _names_in([one.pk for one in arrangements]):
        names.setdefault(arrangement, []).append(name)
    return [_line(one, names.get(one.pk, [])) for one in arrangements]


@prepared
def _names_in(arrangements: list[uuid.UUID]) -> QuerySet[Participation, tuple[Any, ...]]:
    """Who takes or took part in each of these, those who lead first: (arrangement, name)."""
    taking = Participation.objects.filter(arrangement__in=arrangements).leading_first()
    return taking.values_list("arrangement_id", "person__name")


def _line(arrangement: Arrangement, names: list[str]) -> Line:
    start = words.short_day(arrangement.started_on)
    held = _("since %(start)s") % {"start": start}
    if arrangement.ended_on:
        held = _("%(start)s to %(end)s") % {"start": start, "end": words.short_day(arrangement.ended_on)}
    return Line(
        url=reverse("people:arrangement", args=[arrangement.pk]),
        names=", ".join(names),
        said=f"{arrangement.get_structure_display()} · {arrangement.program.name} · {held}",
    )
