"""What somebody keeps to ask for again: with one press, or every month, once, while they may."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.db import connection

from supervision.people.models import Management
from supervision.records.errors import Denied, Invalid
from supervision.reports import choosing, monthly, operations, policy, tasks
from supervision.reports.models import Choice, Report, period_of
from tests.cast import Cast, make_cast
from tests.overview.builders import signed_in, text_of

from .test_asking import form

DECEMBER = datetime.date(2099, 12, 1)  # of a year in which nothing is kept yet


def keep(cast: Cast, **given: Any) -> Choice:
    values: dict[str, Any] = {
        "name": "Board",
        "kind": "log",
        "programs": [cast.program],
        "people": [],
        "supervisor": None,
        "period": "month",
        "every_month": True,
        "by": cast.manager,
    }
    return choosing.keep(**(values | given))


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        ("month", "2026-03-01", "2026-02-01", "2026-02-28"),
        ("month", "2026-01-31", "2025-12-01", "2025-12-31"),
        ("quarter", "2026-03-31", "2025-10-01", "2025-12-31"),
        ("quarter", "2026-04-01", "2026-01-01", "2026-03-31"),
        ("year", "2024-03-15", "2023-03-01", "2024-02-29"),
        ("year", "2026-01-01", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_is_whole_months_that_are_over(period: str, today: str, first: str, last: str) -> None:
    found = period_of(period, datetime.date.fromisoformat(today))
    assert [day.isoformat() for day in found] == [first, last]


def test_a_choice_with_a_name_is_kept_with_the_report_and_asked_again_with_one_press(cast: Cast) -> None:
    client = signed_in(cast.manager)
    sent = form(
        cast,
        kind="register",
        period="month",
        first_day="",
        last_day="",
        name="Board",
        people=[str(cast.worker.pk)],
    )
    assert client.post("/reports/ask/", sent).status_code == 302
    page = client.get("/reports/")
    assert "Board" in text_of(page)
    choice = Choice.objects.get()
    answer = client.post(f"/reports/choices/{choice.pk}/ask/")
    again = Report.objects.order_by("-asked_at")[0]
    assert answer["Location"] == f"/reports/{again.pk}/"
    assert (again.kind, list(again.programs.all()), list(again.people.all())) == (
        "register",
        [cast.program],
        [cast.worker],
    )


def test_a_form_sent_twice_keeps_its_choice_once(cast: Cast) -> None:
    client = signed_in(cast.manager)
    key = str(client.get("/reports/ask/").context["form"]["key"].value())
    for _ in range(2):
        sent = form(cast, key=key, period="month", first_day="", last_day="", name="Board")
        assert client.post("/reports/ask/", sent).status_code == 302
    assert (Choice.objects.count(), Report.objects.count()) == (1, 1)


def test_a_name_that_is_taken_is_said_beside_it_and_nothing_is_asked(cast: Cast) -> None:
    keep(cast)
    client = signed_in(cast.manager)
    answer = client.post("/reports/ask/", form(cast, period="month", first_day="", last_day="", name="Board"))
    assert answer.status_code == 422
    assert "You have a choice of this name." in text_of(answer)
    assert not Report.objects.exists()


def test_one_can_keep_only_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST", 1)
    keep(cast)
    with pytest.raises(Invalid):
        keep(cast, name="Another")


def test_only_ones_own_programs_and_people_can_be_kept(cast: Cast) -> None:
    for given in ({"programs": [cast.other_program]}, {"people": [cast.other_worker]}, {"by": cast.worker}):
        with pytest.raises(Denied):
            keep(cast, **given)


def test_choices_are_their_owners_alone(cast: Cast) -> None:
    choice = keep(cast)
    client = signed_in(cast.other_manager)
    for path in (f"/reports/choices/{choice.pk}/ask/", f"/reports/choices/{choice.pk}/"):
        assert client.post(path, {"what": "remove"}).status_code == 404
    with pytest.raises(Denied):
        choosing.ask_by(choice, by=cast.other_manager)
    assert Choice.objects.count() == 1


# Every month ------------------------------------------------------------------------------------------------------


def test_it_is_made_once_a_month_from_the_next_one_on(cast: Cast) -> None:
    choice = keep(cast)
    assert choice.made_for is not None
    assert monthly.ask_all(today=choice.made_for) == 0  # of this month the last one is not wanted any more
    assert [monthly.ask_all(today=DECEMBER + datetime.timedelta(days=n)) for n in (0, 0, 5)] == [1, 0, 0]
    assert monthly.ask_all(today=datetime.date(2100, 1, 1)) == 1


def test_two_workers_at_once_ask_once(transactional_db: None) -> None:
    cast = make_cast()
    keep(cast)
    start, asked = threading.Barrier(3), []

    def work() -> None:
        start.wait()
        try:
            asked.append(monthly.ask_all(today=DECEMBER))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(asked) == [0, 0, 1]
    assert Report.objects.count() == 1


def test_who_manages_it_no_more_gets_none_and_it_stops(cast: Cast) -> None:
    choice = keep(cast)
    yesterday = datetime.date.today() - datetime.timedelta(days=2)
    Management.objects.filter(person=cast.manager).update(since=yesterday, until=yesterday)
    assert monthly.ask_all(today=DECEMBER) == 0
    choice.refresh_from_db()
    assert not choice.every_month
    assert not Report.objects.exists()


def test_with_several_being_made_it_waits_for_the_next_day(cast: Cast) -> None:
    keep(cast)
    for _ in range(policy.AT_ONCE):
        operations.ask(
            programs=[cast.program],
            supervisor=None,
            first_day=datetime.date(2026, 1, 1),
            last_day=datetime.date(2026, 1, 31),
            by=cast.manager,
        )
    assert monthly.ask_all(today=DECEMBER) == 0
    Report.objects.update(state=Report.State.READY)
    assert monthly.ask_all(today=DECEMBER) == 1


def test_it_can_be_stopped_begun_again_and_removed(cast: Cast) -> None:
    choice = keep(cast)
    client = signed_in(cast.manager)
    path = f"/reports/choices/{choice.pk}/"
    for what, then in (("once", False), ("once", False), ("monthly", True)):
        assert client.post(path, {"what": what}).status_code == 302
        choice.refresh_from_db()
        assert choice.every_month is then
    assert client.post(path, {"what": "remove"}).status_code == 302
    assert not Choice.objects.exists()
    assert client.post(path, {"what": "remove"}).status_code == 404


def test_the_daily_job_asks(cast: Cast, settings: Any) -> None:
    assert "supervision.reports.tasks.make_monthly" in settings.DAILY_JOBS
    keep(cast)
    Choice.objects.update(made_for=datetime.date(2020, 1, 1))
    tasks.make_monthly.func()
    assert Report.objects.get().asked_by == cast.manager
