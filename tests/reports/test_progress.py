"""While a report is made: how far it has come, that it can be cancelled and asked again, and that nothing waits for ever."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from supervision.jobs import MAX_ATTEMPTS
from supervision.jobs import operations as jobs
from supervision.jobs.worker import Worker
from supervision.notices.models import Reminder
from supervision.records.errors import Denied, WrongState
from supervision.records.models import AuditEvent
from supervision.reports import operations, policy, progress, tasks
from supervision.reports.models import Report
from tests.cast import Cast
from tests.overview.builders import signed_in, text_of

from .test_asking import ask, ready

State = Report.State


def state_of(report: Report) -> str:
    return Report.objects.values_list("state", flat=True).get(pk=report.pk)


def test_the_page_and_the_list_say_how_many_people_it_has_come_to(cast: Cast) -> None:
    report = ask(cast)
    assert operations.note_progress(report_id=report.pk, done=12, total=40)
    client = signed_in(cast.manager)
    page = client.get(f"/reports/{report.pk}/")
    assert '<progress max="40" value="12"' in page.content.decode()
    assert "12 of 40" in text_of(page)
    assert "12 of 40 people so far." in text_of(client.get("/reports/"))


def test_progress_is_written_at_most_once_a_second(cast: Cast, django_assert_num_queries: Any) -> None:
    tick = progress.Progress(ask(cast).pk)
    tick(0, 500)
    with django_assert_num_queries(0):
        for number in range(1, 500):
            tick(number, 500)
    assert Report.objects.get().done == 0
    tick(500, 500)
    assert (Report.objects.get().done, Report.objects.get().total) == (500, 500)


def test_cancelled_while_it_is_made_it_stops_at_the_next_person_and_leaves_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ask(cast)
    came_to: list[int] = []

    def make(found: Report, tick: Any) -> operations.Files:
        for number in range(10):
            came_to.append(number)
            if number == 3:
                operations.cancel(report, by=cast.manager)
            tick(number, 10)
        pytest.fail("it went on")

    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    monkeypatch.setattr(tasks, "files_of", make)
    tasks.make_report.call(report_id=str(report.pk))
    assert came_to == [0, 1, 2, 3]
    assert state_of(report) == State.CANCELLED
    assert not Reminder.objects.exists()


def test_cancelled_at_the_last_moment_nothing_is_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    report = ask(cast)

    def make(found: Report, tick: Any) -> operations.Files:
        operations.cancel(report, by=cast.manager)
        return operations.Files(pdf=b"%PDF")

    monkeypatch.setattr(tasks, "files_of", make)
    tasks.make_report.call(report_id=str(report.pk))
    assert state_of(report) == State.CANCELLED
    assert Report.objects.get().size == 0


def test_cancel_and_again_are_one_press_each_however_often(cast: Cast) -> None:
    report = ask(cast)
    client = signed_in(cast.manager)
    for _ in range(2):
        assert client.post(f"/reports/{report.pk}/cancel/").status_code == 302
    assert state_of(report) == State.CANCELLED
    assert "This report was cancelled." in text_of(client.get(f"/reports/{report.pk}/"))
    assert client.get(f"/reports/{report.pk}/report.pdf").status_code == 409
    for _ in range(2):
        assert client.post(f"/reports/{report.pk}/again/").status_code == 302
    assert state_of(report) == State.WAITING
    jobs_of_it = DBTaskResult.objects.filter(task_path__endswith="make_report")
    assert jobs_of_it.count() == 2  # the first does nothing once the second has made it
    assert AuditEvent.objects.filter(action="report asked again").count() == 1


def test_what_is_ready_cannot_be_cancelled_nor_asked_again(cast: Cast) -> None:
    report = ready(cast)
    assert not operations.cancel(report, by=cast.manager)
    assert not operations.ask_again(report, by=cast.manager)
    assert state_of(report) == State.READY


def test_only_whoever_asked_cancels_or_asks_again(cast: Cast) -> None:
    report = ask(cast)
    for what in ("cancel", "again"):
        assert signed_in(cast.other_manager).post(f"/reports/{report.pk}/{what}/").status_code == 404
    with pytest.raises(Denied):
        operations.cancel(report, by=cast.other_manager)


def test_to_ask_again_there_has_to_be_room(cast: Cast) -> None:
    report = ask(cast)
    operations.cancel(report, by=cast.manager)
    for _ in range(policy.AT_ONCE):
        ask(cast)
    with pytest.raises(WrongState):
        operations.ask_again(report, by=cast.manager)
    answer = signed_in(cast.manager).post(f"/reports/{report.pk}/again/", follow=True)
    assert "Several of your reports are being prepared." in text_of(answer)


def test_when_its_job_fails_for_good_whoever_waits_is_told_at_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ask(cast)

    def fail(found: Report, tick: Any) -> operations.Files:
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "files_of", fail)
    for attempt in range(MAX_ATTEMPTS):
        assert state_of(report) == State.WAITING, attempt
        DBTaskResult.objects.update(run_after=timezone.now())
        Worker().run_until_empty()
    assert state_of(report) == State.FAILED


def test_an_old_job_that_fails_does_not_fail_what_was_asked_again(cast: Cast) -> None:
    report = ask(cast)
    operations.cancel(report, by=cast.manager)
    operations.ask_again(report, by=cast.manager)
    old = DBTaskResult.objects.order_by("enqueued_at")[0]
    DBTaskResult.objects.filter(pk=old.pk).update(status="FAILED")
    tasks.report_failed.call(report_id=str(report.pk))
    assert state_of(report) == State.WAITING
    DBTaskResult.objects.update(status="FAILED")
    tasks.report_failed.call(report_id=str(report.pk))
    assert state_of(report) == State.FAILED


def test_when_its_worker_is_killed_again_and_again_it_fails_too(cast: Cast) -> None:
    report = ask(cast)
    for attempt in range(MAX_ATTEMPTS):
        assert state_of(report) == State.WAITING, attempt
        DBTaskResult.objects.update(run_after=timezone.now())
        assert jobs.claim(worker=f"worker-{attempt}") is not None
        assert jobs.reap(dead_worker=f"worker-{attempt}") == 1
    Worker().run_until_empty()
    assert state_of(report) == State.FAILED


def test_progress_is_no_news_once_it_is_there(cast: Cast) -> None:
    report = ready(cast)
    assert not operations.note_progress(report_id=report.pk, done=1, total=2)
    with pytest.raises(progress.Unwanted):
        progress.Progress(report.pk)(1, 2)


def test_files_are_not_read_for_lists_and_pages(cast: Cast) -> None:
    report = ready(cast)
    client = signed_in(cast.manager)
    with CaptureQueriesContext(connection) as asked:
        client.get("/reports/")
        client.get(f"/reports/{report.pk}/")
    seen = [query["sql"] for query in asked]
    assert not [sql for sql in seen if '"reports_report"."pdf"' in sql or '"reports_report"."book"' in sql]


def test_what_waited_for_half_a_day_is_given_up(cast: Cast) -> None:
    report = ask(cast)
    Report.objects.update(asked_at=report.asked_at - datetime.timedelta(hours=13))
    assert operations.give_up_stuck() == 1
    assert state_of(report) == State.FAILED
