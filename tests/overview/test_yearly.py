"""In January everybody whose records were opened hears once that their summary is there, and nothing of what is in it."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from supervision.jobs import operations as queue
from supervision.jobs.worker import Worker
from supervision.notices import operations as notices
from supervision.notices.models import YearlyNotice
from supervision.overview.opened import yearly
from supervision.people.models import User
from supervision.records import audit
from supervision.records.models import Opening
from tests import factories
from tests.agreements import helpers

pytestmark = pytest.mark.django_db
LAST = timezone.localdate().year
NEW_YEAR = datetime.datetime(LAST + 1, 1, 1, 12, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture
def opened(cast: Any) -> Any:
    """A manager opened the agreement of the two, this year."""
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    audit.opened(cast.manager, agreement, why="manager of the program")
    mail.outbox.clear()
    Worker(name="before").run_until_empty()
    mail.outbox.clear()
    return agreement


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def run(times: int = 1) -> list[str]:
    """To whom the mails of the year went, when the job has run."""
    mail.outbox.clear()
    for _ in range(times):
        yearly.tell_of_the_year.call()
    Worker(name="test").run_until_empty()
    return sorted(one.to[0] for one in mail.outbox)


def both(cast: Any) -> list[str]:
    return sorted([cast.supervisor.email, cast.worker.email])


def test_whose_records_were_opened_is_told_once_and_nobody_else(
    cast: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NEW_YEAR)
    assert run(times=2) == both(cast), "two workers that both queued it"
    assert run() == []
    at(monkeypatch, NEW_YEAR + datetime.timedelta(days=9))
    assert run() == []
    sent = YearlyNotice.objects.filter(was_sent=True).values_list("person", "year")
    assert set(sent) == {(cast.supervisor.pk, LAST), (cast.worker.pk, LAST)}


def test_the_mail_names_nothing_and_nobody_and_leads_to_the_page_of_that_year(
    cast: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NEW_YEAR)
    run()
    (message,) = (one for one in mail.outbox if one.to == [cast.worker.email])
    assert message.subject == "Your yearly summary is ready"
    said = f"{message.subject} {message.body}"
    for word in ("Priya", "Raman", "Dana", "agreement", "manager", "opened"):
        assert word not in said.replace("who-has-opened-what", "")
    link = next(word for word in message.body.split() if "who-has-opened-what" in word)
    client = Client()
    client.force_login(cast.worker)
    page = client.get(link[link.index("/who-") :])
    assert page.context["log"].total == 1
    assert f"December 31, {LAST}" in page.content.decode()


def test_a_server_that_was_off_on_the_first_makes_up_for_it_and_outside_january_nothing_is_sent(
    cast: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run() == [], "the year is not over"
    at(monkeypatch, NEW_YEAR + datetime.timedelta(days=40))
    assert run() == []
    at(monkeypatch, NEW_YEAR + datetime.timedelta(days=20))
    assert run() == both(cast)


def test_an_account_that_is_closed_or_was_never_taken_up_is_not_written_to(
    cast: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=cast.worker.pk).update(is_active=False)
    cast.supervisor.set_unusable_password()
    cast.supervisor.save()
    at(monkeypatch, NEW_YEAR)
    assert run() == []
    assert not YearlyNotice.objects.filter(was_sent=True).exists()


def test_what_a_party_opened_or_what_one_opened_oneself_sends_nothing(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = helpers.in_force(cast.arrangement, cast.supervisor, cast.worker)
    for person in (cast.supervisor, cast.worker):
        audit.opened(person, agreement, why="party")
    Worker(name="before").run_until_empty()
    at(monkeypatch, NEW_YEAR)
    assert run() == []


def test_the_year_is_that_of_ones_own_clock(cast: Any, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is still December, the year is not over: a later day tells of it."""
    User.objects.filter(pk=cast.worker.pk).update(time_zone="Pacific/Honolulu")
    User.objects.filter(pk=cast.supervisor.pk).update(time_zone="Asia/Tokyo")
    at(monkeypatch, NEW_YEAR.replace(hour=1))
    with timezone.override(ZoneInfo("America/New_York")):
        assert run() == [cast.supervisor.email]
        at(monkeypatch, NEW_YEAR + datetime.timedelta(days=1))
        assert run() == [cast.worker.email]


def test_it_is_one_of_the_daily_jobs(cast: Any, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, NEW_YEAR)
    mail.outbox.clear()
    assert "supervision.overview.opened.yearly.tell_of_the_year" in queue.queue_daily_jobs()
    Worker(name="test").run_until_empty()
    told = [one for one in mail.outbox if one.subject == "Your yearly summary is ready"]
    assert sorted(one.to[0] for one in told) == both(cast)


def test_many_people_are_taken_a_few_at_a_time_and_each_step_costs_the_same(
    cast: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3 * yearly.STEP):
        factories.person(f"Person {number}")
    at(monkeypatch, NEW_YEAR)
    costs = []
    for step in (1, 2):
        with CaptureQueriesContext(connection) as asked:
            yearly.tell_some.call(year=LAST)
        costs.append(len(asked))
        assert YearlyNotice.objects.count() == step * yearly.STEP
    assert max(costs) < 25 * yearly.STEP
    run()
    assert YearlyNotice.objects.count() == User.objects.signed_up().count()
    assert YearlyNotice.objects.filter(was_sent=True).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_instant_send_one_mail(cast: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time there anyway")

    def close(_number: int) -> bool:
        try:
            return notices.close_year(cast.worker, LAST, something=True, path="/who-has-opened-what/")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(close, range(4))) == [False, False, False, True]
    mail.outbox.clear()
    Worker(name="test").run_until_empty()
    assert len(mail.outbox) == 1


def test_the_page_shows_the_year_whether_or_not_anybody_was_told(cast: Any, opened: Any) -> None:
    client = Client()
    client.force_login(cast.worker)
    page = client.get(f"/who-has-opened-what/?since={LAST}-01-01&until={LAST}-12-31")
    assert page.context["log"].total == 1
    assert Opening.objects.exists()
