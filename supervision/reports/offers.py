"""What somebody can choose from to ask for a report: their programs, who leads supervision there, and the people in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, QuerySet

from supervision.pages.prepared import prepared
from supervision.people.models import Management, Participation, Program, User

from . import scope

LISTED = 60  # people on the page; of more they are looked for by name
_SAID = ("name", "job_title", "email")  # of a person, on a form


@prepared
def programs_of(manager: User) -> QuerySet[Program]:
    return Program.objects.managed_by(manager)


@prepared
def supervisors_of(manager: User) -> QuerySet[User]:
    """Who leads supervision in these programs, or did."""
    managed = Management.objects.current().filter(person=manager).values("program")
    leading = Participation.objects.filter(
        person=OuterRef("pk"), arrangement__program__in=managed, part__in=Participation.LEADING
    )
    return User.objects.managed_by(manager).filter(Exists(leading)).only(*_SAID).order_by("name")


@prepared
def first_people_of(manager: User, number: int) -> QuerySet[User]:
    """The people whom this manager can ask for, by name; not more than this number."""
    return User.objects.managed_now_by(manager).only(*_SAID).order_by("name")[:number]


def chosen(manager: User, ids: Iterable[uuid.UUID]) -> Sequence[User]:
    """Those of these people whom this manager can ask for."""
    return User.objects.managed_now_by(manager).filter(pk__in=ids).only(*_SAID).order_by("name")


def named(manager: User, words: str, programs: Sequence[Program]) -> Sequence[User]:
    """The people of these programs who have these words in their name; of all programs where none is given."""
    known = scope.known_in(manager, programs) if programs else User.objects.managed_now_by(manager)
    wanted = words.casefold().split()
    # Not by the database: SQLite knows no other capitals than those of English.
    return [
        person
        for person in known.only(*_SAID).order_by("name")
        if all(word in person.name.casefold() for word in wanted)
    ]
