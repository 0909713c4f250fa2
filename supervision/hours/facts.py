"""The plain facts by which supervision is measured: who took part where, when they met and who signed. Never words.

Everything is read for all the people of some arrangements at once, in a number of queries that does not depend on how many they are.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from supervision.people.models import Arrangement, Away, Participation
from supervision.records.models import Seal
from supervision.requirements import expectation
from supervision.requirements.counting import Meeting
from supervision.requirements.expectation import DAY, Span, local_day
from supervision.requirements.judging import Facts, Observed
from supervision.sessions.imported.facts import from_before, people_from_before
from supervision.sessions.models import Attendance, Attendee, ImportedAttendee, Observation, Session

from . import spans as spans_of
from .agreed import agreed_by, versions_of
from .expected import Place, by_arrangement
from .supervisors import credentials_of, supervisors

CO_REFLECTION = Arrangement.Structure.CO_REFLECTION


@dataclass
class Known:
    """What is known of one person, and where they were supported: `meetings` are also in `facts`, in the order of their days."""

    places: list[Place]
    facts: Facts

    @property
    def programs(self) -> set[uuid.UUID]:
        return {place.program for place in self.places}

    def programs_in(self, period: Span) -> set[uuid.UUID]:
        """The programs in which they were supported in a period."""
        return {place.program for place in self.places if spans_of.common(place.span, period) is not None}

    @property
    def begin(self) -> datetime.date:
        """Since when they are supported anywhere."""
        return min(place.span.first for place in self.places)


def known_of(
    people: Iterable[uuid.UUID],
    scope: QuerySet[Arrangement],
    last: datetime.date,
    *,
    since: datetime.date | None = None,
) -> dict[uuid.UUID, Known]:
    """What is known of these people in these arrangements up to a day; meetings from the day `since` on, all without it.

    Fourteen queries. People who were never supported there are left out.
    """
    found = met_by(people, scope, last, since=since)
    ids = list(found)
    arrangements = list({place.arrangement for known in found.values() for place in known.places})
    if not found:
        return {}
    agreed, versions = agreed_by(ids, arrangements)
    observed = _observed(ids, arrangements, last)
    for person, known in found.items():
        facts, places = known.facts, known.places
        known.facts = replace(
            facts,
            agreements=agreed[person],
            observed=observed[person],
            arrangements=by_arrangement(places, facts.away, facts.meetings, versions),
        )
    return found


def met_by(
    people: Iterable[uuid.UUID],
    scope: QuerySet[Arrangement],
    last: datetime.date,
    *,
    since: datetime.date | None,
) -> dict[uuid.UUID, Known]:
    """Of many people, when they took part and whom they met from a day until a day: the part of `known_of` that lists need, without
    agreements and observations. Eleven queries, six more where meetings were brought in from before."""
    ids = list(people)
    places = _places(ids, scope, last)
    if not places:
        return {}
    arrangements = list({place.arrangement for place in places})
    meetings = _with_those_from_before(
        _meetings(ids, arrangements, last, since), ids, arrangements, last, since
    )
    away, credentials = _away(ids, last), credentials_of(ids)
    of_person: defaultdict[uuid.UUID, list[Place]] = defaultdict(list)
    for place in places:
        of_person[place.person].append(place)
    return {
        person: Known(
            there,
            Facts(
                takes_part=spans_of.merged(place.span for place in there),
                away=away[person],
                meetings=meetings[person],
                credentials=credentials[person],
            ),
        )
        for person, there in of_person.items()
    }


def against_agreements(
    person: uuid.UUID, scope: QuerySet[Arrangement], last: datetime.date, *, since: datetime.date
) -> dict[uuid.UUID, expectation.Facts]:
    """Of one person, what each of these arrangements is measured by from a day until a day: the part of `known_of` that a page needs
    which shows nothing else. The hour a week that holds without an agreement is among the rhythms. Four queries, one more where
    meetings were brought in from before."""
    places = _places([person], scope, last)
    arrangements = list(dict.fromkeys(place.arrangement for place in places))
    if not places:
        return {}
    rows = _attended(arrangements, last, since).filter(person=person, part__in=Participation.SUPPORTED)
    before = from_before([person], first_day=since, last_day=last) if _any_from_before(places) else []
    meetings = [_only_attended(row) for row in rows] + [
        Meeting(row.day, row.minutes, arrangement=str(row.arrangement_id))
        for row in before
        if row.arrangement_id in arrangements and row.part in Participation.SUPPORTED
    ]
    there = [one for one in meetings if since <= one.day <= last]
    found = by_arrangement(places, _away([person], last)[person], there, versions_of(arrangements))
    return {key: facts for key, (facts, _default) in zip(arrangements, found, strict=True)}


def _only_attended(row: Any) -> Meeting:
    """When, how long, whether signed and where; not with whom."""
    return Meeting(
        day=local_day(row["session__starts_at"], row["session__time_zone"]),
        minutes=row["minutes"],
        signed_on=timezone.localdate(row["signed_at"]) if row["signed_at"] else None,
        arrangement=str(row["session__arrangement_id"]),
    )


# Taking part --------------------------------------------------------------------------------------------------


def _places(ids: Sequence[uuid.UUID], scope: QuerySet[Arrangement], last: datetime.date) -> list[Place]:
    brought_in = ImportedAttendee.objects.filter(person=OuterRef("person"))
    rows = Participation.objects.filter(
        person__in=ids, arrangement__in=scope, part__in=Participation.SUPPORTED, joined_on__lte=last
    ).order_by("joined_on", "id")
    return [
        Place(row[0], row[1], row[2], row[3], expectation.membership(*row[4:8]), bool(row[8]))
        for row in rows.annotate(brought_in=Exists(brought_in)).values_list(
            "arrangement_id",
            "person_id",
            "arrangement__structure",
            "arrangement__program_id",
            "joined_on",
            "left_on",
            "arrangement__started_on",
            "arrangement__ended_on",
            "brought_in",
        )
    ]


def _any_from_before(places: Iterable[Place]) -> bool:
    return any(place.from_before for place in places)


def _away(ids: Sequence[uuid.UUID], last: datetime.date) -> defaultdict[uuid.UUID, list[Span]]:
    found: defaultdict[uuid.UUID, list[Span]] = defaultdict(list)
    rows = Away.objects.filter(person__in=ids, first_day__lte=last)
    for person, first, until in rows.values_list("person_id", "first_day", "last_day"):
        found[person].append(Span(first, until))
    return found


# Meetings -----------------------------------------------------------------------------------------------------


def _moment(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


@dataclass
class _There:
    """Who was at one session."""

    supported: int = 0
    leading: list[uuid.UUID] = field(default_factory=list)


def _meetings(
    ids: Sequence[uuid.UUID],
    arrangements: Sequence[uuid.UUID],
    last: datetime.date,
    since: datetime.date | None,
) -> defaultdict[uuid.UUID, list[Meeting]]:
    """The meetings at which each was, by day. A signature counts where everybody who was asked has signed the attendance."""
    rows = _attended(arrangements, last, since).filter(person__in=ids, part__in=Participation.SUPPORTED)
    own = list(rows.order_by("session__starts_at", "session_id"))
    there = _who_was_there(arrangements, last, since)
    leaders = supervisors({leader for one in there.values() for leader in one.leading})
    found: defaultdict[uuid.UUID, list[Meeting]] = defaultdict(list)
    for row in own:
        day = local_day(row["session__starts_at"], row["session__time_zone"])
        if day > last or (since is not None and day < since):
            continue
        others = there[row["session_id"]]
        found[row["person_id"]].append(
            Meeting(
                day=day,
                minutes=row["minutes"],
                modality=row["session__modality"],
                people=others.supported,
                equals=row["session__structure"] == CO_REFLECTION,
                supervisors=tuple(leaders[leader] for leader in others.leading),
                signed_on=timezone.localdate(row["signed_at"]) if row["signed_at"] else None,
                arrangement=str(row["session__arrangement_id"]),
            )
        )
    return found


def _with_those_from_before(
    meetings: defaultdict[uuid.UUID, list[Meeting]],
    ids: Sequence[uuid.UUID],
    arrangements: Sequence[uuid.UUID],
    last: datetime.date,
    since: datetime.date | None,
) -> defaultdict[uuid.UUID, list[Meeting]]:
    """With what an administrator brought in: it took place, nobody has signed it here, and who else was there says the import."""
    here = set(arrangements)
    rows = [
        row
        for row in from_before(ids, first_day=since, last_day=last)
        if row.arrangement_id in here and row.part in Participation.SUPPORTED
    ]
    if rows:
        there = people_from_before({row.meeting_id for row in rows})
        leaders = supervisors({leader for one in there.values() for leader in one[1]})
        for row in rows:
            people, led = there[row.meeting_id]
            meetings[row.person_id].append(
                Meeting(
                    day=row.day,
                    minutes=row.minutes,
                    modality=row.modality,
                    people=people,
                    supervisors=tuple(leaders[leader] for leader in led),
                    arrangement=str(row.arrangement_id),
                )
            )
        for found in meetings.values():
            found.sort(key=lambda one: one.day)
    return meetings


def _held(
    arrangements: Sequence[uuid.UUID], last: datetime.date, since: datetime.date | None
) -> QuerySet[Attendee]:
    """Who was there at sessions that were held. A day more on either side: a session has the day of where it took place."""
    rows = Attendee.objects.filter(
        attended=True,
        session__state=Session.State.HELD,
        session__arrangement__in=arrangements,
        session__starts_at__lt=_moment(last + 2 * DAY),
    )
    return rows if since is None else rows.filter(session__starts_at__gte=_moment(since - DAY))


def _attended(
    arrangements: Sequence[uuid.UUID], last: datetime.date, since: datetime.date | None
) -> QuerySet[Attendee, Any]:
    """With when everybody who was asked had signed the attendance of each."""
    seal = Seal.objects.filter(
        record_label=Attendance._meta.label_lower,
        record_id=OuterRef("pk"),
        how=Seal.How.ALL_SIGNED,
    )
    attendance = Attendance.objects.filter(session=OuterRef("session"), person=OuterRef("person")).annotate(
        signed_at=Subquery(seal.values("sealed_at")[:1])
    )
    return (
        _held(arrangements, last, since)
        .annotate(signed_at=Subquery(attendance.values("signed_at")[:1]))
        .values(
            "person_id",
            "session_id",
            "minutes",
            "signed_at",
            "session__starts_at",
            "session__time_zone",
            "session__modality",
            "session__structure",
            "session__arrangement_id",
        )
    )


def _who_was_there(
    arrangements: Sequence[uuid.UUID], last: datetime.date, since: datetime.date | None
) -> defaultdict[uuid.UUID, _There]:
    found: defaultdict[uuid.UUID, _There] = defaultdict(_There)
    rows = _held(arrangements, last, since)
    for session, person, part in rows.order_by("position", "id").values_list(
        "session_id", "person_id", "part"
    ):
        if part in Participation.LEADING:
            found[session].leading.append(person)
        elif part in Participation.SUPPORTED:
            found[session].supported += 1
    return found


def _observed(
    ids: Sequence[uuid.UUID], arrangements: Sequence[uuid.UUID], last: datetime.date
) -> defaultdict[uuid.UUID, list[Observed]]:
    """The observations whose record both have signed, and when they had."""
    found: defaultdict[uuid.UUID, list[Observed]] = defaultdict(list)
    rows = Observation.objects.filter(
        worker__in=ids, arrangement__in=arrangements, sealed_at__isnull=False, held_on__lte=last
    )
    values = rows.order_by("held_on", "id").values_list("worker_id", "held_on", "sealed_at")
    for person, day, sealed_at in values:
        if day is not None and sealed_at is not None:  # a record that is sealed has both
            found[person].append(Observed(day, timezone.localdate(sealed_at)))
    return found
