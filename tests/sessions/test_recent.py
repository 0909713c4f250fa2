"""What is kept of the last months of an arrangement says what its sessions say."""

from __future__ import annotations

import datetime
import itertools
import random
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from supervision.people.models import RecentSessions
from supervision.records.models import Seal
from supervision.sessions import operations, standing
from supervision.sessions.models import Attendee, Session
from supervision.sessions.recent import KEPT, Recent, recent_of
from tests import factories
from tests.overview import builders
from tests.sessions import makers

pytestmark = pytest.mark.django_db

NEW_YORK, KIRITIMATI = "America/New_York", "Pacific/Kiritimati"
WEEKS = 12


def kept(arrangement: Any) -> Recent:
    return Recent(RecentSessions.objects.get(arrangement=arrangement).kept)


def edges() -> list[datetime.datetime]:
    """The Mondays of twelve weeks, by the clock in use."""
    day = timezone.localdate() - datetime.timedelta(days=timezone.localdate().weekday())
    return [builders.at(day - datetime.timedelta(weeks=week), 0) for week in range(WEEKS, -1, -1)]


def scattered(arrangement: Any, seed: int) -> None:
    """Sessions of all kinds over thirty weeks, some of them minutes from midnight of a Monday."""
    chance = random.Random(seed)
    with timezone.override(NEW_YORK):
        midnight = edges()[0]
    for _number in range(14):
        state = chance.choice([Session.State.HELD] * 4 + [Session.State.MISSED, Session.State.MOVED])
        weeks = datetime.timedelta(weeks=chance.randrange(-16, WEEKS))
        minutes = datetime.timedelta(minutes=chance.choice([-1, 0, 1, 900, 4000]))
        given = {} if state == Session.State.HELD else {"state_why": "work"}
        builders.session(
            arrangement,
            midnight + weeks + minutes,
            state=state,
            minutes=chance.choice([30, 60]),
            record=chance.choice(["sealed", "draft", "declined", "signed_by_recorder"]),
            attended=chance.random() < 0.8,
            **given,
        )


@pytest.mark.parametrize("zone", [NEW_YORK, KIRITIMATI])
@pytest.mark.parametrize("seed", range(3))
def test_minutes_week_by_week_are_those_of_the_sessions(cast: Any, zone: str, seed: int) -> None:
    scattered(cast.arrangement, seed)
    with timezone.override(zone):
        weeks = edges()
    found = kept(cast.arrangement).minutes_between(cast.worker.pk.hex, [int(at.timestamp()) for at in weeks])
    there = Attendee.objects.filter(
        person=cast.worker,
        attended=True,
        session__state=Session.State.HELD,
        session__arrangement=cast.arrangement,
    )
    expected = [
        there.filter(session__starts_at__gte=begin, session__starts_at__lt=end).aggregate(n=Sum("minutes"))[
            "n"
        ]
        or 0
        for begin, end in itertools.pairwise(weeks)
    ]
    assert found == expected
    assert any(expected)


@pytest.mark.parametrize("seed", range(3))
def test_the_records_that_everybody_signed_in_time_are_counted(cast: Any, seed: int) -> None:
    scattered(cast.arrangement, seed)
    since, until = edges()[0], timezone.now()
    held = Session.objects.held().filter(
        arrangement=cast.arrangement, starts_at__gte=since, starts_at__lt=until
    )
    signed = Seal.objects.filter(record_id__in=held.values("pk"), how=Seal.How.ALL_SIGNED)
    found = kept(cast.arrangement)
    within = found.signed_within(3600, since=since.timestamp(), until=until.timestamp())
    assert within == (signed.count(), held.count())
    assert found.signed_within(-1, since=since.timestamp(), until=until.timestamp()) == (0, held.count())


def test_a_record_that_was_signed_late_is_not_in_time(cast: Any) -> None:
    session = makers.signed_by_recorder(cast, makers.planned(cast))
    makers.sign(session, cast.worker)
    (seal,) = Seal.objects.filter(record_id=session.pk).select_related("offer")
    took = (seal.sealed_at - seal.offer.offered_at).total_seconds()
    (after,) = kept(cast.arrangement).kept["signed"]
    assert after - 1 < took <= after


def test_the_days_are_those_of_the_clock_that_is_looked_at(cast: Any) -> None:
    with timezone.override(NEW_YORK):
        late = builders.at(timezone.localdate() - datetime.timedelta(days=9), 23)
    builders.session(cast.arrangement, late)
    builders.session(cast.arrangement, late - datetime.timedelta(days=1), attended=False)
    found = kept(cast.arrangement)
    day = late.astimezone(timezone.get_fixed_timezone(-300)).date()
    here = list(found.visits_of(cast.worker.pk.hex, timezone.get_fixed_timezone(-300)))
    there = list(found.visits_of(cast.worker.pk.hex, timezone.get_fixed_timezone(840)))
    assert here == [(day - datetime.timedelta(days=1), True, False), (day, True, True)]
    assert [visit[0] for visit in there] == [day, day + datetime.timedelta(days=1)]
    assert (
        list(found.visits_of(cast.supervisor.pk.hex, timezone.get_fixed_timezone(0))) == []
    )  # who leads is nobody's line


def test_in_a_group_each_has_their_own_minutes(cast: Any) -> None:
    other = factories.worker_in(cast.program, "Bea Late")
    group = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, other], structure="group")
    session = builders.session(group, makers.ago(30), record="draft")
    Attendee.objects.filter(session=session, person=other).update(attended=False)
    builders.keep(group)
    window = [int(makers.ago(60).timestamp()), int(makers.ago(0).timestamp())]
    assert kept(group).minutes_between(cast.worker.pk.hex, window) == [60]
    assert kept(group).minutes_between(other.pk.hex, window) == [0]


def test_what_is_kept_changes_with_the_sessions_and_not_with_the_days(cast: Any) -> None:
    """Otherwise `rebuild_standing --check` would find everything different by tomorrow."""
    old = builders.session(cast.arrangement, makers.ago(24 * 7 * 40))
    assert len(kept(cast.arrangement).kept["at"]) == 1
    last = builders.session(cast.arrangement, old.starts_at + KEPT)
    assert len(kept(cast.arrangement).kept["at"]) == 2
    builders.session(cast.arrangement, last.starts_at + datetime.timedelta(minutes=1))
    assert len(kept(cast.arrangement).kept["at"]) == 2  # the first is now before what is kept


def test_every_step_of_a_session_is_kept(cast: Any) -> None:
    def now() -> dict[str, Any]:
        return kept(cast.arrangement).kept

    session = makers.planned(cast)
    assert now() == {"at": [], "held": [], "signed": [], "minutes": {}}
    session = makers.signed_by_recorder(cast, session)
    assert (now()["held"], now()["signed"]) == ([True], [None])
    makers.sign(session, cast.worker)
    assert now()["signed"][0] is not None
    operations.cancel(makers.planned(cast, starts_at=makers.ahead()), by=cast.worker, why="away")
    assert now()["held"] == [True, False]
    assert now()["minutes"] == {cast.worker.pk.hex: [session.minutes, 60]}


@pytest.mark.parametrize("step", ["moved", "missed", "discarded", "taken back", "declined"])
def test_whatever_becomes_of_a_session_is_kept(cast: Any, step: str) -> None:
    session = makers.planned(cast)
    if step == "moved":
        operations.move(session, by=cast.supervisor, starts_at=makers.ahead(), place="")
    elif step == "missed":
        operations.missed(session, by=cast.supervisor, why="work")
    elif step == "discarded":
        operations.discard(makers.draft(cast, session), by=cast.supervisor)
    elif step == "taken back":
        operations.take_back(makers.signed_by_recorder(cast, session), by=cast.supervisor)
    else:
        sent = makers.signed_by_recorder(cast, session)
        operations.decline(
            sent,
            by=cast.worker,
            evidence=makers.evidence(cast.worker),
            seen=makers.digests(sent),
            reason="It was not so.",
        )
    now = standing.standing_of(cast.arrangement)
    assert kept(cast.arrangement).kept == recent_of(cast.arrangement, last_met_at=now["last_met_at"])
    assert len(kept(cast.arrangement).kept["at"]) == (0 if step == "discarded" else 1)
