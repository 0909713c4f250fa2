"""People, recognized by their e-mail. They are not invited by this."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.people.models import Place, User, today
from supervision.records import audit

from ..columns import YES_OR_NO, Column, Line, address, day, listed, one_of, text, yes_or_no, zone
from ..directory import People, Programs, closed, grouped, no_program, nobody, parts_of, twice, yourself
from ..models import Import, Imported, Kind
from ..plan import KindOf, Plan, differences

EMAIL = Column(
    "email",
    _("E-mail"),
    _("They sign in with it. It must be their own."),
    "marisol@example.org",
    address,
    needed=True,
)
NAME = Column("name", _("Full name"), _("First and last name."), "Marisol Example", text(120), needed=True)
JOB_TITLE = Column("job_title", _("Job title"), _("As your agency calls it."), "Peer specialist", text(80))
JOB_ROLE = Column(
    "job_role",
    _("Job role"),
    listed(User.JobRole.choices),
    "Peer role",
    one_of(User.JobRole.choices),
    choices=User.JobRole.choices,
)
LINE_MANAGER = Column(
    "line_manager",
    _("Line manager"),
    _("The e-mail of their line manager: somebody who is here already, or stands in this file."),
    "priya@example.org",
    address,
)
STARTED = Column(
    "started_on", _("Start date"), _("When they began to work for you."), datetime.date(2024, 3, 1), day
)
ZONE = Column(
    "time_zone", _("Time zone"), _("Only where it is not that of the agency."), "America/New_York", zone
)
EXTERNAL = Column("is_external", _("Works outside the agency"), YES_OR_NO, "no", yes_or_no)
PROGRAM = Column(
    "program",
    _("Program"),
    _(
        "The name of the program where they have a place. It must be here already. Further ones are given later."
    ),
    "Maple Street drop-in",
    text(120),
)
SUPERVISED = Column(
    "supervised",
    _("To be supervised"),
    _("yes for a peer worker who should have supervision in that program, otherwise no. Empty is yes."),
    "yes",
    yes_or_no,
)
SINCE = Column("since", _("In the program since"), _("Empty is today."), datetime.date(2024, 3, 1), day)
COLUMNS = (
    EMAIL,
    NAME,
    JOB_TITLE,
    JOB_ROLE,
    LINE_MANAGER,
    STARTED,
    ZONE,
    EXTERNAL,
    PROGRAM,
    SUPERVISED,
    SINCE,
)
# Facts that are put into an account as they stand in the file.
FACTS = ("name", "job_title", "job_role", "started_on", "time_zone", "is_external")


def compare(lines: Sequence[Line], by: User) -> Plan:
    people, programs, plan = People(), Programs(), Plan()
    again = twice(
        ((line.number, line["email"]) for line in lines),
        str(EMAIL.label),
        gettext("This address stands in row %(row)s already."),
    )
    plan.problems += again
    repeated = {problem.row for problem in again}
    waiting, in_file = people.waiting(), {line["email"] for line in lines}
    known = []
    for line in lines:
        if line.number in repeated:
            continue
        if people.get(line["email"]) is not None:
            known.append(line)
        elif _is_fine(line, people, programs, waiting, in_file, by, plan):
            plan.new.append(line)
    _compare_known(known, plan)
    return plan


def _is_fine(
    line: Line, people: People, programs: Programs, waiting: set[str], in_file: set[str], by: User, plan: Plan
) -> bool:
    before = len(plan.problems)
    if line["email"] in waiting:
        plan.problem(line, EMAIL.label, gettext("Somebody is about to have this e-mail."))
    if manager := line["line_manager"]:
        person = people.get(manager)
        if manager == line["email"]:
            plan.problem(line, LINE_MANAGER.label, gettext("Nobody is their own line manager."))
        elif person is None and manager not in in_file:
            plan.problem(line, LINE_MANAGER.label, nobody(manager))
        elif person is not None and not person.is_active:
            plan.problem(line, LINE_MANAGER.label, closed(person))
        elif person is not None and person.pk == by.pk:
            plan.problem(line, LINE_MANAGER.label, yourself())
    if line["program"]:
        program = programs.get(line["program"])
        if program is None:
            plan.problem(line, PROGRAM.label, no_program(line["program"]))
        elif not program.is_active:
            plan.problem(line, PROGRAM.label, gettext("This program is closed."))
    elif line["since"] is not None or line["supervised"]:
        plan.problem(line, PROGRAM.label, gettext("Name the program that the other columns speak of."))
    return len(plan.problems) == before


def _compare_known(lines: Sequence[Line], plan: Plan) -> None:
    for some in parts_of(lines):
        rows: Any = User.objects.filter(email__in=[line["email"] for line in some]).order_by()
        rows = rows.annotate(manager=F("line_manager__email"))
        found = {person.email: person for person in rows}
        places = grouped(
            Place.objects.current()
            .filter(person__in=[person.pk for person in found.values()])
            .order_by()
            .values_list("person_id", "program__name")
        )
        for line in some:
            person = found[line["email"]]
            here = {name: getattr(person, name) for name in FACTS} | {"line_manager": person.manager}
            in_programs = places.get(person.pk, [])
            if (line["program"] or "").casefold() not in [name.casefold() for name in in_programs]:
                here["program"] = ", ".join(sorted(in_programs))
            differs = differences(line, COLUMNS, here)
            if not person.is_active:
                differs.append((EMAIL.label, gettext("closed"), gettext("open")))
            plan.compared(line, differs)


def make(plan: Plan, source: Import, by: User) -> None:
    programs, people = Programs(), People()
    made = [_person(line) for line in plan.new]
    id_of = {person.email: person.pk for person in made}
    id_of |= {email: person.pk for email, person in people.by_email.items()}
    for person, line in zip(made, plan.new, strict=True):
        if line["line_manager"]:
            person.line_manager_id = id_of[line["line_manager"]]
    User.objects.bulk_create(made)
    places = []
    links: list[Any] = []
    for person, line in zip(made, plan.new, strict=True):
        links.append(("person added", person, {"import": str(source.pk)}))
        if manager_id := person.line_manager_id:
            links.append(("line manager changed", person, {"was": None, "now": str(manager_id)}))
            links.append(("became line manager", User(pk=manager_id), {"person": str(person.pk)}))
        if line["program"]:
            program = programs.get(line["program"])
            assert program is not None  # noqa: S101  (compared in this transaction)
            supervised = line["supervised"] is not False
            places.append(
                Place(program=program, person=person, supervised=supervised, since=line["since"] or today())
            )
            links.append(("place given", person, {"program": str(program.pk), "supervised": supervised}))
    Place.objects.bulk_create(places)
    audit.record_many(by, links)
    Imported.objects.bulk_create(
        Imported(source=source, kind=Kind.PEOPLE, record_id=person.pk) for person in made
    )


def _person(line: Line) -> User:
    facts = {name: line[name] for name in FACTS if line[name] is not None}
    person = User(email=line["email"], **facts)
    # As `set_unusable_password` does, which takes longer for its forty letters than all the rest.
    person.password = UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)
    return person


def _shown(new: Line) -> str:
    return f"{new['name']}, {new['email']}"


OF = KindOf(
    Kind.PEOPLE,
    _(
        "A person is recognized by their e-mail. Nobody is invited by this: that is a second step, and yours to take. "
        "There is no column for anybody’s health, on purpose."
    ),
    COLUMNS,
    compare,
    make,
    _shown,
)
