"""Small makers of people and arrangements for tests. Plain rows; what the operations do is tested through them."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from django.utils import timezone

from supervision.people.models import (
    Agency,
    Arrangement,
    Management,
    Participation,
    Place,
    Program,
    Standing,
    User,
)

PASSWORD = "correct horse battery"
_count = itertools.count(1)


def agency(**given: Any) -> Agency:
    """The agency; second factors off unless a test asks for them."""
    values = {"name": "Riverbend Peer Alliance", "second_factor_required": False} | given
    return Agency.objects.update_or_create(pk=1, defaults=values)[0]


def person(name: str = "", **given: Any) -> User:
    """A person with a password."""
    number = next(_count)
    name = name or f"Person {number}"
    user = User(
        email=given.pop("email", f"person{number}@example.org"),
        name=name,
        time_zone="America/New_York",
        **given,
    )
    user.set_password(PASSWORD)
    user.save()
    return user


def program(name: str = "") -> Program:
    return Program.objects.create(name=name or f"Program {next(_count)}")


def manager_of(where: Program, name: str = "Priya Raman") -> User:
    user = person(name)
    Management.objects.create(
        program=where, person=user, since=timezone.localdate() - datetime.timedelta(days=400)
    )
    return user


def worker_in(where: Program, name: str = "") -> User:
    user = person(name)
    Place.objects.create(
        program=where, person=user, since=timezone.localdate() - datetime.timedelta(days=400)
    )
    return user


def arrangement(
    where: Program,
    supervisors: list[User],
    supervisees: list[User],
    *,
    structure: str = Arrangement.Structure.INDIVIDUAL,
    days_ago: int = 180,
) -> Arrangement:
    """An arrangement that has run for some time, with its standing."""
    since = timezone.localdate() - datetime.timedelta(days=days_ago)
    made = Arrangement.objects.create(program=where, structure=structure, started_on=since)
    for who, part in [(s, "supervisor") for s in supervisors] + [(s, "supervisee") for s in supervisees]:
        Participation.objects.create(arrangement=made, person=who, part=part, joined_on=since)
    Standing.objects.create(arrangement=made)
    return made
