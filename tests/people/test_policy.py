"""Who may do what: tables of person by action, for accounts and arrangements."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from supervision.people import operations, policy
from supervision.people.models import Acknowledgement, Arrangement, Management, Participation, Place, User
from supervision.records.errors import Denied, WrongState
from supervision.records.policy import explain
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

EVERYBODY = [
    "supervisor",
    "worker",
    "manager",
    "administrator",
    "other_supervisor",
    "other_manager",
    "outsider",
]


def allowed(cast: Cast, check: Callable[[User], None]) -> set[str]:
    """Who of the cast is let through."""
    return {name for name in EVERYBODY if explain(check, getattr(cast, name))}


def test_only_administrators_manage_accounts(cast: Cast) -> None:
    new = factories.person("New Person")
    new.set_unusable_password()
    checks: list[Callable[[User], None]] = [
        policy.check_can_administer,
        lambda user: policy.check_can_invite(user, new),
        lambda user: policy.check_can_send_reset(user, cast.worker),
        lambda user: policy.check_can_change_address(user, cast.worker),
        lambda user: policy.check_can_deactivate(user, cast.worker),
        lambda user: policy.check_can_reactivate(user, cast.worker),
        lambda user: policy.check_can_set_administrator(user, cast.worker, value=True),
    ]
    for check in checks:
        assert allowed(cast, check) == {"administrator"}


def test_lists_are_for_managers_and_administrators(cast: Cast) -> None:
    for check in (policy.check_can_list_people, policy.check_can_list_arrangements):
        assert allowed(cast, check) == {"administrator", "manager", "other_manager"}


def test_arrangements_are_made_and_changed_by_administrators_and_the_programs_own_managers(
    cast: Cast,
) -> None:
    assert allowed(cast, lambda user: policy.check_can_make_arrangement(user, cast.program)) == {
        "administrator",
        "manager",
    }
    assert allowed(cast, lambda user: policy.check_can_change_arrangement(user, cast.arrangement)) == {
        "administrator",
        "manager",
    }


def test_times_away_are_set_by_oneself_ones_managers_and_administrators(cast: Cast) -> None:
    assert allowed(cast, lambda user: policy.check_can_set_away(user, cast.worker)) == {
        "worker",
        "manager",
        "administrator",
    }
    # Somebody who supervises in a program counts among its people, with or without a place there.
    assert "manager" in allowed(cast, lambda user: policy.check_can_set_away(user, cast.supervisor))


def test_nobody_closes_readdresses_or_demotes_themself(cast: Cast) -> None:
    ade = cast.administrator
    factories.person("Second Admin", is_administrator=True)
    for check in (policy.check_can_deactivate, policy.check_can_change_address, policy.check_can_reactivate):
        with pytest.raises(Denied):
            check(ade, ade)
    for value in (True, False):
        with pytest.raises(Denied):
            policy.check_can_set_administrator(ade, ade, value=value)


def test_the_last_administrator_stays(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    factories.person("Closed Admin", is_administrator=True, is_active=False)
    assert explain(policy.check_can_deactivate, second, cast.administrator)
    User.objects.filter(pk=cast.administrator.pk).update(
        is_active=False
    )  # only one with an open account is left
    for check in (
        policy.check_is_not_last_administrator,
        lambda last: policy.check_can_deactivate(cast.administrator, last),
    ):
        with pytest.raises(WrongState):
            check(second)


# Who sees whom ----------------------------------------------------------------------------------------------------


def names(queryset: Any) -> set[str]:
    return {person.name for person in queryset}


def test_names_are_known_to_those_who_work_together(cast: Cast) -> None:
    assert names(User.objects.visible_to(cast.worker)) == {"Dana Whitfield", "Marisol Vega"}
    assert names(User.objects.visible_to(cast.manager)) == {"Dana Whitfield", "Marisol Vega", "Priya Raman"}
    assert names(User.objects.visible_to(cast.outsider)) == {"Olive Outsider"}
    assert User.objects.visible_to(cast.administrator).count() == User.objects.count()


def test_account_pages_are_for_administrators_and_the_programs_managers(cast: Cast) -> None:
    assert names(User.objects.account_visible_to(cast.manager)) == {"Dana Whitfield", "Marisol Vega"}
    assert not User.objects.account_visible_to(cast.supervisor).exists()
    assert not User.objects.account_visible_to(cast.worker).exists()
    assert User.objects.account_visible_to(cast.administrator).count() == User.objects.count()


def test_who_stops_managing_sees_nothing_from_that_moment(cast: Cast) -> None:
    management = Management.objects.get(person=cast.manager)
    operations.end_management(management, by=cast.administrator)
    again = User.objects.get(pk=cast.manager.pk)
    assert not User.objects.account_visible_to(again).exists()
    assert not Arrangement.objects.visible_to(again).exists()
    with pytest.raises(Denied):
        policy.check_can_list_people(again)


def test_a_management_of_today_leaves_nothing_behind_when_it_ends_today(cast: Cast) -> None:
    made = operations.appoint_manager(cast.other_program, by=cast.administrator, person=cast.manager)
    assert Arrangement.objects.visible_to(cast.manager).count() == 2
    operations.end_management(made, by=cast.administrator)
    assert list(Arrangement.objects.visible_to(cast.manager)) == [cast.arrangement]


# Roles are facts about rows ------------------------------------------------------------------------------------------


def test_roles_follow_from_rows_that_others_made(cast: Cast) -> None:
    def roles(person: User) -> set[str]:
        found = User.objects.get(pk=person.pk).roles
        return {name for name, held in vars(found).items() if held}

    assert roles(cast.supervisor) == {"supervisor"}
    assert roles(cast.worker) == {"peer_worker"}
    assert roles(cast.manager) == {"program_manager"}
    assert roles(cast.administrator) == {"administrator"}
    assert roles(cast.outsider) == set()
    User.objects.filter(pk=cast.worker.pk).update(line_manager=cast.outsider)
    assert roles(cast.outsider) == {"line_manager"}


def test_peer_workers_wait_until_they_take_part_in_an_arrangement_of_that_program(cast: Cast) -> None:
    today = timezone.localdate()
    assert not Place.objects.waiting().exists()
    new = factories.worker_in(cast.program, "New Worker")
    assert [place.person for place in Place.objects.waiting()] == [new]
    # Supervision in another program, as supervisor, or in time to come does not count.
    factories.arrangement(cast.other_program, [cast.other_supervisor], [new])
    factories.arrangement(cast.program, [new], [cast.worker])
    assert [place.person for place in Place.objects.waiting()] == [new]
    later = factories.arrangement(cast.program, [cast.supervisor], [new], days_ago=0)
    Participation.objects.filter(arrangement=later).update(joined_on=today + datetime.timedelta(days=3))
    assert Place.objects.waiting().exists()
    assert not Place.objects.waiting(today + datetime.timedelta(days=3)).exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda cast: Participation.objects.filter(person=cast.worker).update(
            left_on=datetime.date(2000, 1, 1)
        ),
        lambda cast: Arrangement.objects.filter(pk=cast.arrangement.pk).update(
            started_on=datetime.date(1999, 1, 1), ended_on=datetime.date(2000, 1, 1)
        ),
    ],
)
def test_peer_workers_wait_again_once_their_arrangement_is_over(cast: Cast, change: Any) -> None:
    change(cast)
    assert [place.person for place in Place.objects.waiting()] == [cast.worker]


@pytest.mark.parametrize(
    "change",
    [
        lambda new, program: User.objects.filter(pk=new.pk).update(is_active=False),
        lambda new, program: Place.objects.filter(person=new).update(supervised=False),
        lambda new, program: Place.objects.filter(person=new).update(
            since=datetime.date(1999, 1, 1), until=datetime.date(2000, 1, 1)
        ),
        lambda new, program: type(program).objects.filter(pk=program.pk).update(is_active=False),
    ],
)
def test_nobody_waits_who_left_or_need_not_be_supervised(cast: Cast, change: Any) -> None:
    new = factories.worker_in(cast.program, "New Worker")
    change(new, cast.program)
    assert not Place.objects.waiting().exists()


# The limits -------------------------------------------------------------------------------------------------------------


def test_the_limits_are_acknowledged_before_a_first_session_and_once(cast: Cast) -> None:
    assert explain(policy.check_has_acknowledged, cast.worker)
    with pytest.raises(WrongState):
        policy.check_has_acknowledged(cast.outsider)
    first = operations.acknowledge_limits(by=cast.outsider)
    assert operations.acknowledge_limits(by=cast.outsider) == first
    assert first.concern_days == 3
    assert explain(policy.check_has_acknowledged, cast.outsider)
    assert Acknowledgement.objects.filter(person=cast.outsider).count() == 1


def test_a_new_wording_of_the_limits_is_shown_to_everybody_again(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(policy, "EDITION", 2)
    assert not policy.has_acknowledged(cast.worker)
