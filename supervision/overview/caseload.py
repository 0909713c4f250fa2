"""Everybody in supervision, one line for each person in each arrangement: what managers and supervisors see of it.

Log facts only, from where each arrangement stands (decision 19): read for everybody in scope, so that the order by need and the counts
are right, and without looking at a single session.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Count, F, Max, Q, QuerySet
from django.db.models.functions import Cast, Greatest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.hours.lately import short_lately
from supervision.pages import charts, words
from supervision.pages.prepared import prepared
from supervision.people.models import Agency, Arrangement, Away, Participation, User
from supervision.requirements.expectation import WEEK, Rhythm, Span
from supervision.requirements.strip import AWAY, NONE, WEEKS, Visit, strip
from supervision.sessions.models import Attendee, Session
from supervision.sessions.recent import Recent
from supervision.sessions.standing import held_without_agreement

from . import holding, need, reviews
from .links import addresses

Key = tuple[int, str, str]
Scope = Callable[[User], QuerySet[Arrangement]]  # the arrangements that somebody sees a list of

ANSWER_DAYS = 7
# Where more than one person is supported, so that not everybody met whenever the arrangement did.
SHARED = (
    Arrangement.Structure.GROUP,
    Arrangement.Structure.CO_REFLECTION,
    Arrangement.Structure.CO_SUPERVISION,
)
_STANDING = (
    "review_on",
    "minutes_each",
    "every_days",
    "agreement_draft",
    "last_met_at",
    "unsigned_count",
    "oldest_unsigned_at",
)
_COLUMNS = (
    "arrangement_id",
    "person_id",
    "person__name",
    "arrangement__program_id",
    "arrangement__program__name",
    "arrangement__structure",
)
_FACTS = ("since", "has_agreement", "is_named", "has_signed", "held_without", "begins_later")


@dataclass
class Line:
    """One person in one arrangement, with where it stands."""

    arrangement_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    program_id: uuid.UUID
    program: str
    structure: str
    since: datetime.date
    standing: dict[str, Any]
    held_without: int = 0  # sessions held without an agreement that holds for this person
    has_agreement_here: bool = False  # whether one is in force in the arrangement
    has_signed: bool = True  # that one; asked of members of a group
    begins_later: bool = False  # whether all have signed a version that begins on a day to come
    new_people: str = ""  # why a new version of it is asked for, if one is
    last_met_at: datetime.datetime | None = None
    recent: Recent = field(default_factory=lambda: Recent({}))
    supervisors: list[tuple[str, str]] = field(default_factory=list)
    away: list[Span] = field(default_factory=list)
    need: need.Need = field(default_factory=lambda: need.Need(need.TRACK))
    # Of the lines that a page shows (`add_weeks`):
    weeks: str = ""
    url: str = ""

    def key_by(self, order: str) -> Key:
        """Its place in one of ORDERS; among those that are alike, by name."""
        first = ORDERS.get(order, ORDERS[HAND_FIRST])[1](self)
        return (first, self.name.casefold(), f"{self.person_id.hex}{self.arrangement_id.hex}")

    @property
    def supervisor_names(self) -> str:
        if self.supervisors:
            return words.join_names(name for _, name in self.supervisors)
        return gettext("Meet as equals") if self.is_among_equals else gettext("Nobody yet")

    @property
    def is_among_equals(self) -> bool:
        """Co-reflection: nobody supervises, and no agreement or rhythm is expected of it."""
        return self.structure == Arrangement.Structure.CO_REFLECTION

    @property
    def is_group(self) -> bool:
        return self.structure == Arrangement.Structure.GROUP

    @property
    def needs_agreement(self) -> bool:
        return not self.is_among_equals

    @property
    def has_agreement(self) -> bool:
        """Whether an agreement is in force for this person: in a group, once they have signed it themself."""
        return self.has_agreement_here and self.has_signed

    @property
    def agreement(self) -> str:
        """How the agreement stands, in a few words."""
        if self.has_agreement_here and not self.has_signed:
            return gettext("Not signed by them yet")
        if self.new_people:
            return self.new_people
        if self.has_agreement:
            return reviews.said_to_managers(self.standing["review_on"], timezone.localdate()) or gettext(
                "Signed"
            )
        if self.begins_later:
            return gettext("Signed, begins later")
        if not self.needs_agreement:
            return gettext("Not needed")
        if self.standing["agreement_draft"]:
            return gettext("In progress")
        return gettext("Not started")

    @property
    def last_met(self) -> datetime.date | None:
        return timezone.localdate(self.last_met_at) if self.last_met_at else None

    @property
    def to_sign(self) -> int:
        return int(self.standing["unsigned_count"])

    @property
    def strip(self) -> str:
        return charts.heat(self.weeks, who=self.name)

    @property
    def structure_name(self) -> str:
        """What kind of arrangement it is, when it is not the usual one."""
        usual = self.structure == Arrangement.Structure.INDIVIDUAL
        return "" if usual else str(Arrangement.Structure(self.structure).label)


_DEFAULTS: dict[str, Any] = {
    "agreement_draft": False,
    "minutes_each": 60,
    "every_days": 7,
    "unsigned_count": 0,
}


def lines_of(
    user: User, scope: Scope, *, answer_days: int, seen: QuerySet[Arrangement] | None = None
) -> list[Line]:
    """Everybody who is supported today in the arrangements that `scope` finds for this reader, as they joined. Five queries at most, and
    twelve more where a rule from outside was confirmed.

    `answer_days` is how long people have to sign. `seen` are the arrangements whose meetings the reader may count, ended ones too.
    """
    today = timezone.localdate()
    leading, new_people = _leading(user, scope)
    lines = []
    for row in _supported(user, scope):
        line, is_named = _line(row)
        lines.append(line)
        if line.has_agreement_here and not is_named and not line.begins_later and not line.is_group:
            # In a group that is whoever leads it: a member who came later joins the version in force.
            new_people.setdefault(line.arrangement_id, gettext("New version needed: somebody joined"))
    _set_own_last_met([line for line in lines if line.structure in SHARED])
    away = _away_in(user, scope, since=today - WEEKS * WEEK - WEEK)
    limit = timezone.now() - datetime.timedelta(days=answer_days)
    zone = timezone.get_current_timezone()
    for line in lines:
        line.supervisors = leading[line.arrangement_id]
        line.away = away[line.person_id]
        line.new_people = new_people.get(line.arrangement_id, "")
        line.need = need.need_of(_standing(line, limit, zone), today)
    _add_short(lines, scope(user) if seen is None else seen, today)
    return lines


def _taking_part(user: User, scope: Scope) -> QuerySet[Participation]:
    rows = Participation.objects.current().filter(arrangement__in=scope(user))
    return rows.annotate(
        has_agreement=Q(arrangement__standing__agreement_id__isnull=False),
        is_named=holding.is_named(),
        begins_later=holding.begins_later(),
    )


@prepared
def _supported(user: User, scope: Scope) -> QuerySet[Participation, tuple[Any, ...]]:
    rows = _taking_part(user, scope).exclude(part__in=Participation.LEADING)
    more = rows.annotate(
        since=Greatest("joined_on", "arrangement__started_on"),
        has_signed=holding.has_signed_in_group(),
        held_without=held_without_agreement("arrangement__"),
    )
    standing = (f"arrangement__standing__{name}" for name in _STANDING)
    return more.values_list(*_COLUMNS, *_FACTS, *standing, "arrangement__recent_sessions__kept")


@prepared
def _leaders(user: User, scope: Scope) -> QuerySet[Participation, tuple[Any, ...]]:
    rows = _taking_part(user, scope).filter(part__in=Participation.LEADING)
    facts = ("has_agreement", "is_named", "begins_later")
    # The person as the database writes it: a few lead many, and to read an id out of each row takes longer than the row.
    return rows.values_list("arrangement_id", Cast("person_id", CharField()), "person__name", *facts)


def _leading(
    user: User, scope: Scope
) -> tuple[defaultdict[uuid.UUID, list[tuple[str, str]]], dict[uuid.UUID, str]]:
    """Who leads each arrangement, by name, and where somebody who leads is not named in the agreement in force, what that asks for."""
    leading = defaultdict(list)
    new_people = {}
    spelled: dict[str, str] = {}
    for arrangement, person, name, has_agreement, is_named, begins_later in _leaders(user, scope):
        if person not in spelled:
            spelled[person] = str(uuid.UUID(person))
        leading[arrangement].append((spelled[person], name))
        if has_agreement and not is_named and not begins_later:
            new_people[arrangement] = gettext("New version needed: supervisor changed")
    for those in leading.values():
        those.sort(key=lambda entry: entry[1])
    return leading, new_people


def _add_short(lines: Iterable[Line], seen: QuerySet[Arrangement], today: datetime.date) -> None:
    """Who is short of what an outside rule asks could use a hand. Looked for only where nothing else says so already."""
    asked = [line for line in lines if not line.is_among_equals and need.may_be_short(line.need)]
    short = short_lately({line.person_id for line in asked}, seen, today)
    for line in asked:
        if (one := short.get(line.person_id)) is not None:
            said = gettext("%(title)s: %(said)s") % {"title": one.title, "said": one.said}
            line.need = need.Need(need.HAND, said)


def _set_own_last_met(lines: Sequence[Line]) -> None:
    """Where several are supported together, the day that each of them was there, and how often a member was who has not
    signed the group's agreement since it is in force. One query, or none without groups."""
    if not lines:
        return
    rows = Attendee.objects.filter(
        attended=True,
        session__state=Session.State.HELD,
        session__arrangement__in={line.arrangement_id for line in lines},
    ).order_by()
    in_force = Q(session__starts_at__date__gte=F("session__arrangement__standing__agreement_since"))
    found = {
        (arrangement, person): (at, held)
        for arrangement, person, at, held in rows.values_list(
            "session__arrangement_id", "person_id"
        ).annotate(at=Max("session__starts_at"), held=Count("pk", filter=in_force))
    }
    for line in lines:
        line.last_met_at, held = found.get((line.arrangement_id, line.person_id), (None, 0))
        if line.has_agreement_here:
            line.held_without = held


def _line(row: tuple[Any, ...]) -> tuple[Line, bool]:
    """The line, and whether the person is named in the agreement in force."""
    arrangement, person, name, program, program_name, structure = row[: len(_COLUMNS)]
    facts = row[len(_COLUMNS) :]
    since, has_agreement, is_named, has_signed, held_without, begins_later = facts[: len(_FACTS)]
    *values, recent = facts[len(_FACTS) :]
    standing = dict(zip(_STANDING, values, strict=True))
    for key, value in _DEFAULTS.items():
        if standing[key] is None:
            standing[key] = value
    line = Line(
        arrangement_id=arrangement,
        person_id=person,
        name=name,
        program_id=program,
        program=program_name,
        structure=structure,
        since=since,
        standing=standing,
        held_without=held_without,
        has_agreement_here=has_agreement,
        has_signed=has_signed,
        begins_later=begins_later,
        last_met_at=standing["last_met_at"],
        recent=Recent(recent or {}),
    )
    return line, is_named


def _standing(line: Line, limit: datetime.datetime, zone: datetime.tzinfo) -> need.Standing:
    """`limit`: the records of sessions before it should have been signed by now. `zone`: whose days they are."""
    unsigned = line.standing["oldest_unsigned_at"]
    late = unsigned is not None and unsigned < limit
    return need.Standing(
        since=line.since,
        last_met=line.last_met_at.astimezone(zone).date() if line.last_met_at else None,
        every_days=line.standing["every_days"],
        held_without=line.held_without,
        has_agreement=line.has_agreement,
        needs_agreement=line.needs_agreement and not line.begins_later,
        is_to_join=line.has_agreement_here and not line.has_signed,
        new_people=line.new_people,
        has_rhythm=not line.is_among_equals,
        review_on=line.standing["review_on"] if line.has_agreement else None,
        oldest_unsigned=unsigned.astimezone(zone).date() if late else None,
        away=line.away,
    )


def away_of(people: Iterable[uuid.UUID], *, since: datetime.date) -> defaultdict[uuid.UUID, list[Span]]:
    """When these people are or were away, as far back as `since`. One query."""
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    for person, first, last in _away(sorted(people), since):
        found[person].append(Span(first, last))
    return found


def _away_in(user: User, scope: Scope, *, since: datetime.date) -> defaultdict[uuid.UUID, list[Span]]:
    """The same of everybody in the arrangements that `scope` finds for this reader. One query."""
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    for person, first, last in _away_there(user, scope, since):
        found[person].append(Span(first, last))
    return found


@prepared
def _away_there(user: User, scope: Scope, since: datetime.date) -> QuerySet[Away, tuple[Any, ...]]:
    there = Participation.objects.current().filter(arrangement__in=scope(user))
    rows = Away.objects.filter(person__in=there.values("person"), last_day__gte=since)
    return rows.values_list("person_id", "first_day", "last_day")


@prepared
def _away(people: list[uuid.UUID], since: datetime.date) -> QuerySet[Away, tuple[Any, ...]]:
    rows = Away.objects.filter(person__in=people, last_day__gte=since)
    return rows.values_list("person_id", "first_day", "last_day")


def answer_days() -> int:
    """The days that people have to read and sign."""
    return Agency.objects.values_list("answer_days", flat=True).first() or ANSWER_DAYS


def add_weeks(lines: Sequence[Line]) -> None:
    """The last twelve weeks of these lines, from what is kept of them, and where the page of each person is."""
    today, zone = timezone.localdate(), timezone.get_current_timezone()
    page_of = addresses("overview:worker")
    for line in lines:
        line.url = page_of(line.person_id)
        line.weeks = strip(
            [
                Visit(day, met=held and there, changed=not held)
                for day, held, there in line.recent.visits_of(line.person_id, zone)
            ],
            takes_part=[Span(line.since)],
            away=line.away,
            today=today,
            rhythm=_weeks_between(line),
        )
        if line.is_among_equals:  # nothing is due there
            line.weeks = line.weeks.replace(NONE, AWAY)


def _weeks_between(line: Line) -> int:
    return Rhythm(line.since, None, line.standing["minutes_each"], line.standing["every_days"]).weeks


# Filters ------------------------------------------------------------------------------------------------------


def chosen(lines: Sequence[Line], wanted: dict[str, Any]) -> list[Line]:
    """The lines that a cleaned filter form asks for."""
    name = (wanted.get("name") or "").casefold()
    program, supervisor, state = wanted.get("program"), wanted.get("supervisor"), wanted.get("state")
    return [
        line
        for line in lines
        if (not name or name in line.name.casefold())
        and (not program or str(line.program_id) == program)
        and (not supervisor or any(person == supervisor for person, _ in line.supervisors))
        and (not state or line.need.state == state)
    ]


HAND_FIRST = "hand"
# What the list can be ordered by, and the number that comes first in it. None of them ranks people by how they do.
ORDERS: dict[str, tuple[Any, Callable[[Line], int]]] = {
    HAND_FIRST: (_("Who could use a hand first"), lambda line: line.need.rank),
    "name": (_("By name"), lambda line: 0),
    "met": (
        _("Longest since they met first"),
        lambda line: line.last_met.toordinal() if line.last_met else 0,
    ),
    "sign": (_("Most records to sign first"), lambda line: -(line.standing["unsigned_count"] or 0)),
    "agreement": (_("No agreement yet first"), lambda line: int(line.has_agreement)),
}


def ordered(lines: Sequence[Line], order: str) -> list[Line]:
    return sorted(lines, key=lambda line: line.key_by(order))


def programs_in(lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Choices for a filter: the programs of these lines."""
    found = {str(line.program_id): line.program for line in lines}
    return sorted(found.items(), key=lambda entry: entry[1].casefold())


def supervisors_in(lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Choices for a filter: who supervises in these lines."""
    found = {person: name for line in lines for person, name in line.supervisors}
    return sorted(found.items(), key=lambda entry: entry[1].casefold())


def led_by(user: User) -> QuerySet[Arrangement]:
    """The arrangements that run now and that this person leads."""
    leads = Participation.objects.current().filter(person=user, part__in=Participation.LEADING)
    return Arrangement.objects.current().filter(pk__in=leads.values("arrangement"))


def managed_by(user: User) -> QuerySet[Arrangement]:
    """The arrangements that run now in programs that this person manages."""
    return Arrangement.objects.managed_by(user).current()
