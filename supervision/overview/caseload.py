"""Everybody in supervision, one line for each person in each arrangement: what managers and supervisors see of it.

Log facts only. The light part (standing, away) is read for everybody in scope, so that the order by need and the
counts are right; the weeks are read for the lines of the page alone.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.hours.lately import short_lately
from supervision.pages import charts, words
from supervision.pages.prepared import prepared
from supervision.people.models import Agency, Arrangement, Away, Participation, User
from supervision.requirements.expectation import WEEK, Rhythm, Span
from supervision.requirements.strip import AWAY, NONE, WEEKS, Visit, last_mondays, strip
from supervision.sessions.models import Attendee, Session
from supervision.sessions.standing import held_without_agreement

from . import holding, need, reviews

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
    "agreement_id",
    "agreement_since",
    "agreement_draft",
    "review_on",
    "minutes_each",
    "every_days",
    "last_met_at",
    "next_planned_at",
    "unsigned_count",
)
_COLUMNS = (
    "arrangement_id",
    "person_id",
    "person__name",
    "part",
    "joined_on",
    "arrangement__program_id",
    "arrangement__program__name",
    "arrangement__structure",
    "arrangement__started_on",
    *(f"arrangement__standing__{name}" for name in _STANDING),
)


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
    has_signed: bool = True  # the agreement in force; asked of members of a group
    begins_later: bool = False  # whether all have signed a version that begins on a day to come
    new_people: str = ""  # why a new version of it is asked for, if one is
    last_met_at: datetime.datetime | None = None
    supervisors: list[tuple[uuid.UUID, str]] = field(default_factory=list)
    away: list[Span] = field(default_factory=list)
    need: need.Need = field(default_factory=lambda: need.Need(need.TRACK))
    weeks: str = ""

    @property
    def key(self) -> Key:
        """Its place in the list: most in need of a hand first, then by name."""
        return self.key_by(HAND_FIRST)

    def key_by(self, order: str) -> Key:
        """Its place in one of ORDERS; among those that are alike, by name."""
        first = ORDERS.get(order, ORDERS[HAND_FIRST])[1](self)
        return (first, self.name.casefold(), f"{self.person_id}{self.arrangement_id}")

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
    def needs_agreement(self) -> bool:
        return not self.is_among_equals

    @property
    def has_agreement(self) -> bool:
        """Whether an agreement is in force for this person: in a group, once they have signed it themself."""
        return self.has_agreement_here and self.has_signed

    @property
    def has_agreement_here(self) -> bool:
        """Whether one is in force in the arrangement."""
        return self.standing["agreement_id"] is not None

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
    """Everybody who is supported today in the arrangements that `scope` finds for this reader, most in need of a hand first. Six
    queries at most, and twelve more where a rule from outside was confirmed.

    `answer_days` is how long people have to sign. `seen` are the arrangements whose meetings the reader may count, ended ones too.
    """
    today = timezone.localdate()
    rows = _taking_part(user, scope)
    lines, leading = [], defaultdict(list)
    for row in rows:
        if row["part"] in Participation.LEADING:
            leading[row["arrangement_id"]].append((row["person_id"], row["person__name"]))
        else:
            lines.append(_line(row))
    _set_own_last_met([line for line in lines if line.structure in SHARED])
    new_people = _new_people(rows)
    away = away_of({line.person_id for line in lines}, since=today - WEEKS * WEEK - WEEK)
    unsigned = _old_unsigned({line.arrangement_id for line in lines if line.to_sign}, answer_days)
    for line in lines:
        line.supervisors = sorted(leading[line.arrangement_id], key=lambda entry: entry[1])
        line.away = away[line.person_id]
        line.new_people = new_people.get(line.arrangement_id, "")
        line.need = need.need_of(_standing(line, unsigned.get(line.arrangement_id)), today)
    _add_short(lines, scope(user) if seen is None else seen, today)
    return sorted(lines, key=lambda line: line.key)


@prepared
def _taking_part(user: User, scope: Scope) -> QuerySet[Participation, dict[str, Any]]:
    return (
        Participation.objects.current()
        .filter(arrangement__in=scope(user))
        .annotate(
            is_named=holding.is_named(),
            has_signed=holding.has_signed_in_group(),
            held_without=held_without_agreement("arrangement__"),
            begins_later=holding.begins_later(),
        )
        .values(*_COLUMNS, "is_named", "has_signed", "held_without", "begins_later")
    )


def _add_short(lines: Iterable[Line], seen: QuerySet[Arrangement], today: datetime.date) -> None:
    """Who is short of what an outside rule asks could use a hand. Looked for only where nothing else says so already."""
    asked = [line for line in lines if not line.is_among_equals and need.may_be_short(line.need)]
    short = short_lately({line.person_id for line in asked}, seen, today)
    for line in asked:
        if (one := short.get(line.person_id)) is not None:
            said = gettext("%(title)s: %(said)s") % {"title": one.title, "said": one.said}
            line.need = need.Need(need.HAND, said)


def _new_people(rows: Iterable[dict[str, Any]]) -> dict[uuid.UUID, str]:
    """The arrangements with somebody who is not named in the agreement in force, and what that asks for.

    In a group that is whoever leads it: a member who came later joins the version in force.
    """
    found: dict[uuid.UUID, str] = {}
    for row in rows:
        if row["is_named"] or row["begins_later"] or row["arrangement__standing__agreement_id"] is None:
            continue
        if row["part"] in Participation.LEADING:
            found[row["arrangement_id"]] = gettext("New version needed: supervisor changed")
        elif row["arrangement__structure"] != Arrangement.Structure.GROUP:
            found.setdefault(row["arrangement_id"], gettext("New version needed: somebody joined"))
    return found


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


def _line(row: dict[str, Any]) -> Line:
    standing = {name: row[f"arrangement__standing__{name}"] for name in _STANDING}
    for name, value in _DEFAULTS.items():
        if standing[name] is None:
            standing[name] = value
    return Line(
        arrangement_id=row["arrangement_id"],
        person_id=row["person_id"],
        name=row["person__name"],
        program_id=row["arrangement__program_id"],
        program=row["arrangement__program__name"],
        structure=row["arrangement__structure"],
        since=max(row["joined_on"], row["arrangement__started_on"]),
        standing=standing,
        held_without=row["held_without"],
        has_signed=row["has_signed"],
        begins_later=row["begins_later"],
        last_met_at=standing["last_met_at"],
    )


def _standing(line: Line, oldest_unsigned: datetime.datetime | None) -> need.Standing:
    return need.Standing(
        since=line.since,
        last_met=line.last_met,
        every_days=line.standing["every_days"],
        held_without=line.held_without,
        has_agreement=line.has_agreement,
        needs_agreement=line.needs_agreement and not line.begins_later,
        is_to_join=line.has_agreement_here and not line.has_signed,
        new_people=line.new_people,
        has_rhythm=not line.is_among_equals,
        review_on=line.standing["review_on"] if line.has_agreement else None,
        oldest_unsigned=timezone.localdate(oldest_unsigned) if oldest_unsigned else None,
        away=line.away,
    )


def away_of(people: Iterable[uuid.UUID], *, since: datetime.date) -> defaultdict[uuid.UUID, list[Span]]:
    """When these people are or were away, as far back as `since`. One query."""
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    for person, first, last in _away(sorted(people), since):
        found[person].append(Span(first, last))
    return found


@prepared
def _away(people: list[uuid.UUID], since: datetime.date) -> QuerySet[Away, tuple[Any, ...]]:
    rows = Away.objects.filter(person__in=people, last_day__gte=since)
    return rows.values_list("person_id", "first_day", "last_day")


def answer_days() -> int:
    """The days that people have to read and sign."""
    return Agency.objects.values_list("answer_days", flat=True).first() or ANSWER_DAYS


def _old_unsigned(arrangements: set[uuid.UUID], days: int) -> dict[uuid.UUID, datetime.datetime]:
    """The oldest session of each of these arrangements whose record should have been signed by now.

    Asked arrangement by arrangement: otherwise SQLite goes through all the sessions that were ever held.
    """
    limit = timezone.now() - datetime.timedelta(days=days)
    return {
        key: oldest for key, oldest in _oldest_unsigned(sorted(arrangements)) if oldest and oldest < limit
    }


@prepared
def _oldest_unsigned(arrangements: list[uuid.UUID]) -> QuerySet[Arrangement, tuple[Any, ...]]:
    unsigned = Session.objects.filter(
        arrangement=OuterRef("pk"), state=Session.State.HELD, sealed_at__isnull=True
    ).order_by("starts_at")
    rows = Arrangement.objects.filter(pk__in=arrangements)
    return rows.annotate(oldest=Subquery(unsigned.values("starts_at")[:1])).values_list("pk", "oldest")


@prepared
def _meetings_since(
    people: list[uuid.UUID], arrangements: list[uuid.UUID], start: datetime.datetime
) -> QuerySet[Attendee, tuple[Any, ...]]:
    rows = Attendee.objects.filter(
        person__in=people, session__arrangement__in=arrangements, session__starts_at__gte=start
    ).exclude(session__state=Session.State.PLANNED)
    return rows.values_list(
        "session__arrangement_id", "person_id", "session__starts_at", "session__state", "attended"
    )


def add_weeks(lines: Sequence[Line]) -> None:
    """Read the last twelve weeks of these lines. One query."""
    today = timezone.localdate()
    # A session before the first week can make that week not due.
    before = max((_weeks_between(line) for line in lines), default=1)
    first = last_mondays(today)[0] - before * WEEK
    start = timezone.make_aware(datetime.datetime.combine(first, datetime.time()))
    people = sorted({line.person_id for line in lines})
    rows = _meetings_since(people, sorted({line.arrangement_id for line in lines}), start)
    visits: defaultdict[tuple[uuid.UUID, uuid.UUID], list[Visit]] = defaultdict(list)
    for row in rows:
        arrangement, person, starts_at, state, attended = row
        held = state == Session.State.HELD
        visits[arrangement, person].append(
            Visit(timezone.localdate(starts_at), met=held and attended, changed=not held)
        )
    for line in lines:
        line.weeks = strip(
            visits[line.arrangement_id, line.person_id],
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
        and (not supervisor or any(str(person) == supervisor for person, _ in line.supervisors))
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
    found = {str(person): name for line in lines for person, name in line.supervisors}
    return sorted(found.items(), key=lambda entry: entry[1].casefold())


def led_by(user: User) -> QuerySet[Arrangement]:
    """The arrangements that run now and that this person leads."""
    leads = Participation.objects.current().filter(person=user, part__in=Participation.LEADING)
    return Arrangement.objects.current().filter(pk__in=leads.values("arrangement"))


def managed_by(user: User) -> QuerySet[Arrangement]:
    """The arrangements that run now in programs that this person manages."""
    return Arrangement.objects.managed_by(user).current()
