"""The third session held without an agreement in force is said to both and to their manager (domain 3)."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from agreements import operations
from supervision.people.models import Arrangement, Participation
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast
from tests.overview.agreement_pages import lines, links, meet, move_to, page_of, tasks
from tests.overview.builders import days

pytestmark = pytest.mark.django_db

THREE = "You have met three times without a signed agreement."
BY_THIRD = "It is meant to be signed by your third session."


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


def ago(number: int) -> datetime.date:
    return timezone.localdate() - days(number)


def both(cast: Cast) -> tuple[list[str], list[str]]:
    """The tasks of the worker, and of the supervisor."""
    return tasks(cast.worker), tasks(cast.supervisor)


def test_the_third_session_warns_both_and_the_manager_and_the_second_does_not(cast: Cast) -> None:
    meet(cast.arrangement, ago(9), ago(2))
    worker, supervisor = both(cast)
    assert worker == []
    assert supervisor == [f"Start an agreement with Marisol {BY_THIRD} You have held 2. Agreement"]
    line = lines(cast.manager)["Marisol Vega"]
    assert line.endswith("Agreement due by session 3")
    meet(cast.arrangement, ago(1))
    said = f"{THREE} Each of you can start it. Agreement"
    assert both(cast) == (
        [f"Start an agreement with Dana {said}"],
        [f"Start an agreement with Marisol {said}"],
    )
    assert lines(cast.manager)["Marisol Vega"].endswith("Could use a hand 3 sessions held, no agreement yet")


def test_it_is_said_beside_what_has_to_be_done_while_one_is_written_and_signed(cast: Cast) -> None:
    meet(cast.arrangement, ago(9), ago(5), ago(2))
    draft = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    worker, supervisor = both(cast)
    assert THREE in worker[0]
    assert THREE in supervisor[0]
    helpers.settle(draft, cast.supervisor)
    operations.offer(agreement=draft, version=draft.version, by=cast.supervisor)
    helpers.sign(draft, cast.supervisor)
    worker, supervisor = both(cast)
    assert worker == [f"Read and sign your agreement with Dana Dana signed already. {THREE} Your signature"]
    assert supervisor == [
        f"Talk about signing your agreement with Marisol {THREE} It waits for the signatures of others. Agreement"
    ]
    assert lines(cast.manager)["Marisol Vega"].endswith("3 sessions held, no agreement yet")
    helpers.sign(draft, cast.worker)
    assert both(cast) == ([], [])
    assert "no agreement yet" not in lines(cast.manager)["Marisol Vega"]


def test_with_an_agreement_in_force_no_number_of_sessions_warns(cast: Cast) -> None:
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    meet(cast.arrangement, *(ago(number) for number in range(5)))
    assert both(cast) == ([], [])
    assert lines(cast.manager)["Marisol Vega"].endswith("0 On track")


def test_after_an_agreement_ended_sessions_are_counted_anew(cast: Cast, monkeypatch) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    meet(cast.arrangement, ago(9), ago(5), ago(2))
    ended_on = timezone.localdate()
    operations.end(agreement=agreement, ends_on=ended_on, reason="Done.", by=cast.worker)
    assert both(cast)[0] == []
    move_to(ended_on + days(9), monkeypatch)
    meet(cast.arrangement, ended_on, ended_on + days(7))
    assert both(cast)[0] == []
    assert lines(cast.manager)["Marisol Vega"].endswith("Agreement due by session 3")
    meet(cast.arrangement, ended_on + days(8))
    worker, supervisor = both(cast)
    assert THREE in worker[0]
    assert THREE in supervisor[0]
    assert lines(cast.manager)["Marisol Vega"].endswith("3 sessions held, no agreement yet")


def test_a_version_that_all_signed_and_that_begins_later_is_not_asked_for_again(cast: Cast) -> None:
    meet(cast.arrangement, ago(9), ago(5), ago(2))
    draft = operations.draft(arrangement=cast.arrangement, by=cast.supervisor)
    helpers.change(draft, "place", by=cast.supervisor, terms={"starts_on": helpers.in_days(9)})
    helpers.settle(draft, cast.supervisor)
    operations.offer(agreement=draft, version=draft.version, by=cast.supervisor)
    for person in (cast.worker, cast.supervisor):
        helpers.sign(draft, person)
    assert both(cast) == ([], [])
    line = lines(cast.manager)["Marisol Vega"]
    assert "no agreement yet" not in line
    assert "Not started" not in line


def test_co_reflection_never_asks_for_an_agreement(cast: Cast) -> None:
    joe, kit = (factories.worker_in(cast.program, name) for name in ("Joe Lafferty", "Kit Ng"))
    circle = factories.arrangement(
        cast.program, [], [joe, kit], structure=Arrangement.Structure.CO_REFLECTION
    )
    circle.participations.update(part=Participation.Part.PEER)
    meet(circle, ago(9), ago(5), ago(2), ago(1))
    for person in (joe, kit):
        assert not [label for label in links(person) if "agreement" in label], person.name
        assert "without a signed agreement" not in page_of(person)
    line = lines(cast.manager)["Joe Lafferty"]
    assert "Meet as equals Not needed" in line
    assert "no agreement" not in line
