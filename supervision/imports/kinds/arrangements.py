"""Who supervises whom, recognized by a reference of the agency's own."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import words
from supervision.people.models import Arrangement, Participation, Place, Program, Standing, User, today
from supervision.people.operations.arrangements import check_parts
from supervision.records import audit
from supervision.records.errors import Invalid

from ..columns import Column, Line, addresses, day, listed, one_of, text
from ..directory import (
    People,
    Person,
    Programs,
    closed,
    grouped,
    no_program,
    nobody,
    parts_of,
    twice,
    yourself,
)
from ..models import Import, Imported, Kind, mark_of
from ..plan import KindOf, Plan, differences

Structure, Part = Arrangement.Structure, Participation.Part
REFERENCE = Column(
    "reference",
    _("Reference"),
    _(
        "A mark of your own, such as a number: by it a row is recognized when it comes again, and sessions from before name it."
    ),
    "A-17",
    text(60),
    needed=True,
)
PROGRAM = Column(
    "program", _("Program"), _("Its name, as it is here."), "Maple Street drop-in", text(120), needed=True
)
STRUCTURE = Column(
    "structure",
    _("Structure"),
    listed(Structure.choices),
    "One to one",
    one_of(Structure.choices),
    needed=True,
    choices=Structure.choices,
)
FOCUS = Column(
    "focus",
    _("Focus"),
    _("Professional development, Administrative or Both. Empty is professional development."),
    "Professional development",
    one_of(Arrangement.Focus.choices),
    choices=Arrangement.Focus.choices,
)
STARTED = Column("started_on", _("From"), _("Its first day."), datetime.date(2024, 3, 1), day, needed=True)
ENDED = Column("ended_on", _("Until"), _("Its last day, where it has ended. Otherwise empty."), None, day)
SUPERVISORS = Column(
    "supervisors",
    _("Supervisors"),
    _("The e-mail of who supervises, two with a comma between them for co-supervision."),
    "dana@example.org",
    addresses,
)
FACILITATOR = Column(
    "facilitator",
    _("Facilitator"),
    _("Where a group or a co-reflection has one: their e-mail."),
    None,
    addresses,
)
WORKERS = Column(
    "workers",
    _("Peer workers"),
    _("The e-mail of each, with commas between them. In a co-reflection, the peers."),
    "marisol@example.org",
    addresses,
    needed=True,
)
COLUMNS = (REFERENCE, PROGRAM, STRUCTURE, FOCUS, STARTED, ENDED, SUPERVISORS, FACILITATOR, WORKERS)
DEVELOPMENT = Arrangement.Focus.DEVELOPMENT
Taking = tuple[Person, str]


@dataclass(frozen=True)
class New:
    line: Line
    mark: str
    program: Program
    taking: tuple[Taking, ...]

    @property
    def focus(self) -> str:
        return self.line["focus"] or DEVELOPMENT

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two arrangements the same where neither has a reference."""
        return (
            self.program.pk,
            self.line["structure"],
            self.focus,
            self.line["started_on"],
            self.line["ended_on"],
            frozenset((person.pk, part) for person, part in self.taking),
        )


@dataclass(frozen=True)
class Linked:
    mark: str
    record_id: uuid.UUID


def compare(lines: Sequence[Line], by: User) -> Plan:
    plan = Plan()
    again = twice(
        ((line.number, mark_of(line["reference"])) for line in lines),
        str(REFERENCE.label),
        gettext("This reference stands in row %(row)s already."),
    )
    plan.problems += again
    repeated = {problem.row for problem in again}
    lines = [line for line in lines if line.number not in repeated]
    known = by_reference([mark_of(line["reference"]) for line in lines])
    _compare_known([line for line in lines if mark_of(line["reference"]) in known], known, plan)
    checking = _Checking(lines, by)
    new = [
        found
        for line in lines
        if mark_of(line["reference"]) not in known and (found := checking.checked(line, plan))
    ]
    here = _same_here(new)
    for each in new:
        if each.key in here:
            plan.linked.append(Linked(each.mark, here[each.key]))
        else:
            plan.new.append(each)
    return plan


def by_reference(marks: Iterable[str]) -> dict[str, uuid.UUID]:
    """The arrangements that have these references, by their mark."""
    found: dict[str, uuid.UUID] = {}
    for some in parts_of(sorted(set(marks))):
        rows = Imported.objects.filter(kind=Kind.ARRANGEMENTS, reference__in=some)
        found.update(rows.values_list("reference", "record_id"))
    return found


class _Checking:
    """Checks rows that are new, with what is here loaded once."""

    def __init__(self, lines: Sequence[Line], by: User) -> None:
        self._by = by
        self._today = today()
        self._people, self._programs = People(), Programs()
        places = Place.objects.current().order_by().values_list("program_id", "person_id", "until")
        self._places = {(program, person): until for program, person, until in places}
        leading = Participation.objects.current().filter(part__in=Participation.LEADING)
        self._leads = set(leading.order_by().values_list("person_id", flat=True))
        self._leads_in_file = {
            email for line in lines if _runs(line, self._today) for email in _leaders(line)
        }

    def checked(self, line: Line, plan: Plan) -> New | None:
        """The row as it would be made. None where there is a problem, which is in the plan then."""
        before = len(plan.problems)
        program = self._programs.get(line["program"])
        if program is None:
            plan.problem(line, PROGRAM.label, no_program(line["program"]))
        elif not program.is_active:
            plan.problem(line, PROGRAM.label, gettext("This program is closed."))
        if line["ended_on"] is not None and line["ended_on"] < line["started_on"]:
            plan.problem(line, ENDED.label, gettext("It ends before it begins. Check both dates."))
        taking = self._taking(line, plan)
        if len(plan.problems) > before or program is None:
            return None
        try:
            check_parts(line["structure"], taking)  # type: ignore[arg-type]
        except Invalid as refusal:
            plan.problem(line, STRUCTURE.label, refusal.message)
            return None
        for person, part in taking:
            self._check_may_take(line, person, part, program, plan)
        if len(plan.problems) > before:
            return None
        return New(line, mark_of(line["reference"]), program, tuple(taking))

    def _taking(self, line: Line, plan: Plan) -> list[Taking]:
        found: list[Taking] = []
        for column, part in _parts(line):
            for email in line[column.name] or ():
                person = self._people.get(email)
                if person is None:
                    plan.problem(line, column.label, nobody(email))
                elif person.pk == self._by.pk:
                    plan.problem(line, column.label, yourself())
                else:
                    found.append((person, part))
        return found

    def _check_may_take(self, line: Line, person: Person, part: str, program: Program, plan: Plan) -> None:
        """As where an arrangement is made by hand. Of one that is over nobody is asked any more."""
        if not _runs(line, self._today):
            return
        column = next(column for column, of in _parts(line) if of == part)
        if not person.is_active:
            plan.problem(line, column.label, closed(person))
        elif line["structure"] == Structure.OF_SUPERVISION and part == Part.SUPERVISEE:
            if person.pk not in self._leads and person.email not in self._leads_in_file:
                text = gettext("%(name)s does not supervise anybody now. Choose “One to one”.")
                plan.problem(line, column.label, text % {"name": person.name})
        elif part == Part.SUPERVISEE and not self._has_place(person, program, line["started_on"]):
            text = gettext("%(name)s has no place in %(program)s.")
            plan.problem(line, column.label, text % {"name": person.name, "program": program.name})

    def _has_place(self, person: Person, program: Program, first: datetime.date) -> bool:
        key = (program.pk, person.pk)
        if key not in self._places:
            return False
        until = self._places[key]
        return until is None or until >= max(first, self._today)


def _runs(line: Line, day: datetime.date) -> bool:
    return line["ended_on"] is None or line["ended_on"] >= day


def _leaders(line: Line) -> tuple[str, ...]:
    return (*(line["supervisors"] or ()), *(line["facilitator"] or ()))


def _parts(line: Line) -> list[tuple[Column, str]]:
    """Which part a column speaks of."""
    peers = line["structure"] == Structure.CO_REFLECTION
    return [
        (SUPERVISORS, Part.SUPERVISOR),
        (FACILITATOR, Part.FACILITATOR),
        (WORKERS, Part.PEER if peers else Part.SUPERVISEE),
    ]


def _same_here(new: Sequence[New]) -> dict[tuple[Any, ...], uuid.UUID]:
    """Arrangements that were made by hand and are the same in everything."""
    found: dict[tuple[Any, ...], uuid.UUID] = {}
    for days in parts_of(sorted({each.line["started_on"] for each in new})):
        rows = Arrangement.objects.filter(started_on__in=days).order_by()
        facts = list(rows.values_list("pk", "program_id", "structure", "focus", "started_on", "ended_on"))
        for some in parts_of(facts):
            taking = _taking_in([row[0] for row in some])
            for pk, *key in some:
                found[(*key, frozenset(taking.get(pk, [])))] = pk
    return found


def _taking_in(arrangements: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    rows = Participation.objects.filter(arrangement__in=arrangements).order_by()
    return grouped(
        (arrangement, (person, part))
        for arrangement, person, part in rows.values_list("arrangement_id", "person_id", "part")
    )


def _compare_known(lines: Sequence[Line], known: dict[str, uuid.UUID], plan: Plan) -> None:
    emails = dict(User.objects.order_by().values_list("pk", "email")) if lines else {}
    for some in parts_of(lines):
        ids = [known[mark_of(line["reference"])] for line in some]
        rows = {row.pk: row for row in Arrangement.objects.filter(pk__in=ids).select_related("program")}
        taking = _taking_in(ids)
        for line in some:
            row = rows[known[mark_of(line["reference"])]]
            here = {
                "structure": row.structure,
                "focus": row.focus,
                "started_on": row.started_on,
                "ended_on": row.ended_on,
            }
            if row.program.name.casefold() != line["program"].casefold():
                here["program"] = row.program.name
            named = differences(line, COLUMNS, here)
            for column, part in _parts(line):
                is_here = sorted(emails[person] for person, its in set(taking.get(row.pk, [])) if its == part)
                if is_here != sorted(line[column.name] or ()):
                    named.append(
                        (column.label, ", ".join(is_here), ", ".join(line[column.name] or ()) or "–")
                    )
            plan.compared(line, named)


def make(plan: Plan, source: Import, by: User) -> None:
    made = [
        Arrangement(
            program=new.program,
            structure=new.line["structure"],
            focus=new.focus,
            started_on=new.line["started_on"],
            ended_on=new.line["ended_on"],
            made_by=by,
        )
        for new in plan.new
    ]
    Arrangement.objects.bulk_create(made)
    taking = []
    links: list[Any] = []
    for arrangement, new in zip(made, plan.new, strict=True):
        for person, part in new.taking:
            taking.append(
                Participation(
                    arrangement=arrangement,
                    person_id=person.pk,
                    part=part,
                    joined_on=arrangement.started_on,
                    left_on=arrangement.ended_on,
                )
            )
        facts = {
            "program": str(new.program.pk),
            "people": {str(person.pk): part for person, part in new.taking},
            "import": str(source.pk),
        }
        links.append(("arrangement made", arrangement, facts))
        if arrangement.ended_on is not None:
            links.append(("arrangement ended", arrangement, {"on": arrangement.ended_on.isoformat()}))
    Participation.objects.bulk_create(taking)
    Standing.objects.bulk_create(Standing(arrangement=arrangement) for arrangement in made)
    audit.record_many(by, links)
    kept = [(new.mark, row.pk, True) for new, row in zip(plan.new, made, strict=True)]
    kept += [(linked.mark, linked.record_id, False) for linked in plan.linked]
    Imported.objects.bulk_create(
        Imported(source=source, kind=Kind.ARRANGEMENTS, reference=mark, record_id=pk, is_new=is_new)
        for mark, pk, is_new in kept
    )


def _shown(new: New) -> str:
    names = words.join_names([person.name for person, _part in new.taking])
    return f"{new.line['reference']}: {names}, {Structure(new.line['structure']).label}"


OF = KindOf(
    Kind.ARRANGEMENTS,
    _(
        "An arrangement is recognized by its reference. Bring in the programs and the people first. You can’t bring in one that "
        "you take part in yourself."
    ),
    COLUMNS,
    compare,
    make,
    _shown,
)
