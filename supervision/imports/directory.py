"""Who and what is here already, loaded with a fixed number of queries, however long the file is."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from supervision.people.models import EmailChange, Program, User

from .columns import Problem

AT_ONCE = 4000  # values that one query asks for
Item = TypeVar("Item")


@dataclass(frozen=True)
class Person:
    """Somebody with an account, as far as an import needs to know."""

    pk: uuid.UUID
    email: str
    name: str
    is_active: bool


class People:
    """Everybody by e-mail. One query, and another for addresses that wait."""

    def __init__(self) -> None:
        rows = User.objects.order_by().values_list("id", "email", "name", "is_active")
        self.by_email = {email: Person(pk, email, name, active) for pk, email, name, active in rows}

    def get(self, email: str) -> Person | None:
        return self.by_email.get(email)

    @staticmethod
    def waiting() -> set[str]:
        """Addresses that are about to become somebody's."""
        return set(EmailChange.objects.waiting().values_list("new_email", flat=True))


class Programs:
    """All programs by name, in any case."""

    def __init__(self) -> None:
        self.by_name = {program.name.casefold(): program for program in Program.objects.order_by("name")}

    def get(self, name: str) -> Program | None:
        return self.by_name.get(name.casefold())


def no_program(name: str) -> str:
    return _("There is no program called “%(name)s”. Bring in the programs first.") % {"name": name}


def nobody(email: str) -> str:
    return _("There is nobody with the address %(email)s. Bring in the people first.") % {"email": email}


def closed(person: Person) -> str:
    return _("The account of %(name)s is closed.") % {"name": person.name}


def yourself() -> str:
    return _("Nobody gives themself a role or a part. Ask another administrator to bring in this row.")


def parts_of(items: Sequence[Item], size: int = AT_ONCE) -> Iterator[Sequence[Item]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]


def twice(rows: Iterable[tuple[int, Any]], column: str, what: str) -> list[Problem]:
    """A problem for each row whose key an earlier row has; `what` names it and says %(row)s."""
    first: dict[Any, int] = {}
    found = []
    for number, key in rows:
        if key in first:
            found.append(Problem(number, column, what % {"row": first[key]}))
        else:
            first[key] = number
    return found


def grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
