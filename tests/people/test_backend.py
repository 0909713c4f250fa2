"""Who is signed in: loaded with what every page needs, by a statement that is put together once a day."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from supervision.people import backend
from supervision.people.models import Agency, Management, User
from tests.cast import Cast

PEOPLE = ("supervisor", "worker", "manager", "administrator", "outsider")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_is_loaded_as_the_query_says(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    loaded, asked = backend.Backend().get_user(person.pk), backend._of(person.pk).get()
    seen, expected = dict(vars(loaded)), dict(vars(asked))
    lacks = seen.pop("lacks_second_factor")
    assert {key: repr(v) for key, v in seen.items() if key != "_state"} == {
        key: repr(v) for key, v in expected.items() if key != "_state"
    }
    assert (lacks, loaded.roles) == (False, asked.roles)


def test_one_question_and_each_gets_their_own_answer(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        found = [backend.Backend().get_user(pk) for pk in (cast.manager.pk, str(cast.worker.pk))]
    assert found == [cast.manager, cast.worker]
    assert (found[0].manages_programs, found[1].manages_programs) == (True, False)


def test_the_statement_is_of_the_day_it_is_asked_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who manages until today does not tomorrow, in a process that ran through the night."""
    day = timezone.localdate()
    Management.objects.filter(person=cast.manager).update(until=day)
    today = backend.Backend().get_user(cast.manager.pk)
    tomorrow = day + datetime.timedelta(days=1)
    monkeypatch.setattr(backend, "today", lambda: tomorrow)
    monkeypatch.setattr("supervision.people.models.today", lambda: tomorrow)
    assert (today.manages_programs, backend.Backend().get_user(cast.manager.pk).manages_programs) == (
        True,
        False,
    )


def test_what_the_agency_wants_is_asked_each_time(cast: Cast) -> None:
    before = backend.Backend().get_user(cast.administrator.pk)
    Agency.objects.update(second_factor_required=True, name="Riverbend")
    after = backend.Backend().get_user(cast.administrator.pk)
    assert (before.lacks_second_factor, after.lacks_second_factor, after.agency_name) == (
        False,
        True,
        "Riverbend",
    )


def test_nobody_without_an_account_that_works(cast: Cast) -> None:
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    assert backend.Backend().get_user(cast.outsider.pk) is None
    assert backend.Backend().get_user(backend.ANYBODY) is None
