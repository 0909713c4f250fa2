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
from functools import partial
from typing import Any

from django.db.models import BooleanField, CharField, Count, ExpressionWrapper, F, Max, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Replace
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.hours.lately import Short, short_lately
from supervision.pages import charts, words
from supervision.pages.prepared import prepared
from supervision.people.models import Agency, Arrangement, Away, Participation, User
from supervision.requirements.expectation import DEFAULT_EVERY_DAYS, DEFAULT_MINUTES, WEEK, Rhythm, Span
from supervision.requirements.strip import AWAY, NONE, WEEKS, Visit, strip
from supervision.sessions.models import Attendee, Session
from supervision.sessions.recent import Recent
from supervision.sessions.standing import held_without_agreement

from . import holding, need, reviews
from .links import addresses


def digits(id_field: str) -> Replace:
    """For a query: an id as its 32 digits, on both databases. To make UUIDs of all ids of a long list takes longer than the rest."""
    return Replace(Cast(id_field, CharField()), Value("-"), Value(""))


Key = tuple[int, str, str]
Scope = Callable[[User], QuerySet[Arrangement]]  # the arrangements that somebody sees a list of

ANSWER_DAYS = 7
# Where more than one person is supported, so that not everybody met whenever the arrangement did.
SHARED = (
    Arrangement.Structure.GROUP,
    Arrangement.Structure.CO_REFLECTION,
    Arrangement.Structure.CO_SUPERVISION,
)
_EQUALS = Arrangement.Structure.CO_REFLECTION
# In the order of the first fields of a Line. Where nobody has written down yet where an arrangement stands, as it begins.
_COLUMNS: tuple[str | Combinable, ...] = (
    digits("arrangement_id"),
    digits("person_id"),
    "person__name",
    digits("arrangement__program_id"),
    "arrangement__program__name",
    "arrangement__structure",
    Greatest("joined_on", "arrangement__started_on"),
    "arrangement__standing__review_on",
    Coalesce("arrangement__standing__minutes_each", DEFAULT_MINUTES),
    Coalesce("arrangement__standing__every_days", DEFAULT_EVERY_DAYS),
    Coalesce("arrangement__standing__agreement_draft", Value(False)),
    "arrangement__standing__last_met_at",
    Coalesce("arrangement__standing__unsigned_count", 0),
    "arrangement__standing__oldest_unsigned_at",
)


@dataclass
class Line:
    """One person in one arrangement, with where it stands. Ids as in `digits`."""

    arrangement_id: str
    person_id: str
    name: str
    program_id: str
    program: str
    structure: str
    since: datetime.date
    review_on: datetime.date | None
    minutes_each: int
    every_days: int
    agreement_draft: bool
    last_met_at: datetime.datetime | None
    unsigned_count: int
    oldest_unsigned_at: datetime.datetime | None
    has_agreement_here: bool  # whether one is in force in the arrangement
    is_named: bool  # in that one
    has_signed: bool  # that one; asked of members of a group
    held_without: int  # sessions held without an agreement that holds for this person
    begins_later: bool  # whether all have signed a version that begins on a day to come
    kept: dict[str, Any] | None  # of the last months
    recent: Recent = field(init=False)
    new_people: str = ""  # why a new version of it is asked for, if one is
    supervisors: Sequence[tuple[str, str]] = ()
    away: Sequence[Span] = ()
    need: need.Need = need.ON_TRACK
    # Of the lines that a page shows (`add_weeks`):
    weeks: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        self.recent = Recent(self.kept or {})

    def key_by(self, order: str) -> Key:
        """Its place in one of ORDERS; among those that are alike, by name."""
        first = ORDERS.get(order, ORDERS[HAND_FIRST])[1](self)
        return (first, self.name.casefold(), self.person_id + self.arrangement_id)

    @property
    def supervisor_names(self) -> str:
        if self.supervisors:
            return words.join_names(name for _, name in self.supervisors)
        return gettext("Meet as equals") if self.is_among_equals else gettext("Nobody yet")

    @property
    def is_among_equals(self) -> bool:
        """Co-reflection: nobody supervises, and no agreement or rhythm is expected of it."""
        return self.structure == _EQUALS

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
            return reviews.said_to_managers(self.review_on, timezone.localdate()) or gettext("Signed")
        if self.begins_later:
            return gettext("Signed, begins later")
        if not self.needs_agreement:
            return gettext("Not needed")
        if self.agreement_draft:
            return gettext("In progress")
        return gettext("Not started")

    @property
    def last_met(self) -> datetime.date | None:
        return timezone.localdate(self.last_met_at) if self.last_met_at else None

    @property
    def strip(self) -> str:
        return charts.heat(self.weeks, who=self.name)

    @property
    def structure_name(self) -> str:
        """What kind of arrangement it is, when it is not the usual one."""
        usual = self.structure == Arrangement.Structure.INDIVIDUAL
        return "" if usual else str(Arrangement.Structure(self.structure).label)


def lines_of(user: User, scope: Scope, *, answer_days: int, seen: Scope | None = None) -> list[Line]:
    """Everybody who is supported today in the arrangements that `scope` finds for this reader, as they joined. Five queries at most, and
    twelve more where a rule from outside was confirmed.

    `answer_days` is how long people have to sign. `seen` finds the arrangements whose meetings the reader may count, ended ones too.
    """
    today = timezone.localdate()
    leading, new_people = _leading(user, scope)
    lines = []
    for row in _supported(user, scope):
        line = Line(*row)
        lines.append(line)
        if line.has_agreement_here and not line.is_named and not line.begins_later and not line.is_group:
            # In a group that is whoever leads it: a member who came later joins the version in force.
            new_people.setdefault(line.arrangement_id, gettext("New version needed: somebody joined"))
    _set_own_last_met([line for line in lines if line.structure in SHARED])
    away = _away_in(user, scope, since=today - WEEKS * WEEK - WEEK)
    limit = timezone.now() - datetime.timedelta(days=answer_days)
    zone = timezone.get_current_timezone()
    for line in lines:
        line.supervisors = leading.get(line.arrangement_id, ())
        line.away = away.get(line.person_id, ())
        line.new_people = new_people.get(line.arrangement_id, "")
        line.need = need.need_of(_standing(line, limit, zone), today)
    _add_short(lines, partial(seen or scope, user), today)
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
    return rows.values_list(
        *_COLUMNS,
        "has_agreement",
        "is_named",
        holding.has_signed_in_group(),
        held_without_agreement("arrangement__"),
        "begins_later",
        "arrangement__recent_sessions__kept",
    )


@prepared
def _leaders(user: User, scope: Scope) -> QuerySet[Participation, tuple[Any, ...]]:
    rows = _taking_part(user, scope).filter(part__in=Participation.LEADING)
    is_new = ExpressionWrapper(
        Q(has_agreement=True, is_named=False, begins_later=False), output_field=BooleanField()
    )
    return rows.values_list(digits("arrangement_id"), digits("person_id"), "person__name", is_new)


def _leading(user: User, scope: Scope) -> tuple[dict[str, list[tuple[str, str]]], dict[str, str]]:
    """Who leads each arrangement, by name, and where somebody who leads is not named in the agreement in force, what that asks for."""
    leading = defaultdict(list)
    new_people = {}
    for arrangement, person, name, is_new in _leaders(user, scope):
        leading[arrangement].append((person, name))
        if is_new:
            new_people[arrangement] = gettext("New version needed: supervisor changed")
    for those in leading.values():
        those.sort(key=lambda entry: entry[1])
    return leading, new_people


def _add_short(
    lines: Iterable[Line], seen: Callable[[], QuerySet[Arrangement]], today: datetime.date
) -> None:
    """Who is short of what an outside rule asks could use a hand. Looked for only where nothing else says so already."""
    asked = [line for line in lines if not line.is_among_equals and need.may_be_short(line.need)]
    found = short_lately((uuid.UUID(line.person_id) for line in asked), seen, today)
    short = {person.hex: one for person, one in found.items()}
    for line in asked:
        if (one := short.get(line.person_id)) is not None:
            line.need = need.Need(need.HAND, partial(_short_of, one))


def _short_of(one: Short) -> str:
    return gettext("%(title)s: %(said)s") % {"title": one.title, "said": one.said}


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
        (arrangement.hex, person.hex): (at, held)
        for arrangement, person, at, held in rows.values_list(
            "session__arrangement_id", "person_id"
        ).annotate(at=Max("session__starts_at"), held=Count("pk", filter=in_force))
    }
    for line in lines:
        line.last_met_at, held = found.get((line.arrangement_id, line.person_id), (None, 0))
        if line.has_agreement_here:
            line.held_without = held


def _standing(line: Line, limit: datetime.datetime, zone: datetime.tzinfo) -> need.Standing:
    """`limit`: the records of sessions before it should have been signed by now. `zone`: whose days they are."""
    unsigned = line.oldest_unsigned_at
    has_agreement, is_among_equals = line.has_agreement, line.is_among_equals
    return need.Standing(
        since=line.since,
        last_met=line.last_met_at.astimezone(zone).date() if line.last_met_at else None,
        every_days=line.every_days,
        held_without=line.held_without,
        has_agreement=has_agreement,
        needs_agreement=not is_among_equals and not line.begins_later,
        is_to_join=line.has_agreement_here and not line.has_signed,
        new_people=line.new_people,
        has_rhythm=not is_among_equals,
        review_on=line.review_on if has_agreement else None,
        oldest_unsigned=unsigned.astimezone(zone).date() if unsigned and unsigned < limit else None,
        away=line.away,
    )


def away_of(people: Iterable[uuid.UUID], *, since: datetime.date) -> defaultdict[uuid.UUID, list[Span]]:
    """When these people are or were away, as far back as `since`. One query."""
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    for person, first, last in _away(sorted(people), since):
        found[person].append(Span(first, last))
    return found


def _away_in(user: User, scope: Scope, *, since: datetime.date) -> dict[str, list[Span]]:
    """The same of everybody in the arrangements that `scope` finds for this reader. One query."""
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for person, first, last in _away_there(user, scope, since):
        found[person].append(Span(first, last))
    return found


@prepared
def _away_there(user: User, scope: Scope, since: datetime.date) -> QuerySet[Away, tuple[Any, ...]]:
    there = Participation.objects.current().filter(arrangement__in=scope(user))
    rows = Away.objects.filter(person__in=there.values("person"), last_day__gte=since)
    return rows.values_list(digits("person_id"), "first_day", "last_day")


@prepared
def _away(people: list[uuid.UUID], since: datetime.date) -> QuerySet[Away, tuple[Any, ...]]:
    rows = Away.objects.filter(person__in=people, last_day__gte=since)
    return rows.values_list("person_id", "first_day", "last_day")


def answer_days() -> int:
    """The days that people have to read and sign."""
    return next(iter(_answer_days()), None) or ANSWER_DAYS


@prepared
def _answer_days() -> QuerySet[Agency, int]:
    return Agency.objects.values_list("answer_days", flat=True)[:1]


def add_weeks(lines: Sequence[Line]) -> None:
    """The last twelve weeks of these lines, from what is kept of them, and where the page of each person is."""
    today, zone = timezone.localdate(), timezone.get_current_timezone()
    page_of = addresses("overview:worker")
    for line in lines:
        line.url = page_of(uuid.UUID(line.person_id))
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
    return Rhythm(line.since, None, line.minutes_each, line.every_days).weeks


# Filters ------------------------------------------------------------------------------------------------------


def chosen(lines: Sequence[Line], wanted: dict[str, Any]) -> list[Line]:
    """The lines that a cleaned filter form asks for."""
    name = (wanted.get("name") or "").casefold()
    program, supervisor = _digits_of(wanted.get("program")), _digits_of(wanted.get("supervisor"))
    state = wanted.get("state")
    return [
        line
        for line in lines
        if (not name or name in line.name.casefold())
        and (not program or line.program_id == program)
        and (not supervisor or any(person == supervisor for person, _ in line.supervisors))
        and (not state or line.need.state == state)
    ]


def _digits_of(choice: str | None) -> str:
    return uuid.UUID(choice).hex if choice else ""


HAND_FIRST = "hand"
# What the list can be ordered by, and the number that comes first in it. None of them ranks people by how they do.
ORDERS: dict[str, tuple[Any, Callable[[Line], int]]] = {
    HAND_FIRST: (_("Who could use a hand first"), lambda line: line.need.rank),
    "name": (_("By name"), lambda line: 0),
    "met": (
        _("Longest since they met first"),
        lambda line: line.last_met.toordinal() if line.last_met else 0,
    ),
    "sign": (_("Most records to sign first"), lambda line: -line.unsigned_count),
    "agreement": (_("No agreement yet first"), lambda line: int(line.has_agreement)),
}


def ordered(lines: Sequence[Line], order: str) -> list[Line]:
    return sorted(lines, key=lambda line: line.key_by(order))


def programs_in(lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Choices for a filter: the programs of these lines."""
    return _choices({line.program_id: line.program for line in lines})


def supervisors_in(lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Choices for a filter: who supervises in these lines."""
    return _choices({person: name for line in lines for person, name in line.supervisors})


def _choices(names: dict[str, str]) -> list[tuple[str, str]]:
    found = [(str(uuid.UUID(key)), name) for key, name in names.items()]
    return sorted(found, key=lambda entry: entry[1].casefold())


def led_by(user: User) -> QuerySet[Arrangement]:
    """The arrangements that run now and that this person leads."""
    leads = Participation.objects.current().filter(person=user, part__in=Participation.LEADING)
    return Arrangement.objects.current().filter(pk__in=leads.values("arrangement"))


def managed_by(user: User) -> QuerySet[Arrangement]:
    """The arrangements that run now in programs that this person manages."""
    return Arrangement.objects.managed_by(user).current()
