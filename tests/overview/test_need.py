"""Who could use a hand, and why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from supervision.overview.need import AWAY, HAND, SOON, TRACK, Standing, days_there, grace, need_of
from supervision.requirements.expectation import Span

TODAY = date(2026, 11, 18)
GOOD = Standing(
    since=date(2026, 1, 5),
    last_met=date(2026, 11, 12),
    every_days=7,
    held_without=0,
    has_agreement=True,
    needs_agreement=True,
    is_to_join=False,
    new_people="",
    has_rhythm=True,
    review_on=date(2027, 3, 1),
    oldest_unsigned=None,
    away=(),
)


@pytest.mark.parametrize(
    ("changed", "state", "reason"),
    [
        ({}, TRACK, ""),
        ({"last_met": date(2026, 11, 8)}, TRACK, ""),  # ten days: a week and three days
        ({"last_met": date(2026, 11, 7)}, HAND, "11 days since they met"),
        ({"last_met": date(2026, 11, 1), "every_days": 14}, TRACK, ""),
        ({"last_met": date(2026, 10, 27), "every_days": 14}, HAND, "22 days since they met"),
        ({"last_met": None, "since": date(2026, 11, 10)}, TRACK, ""),
        ({"last_met": None, "since": date(2026, 11, 1)}, HAND, "Not met yet, 17 days in"),
        ({"has_agreement": False, "held_without": 3}, HAND, "3 sessions held, no agreement yet"),
        ({"has_agreement": False, "held_without": 2}, SOON, "Agreement due by session 3"),
        ({"has_agreement": False, "held_without": 9, "needs_agreement": False}, TRACK, ""),
        ({"has_rhythm": False, "last_met": date(2026, 9, 1)}, TRACK, ""),
        ({"review_on": date(2026, 11, 1)}, HAND, "Agreement review overdue since Nov 1"),
        ({"review_on": date(2026, 11, 18)}, SOON, "Agreement review by Nov 18"),
        ({"review_on": date(2026, 12, 18)}, SOON, "Agreement review by Dec 18"),
        ({"review_on": date(2026, 12, 19)}, TRACK, ""),
        (
            {"new_people": "New version needed: supervisor changed"},
            SOON,
            "New version needed: supervisor changed",
        ),
        (
            {"has_agreement": False, "is_to_join": True},
            SOON,
            "The group’s agreement is not signed by them yet",
        ),
        (
            {"has_agreement": False, "is_to_join": True, "held_without": 3},
            HAND,
            "The group’s agreement is not signed by them yet",
        ),
        ({"oldest_unsigned": date(2026, 11, 5)}, HAND, "Record of Nov 5 not signed yet"),
        (
            {"away": [Span(date(2026, 11, 16), date(2026, 11, 20))], "last_met": date(2026, 10, 1)},
            AWAY,
            "Until Nov 20",
        ),
        ({"away": [Span(date(2026, 11, 9), date(2026, 11, 13))], "last_met": date(2026, 11, 4)}, TRACK, ""),
    ],
)
def test_the_most_pressing_thing_is_said(changed: dict, state: str, reason: str, monkeypatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)
    found = need_of(GOOD._replace(**changed), TODAY)
    assert (found.state, found.reason) == (state, reason)


def test_a_longer_rhythm_has_a_longer_grace():
    assert [grace(days) for days in (1, 7, 14, 30)] == [3, 3, 7, 15]


def test_days_away_are_counted_once_however_they_overlap():
    away = [Span(date(2026, 11, 2), date(2026, 11, 6)), Span(date(2026, 11, 4), date(2026, 11, 9))]
    assert days_there(date(2026, 11, 1), date(2026, 11, 11), away) == 2
    assert days_there(TODAY, TODAY - timedelta(days=3), ()) == 0
