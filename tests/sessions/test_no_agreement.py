"""The third held session without an agreement in force is said to both, where they plan and write up the next one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from agreements import operations as agreements
from supervision.people.models import Arrangement
from supervision.sessions.models import Session
from supervision.sessions.standing import held_too_many
from tests import factories
from tests.agreements import helpers

from . import makers
from .pages import body, client_of, url

SAID = "You have met three times without a signed agreement."


def hold(cast: Any, times: int) -> None:
    for number in range(times):
        makers.sent(cast, makers.planned(cast, starts_at=makers.ago(200 - 24 * number)))


def the_next_two(cast: Any) -> list[Session]:
    """One that comes, and one that is over and waits to be written up."""
    found = list(Session.objects.planned().order_by("-starts_at"))
    return found or [makers.planned(cast, starts_at=at) for at in (makers.ahead(2), makers.ago(2))]


def pages(cast: Any) -> dict[str, str]:
    """The pages on which the next session is planned and written up, as Dana and as Marisol see them."""
    coming, over = the_next_two(cast)
    dana, marisol = client_of(cast.supervisor), client_of(cast.worker)
    plan = reverse("sessions:plan", args=[cast.arrangement.pk])
    return {
        "plan": body(dana.get(plan)),
        "plan of the worker": body(marisol.get(plan)),
        "planned": body(dana.get(url("detail", coming))),
        "planned, to the worker": body(marisol.get(url("detail", coming))),
        "record": body(dana.get(url("record", over))),
    }


def said_on(cast: Any) -> set[str]:
    return {name for name, page in pages(cast).items() if SAID in page}


def test_after_two_sessions_nothing_is_said(cast: Any) -> None:
    hold(cast, 2)
    assert said_on(cast) == set()


def test_after_three_both_are_told_with_a_way_to_start(cast: Any) -> None:
    hold(cast, 3)
    found = pages(cast)
    for name, page in found.items():
        assert SAID in page, name
        assert reverse("agreements:start", args=[cast.arrangement.pk]) in page
        assert "Start an agreement" in page


def test_one_that_is_being_written_is_gone_on_with(cast: Any) -> None:
    hold(cast, 3)
    agreements.draft(arrangement=cast.arrangement, by=cast.worker)
    for page in pages(cast).values():
        assert "Go on with yours" in page


def test_one_in_force_ends_it_and_from_its_end_it_is_counted_anew(cast: Any) -> None:
    hold(cast, 3)
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    assert said_on(cast) == set()
    agreements.end(agreement=agreement, ends_on=helpers.in_days(0), reason="A new team.", by=cast.worker)
    assert said_on(cast) == set()


def test_co_reflection_is_among_equals_and_needs_none(cast: Any) -> None:
    equals = factories.arrangement(
        cast.program, [], [cast.worker], structure=Arrangement.Structure.CO_REFLECTION
    )
    equals.standing.held_count = 9
    assert held_too_many(equals) == 0
