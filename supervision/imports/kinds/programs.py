"""Programs, recognized by their name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Management, Program, User
from supervision.records import audit

from ..columns import Column, Line, addresses, text
from ..directory import People, Person, Programs, closed, grouped, nobody, twice, yourself
from ..models import Import, Imported, Kind
from ..plan import KindOf, Plan

NAME = Column(
    "name", _("Program"), _("The name of the program."), "Maple Street drop-in", text(120), needed=True
)
MANAGERS = Column(
    "managers",
    _("Managers"),
    _(
        "The e-mail of who manages it, several with a comma between them. They need an account: bring in the people first, "
        "or leave this empty and name them later."
    ),
    "priya@example.org",
    addresses,
)
COLUMNS = (NAME, MANAGERS)


@dataclass(frozen=True)
class New:
    name: str
    managers: tuple[Person, ...]


def compare(lines: Sequence[Line], by: User) -> Plan:
    people, programs, plan = People(), Programs(), Plan()
    again = twice(
        ((line.number, line["name"].casefold()) for line in lines),
        str(NAME.label),
        gettext("This program stands in row %(row)s already."),
    )
    plan.problems += again
    repeated = {problem.row for problem in again}
    now = _managers_now()
    for line in lines:
        if line.number in repeated:
            continue
        program = programs.get(line["name"])
        if program is not None:
            _compare(line, program, now.get(program.pk, []), plan)
        elif (managers := _managers(line, people, by, plan)) is not None:
            plan.new.append(New(line["name"], managers))
    return plan


def _compare(line: Line, program: Program, here: list[str], plan: Plan) -> None:
    found = []
    if not program.is_active:
        found.append((NAME.label, gettext("closed"), gettext("open")))
    if line["managers"] is not None and set(line["managers"]) != set(here):
        found.append((MANAGERS.label, ", ".join(sorted(here)), ", ".join(line["managers"])))
    plan.compared(line, found)


def _managers_now() -> dict[Any, list[str]]:
    return grouped(Management.objects.current().order_by().values_list("program_id", "person__email"))


def _managers(line: Line, people: People, by: User, plan: Plan) -> tuple[Person, ...] | None:
    found = []
    for email in line["managers"] or ():
        person = people.get(email)
        if person is None:
            plan.problem(line, MANAGERS.label, nobody(email))
        elif not person.is_active:
            plan.problem(line, MANAGERS.label, closed(person))
        elif person.pk == by.pk:
            plan.problem(line, MANAGERS.label, yourself())
        else:
            found.append(person)
            continue
        return None
    return tuple(found)


def make(plan: Plan, source: Import, by: User) -> None:
    programs = [Program(name=new.name) for new in plan.new]
    Program.objects.bulk_create(programs)
    links: list[Any] = []
    managing = []
    for program, new in zip(programs, plan.new, strict=True):
        links.append(("program added", program, {"import": str(source.pk)}))
        for person in new.managers:
            managing.append(Management(program=program, person_id=person.pk))
            links.append(("made manager", User(pk=person.pk), {"program": str(program.pk)}))
            links.append(("manager named", program, {"person": str(person.pk)}))
    Management.objects.bulk_create(managing)
    audit.record_many(by, links)
    Imported.objects.bulk_create(
        Imported(source=source, kind=Kind.PROGRAMS, record_id=program.pk) for program in programs
    )


def _shown(new: New) -> str:
    return ", ".join([new.name, *(person.name for person in new.managers)])


OF = KindOf(
    Kind.PROGRAMS,
    _("A program is recognized by its name, in capitals or not."),
    COLUMNS,
    compare,
    make,
    _shown,
)
