"""Sessions from before: when, for how long, how, and who was there. No words, and signed by nobody."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.pages import words
from supervision.people.models import Arrangement, Participation, User, today
from supervision.records import audit
from supervision.sessions.models import ImportedAttendee, ImportedMeeting, Session

from ..columns import Column, Line, addresses, day, listed, minutes, one_of, text
from ..directory import People, grouped, nobody, parts_of, twice
from ..models import Import, Kind, mark_of
from ..plan import KindOf, Plan, differences
from .arrangements import by_reference

ARRANGEMENT = Column(
    "arrangement",
    _("Reference"),
    _("The reference of the arrangement, as it was brought in under “Who supervises whom”."),
    "A-17",
    text(60),
    needed=True,
)
DAY = Column("day", _("Day"), _("The day they met."), datetime.date(2025, 11, 4), day, needed=True)
MINUTES = Column("minutes", _("Minutes"), _("How long they met."), 60, minutes, needed=True)
MODALITY = Column(
    "modality",
    _("How they met"),
    listed(Session.Modality.choices),
    "In person",
    one_of(Session.Modality.choices),
    needed=True,
    choices=Session.Modality.choices,
)
THERE = Column(
    "there",
    _("Who was there"),
    _("The e-mail of each, with commas between them. Empty is everybody who took part on that day."),
    None,
    addresses,
)
WHICH = Column(
    "which",
    _("Which one"),
    _("Only where they met several times on one day: a mark for each, such as 1 and 2."),
    None,
    text(60),
)
COLUMNS = (ARRANGEMENT, DAY, MINUTES, MODALITY, THERE, WHICH)
Key = tuple[uuid.UUID, datetime.date, str]


@dataclass(frozen=True)
class Took:
    """Somebody’s part in an arrangement, and from when until when."""

    person_id: uuid.UUID
    part: str
    joined_on: datetime.date
    left_on: datetime.date | None

    def on(self, day: datetime.date) -> bool:
        return self.joined_on <= day and (self.left_on is None or self.left_on >= day)


@dataclass(frozen=True)
class New:
    line: Line
    arrangement_id: uuid.UUID
    there: tuple[Took, ...]

    @property
    def mark(self) -> str:
        return mark_of(self.line["which"]) if self.line["which"] else ""

    @property
    def key(self) -> Key:
        return (self.arrangement_id, self.line["day"], self.mark)


def compare(lines: Sequence[Line], by: User) -> Plan:
    plan = Plan()
    checking = _Checking(lines, by)
    fine = [found for line in lines if (found := checking.checked(line, plan))]
    again = twice(
        ((each.line.number, each.key) for each in fine),
        str(DAY.label),
        gettext(
            "These met on that day in row %(row)s already. If it was a second time, give each a mark in “Which one”."
        ),
    )
    plan.problems += again
    repeated = {problem.row for problem in again}
    here = _meetings({each.arrangement_id for each in fine})
    for each in fine:
        if each.line.number in repeated:
            continue
        if each.key in here:
            _compare(each, here[each.key], plan)
        else:
            plan.new.append(each)
    return plan


class _Checking:
    """Checks rows, with the arrangements that they name loaded once."""

    def __init__(self, lines: Sequence[Line], by: User) -> None:
        self._by, self._today, self._people = by, today(), People()
        self._known = by_reference({mark_of(line["arrangement"]) for line in lines})
        ids = sorted(set(self._known.values()))
        self._runs: dict[uuid.UUID, tuple[datetime.date, datetime.date | None]] = {}
        self._took: dict[uuid.UUID, list[Took]] = {}
        self._held: set[tuple[uuid.UUID, datetime.date]] = set()
        for some in parts_of(ids):
            rows = Arrangement.objects.filter(pk__in=some).order_by()
            self._runs |= {
                pk: (first, last) for pk, first, last in rows.values_list("pk", "started_on", "ended_on")
            }
            taking = Participation.objects.filter(arrangement__in=some).order_by("joined_on")
            self._took |= grouped(
                (each.arrangement_id, Took(each.person_id, each.part, each.joined_on, each.left_on))
                for each in taking
            )
            held = Session.objects.held().filter(arrangement__in=some).order_by()
            for pk, starts_at, zone in held.values_list("arrangement_id", "starts_at", "time_zone"):
                self._held.add((pk, starts_at.astimezone(ZoneInfo(zone)).date()))

    def checked(self, line: Line, plan: Plan) -> New | None:
        arrangement_id = self._known.get(mark_of(line["arrangement"]))
        if arrangement_id is None:
            text = gettext(
                "No arrangement with this reference was brought in. Bring in “Who supervises whom” first."
            )
            plan.problem(line, ARRANGEMENT.label, text)
            return None
        first, last = self._runs[arrangement_id]
        if line["day"] > self._today:
            plan.problem(line, DAY.label, gettext("This day is still to come."))
        elif line["day"] < first or (last is not None and line["day"] > last):
            plan.problem(line, DAY.label, gettext("The arrangement did not run on that day."))
        elif (arrangement_id, line["day"]) in self._held:
            plan.problem(line, DAY.label, gettext("A session of that day was recorded here already."))
        else:
            there = self._there(line, arrangement_id, plan)
            return None if there is None else New(line, arrangement_id, there)
        return None

    def _there(self, line: Line, arrangement_id: uuid.UUID, plan: Plan) -> tuple[Took, ...] | None:
        took = {each.person_id: each for each in self._took.get(arrangement_id, []) if each.on(line["day"])}
        found = list(took.values())
        if line["there"] is not None:
            found = []
            for email in line["there"]:
                person = self._people.get(email)
                if person is None:
                    plan.problem(line, THERE.label, nobody(email))
                elif person.pk not in took:
                    text = gettext("%(name)s took no part in this arrangement on that day.")
                    plan.problem(line, THERE.label, text % {"name": person.name})
                else:
                    found.append(took[person.pk])
            if len(found) < len(line["there"]):
                return None
        if any(each.person_id == self._by.pk for each in found):
            text = gettext("You were there. Ask another administrator to bring in this row.")
            plan.problem(line, THERE.label, text)
            return None
        if len(found) < 2:
            plan.problem(line, THERE.label, gettext("It takes two to meet. Name everybody who was there."))
            return None
        return tuple(found)


@dataclass(frozen=True)
class Here:
    minutes: int
    modality: str
    there: frozenset[uuid.UUID]


def _meetings(arrangements: set[uuid.UUID]) -> dict[Key, Here]:
    """What was brought in before."""
    found: dict[Key, Here] = {}
    for some in parts_of(sorted(arrangements)):
        attending = ImportedAttendee.objects.filter(meeting__arrangement__in=some).order_by()
        there = grouped(attending.values_list("meeting_id", "person_id"))
        rows = ImportedMeeting.objects.filter(arrangement__in=some).order_by()
        for pk, arrangement_id, day_, mark, length, how in rows.values_list(
            "pk", "arrangement_id", "day", "reference", "minutes", "modality"
        ):
            found[(arrangement_id, day_, mark)] = Here(length, how, frozenset(there.get(pk, ())))
    return found


def _compare(each: New, here: Here, plan: Plan) -> None:
    differs = differences(each.line, COLUMNS, {"minutes": here.minutes, "modality": here.modality})
    if frozenset(took.person_id for took in each.there) != here.there:
        words = gettext("%(count)s people")
        differs.append(
            (THERE.label, words % {"count": len(here.there)}, gettext("others, or another number of people"))
        )
    plan.compared(each.line, differs)


def make(plan: Plan, source: Import, by: User) -> None:
    made = [
        ImportedMeeting(
            arrangement_id=new.arrangement_id,
            day=new.line["day"],
            minutes=new.line["minutes"],
            modality=new.line["modality"],
            reference=new.mark,
            source=source.pk,
        )
        for new in plan.new
    ]
    ImportedMeeting.objects.bulk_create(made)
    ImportedAttendee.objects.bulk_create(
        ImportedAttendee(meeting=meeting, person_id=took.person_id, part=took.part)
        for meeting, new in zip(made, plan.new, strict=True)
        for took in new.there
    )
    counts = Counter(new.arrangement_id for new in plan.new)
    audit.record_many(
        by,
        (
            (
                "sessions from before brought in",
                Arrangement(pk=pk),
                {"import": str(source.pk), "count": count},
            )
            for pk, count in sorted(counts.items())
        ),
    )


def take_back(source: Import, by: User) -> int:
    """Remove what came with one file. Returns how many sessions."""
    rows = ImportedMeeting.objects.filter(source=source.pk)
    counts = Counter(rows.values_list("arrangement_id", flat=True))
    ImportedAttendee.objects.filter(meeting__in=rows.values("pk")).delete()
    rows.delete()
    audit.record_many(
        by,
        (
            (
                "sessions from before taken back",
                Arrangement(pk=pk),
                {"import": str(source.pk), "count": count},
            )
            for pk, count in sorted(counts.items())
        ),
    )
    return counts.total()


def _shown(new: New) -> str:
    length = words.minutes_words(new.line["minutes"])
    return f"{new.line['arrangement']}: {words.full_day(new.line['day'])}, {length}"


OF = KindOf(
    Kind.SESSIONS,
    _(
        "Log facts only: there is no column for what was said. They are shown as brought in from before, and never count as "
        "signed. A session is recognized by its arrangement and its day."
    ),
    COLUMNS,
    compare,
    make,
    _shown,
)
