"""Five years of weekly sessions can go over: under their years, a whole year at once, with as few questions as a handful."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from supervision.handover.models import HandedOver
from supervision.records import encryption, triggers
from supervision.sessions.models import Action, Attendee, Session
from supervision.sessions.operations import actions
from tests.cast import Cast
from tests.sessions.pages import body, client_of
from tests.sessions.test_queries import asked
from tests.sessions.test_scale import _make_keys, _session

from . import makers

pytestmark = pytest.mark.django_db
WEEKS = 260


def met_weekly(cast: Cast, first: int, until: int) -> list[Session]:
    """Sealed sessions of the pair, a week apart, each with an open next step."""
    connection.check_constraints()  # PostgreSQL changes no table whose checks still wait
    triggers.remove()  # nobody could put a sealed row there otherwise
    newest = timezone.now() - datetime.timedelta(days=2)
    with encryption.unlocked_keys():
        rows = [_session(cast, newest - week * 7 * makers.DAY, 0) for week in range(first, until)]
        _make_keys(rows)
        Session.objects.bulk_create(rows)
        people = ((cast.supervisor, "supervisor"), (cast.worker, "supervisee"))
        Attendee.objects.bulk_create(
            Attendee(session=row, person=person, part=part, position=position, attended=True, minutes=60)
            for row in rows
            for position, (person, part) in enumerate(people)
        )
        Action.objects.bulk_create(
            Action(
                session=row,
                arrangement=cast.arrangement,
                owner=cast.worker,
                text=f"Step of {row.starts_at:%Y-%m-%d}",
                shared_at=row.starts_at,
            )
            for row in rows
        )
        actions.restate(cast.arrangement)
    connection.check_constraints()
    triggers.install()
    return rows


def values(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)


def by_year(rows: list[Session]) -> Counter[int]:
    return Counter(row.local_start.year for row in rows)


def test_all_of_five_years_can_be_chosen_one_by_one_or_a_whole_year_at_once(cast: Cast) -> None:
    rows = met_weekly(cast, 0, WEEKS)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    worker, url = client_of(cast.worker), reverse("handover:choose", args=[to.pk])
    page = body(worker.get(url))
    boxes = values(page, "session")
    years = by_year(rows)
    assert {str(row.pk) for row in rows} < set(boxes)
    assert [box for box in boxes if len(box) < 12] == [
        f"{year}-{years[year]}" for year in sorted(years)[::-1]
    ]
    assert len(values(page, "action")) == len(boxes)

    whole = sorted(years)[1]
    one = next(row for row in rows if row.local_start.year == sorted(years)[2])
    same = next(row for row in rows if row.local_start.year == whole)
    with CaptureQueriesContext(connection) as captured:
        sent = {"session": [f"{whole}-{years[whole]}", str(same.pk), str(one.pk)]}
        assert worker.post(url, sent).status_code == 302
    assert len(captured) < 60, "and not one for each of them"
    gone = {row.pk for row in rows if row.local_start.year == whole} | {one.pk}
    assert set(HandedOver.objects.values_list("record_id", flat=True)) == gone
    assert HandedOver.objects.count() == len(gone)
    after = body(worker.get(url))
    assert not {str(pk) for pk in gone} & set(values(after, "session"))
    assert not any(box.startswith(f"{whole}-") for box in values(after, "session"))


def test_of_a_year_in_which_something_changed_nothing_goes_over_unseen(cast: Cast) -> None:
    rows = met_weekly(cast, 0, 60)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    year, known = max(by_year(rows).items(), key=lambda one: one[1])
    answer = client_of(cast.worker).post(
        reverse("handover:choose", args=[to.pk]), {"session": [f"{year}-{known - 1}", str(rows[0].pk)]}
    )
    assert answer.status_code == 422
    page = body(answer)
    assert "can’t go over any more" in page
    assert re.search(rf'value="{rows[0].pk}"[^>]*checked', page), "what was ticked stays so"
    assert 'href="#id_session_0_0"' in page
    assert 'id="id_session_0_0"' in page
    assert not HandedOver.objects.exists()


def test_a_handful_is_one_list_and_many_ask_no_more(cast: Cast) -> None:
    met_weekly(cast, 0, 6)
    to = makers.part_of(makers.changed(cast), cast.other_supervisor)
    url: Any = reverse("handover:choose", args=[to.pk])
    worker = client_of(cast.worker)
    assert "one by one" not in body(worker.get(url))
    few, _ = asked(worker, url)
    met_weekly(cast, 6, 90)
    assert "one by one" in body(worker.get(url))
    many, said = asked(worker, url)
    assert many == few, "\n".join(said)
