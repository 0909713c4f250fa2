"""manage.py rebuild_standing finds what is wrong, says it, and sets it right."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from supervision.people.models import RecentSessions, Standing
from supervision.records.models import OpenParty
from supervision.sessions import operations
from supervision.sessions.models import OpenAction
from tests.cast import Cast
from tests.overview import builders
from tests.overview.builders import at, days
from tests.sessions import makers

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


def test_what_is_kept_of_what_is_open_is_said_and_set_right(cast: Cast):
    session = makers.signed_by_recorder(cast, steps=[makers.step(cast.worker), makers.step(cast.supervisor)])
    waits = session.open_offer_id
    done, left = session.actions.order_by("pk")
    operations.done(done, by=cast.worker)
    run()
    right = {model: set(model.objects.values_list("pk", flat=True)) for model in (OpenParty, OpenAction)}
    assert right[OpenAction] == {left.pk}
    kept = OpenParty.objects.filter(offer=waits)
    assert set(kept.values_list("person", flat=True)) == {cast.supervisor.pk, cast.worker.pk}
    kept.filter(person=cast.worker).delete()
    OpenAction.objects.filter(pk=left.pk).delete()
    OpenAction.objects.create(action=done, arrangement=cast.arrangement, owner=cast.worker)
    said = run("--check").splitlines()
    assert f"{cast.arrangement.pk}: open actions: different" in said
    assert f"{waits}: who is asked by this offer" in said
    assert "Who is asked by open offers: 1 would be set right." in said
    assert not OpenAction.objects.filter(pk=left.pk).exists()
    assert "Who is asked by open offers: 1 set right." in run()
    assert set(OpenAction.objects.values_list("pk", flat=True)) == right[OpenAction]
    assert set(kept.values_list("person", flat=True)) == {cast.supervisor.pk, cast.worker.pk}
    assert "Who is asked by open offers: 0 set right." in run()


def test_an_offer_that_is_sealed_asks_nobody_any_more(cast: Cast):
    session = makers.sealed(cast)
    OpenParty.objects.create(offer_id=session.open_offer_id, person=cast.worker)
    assert "Who is asked by open offers: 1 set right." in run()
    assert not OpenParty.objects.exists()
