"""Two people, or two clicks, at the same instant: one of them counts, on either database."""

from __future__ import annotations

import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import timezone

from supervision.people import operations
from supervision.people.models import (
    Acknowledgement,
    Agency,
    Arrangement,
    EmailChange,
    Invitation,
    PasswordReset,
    Place,
    User,
)
from supervision.records.errors import DomainError
from supervision.records.models import AuditEvent
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("RACE_ROUNDS", "8"))


def at_once(*acts: Callable[[], object]) -> Counter[str]:
    """Run every act in a thread of its own from one start; count what came of them. A crash fails the test."""
    start, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            results.append("done")
        except DomainError as refusal:
            results.append(type(refusal).__name__)
        except Exception as error:  # reported below
            results.append(f"crashed: {type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == len(acts), "an act never came back"
    assert not [result for result in results if result.startswith("crashed")], results
    return Counter(results)


def test_two_administrators_who_take_each_others_role_leave_one(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    for number in range(ROUNDS):
        User.objects.filter(pk__in=[cast.administrator.pk, second.pk]).update(
            is_administrator=True, is_active=True
        )
        one, other = User.objects.get(pk=cast.administrator.pk), User.objects.get(pk=second.pk)
        if number % 2:
            results = at_once(
                lambda one=one, other=other: operations.set_administrator(other, by=one, value=False),
                lambda one=one, other=other: operations.set_administrator(one, by=other, value=False),
            )
        else:
            results = at_once(
                lambda one=one, other=other: operations.deactivate(other, by=one),
                lambda one=one, other=other: operations.deactivate(one, by=other),
            )
        assert results == {"done": 1, "WrongState": 1}
        assert User.objects.working().filter(is_administrator=True).count() == 1


def test_an_invitation_that_two_accept_at_once_is_accepted_by_one(cast: Cast) -> None:
    for number in range(ROUNDS):
        new = operations.add_person(by=cast.administrator, name="New", email=f"new{number}@example.org")
        found = Invitation.objects.get(person=new)
        results = at_once(
            lambda found=found: operations.accept_invitation(found, password="first of the two here"),
            lambda found=found: operations.accept_invitation(found, password="second of the two here"),
        )
        assert results == {"done": 1, "WrongState": 1}


def test_double_clicks_at_the_same_instant_make_one_of_each(cast: Cast) -> None:
    for number in range(ROUNDS):
        key, new = uuid.uuid4(), factories.worker_in(cast.program, f"Worker {number}")
        results = at_once(
            *[
                lambda key=key, number=number: operations.add_person(
                    by=cast.administrator, name="Double", email=f"double{number}@example.org", id=key
                )
            ]
            * 3
        )
        assert results == {"done": 3}
        assert Invitation.objects.filter(person=key).count() == 1
        people = [(cast.supervisor, "supervisor"), (new, "supervisee")]
        results = at_once(
            *[
                lambda people=people: operations.make_arrangement(
                    by=cast.manager, program=cast.program, structure="individual", people=people
                )
            ]
            * 3
        )
        assert results == {"done": 3}
        assert Arrangement.objects.of(new).count() == 1
        someone = factories.person()
        results = at_once(
            *[
                lambda someone=someone: operations.place_person(
                    cast.program, by=cast.administrator, person=someone, supervised=True
                )
            ]
            * 2,
            *[lambda someone=someone: operations.acknowledge_limits(by=someone)] * 2,
            *[
                lambda someone=someone: operations.add_away(
                    someone, by=someone, first_day=timezone.localdate(), last_day=timezone.localdate()
                )
            ]
            * 2,
        )
        assert results == {"done": 6}
        assert Place.objects.filter(person=someone).count() == 1
        assert Acknowledgement.objects.filter(person=someone).count() == 1
        assert someone.away.count() == 1


def test_a_setup_token_used_twice_at_once_makes_one_agency() -> None:
    for number in range(ROUNDS):
        User.objects.all().delete()
        Agency.objects.all().delete()
        token = operations.new_setup_token()
        results = at_once(
            *[
                lambda token=token, who=who: operations.make_agency(
                    token=token,
                    agency={"name": "Riverbend"},
                    name=who,
                    email=f"{who}@example.org",
                    password="x" * 12,
                )
                for who in (f"one{number}", f"two{number}")
            ]
        )
        assert results == {"done": 1, "NotFound": 1}
        assert User.objects.count() == Agency.objects.count() == 1


# Links for a new password that wait ------------------------------------------------------------------------------


def sent(person: User) -> int:
    return AuditEvent.objects.filter(record_id=person.pk, action="password link sent").count()


def waiting_links(cast: Cast) -> Iterator[tuple[PasswordReset, User, User]]:
    """Each round another person for whom a link waits, and two administrators who may agree."""
    admins = [factories.person(f"Admin {number}", is_administrator=True) for number in range(2)]
    for _ in range(ROUNDS):
        reset = operations.send_reset(factories.manager_of(cast.program), by=cast.administrator)
        assert reset is not None
        yield reset, admins[0], admins[1]


def test_two_who_agree_at_once_send_one_link(cast: Cast) -> None:
    for reset, one, other in waiting_links(cast):
        results = at_once(
            lambda reset=reset, one=one: operations.agree_to_reset(reset, by=one),
            lambda reset=reset, other=other: operations.agree_to_reset(reset, by=other),
            lambda reset=reset, one=one: operations.agree_to_reset(reset, by=one),
        )
        assert results in ({"done": 2, "WrongState": 1}, {"done": 1, "WrongState": 2})
        assert sent(reset.person) == 1


def test_whoever_stops_a_link_while_another_agrees_has_stopped_it(cast: Cast) -> None:
    for reset, one, _other in waiting_links(cast):
        results = at_once(
            lambda reset=reset, one=one: operations.agree_to_reset(reset, by=one),
            lambda reset=reset: operations.stop_reset(reset, by=None),
        )
        assert results["done"] + results["WrongState"] == 2
        reset.refresh_from_db()
        person = User.objects.get(pk=reset.person_id)
        assert reset.stopped_at is not None
        assert person.links_voided == sent(person)  # a link that went out first opens nothing


def test_a_link_that_is_due_is_sent_by_one_of_all_who_come(cast: Cast) -> None:
    for reset, one, _other in waiting_links(cast):
        PasswordReset.objects.filter(pk=reset.pk).update(takes_effect_at=timezone.now())
        at_once(
            *[operations.send_resets_that_are_due] * 3,
            lambda reset=reset, one=one: operations.agree_to_reset(reset, by=one),
        )
        assert sent(reset.person) == 1


def test_a_role_that_is_taken_or_an_account_closed_at_the_same_instant_leaves_no_half(cast: Cast) -> None:
    for number, (reset, one, _other) in enumerate(waiting_links(cast)):
        User.objects.filter(pk=one.pk).update(is_administrator=True)
        if number % 2:
            act = lambda one=one: operations.set_administrator(one, by=cast.administrator, value=False)  # noqa: E731
        else:
            act = lambda reset=reset: operations.deactivate(reset.person, by=cast.administrator)  # noqa: E731
        at_once(lambda reset=reset, one=one: operations.agree_to_reset(reset, by=one), act)
        reset.refresh_from_db()
        assert (reset.sent_at is not None) == (sent(reset.person) == 1) == (reset.consented_at is not None)
        if not number % 2:
            assert reset.stopped_at is not None


def test_an_address_that_changes_as_a_link_is_asked_for_leaves_no_link_that_waits_with_it(cast: Cast) -> None:
    second = factories.person("Second Admin", is_administrator=True)
    for number in range(ROUNDS):
        person = factories.manager_of(cast.program)
        at_once(
            lambda person=person: operations.send_reset(person, by=second),
            lambda person=person, number=number: operations.ask_address_change(
                person, by=cast.administrator, new_email=f"new{number}@example.org"
            ),
        )
        assert EmailChange.objects.waiting().filter(person=person).count() == 1
        assert not PasswordReset.objects.waiting().filter(person=person).exists()


def test_a_line_manager_who_leaves_as_they_are_named_is_nobodys(cast: Cast) -> None:
    for _ in range(ROUNDS):
        manager, worker = factories.person(), factories.worker_in(cast.program)
        at_once(
            lambda manager=manager, worker=worker: operations.edit_person(
                worker, by=cast.administrator, version=1, line_manager=manager
            ),
            lambda manager=manager: operations.deactivate(manager, by=cast.administrator),
        )
        assert User.objects.get(pk=worker.pk).line_manager is None
