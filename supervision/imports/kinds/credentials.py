"""Credentials, recognized by whose they are, what they are called, and when they were issued."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Credential, User
from supervision.records import audit, encryption

from ..columns import Column, Line, address, day, text
from ..directory import People, Person, nobody, parts_of, twice
from ..models import Import, Imported, Kind
from ..plan import KindOf, Plan, differences

EMAIL = Column("email", _("E-mail"), _("Whose it is."), "marisol@example.org", address, needed=True)
NAME = Column(
    "name", _("Credential"), _("What it is called."), "Certified Peer Specialist", text(120), needed=True
)
NUMBER = Column(
    "number", _("Number"), _("Kept encrypted; administrators and its holder see it."), "CPS-0042", text(60)
)
ISSUER = Column("issuer", _("Issued by"), _("Who issued it."), "State certification board", text(120))
ISSUED = Column("issued_on", _("Issued on"), _("The day it was issued."), datetime.date(2024, 3, 1), day)
EXPIRES = Column("expires_on", _("Expires on"), _("Its last day."), datetime.date(2028, 2, 29), day)
COLUMNS = (EMAIL, NAME, NUMBER, ISSUER, ISSUED, EXPIRES)
Key = tuple[Any, str, Any]


@dataclass(frozen=True)
class New:
    line: Line
    person: Person


def compare(lines: Sequence[Line], by: User) -> Plan:
    people, plan = People(), Plan()
    again = twice(
        ((line.number, (line["email"], line["name"].casefold(), line["issued_on"])) for line in lines),
        str(NAME.label),
        gettext("This credential of this person, with this date, stands in row %(row)s already."),
    )
    plan.problems += again
    repeated = {problem.row for problem in again}
    fine: list[New] = []
    for line in lines:
        if line.number in repeated:
            continue
        person = people.get(line["email"])
        if person is None:
            plan.problem(line, EMAIL.label, nobody(line["email"]))
        elif line["issued_on"] and line["expires_on"] and line["expires_on"] < line["issued_on"]:
            plan.problem(line, EXPIRES.label, gettext("It expires before it was issued. Check both dates."))
        else:
            fine.append(New(line, person))
    here = _kept({each.person.pk for each in fine})
    for each in fine:
        found = here.get((each.person.pk, each.line["name"].casefold(), each.line["issued_on"]))
        if found is None:
            plan.new.append(each)
        else:
            plan.compared(each.line, _differs(each.line, found))
    return plan


def _kept(people: set[uuid.UUID]) -> dict[Key, Credential]:
    """What the agency keeps of these people. What they keep themself is theirs, and not compared with."""
    found: dict[Key, Credential] = {}
    for some in parts_of(sorted(people)):
        rows = list(Credential.objects.filter(person__in=some, is_own=False).order_by("listed_at"))
        encryption.unlock([row for row in rows if row.__dict__["number"]])
        found |= {(row.person_id, row.name.casefold(), row.issued_on): row for row in rows}
    return found


def _differs(line: Line, row: Credential) -> list[Any]:
    return differences(
        line, COLUMNS, {"number": row.number, "issuer": row.issuer, "expires_on": row.expires_on}
    )


def make(plan: Plan, source: Import, by: User) -> None:
    made = [
        Credential(
            person_id=new.person.pk,
            name=new.line["name"],
            number=new.line["number"] or "",
            issuer=new.line["issuer"] or "",
            issued_on=new.line["issued_on"],
            expires_on=new.line["expires_on"],
        )
        for new in plan.new
    ]
    encryption.new_keys(row for row, new in zip(made, plan.new, strict=True) if new.line["number"])
    Credential.objects.bulk_create(made)
    audit.record_many(
        by,
        (("credential added", User(pk=new.person.pk), {"import": str(source.pk)}) for new in plan.new),
    )
    Imported.objects.bulk_create(
        Imported(source=source, kind=Kind.CREDENTIALS, record_id=row.pk) for row in made
    )


def _shown(new: New) -> str:
    return f"{new.person.name}, {new.line['name']}"


OF = KindOf(
    Kind.CREDENTIALS,
    _(
        "A credential is recognized by the person, its name and the day it was issued. Bring in the people first."
    ),
    COLUMNS,
    compare,
    make,
    _shown,
)
