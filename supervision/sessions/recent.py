"""The last months of an arrangement, session by session, in one value beside where it stands (decision 19).

A manager's overview looks at twelve weeks of everybody. Read from the sessions that is tens of thousands of rows at each opening;
read from here it is one row for each arrangement. It holds log facts alone: when, who was there for how long, and how soon the
record was signed. Moments are kept, not days, since which week they belong to depends on the clock of whoever looks.
"""

from __future__ import annotations

import datetime
import math
import uuid
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from supervision.pages.prepared import prepared
from supervision.people.models import Arrangement, Participation
from supervision.records.models import Seal

from .models import Attendee, Session

# Twelve weeks are looked at, and the one that runs; before them as long as the longest rhythm that an agreement offers (eight weeks).
KEPT = datetime.timedelta(weeks=21)
EVERYTHING = slice(None)
NOTHING: dict[str, Any] = {"at": [], "held": [], "signed": [], "minutes": {}}


# Keeping ----------------------------------------------------------------------------------------------------------


def recent_of(arrangement: Arrangement, *, last_met_at: datetime.datetime | None) -> dict[str, Any]:
    """What `Recent` reads: the sessions that are not plans any more, from so long before the last one held. Two queries.

    It is counted from that one, not from today, so that the value changes only with the sessions. Everything is a column of its own,
    which is read in a third of the time: `at` in seconds since 1970, `held`, `signed` as seconds from sending the record to the last
    signature where everybody signed, and for each who was supported their minutes: False where they were not there, None where they
    did not belong.
    """
    since = last_met_at - KEPT if last_met_at is not None else None
    found: dict[uuid.UUID, tuple[datetime.datetime, str]] = {}
    there: defaultdict[str, dict[uuid.UUID, int | bool]] = defaultdict(dict)
    for session, starts_at, state, person, part, attended, minutes in _rows(arrangement, since):
        found[session] = (starts_at, state)
        if part not in Participation.LEADING:
            there[person.hex][session] = attended and minutes
    signed = _signed_after(found)
    return {
        "at": [int(starts_at.timestamp()) for starts_at, _state in found.values()],
        "held": [state == Session.State.HELD for _starts_at, state in found.values()],
        "signed": [signed.get(session) for session in found],
        "minutes": {person: [minutes.get(session) for session in found] for person, minutes in there.items()},
    }


@prepared
def _rows(arrangement: Arrangement, since: datetime.datetime | None) -> QuerySet[Attendee, tuple[Any, ...]]:
    rows = Attendee.objects.filter(session__arrangement=arrangement).exclude(
        session__state=Session.State.PLANNED
    )
    if since is not None:
        rows = rows.filter(session__starts_at__gte=since)
    of_session = ("session_id", "session__starts_at", "session__state")
    return rows.order_by("session__starts_at", "session_id").values_list(
        *of_session, "person_id", "part", "attended", "minutes"
    )


def _signed_after(sessions: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    return {
        record: math.ceil((sealed_at - offered_at).total_seconds())
        for record, sealed_at, offered_at in _seals(list(sessions))
    }


@prepared
def _seals(sessions: list[uuid.UUID]) -> QuerySet[Seal, tuple[Any, ...]]:
    seals = Seal.objects.filter(
        record_label=Session._meta.label_lower, record_id__in=sessions, how=Seal.How.ALL_SIGNED
    )
    return seals.values_list("record_id", "sealed_at", "offer__offered_at")


# Reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recent:
    """The kept value of one arrangement; empty where nobody has met. People are named by the 32 digits of their id, as it is kept."""

    kept: dict[str, Any]

    def minutes_between(self, person: str, edges: Sequence[int]) -> list[int]:
        """Minutes this person was there, from each of these moments (seconds since 1970) to the next. One fewer than the edges."""
        sums = [0] * (len(edges) - 1)
        for at, held, minutes in self._of(person, self._places(edges[0], edges[-1])):
            if held and minutes:
                sums[bisect_right(edges, at) - 1] += minutes
        return sums

    def signed_within(self, seconds: int, *, since: float, until: float) -> tuple[int, int]:
        """Of the sessions held from `since` and before `until` (seconds since 1970): how many records everybody signed within
        so many seconds, and how many there are."""
        if not self.kept:
            return 0, 0
        places = self._places(since, until)
        rows = zip(self.kept["held"][places], self.kept["signed"][places], strict=True)
        in_time = [after is not None and after <= seconds for held, after in rows if held]
        return sum(in_time), len(in_time)

    def visits_of(self, person: str, zone: datetime.tzinfo) -> Iterator[tuple[datetime.date, bool, bool]]:
        """Of each session that this person belonged to: its day by this clock, whether it was held, and whether they were there."""
        for at, held, minutes in self._of(person):
            if minutes is not None:
                yield datetime.datetime.fromtimestamp(at, zone).date(), held, minutes is not False

    def _of(self, person: str, places: slice = EVERYTHING) -> Iterable[tuple[int, bool, int | bool | None]]:
        minutes = self.kept.get("minutes", {}).get(person)
        if not minutes:
            return ()
        return zip(self.kept["at"][places], self.kept["held"][places], minutes[places], strict=True)

    def _places(self, since: float, until: float) -> slice:
        """Where in the columns what began in that time is."""
        at = self.kept.get("at", ())
        return slice(bisect_left(at, since), bisect_left(at, until))
