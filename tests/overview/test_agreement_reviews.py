"""The day to look at an agreement again: said to both and to their manager, in time, and gone when they have looked."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from agreements.models import Agreement
from supervision.pages import words
from tests.agreements import helpers
from tests.cast import Cast
from tests.overview.agreement_pages import address, lines, links, move_to, tasks, waiting
from tests.overview.builders import days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    return helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)


@pytest.fixture
def review_on(agreement: Agreement) -> datetime.date:
    assert agreement.review_on is not None
    return agreement.review_on


def test_more_than_thirty_days_before_nobody_is_asked(cast: Cast, review_on, monkeypatch) -> None:
    move_to(review_on - days(31), monkeypatch)
    assert tasks(cast.worker) == tasks(cast.supervisor) == []
    assert "Dana Whitfield Signed" in lines(cast.manager)["Marisol Vega"]


@pytest.mark.parametrize(
    ("before", "why", "state"),
    [
        (
            30,
            "You planned to by {day}. One of your next sessions is a good time for it.",
            "Review in 30 days",
        ),
        (8, "You planned to by {day}. One of your next sessions is a good time for it.", "Review in 30 days"),
        (7, "You planned to by {day}, which is in 7 days.", "Review in 7 days"),
        (1, "You planned to by {day}, which is tomorrow.", "Review in 7 days"),
        (0, "Today is the day by which you planned to.", "Review due today"),
    ],
)
def test_from_thirty_days_before_both_are_asked_and_the_manager_sees_it(
    cast: Cast, agreement, review_on, monkeypatch, before: int, why: str, state: str
) -> None:
    move_to(review_on - days(before), monkeypatch)
    said = why.format(day=words.day(review_on))
    assert tasks(cast.worker) == [f"Look at your agreement with Dana again {said} Review"]
    assert tasks(cast.supervisor) == [f"Look at your agreement with Marisol again {said} Review"]
    assert set(links(cast.worker).values()) == {address("review", agreement)}
    assert f"Dana Whitfield {state}" in lines(cast.manager)["Marisol Vega"]


def test_after_the_day_both_are_asked_without_blame_and_the_manager_sees_since_when(
    cast: Cast, review_on, monkeypatch
) -> None:
    move_to(review_on + days(1), monkeypatch)
    day = words.short_day(review_on)
    said = f"again by {day}. It holds all the same. Review"
    assert tasks(cast.worker) == [
        f"Look at your agreement with Dana again You planned to look at your agreement with Dana {said}"
    ]
    assert tasks(cast.supervisor) == [
        f"Look at your agreement with Marisol again You planned to look at your agreement with Marisol {said}"
    ]
    assert f"Dana Whitfield Review overdue since {day}" in lines(cast.manager)["Marisol Vega"]


def test_a_review_that_waits_is_a_task_for_the_one_who_has_to_sign_it_alone(
    cast: Cast, agreement, review_on, monkeypatch
) -> None:
    move_to(review_on - days(3), monkeypatch)
    helpers.review(agreement, cast.supervisor)
    assert tasks(cast.worker) == [
        "Sign that your agreement with Dana stays as it is Dana signed already. Your signature"
    ]
    assert tasks(cast.supervisor) == []
    assert [said.partition(" Sent ")[0] for said in waiting(cast.supervisor)] == [
        "Marisol, review of the agreement"
    ]


def test_a_review_that_the_worker_recorded_waits_for_the_supervisor(
    cast: Cast, agreement, review_on, monkeypatch
) -> None:
    move_to(review_on + days(3), monkeypatch)
    helpers.review(agreement, cast.worker)
    assert tasks(cast.supervisor) == [
        "Sign that your agreement with Marisol stays as it is Marisol signed already. Your signature"
    ]
    assert tasks(cast.worker) == []
    assert "Review overdue since" in lines(cast.manager)["Marisol Vega"]


def test_after_a_review_that_both_signed_nobody_is_asked_until_the_next_one_is_near(
    cast: Cast, agreement, review_on, monkeypatch
) -> None:
    move_to(review_on + days(3), monkeypatch)
    review = helpers.reviewed(agreement, cast.worker, cast.supervisor)
    assert tasks(cast.worker) == tasks(cast.supervisor) == waiting(cast.supervisor) == []
    assert "Dana Whitfield Signed" in lines(cast.manager)["Marisol Vega"]
    move_to(review.next_on - days(30), monkeypatch)
    assert [task.partition(" again ")[0] for task in tasks(cast.worker)] == [
        "Look at your agreement with Dana"
    ]


def test_who_writes_a_new_version_is_not_asked_to_look_again_as_well(
    cast: Cast, agreement, review_on, monkeypatch
) -> None:
    move_to(review_on - days(3), monkeypatch)
    helpers.operations.draft(arrangement=cast.arrangement, by=cast.worker, because="review")
    assert list(links(cast.worker)) == ["Read the agreement that you and Dana are writing"]
    assert list(links(cast.supervisor)) == ["Finish the agreement with Marisol"]
