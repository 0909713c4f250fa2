"""manage.py rebuild_standing finds what is wrong, says it, and sets it right."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from supervision.people.models import RecentSessions, Standing
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import at, days

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rebuild_standing", *arguments, stdout=out)
    return out.getvalue()


def test_a_standing_that_was_altered_is_said_and_set_right(cast: Cast):
    with timezone.override("America/New_York"):
        made = builders.agreement(
            cast.arrangement, minutes_each=45, review_on=timezone.localdate() + days(30)
        )
        builders.session(cast.arrangement, at(timezone.localdate() - days(2)))
        builders.session(cast.arrangement, at(timezone.localdate() - days(1)), record="draft")
    run()
    right = Standing.objects.filter(pk=cast.arrangement.pk).values().get()
    assert (right["agreement_id"], right["held_count"], right["unsigned_count"], right["minutes_each"]) == (
        made.pk,
        2,
        1,
        45,
    )
    Standing.objects.filter(pk=cast.arrangement.pk).update(
        held_count=7, agreement_id=None, review_on=datetime.date(2020, 1, 1)
    )
    said = run("--check")
    assert f"{cast.arrangement.pk}: held_count: 7 -> 2" in said
    assert f"agreement_id: None -> {made.pk}" in said
    assert "1 would be set right." in said
    assert Standing.objects.get(pk=cast.arrangement.pk).held_count == 7
    assert "1 set right." in run()
    assert Standing.objects.filter(pk=cast.arrangement.pk).values().get() == right
    assert "0 set right." in run()


def test_a_standing_that_is_missing_is_made(cast: Cast):
    Standing.objects.filter(pk=cast.other_arrangement.pk).delete()
    run()
    assert Standing.objects.get(pk=cast.other_arrangement.pk).held_count == 0


def test_an_arrangement_that_nobody_has_met_in_is_as_it_should_be(cast: Cast):
    assert "0 would be set right." in run("--check")


def test_recent_sessions_that_were_altered_are_said_without_their_days_and_set_right(cast: Cast):
    builders.session(cast.arrangement, at(timezone.localdate() - days(2)))
    run()
    RecentSessions.objects.filter(pk=cast.arrangement.pk).update(kept={"at": []})
    assert f"{cast.arrangement.pk}: recent sessions: different" in run("--check").splitlines()
    assert "1 set right." in run()
    assert len(RecentSessions.objects.get(pk=cast.arrangement.pk).kept["at"]) == 1
