"""“Who has seen what about you” as a file: of the days that were asked for, sealed, its owner's alone, and never a read receipt."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from supervision.jobs.worker import Worker
from supervision.portfolio import openings, operations, tasks
from supervision.portfolio.models import Export
from supervision.portfolio.parts import Period
from supervision.records import audit
from supervision.records.errors import Invalid
from supervision.records.models import Opening, RecordKey
from tests.agreements import helpers
from tests.architecture.unpacking import words_in
from tests.cast import Cast
from tests.sessions.pages import body, client_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def agreement(cast: Cast) -> Any:
    """In force; its manager opened it twice, its parties more often."""
    made = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    for _ in range(2):
        audit.opened(cast.manager, made, why="manager of the program")
    for _ in range(3):
        audit.opened(cast.supervisor, made, why="party")
    return made


def days(first: int = 30, last: int = 0) -> Period:
    today = timezone.localdate()
    return Period(today - first * DAY, today - last * DAY)


def form(**given: Any) -> dict[str, str]:
    period = days()
    values = {"key": uuid.uuid4(), "first_day": period.first, "last_day": period.last} | given
    return {name: str(value) for name, value in values.items()}


def test_it_is_made_in_the_background_and_is_its_owners_alone(
    cast: Cast, agreement: Any, sealing: None
) -> None:
    worker, sent = client_of(cast.worker), form()
    for _ in range(2):  # pressed twice
        assert worker.post(reverse("portfolio:openings"), sent).status_code == 302
    (export,) = Export.objects.all()
    assert export.kind == "openings"
    assert worker.get(reverse("portfolio:pdf", args=[export.pk])).status_code == 409
    Worker(name="test").run_until_empty()
    tasks.make_export.call(export_id=str(export.pk))  # a job may run twice
    page = body(worker.get(reverse("portfolio:list")))
    assert "Who has seen what about you" in page
    assert "Open archive" not in page
    pdf = worker.get(reverse("portfolio:pdf", args=[export.pk]))
    assert pdf["Content-Disposition"].startswith('attachment; filename="openings-')
    said = words_in(pdf.content)
    for words in ("PriyaRaman", "asmanageroftheprogram", "Openedtwice", "Supervisionagreement,version1"):
        assert words.replace("twice", "2times") in said
    assert "Whatisnotinit,andwhy" in said
    assert "DanaWhitfield" not in said, "what a party opened is nobody else’s affair"
    assert worker.get(reverse("portfolio:zip", args=[export.pk])).status_code == 409, "there is none"
    assert Opening.objects.filter(by=cast.worker, record_id=export.pk, action="downloaded").count() == 1
    for person in (cast.supervisor, cast.manager, cast.administrator, cast.other_worker):
        assert client_of(person).get(reverse("portfolio:pdf", args=[export.pk])).status_code == 404
    assert worker.post(reverse("portfolio:remove", args=[export.pk])).status_code == 302
    assert not RecordKey.objects.filter(pk=export.pk).exists()


def test_it_has_the_days_that_were_asked_for_and_says_so_where_there_is_nothing(
    cast: Cast, agreement: Any
) -> None:
    assert len(openings.page_of(cast.worker, days())["rows"]) == 2
    nothing = openings.page_of(cast.worker, days(60, 30))
    assert (nothing["rows"], nothing["summary"]) == ([], [])
    assert "nobody opened a record of yours" in nothing["content"]["lead"]
    assert openings.page_of(cast.manager, days())["rows"] == []


def test_a_file_that_would_be_too_long_lists_the_newest_and_counts_all(
    cast: Cast, agreement: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CaptureQueriesContext(connection) as few:
        openings.page_of(cast.worker, days())
    for _ in range(10):
        audit.opened(cast.manager, agreement, why="manager of the program", action="downloaded")
    monkeypatch.setattr(openings, "LISTED", 5)
    with CaptureQueriesContext(connection) as many:
        page = openings.page_of(cast.worker, days())
    assert (len(page["rows"]), page["left"]) == (5, 7)
    assert {row.did for row in page["rows"]} == {"Downloaded"}
    assert page["summary"][0].times == 12
    assert len(many) == len(few)


def test_the_last_twelve_months_are_asked_for_unless_the_address_names_days(cast: Cast) -> None:
    client, today = client_of(cast.worker), timezone.localdate()
    page = client.get(reverse("portfolio:openings"))
    first = page.context["form"]["first_day"].value()
    assert (today - first).days in (364, 365)
    assert page.context["form"]["last_day"].value() == today
    year = page.context["years"][0]
    assert year["last_day"] == today.isoformat(), "no day that has not come"
    named = client.get(reverse("portfolio:openings"), {"first_day": "2025-01-01", "last_day": "2025-12-31"})
    assert named.context["form"]["first_day"].value() == datetime.date(2025, 1, 1)
    late = client.get(reverse("portfolio:openings"), {"first_day": "soon", "last_day": f"{today + 9 * DAY}"})
    assert late.context["form"]["last_day"].value() == today
    assert late.status_code == 200


@pytest.mark.parametrize(
    "given", [{"last_day": "2020-01-01"}, {"last_day": "2199-01-01"}, {"first_day": ""}, {"last_day": "soon"}]
)
def test_days_that_cannot_be_are_said_beside_their_field(cast: Cast, given: dict[str, str]) -> None:
    answer = client_of(cast.worker).post(reverse("portfolio:openings"), form(**given))
    assert answer.status_code == 422
    assert "Enter" in body(answer)
    assert not Export.objects.exists()


def test_an_old_login_proves_itself_first_and_the_days_are_kept(cast: Cast) -> None:
    old = client_of(cast.worker, minutes_ago=30)
    away = old.post(reverse("portfolio:openings"), form(first_day="2026-01-05"))
    assert away["Location"].startswith(reverse("account_reauthenticate"))
    assert "2026-01-05" in body(old.get(f"{reverse('portfolio:openings')}?kept=1"))
    assert not Export.objects.exists()


def test_a_period_that_ends_before_it_begins_is_refused_by_the_operation_too(cast: Cast) -> None:
    today = timezone.localdate()
    with pytest.raises(Invalid):
        operations.ask_for_openings(by=cast.worker, first_day=today, last_day=today - DAY)


def test_the_page_of_the_log_leads_to_it_with_the_days_that_are_shown(cast: Cast, agreement: Any) -> None:
    client = client_of(cast.worker)
    page = body(client.get(f"{reverse('overview:opened')}?since=2025-01-01&until=2025-12-31"))
    assert f"{reverse('portfolio:openings')}?first_day=2025-01-01&amp;last_day=2025-12-31" in page
