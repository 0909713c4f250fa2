"""Where to look in the access log is kept for every party of a record that somebody else opened, and for nobody besides."""

from __future__ import annotations

import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from supervision.records import audit, daily, opened_by_others
from supervision.records.models import OpenedByOthers
from tests.records import helpers

pytestmark = pytest.mark.django_db


def kept() -> set[tuple[Any, Any]]:
    return set(OpenedByOthers.objects.values_list("person", "record_id"))


def both(cast: Any, record: Any) -> set[tuple[Any, Any]]:
    return {(cast.supervisor.pk, record.pk), (cast.worker.pk, record.pk)}


def test_what_a_party_opens_is_not_kept_and_what_another_opens_is_once(cast: Any) -> None:
    record = helpers.agreement(cast)
    helpers.offered(cast, record)
    audit.opened(cast.worker, record, why="party")
    assert kept() == set()
    for _time in range(2):
        audit.opened(cast.manager, record, why="manager of the program")
    assert kept() == both(cast, record)


def test_a_record_that_was_opened_before_it_was_offered_is_kept_for_its_parties(cast: Any) -> None:
    record = helpers.agreement(cast)
    audit.opened(cast.manager, record, why="manager of the program")
    assert kept() == set()
    helpers.offered(cast, record)
    assert kept() == both(cast, record)


def test_what_was_missed_in_the_instant_of_an_offer_is_found_on_the_next_day(cast: Any) -> None:
    record = helpers.agreement(cast)
    audit.opened(cast.manager, record, why="manager of the program")
    helpers.offered(cast, record)
    OpenedByOthers.objects.all().delete()
    assert opened_by_others.rebuild(since=timezone.now() + datetime.timedelta(hours=1)) == 0
    daily.opened_at_the_instant_of_an_offer()
    assert kept() == both(cast, record)


def test_what_is_missing_is_said_and_set_right_by_hand_as_well(cast: Any) -> None:
    record = helpers.agreement(cast)
    helpers.offered(cast, record)
    audit.opened(cast.manager, record, why="manager of the program")
    OpenedByOthers.objects.filter(person=cast.worker).delete()
    for arguments, said in (
        (("--check",), "1 would be set right."),
        ((), "1 set right."),
        ((), "0 set right."),
    ):
        out = StringIO()
        call_command("rebuild_standing", *arguments, stdout=out)
        assert f"Records opened by others: {said}" in out.getvalue()
    assert kept() == both(cast, record)
