"""How a demo is made: only where nobody is, the same from the same seed, and all of it or nothing."""

from __future__ import annotations

import datetime
import io
from unittest import mock

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from supervision.demo import making
from supervision.people.models import Agency, User
from supervision.records.encryption import unlocked_keys
from supervision.records.errors import WrongState
from supervision.records.models import Answer
from supervision.sessions.models import AgendaItem, Session
from tests import factories
from tests.demo.conftest import NOW

pytestmark = pytest.mark.django_db
SMALL = {"weeks": 2, "workers": 1}


def facts(**given):
    """What a demo comes to, without what is random by its nature (nonces, keys, ids that nobody chooses)."""
    with transaction.atomic():
        making.make(**(SMALL | {"now": NOW} | given))
        with unlocked_keys():
            found = {
                "people": sorted(
                    User.objects.filter(is_administrator=False).values_list(
                        "pk", "name", "started_on", "last_seen_on"
                    )
                ),
                "sessions": [
                    (
                        one.state,
                        one.starts_at,
                        one.minutes,
                        one.modality,
                        one.place,
                        one.outcomes,
                        one.strengths,
                    )
                    for one in Session.objects.order_by("starts_at", "arrangement__started_on", "state")
                ],
                "topics": sorted((one.text, one.outcome, one.reached) for one in AgendaItem.objects.all()),
                "answers": sorted(Answer.objects.values_list("answered_at", "person__name", "kind")),
            }
        transaction.set_rollback(True)
    return found


def test_the_same_seed_makes_the_same_demo_and_another_makes_another():
    first = facts()
    assert first["sessions"]
    assert first["answers"]
    assert facts() == first
    assert facts(seed=7)["topics"] != first["topics"]


@pytest.mark.parametrize(
    "now",
    [
        datetime.datetime(
            2027, 3, 15, 4, 5, tzinfo=datetime.UTC
        ),  # just after midnight, the day after the clocks
        datetime.datetime(2028, 2, 29, 23, 50, tzinfo=datetime.UTC),
        datetime.datetime(2027, 1, 2, 12, 0, tzinfo=datetime.UTC),  # a Saturday after a holiday
    ],
)
def test_it_leads_up_to_any_day(now):
    with transaction.atomic():
        making.make(**SMALL, now=now)
        assert not Session.objects.held().filter(starts_at__gt=now).exists()
        assert Session.objects.planned().filter(starts_at__gt=now).exists()
        transaction.set_rollback(True)


def test_the_clock_is_right_again_afterwards():
    before = timezone.now()
    facts()
    assert abs(timezone.now() - before) < datetime.timedelta(minutes=10)


def test_it_refuses_where_there_is_a_real_person():
    person = factories.person("Olive Outsider")
    with pytest.raises(WrongState, match="real people"):
        making.make(**SMALL)
    assert list(User.objects.all()) == [person]
    assert not Agency.objects.exists()


def test_it_refuses_where_there_is_an_agency():
    factories.agency(name="Somebody else")
    with pytest.raises(WrongState, match="agency"):
        making.make(**SMALL)
    assert Agency.objects.get().name == "Somebody else"


def test_it_refuses_to_be_made_twice():
    User.objects.create(email="dana@example.org", name="Dana Whitfield", is_demo=True)
    with pytest.raises(WrongState, match="already"):
        making.make(**SMALL)
    assert User.objects.count() == 1


def test_nothing_is_left_when_something_goes_wrong():
    with mock.patch.object(making, "_queue_documents", side_effect=RuntimeError), pytest.raises(RuntimeError):
        making.make(**SMALL)
    assert not User.objects.exists()
    assert not Session.objects.exists()


def test_the_command_says_why_it_refuses():
    factories.person("Olive Outsider")
    with pytest.raises(CommandError, match="real people"):
        call_command("demo")


def test_the_command_prints_whom_to_sign_in_as():
    said = io.StringIO()
    with transaction.atomic():
        making.make(**SMALL, now=NOW)
        call_command("demo", "--sign-ins", stdout=said)
        transaction.set_rollback(True)
    lines = said.getvalue()
    assert "marisol@example.org" in lines
    assert "Administrator" in lines
    assert making.PASSWORD in lines
    assert "because it is a demo" in lines


def test_the_command_has_no_sign_ins_to_print_without_a_demo():
    with pytest.raises(CommandError, match="no demo"):
        call_command("demo", "--sign-ins")
