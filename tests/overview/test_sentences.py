"""The sentences that pages open with are true for none, one and many."""

from __future__ import annotations

import datetime

import pytest

from supervision.overview import sentences


@pytest.mark.parametrize(
    ("people", "met", "hand", "said"),
    [
        (0, 0, 0, "Nobody is in supervision in your programs yet."),
        (
            1,
            1,
            0,
            "The one person in supervision met in the last 7 days. Nobody stands out as needing a hand.",
        ),
        (1, 0, 1, "The one person in supervision has not met in the last 7 days. One could use a hand."),
        (
            24,
            24,
            0,
            "All 24 people in supervision met in the last 7 days. Nobody stands out as needing a hand.",
        ),
        (24, 0, 24, "None of the 24 people in supervision met in the last 7 days. 24 could use a hand."),
        (24, 21, 3, "21 of 24 people in supervision met in the last 7 days. Three could use a hand."),
    ],
)
def test_the_managers_sentence(people: int, met: int, hand: int, said: str) -> None:
    assert sentences.manager_lead(people=people, met=met, hand=hand) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 0), "No sessions this week."),
        ((1, 0, 0), "One session behind you."),
        ((0, 0, 1), "One still to come."),
        ((2, 1, 3), "Two sessions behind you, one to write up, three still to come."),
    ],
)
def test_the_week(counts: tuple[int, int, int], said: str) -> None:
    behind, to_write, ahead = counts
    assert sentences.week_lead(behind=behind, to_write=to_write, ahead=ahead) == said


def test_the_week_is_named_by_its_days():
    assert (
        sentences.week_name(datetime.date(2026, 11, 16), datetime.date(2026, 11, 20)) == "November 16 to 20"
    )
    assert (
        sentences.week_name(datetime.date(2026, 11, 30), datetime.date(2026, 12, 4))
        == "November 30 to December 4"
    )


@pytest.mark.parametrize(
    ("held", "signed", "said"),
    [
        (0, 0, "No sessions held yet."),
        (1, 1, "1 session since Aug 3, signed by everyone."),
        (13, 12, "13 sessions since Aug 3, 12 signed by everyone."),
        (13, 0, "13 sessions since Aug 3, 0 signed by everyone."),
    ],
)
def test_the_workers_record(held: int, signed: int, said: str, monkeypatch) -> None:
    monkeypatch.setattr(
        "django.utils.timezone.localdate", lambda *args, **kwargs: datetime.date(2026, 11, 18)
    )
    since = datetime.date(2026, 8, 3) if held else None
    assert sentences.record_count(held=held, signed=signed, since=since) == said


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (None, ""),
        (datetime.date(2026, 11, 18), "By today"),
        (datetime.date(2026, 11, 19), "By tomorrow"),
        (datetime.date(2026, 11, 24), "By Tuesday"),
        (datetime.date(2026, 11, 25), "By Nov 25"),
        (datetime.date(2026, 11, 10), "Was meant for Nov 10"),
    ],
)
def test_by_when(due: datetime.date | None, said: str, monkeypatch) -> None:
    today = datetime.date(2026, 11, 18)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: today)
    assert sentences.by_when(due, today) == said


def test_days_ago():
    today = datetime.date(2026, 11, 18)
    said = [sentences.days_ago(today - datetime.timedelta(days=n), today) for n in (0, 1, 5)]
    assert said == ["today", "yesterday", "5 days ago"]
