"""Whom an agreement holds for: members of a group who have not signed it, and pairs whose supervisor was replaced."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from agreements import operations
from agreements.models import Agreement
from supervision.people.models import Acknowledgement, Participation, User
from tests import factories
from tests.agreements import helpers
from tests.cast import Cast
from tests.overview.agreement_pages import (
    address,
    lines,
    links,
    meet,
    move_to,
    page_of,
    plain,
    replace_supervisor,
    tasks,
    waiting,
)
from tests.overview.builders import days

pytestmark = pytest.mark.django_db

JOIN = "Read and sign your group’s agreement"
OR_NO = "You can also say no, or talk about it first."


@pytest.fixture(autouse=True)
def _new_york():
    with timezone.override("America/New_York"):
        yield


@pytest.fixture
def members(cast: Cast) -> list[User]:
    cast.arrangement.participations.update(left_on=timezone.localdate() - days(1))
    people = [factories.worker_in(cast.program, name) for name in ("Kit Ng", "Joe Marsh", "Lee Park")]
    for person in people:
        knows_limits(person)
    return people


def knows_limits(person: User) -> None:
    Acknowledgement(person=person, edition=1, concern_days=3).save()


@pytest.fixture
def group(cast: Cast, members):
    return factories.arrangement(cast.program, [cast.supervisor], members, structure="group")


@pytest.fixture
def agreement(cast: Cast, group, members) -> Agreement:
    """In force for Dana, who leads, and for Kit."""
    return helpers.in_force(group, cast.supervisor, members[0])


# A group ----------------------------------------------------------------------------------------------------------


def test_members_who_have_not_signed_see_that_they_can(cast: Cast, agreement, members) -> None:
    kit, joe, lee = members
    assert tasks(kit) == tasks(cast.supervisor) == []
    for person in (joe, lee):
        assert tasks(person) == [f"{JOIN} It holds for each of you who has signed it. {OR_NO} Your signature"]
    assert links(joe) == {JOIN: address("join", agreement)}
    helpers.join(agreement, joe)
    assert tasks(joe) == []
    assert JOIN in links(lee)


def test_the_leader_sees_who_has_not_signed_and_how_many_have(cast: Cast, agreement, members) -> None:
    assert waiting(cast.supervisor) == ["Joe and Lee, group agreement 2 of 4 have signed"]
    helpers.join(agreement, members[1])
    assert waiting(cast.supervisor) == ["Lee, group agreement 3 of 4 have signed"]
    helpers.join(agreement, members[2])
    assert waiting(cast.supervisor) == []


def test_the_manager_sees_who_has_not_signed_and_how_many_have(cast: Cast, agreement, members) -> None:
    found = lines(cast.manager)
    assert "Dana Whitfield Signed" in found["Kit Ng"]
    for name in ("Joe Marsh", "Lee Park"):
        assert "Dana Whitfield Not signed by them yet" in found[name], name
    assert "have a signed agreement 1 of 3" in plain(page_of(cast.manager, path="/overview/"))
    helpers.join(agreement, members[1])
    assert "Dana Whitfield Signed" in lines(cast.manager)["Joe Marsh"]
    assert "have a signed agreement 2 of 3" in plain(page_of(cast.manager, path="/overview/"))


def test_for_a_member_who_has_not_signed_the_third_session_counts_and_for_the_others_not(
    cast: Cast, group, agreement, members, monkeypatch
) -> None:
    today = timezone.localdate()
    move_to(today + days(15), monkeypatch)
    meet(group, today + days(1), today + days(7))
    assert "Due soon The group’s agreement is not signed by them yet" in lines(cast.manager)["Joe Marsh"]
    meet(group, today + days(14))
    found = lines(cast.manager)
    assert "Could use a hand The group’s agreement is not signed by them yet" in found["Joe Marsh"]
    assert "On track" in found["Kit Ng"]


def test_a_member_who_came_later_is_asked_to_sign_and_nobody_for_a_new_version(
    cast: Cast, group, agreement, members
) -> None:
    joiner = factories.worker_in(cast.program, "Ana Ruiz")
    knows_limits(joiner)
    Participation.objects.create(arrangement=group, person=joiner, part="supervisee")
    assert list(links(joiner)) == [JOIN]
    assert tasks(members[0]) == tasks(cast.supervisor) == []
    assert waiting(cast.supervisor) == ["Ana, Joe and Lee, group agreement 2 of 5 have signed"]
    assert "Not signed by them yet" in lines(cast.manager)["Ana Ruiz"]


def test_a_review_in_a_group_is_asked_of_those_for_whom_the_agreement_holds(
    cast: Cast, agreement, members, monkeypatch
) -> None:
    kit, joe, lee = members
    helpers.join(agreement, joe)
    move_to(agreement.review_on, monkeypatch)
    look = "Look at your agreement with Dana again"
    assert look in links(kit)
    assert look in links(joe)
    assert list(links(lee)) == [JOIN]
    review = helpers.review(agreement, kit)
    stays = "Sign that your agreement with Dana stays as it is"
    assert list(links(joe)) == [stays]
    assert tasks(kit) == []
    helpers.sign_review(review, cast.supervisor)
    assert tasks(kit) == tasks(joe) == tasks(cast.supervisor) == []


def test_who_leads_a_group_anew_is_asked_for_a_new_version_and_does_not_wait_for_themself(
    cast: Cast, group, agreement, members
) -> None:
    new = replace_supervisor(group)
    knows_limits(new)
    assert list(links(new)) == ["Agree on a new version: you supervise now"]
    assert waiting(new) == ["Joe and Lee, group agreement 1 of 4 have signed"]
    assert "Agree on a new version: Noor supervises now" in links(members[0])
    assert "New version needed: supervisor changed" in lines(cast.manager)["Kit Ng"]


# A supervisor who was replaced --------------------------------------------------------------------------------------


@pytest.fixture
def noor(cast: Cast) -> User:
    """Supervises Marisol from today on; the agreement in force is with Dana."""
    helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    new = replace_supervisor(cast.arrangement)
    knows_limits(new)
    return new


HAND_OVER = "Choose what goes over to Noor"  # beside the agreement: tests/handover


def beside_hand_over(found: Any) -> list[str]:
    """What waits for the worker, once it was seen that what goes over is theirs to choose."""
    kept = [one for one in found if not one.startswith(HAND_OVER)]
    assert len(kept) == len(found) - 1
    return kept


def test_when_the_supervisor_was_replaced_both_are_asked_for_a_new_version(cast: Cast, noor) -> None:
    why = "The agreement in force was signed before that. The new version starts from its text. Agreement"
    assert beside_hand_over(tasks(cast.worker)) == [f"Agree on a new version: Noor supervises now {why}"]
    assert tasks(noor) == [f"Agree on a new version: you supervise now {why}"]
    assert set(links(noor).values()) == {f"/agreements/start/{cast.arrangement.pk}/?because=people"}
    assert tasks(cast.supervisor) == []
    line = lines(cast.manager)["Marisol Vega"]
    assert "Noor Haddad New version needed: supervisor changed" in line


def test_the_agreement_in_force_is_not_said_to_be_with_who_is_not_named_in_it(cast: Cast, noor) -> None:
    page = plain(page_of(cast.worker))
    assert "Your agreement, since" in page
    assert "Agreement with Noor" not in page


def test_a_new_version_that_both_signed_ends_it(cast: Cast, noor) -> None:
    agreement = operations.draft(arrangement=cast.arrangement, by=noor, because="people")
    assert "Noor supervises now, so a new version is needed." in beside_hand_over(tasks(cast.worker))[0]
    assert "You supervise now, so a new version is needed." in tasks(noor)[0]
    helpers.settle(agreement, noor)
    operations.offer(agreement=agreement, version=agreement.version, by=noor)
    assert beside_hand_over(links(cast.worker)) == ["Read and sign your agreement with Noor"]
    for person in (noor, cast.worker):
        helpers.sign(agreement, person)
    assert beside_hand_over(tasks(cast.worker)) == tasks(noor) == []
    assert "Agreement with Noor, since" in plain(page_of(cast.worker))
    assert "Noor Haddad Signed" in lines(cast.manager)["Marisol Vega"]


def test_a_new_supervisor_is_not_asked_to_start_what_is_being_written_without_them(cast: Cast) -> None:
    draft = operations.draft(arrangement=cast.arrangement, by=cast.worker)
    noor = replace_supervisor(cast.arrangement)
    knows_limits(noor)
    (asked,) = tasks(noor)
    assert asked == (
        "Ask Marisol to name you in the agreement It was started before you took part. Agreement"
    )
    assert (
        "Somebody joined or left since it was started, so its names have to be updated."
        in beside_hand_over(tasks(cast.worker))[0]
    )
    operations.update_people(agreement=draft, by=cast.worker)
    assert "Finish the agreement with Marisol" in links(noor)


def test_who_was_replaced_is_asked_for_nothing_more(cast: Cast, noor, monkeypatch) -> None:
    factories.arrangement(cast.program, [cast.supervisor], [factories.worker_in(cast.program, "Joe Marsh")])
    move_to(timezone.localdate() + days(400), monkeypatch)
    assert list(links(cast.supervisor)) == ["Start an agreement with Joe"]
