"""Two people, or two clicks, at the same instant: one of them counts, on either database."""

from __future__ import annotations

import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from supervision.people import operations
from supervision.people.models import Acknowledgement, Agency, Arrangement, Invitation, Place, User
from supervision.records.errors import DomainError
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
