"""Asking for a report, finding it again, and who may have it."""

from __future__ import annotations

import datetime
import re
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from supervision.notices.models import Reminder
from supervision.people.models import Management, Program, User
from supervision.records.errors import Denied, Invalid, WrongState
from supervision.records.models import AuditEvent, Opening, RecordKey
from supervision.reports import offers, operations, policy, tasks
from supervision.reports.models import Report
from tests.cast import Cast
from tests.overview.builders import days, queries_of, signed_in, text_of

pytestmark = pytest.mark.django_db

FORM = {
    "kind": "program",
    "supervisor": "",
    "period": "days",
    "first_day": "2026-07-01",
    "last_day": "2026-09-30",
}
PDF = b"%PDF-1.7 the report"


def form(cast: Cast, **given: Any) -> dict[str, Any]:
    return FORM | {"programs": [str(cast.program.pk)]} | given


def ask(cast: Cast, **given: Any) -> Report:
    values: dict[str, Any] = {
        "programs": [cast.program],
        "supervisor": None,
        "first_day": datetime.date(2026, 7, 1),
        "last_day": datetime.date(2026, 9, 30),
        "by": cast.manager,
    }
    return operations.ask(**(values | given))


def ready(cast: Cast, **given: Any) -> Report:
    report = ask(cast, **given)
    assert operations.keep(report_id=report.pk, files=operations.Files(pdf=PDF))
    return Report.objects.get(pk=report.pk)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with so many people that they are looked for by name."""
    monkeypatch.setattr(offers, "LISTED", 1)


# Asking ----------------------------------------------------------------------------------------------------------


def test_asking_queues_the_work_and_leads_to_its_page(cast: Cast):
    client = signed_in(cast.manager)
    answer = client.post("/reports/ask/", form(cast), follow=True)
    report = Report.objects.get()
    assert answer.redirect_chain[-1][0] == f"/reports/{report.pk}/"
    page = text_of(answer)
    assert "Your report is being prepared. You can leave this page; it will be here." in page
    assert "Being prepared. Usually within a minute." in page
    assert list(report.programs.all()) == [cast.program]
    queued = DBTaskResult.objects.get()
    assert queued.task_path.endswith("make_report")
    assert queued.args_kwargs["kwargs"] == {"report_id": str(report.pk)}
    assert AuditEvent.objects.filter(action="report asked", record_id=report.pk, by=cast.manager.pk).exists()


def test_the_form_offers_the_last_quarter_and_only_ones_own_choices(cast: Cast):
    page = text_of(signed_in(cast.manager).get("/reports/ask/"))
    assert "Maple Street" in page
    assert "Dana Whitfield" in page
    assert "Warm line" not in page
    assert "Ben Castillo" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"first_day": ""}, "Enter the first day of the period"),
        ({"last_day": "31/31/2026"}, "Enter a date that exists"),
        ({"first_day": "2026-10-01"}, "Enter a last day that is not before the first"),
        ({"last_day": "2099-01-01"}, "Enter a last day that is not after today"),
        ({"first_day": "2020-01-01"}, "Choose at most one year"),
        ({"programs": "nonsense"}, "Choose one of the answers listed for “Programs”"),
        ({"programs": []}, "Choose a program"),
        ({"kind": "averages", "people": "worker"}, "Averages are of whole programs."),
        ({"kind": "averages", "supervisor": "supervisor"}, "This report is not by supervisor."),
        ({"kind": "training", "supervisor": "supervisor"}, "This report is not by supervisor."),
        ({"kind": "packet"}, "Choose one of the answers listed for “What”"),
        ({"every_month": "on"}, "Enter a name for what is made every month"),
        ({"name": "Board"}, "To keep this choice, choose the last month"),
        (
            {"supervisor": "7d5b1c3c-0000-4000-8000-000000000000"},
            "Choose one of the answers listed for “Supervisor”",
        ),
    ],
)
def test_what_cannot_be_reported_on_is_said_and_nothing_typed_is_lost(
    cast: Cast, changed: dict[str, str], said: str
):
    changed = {
        name: str(getattr(cast, value).pk) if value in ("worker", "supervisor") else value
        for name, value in changed.items()
    }
    answer = signed_in(cast.manager).post("/reports/ask/", form(cast, **changed))
    assert answer.status_code == 422
    assert said in text_of(answer)
    for value in (FORM | changed)["first_day"], (FORM | changed)["last_day"]:
        assert f'value="{value}"' in answer.content.decode() or not value
    assert not Report.objects.exists()


def test_of_many_people_those_are_listed_who_were_looked_for_and_who_is_chosen_stays(large: None, cast: Cast):
    client = signed_in(cast.manager)
    assert "Marisol" not in text_of(client.get("/reports/ask/"))
    User.objects.filter(pk=cast.supervisor.pk).update(name="Élodie Whitfield")
    sent = form(cast, people=[str(cast.worker.pk)], find="élo", search="1", first_day="soon", name="Board")
    answer = client.post("/reports/ask/", sent)
    assert answer.status_code == 200
    assert "1 person was found and is listed below." in text_of(answer)
    page = answer.content.decode()
    assert re.search(rf'value="{cast.worker.pk}"[^>]* checked', page)
    assert re.search(rf'value="{cast.supervisor.pk}"(?![^>]* checked)', page)
    assert 'value="soon"' in page
    assert 'value="Board"' in page
    assert not Report.objects.exists()
    both = {str(cast.worker.pk), str(cast.supervisor.pk)}
    assert client.post("/reports/ask/", form(cast, people=sorted(both), find="")).status_code == 302
    assert {str(person.pk) for person in Report.objects.get().people.all()} == both


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("whitfield dana", "1 person was found"),
        ("", "2 people were found, and 1 of them are listed."),
        ("<b>", "Nobody was found for “<b>” in the programs chosen above."),
        ("Castillo", "Nobody was found for “Castillo”"),
    ],
)
def test_people_are_looked_for_in_the_programs_chosen_and_nowhere_else(
    large: None, cast: Cast, words: str, said: str
):
    Management.objects.create(program=cast.other_program, person=cast.manager)
    page = text_of(signed_in(cast.manager).post("/reports/ask/", form(cast, find=words, search="1")))
    assert said in page
    assert "Sam Okafor" not in page


def test_words_that_were_left_in_the_box_are_looked_for_before_anything_is_asked(large: None, cast: Cast):
    client = signed_in(cast.manager)
    answer = client.post("/reports/ask/", form(cast, find="Marisol"))
    assert answer.status_code == 200
    assert "Marisol Vega" in text_of(answer)
    assert not Report.objects.exists()
    refused = client.post("/reports/ask/", form(cast, people=[str(cast.other_worker.pk)]))
    assert refused.status_code == 422
    assert "Choose one of the answers listed for “Only these people”" in text_of(refused)


def test_a_program_or_supervisor_of_somebody_else_cannot_be_asked_for(cast: Cast):
    client = signed_in(cast.manager)
    for changed in (
        {"programs": str(cast.other_program.pk)},
        {"supervisor": str(cast.other_supervisor.pk)},
        {"people": str(cast.other_worker.pk)},
    ):
        assert client.post("/reports/ask/", form(cast, **changed)).status_code == 422
    with pytest.raises(Denied):
        ask(cast, programs=[cast.program, cast.other_program])
    with pytest.raises(Denied):
        ask(cast, programs=[])
    with pytest.raises(Denied):
        ask(cast, people=[cast.other_worker])
    assert not Report.objects.exists()


def test_a_form_sent_twice_asks_once(cast: Cast):
    client = signed_in(cast.manager)
    key = client.get("/reports/ask/").context["form"]["key"].value()
    first, second = (client.post("/reports/ask/", form(cast, key=str(key))) for _ in range(2))
    assert Report.objects.count() == 1
    assert first["Location"] == second["Location"]
    assert client.post("/reports/ask/", form(cast, key="not a key")).status_code == 302
    assert Report.objects.count() == 2
    other = signed_in(cast.other_manager)
    taken = form(cast, key=str(key), programs=[str(cast.other_program.pk)])
    assert other.post("/reports/ask/", taken).status_code == 302
    assert Report.objects.filter(asked_by=cast.other_manager).count() == 1, "theirs alone, under its own id"


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_instant_ask_once(cast: Cast):
    key, start, made = uuid.uuid4(), threading.Barrier(2), []

    def press() -> None:
        start.wait()
        try:
            made.append(ask(cast, key=key).pk)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(60)
    assert len(set(made)) == 1
    assert Report.objects.count() == 1


def test_several_at_once_wait_for_each_other(cast: Cast):
    for _ in range(policy.AT_ONCE):
        ask(cast)
    answer = signed_in(cast.manager).post("/reports/ask/", form(cast))
    assert answer.status_code == 422
    assert "Several of your reports are being prepared." in text_of(answer)
    with pytest.raises(WrongState):
        ask(cast)


def test_periods_are_refused_by_the_operation_too(cast: Cast):
    with pytest.raises(Invalid) as refused:
        ask(cast, last_day=datetime.date(2026, 6, 30))
    assert refused.value.field == "last_day"


# Who ---------------------------------------------------------------------------------------------------------------


def test_only_managers_have_reports(cast: Cast):
    for person in (cast.supervisor, cast.worker, cast.administrator, cast.outsider):
        for path in ("/reports/", "/reports/ask/"):
            assert signed_in(person).get(path).status_code == 403, (person.name, path)


def test_a_report_belongs_to_the_one_who_asked(cast: Cast):
    report = ready(cast)
    Management.objects.create(program=cast.program, person=cast.other_manager)
    for path in (f"/reports/{report.pk}/", f"/reports/{report.pk}/report.pdf"):
        assert signed_in(cast.manager).get(path).status_code == 200
        assert signed_in(cast.other_manager).get(path).status_code == 404
        assert signed_in(cast.supervisor).get(path).status_code == 404
        assert signed_in(cast.manager).post(path).status_code == 405


def test_who_no_longer_manages_a_program_in_it_does_not_have_it_any_more(cast: Cast):
    Management.objects.create(program=cast.other_program, person=cast.manager)
    report = ready(cast, programs=[cast.program, cast.other_program])
    client = signed_in(cast.manager)
    assert client.get(f"/reports/{report.pk}/report.pdf").status_code == 200
    yesterday = timezone.localdate() - days(1)
    Management.objects.filter(program=cast.other_program, person=cast.manager).update(
        since=yesterday - days(9), until=yesterday
    )
    assert client.get(f"/reports/{report.pk}/report.pdf").status_code == 404
    assert str(report.pk) not in client.get("/reports/").content.decode()
    with pytest.raises(Denied):
        policy.check_can_download(cast.manager, report)


# Having it ---------------------------------------------------------------------------------------------------------------


def test_the_download_is_the_stored_file_and_is_logged(cast: Cast):
    report = ready(cast)
    answer = signed_in(cast.manager).get(f"/reports/{report.pk}/report.pdf")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    assert 'filename="supervision-report-2026-07-01-to-2026-09-30.pdf"' in answer["Content-Disposition"]
    assert list(Opening.objects.values_list("by", "action", "record_id")) == [
        (cast.manager.pk, "downloaded", report.pk)
    ]


def test_looking_at_its_page_is_no_download(cast: Cast):
    report = ready(cast)
    signed_in(cast.manager).get(f"/reports/{report.pk}/")
    assert not Opening.objects.exists()


def test_the_file_is_encrypted_where_it_is_stored(cast: Cast):
    report = ready(cast)
    stored = bytes(report.__dict__["pdf"])
    assert b"the report" not in stored
    assert len(stored) > len(PDF)


def test_before_it_is_ready_there_is_nothing_to_download(cast: Cast):
    report = ask(cast)
    answer = signed_in(cast.manager).get(f"/reports/{report.pk}/report.pdf")
    assert answer.status_code == 409
    assert "This report is still being prepared." in text_of(answer)


def test_one_that_could_not_be_made_says_so_and_offers_to_ask_again(cast: Cast):
    report = ask(cast)
    operations.give_up(report_id=report.pk)
    client = signed_in(cast.manager)
    assert "This report could not be made. Nothing was lost." in text_of(client.get(f"/reports/{report.pk}/"))
    assert "Could not be made" in text_of(client.get("/reports/"))
    assert client.get(f"/reports/{report.pk}/report.pdf").status_code == 409


def test_the_one_who_asked_is_told_without_any_content(cast: Cast):
    report = ready(cast)
    told = Reminder.objects.get()
    assert (told.person, told.notice, told.path) == (cast.manager, "report", f"/reports/{report.pk}/")


# Letting go ---------------------------------------------------------------------------------------------------------------


def test_a_report_is_removed_with_its_key_after_its_last_day(cast: Cast):
    report = ready(cast)
    assert report.kept_until == timezone.localdate() + days(30)
    assert operations.remove_expired(today=report.kept_until) == 0
    assert operations.remove_expired(today=report.kept_until + days(1)) == 1
    assert not Report.objects.exists()
    assert not RecordKey.objects.filter(pk=report.pk).exists()
    assert signed_in(cast.manager).get(f"/reports/{report.pk}/").status_code == 404


def test_after_its_last_day_it_is_not_handed_out_even_before_it_is_removed(cast: Cast):
    report = ready(cast)
    Report.objects.filter(pk=report.pk).update(kept_until=timezone.localdate() - days(1))
    assert signed_in(cast.manager).get(f"/reports/{report.pk}/report.pdf").status_code == 409


def test_the_daily_job_also_ends_the_waiting_for_one_that_will_not_come(cast: Cast):
    stuck, fresh = ask(cast), ask(cast)
    Report.objects.filter(pk=stuck.pk).update(asked_at=timezone.now() - datetime.timedelta(hours=13))
    tasks.tidy.call()
    assert Report.objects.get(pk=stuck.pk).state == Report.State.FAILED
    assert Report.objects.get(pk=fresh.pk).state == Report.State.WAITING


def test_the_daily_job_is_one_of_the_daily_jobs(settings):
    assert "supervision.reports.tasks.tidy" in settings.DAILY_JOBS


# Lists ---------------------------------------------------------------------------------------------------------------------


def test_with_none_the_list_says_what_comes(cast: Cast):
    page = text_of(signed_in(cast.manager).get("/reports/"))
    assert "No reports yet When you make a report, it stays here for 30 days for you to download." in page


def test_the_list_says_what_each_covers_and_until_when_it_is_kept(cast: Cast):
    report = ready(cast, supervisor=cast.supervisor)
    page = text_of(signed_in(cast.manager).get("/reports/"))
    assert "Jul 1 to Sep 30, Maple Street, Dana Whitfield" in page
    assert "Kept until" in page
    assert str(report.pk)


def test_pages_stay_within_their_queries(cast: Cast):
    Management.objects.create(program=cast.other_program, person=cast.manager)
    both = list(Program.objects.managed_by(cast.manager))
    report = ready(cast, programs=both)
    client = signed_in(cast.manager)
    few = queries_of(client, "/reports/")
    for _ in range(6):
        ready(cast, programs=both)
    assert queries_of(client, "/reports/") == few <= 8
    assert queries_of(client, f"/reports/{report.pk}/") <= 12
    assert queries_of(client, "/reports/ask/") <= 10
