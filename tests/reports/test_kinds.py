"""Each kind of report: its figures against hand-made data, whose they are, and that no word is in any of its files."""

from __future__ import annotations

import csv
import datetime
import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from competencies.library import operations as library
from competencies.models import FrameworkVersion, ProgramAverage
from supervision.people.models import Credential, Management
from supervision.records import certificate, encryption
from supervision.records.errors import Denied
from supervision.records.models import AuditEvent, Opening
from supervision.reports import operations, tasks
from supervision.reports.kinds import averages, log, register, training
from supervision.reports.kinds.made import Made, csv_of, xlsx_of
from supervision.reports.models import OF_PROGRAMS, Report
from supervision.reports.progress import unseen
from supervision.sessions.models import Session
from tests import factories
from tests.cast import Cast
from tests.competencies import training_makers as learning
from tests.overview import builders as build
from tests.records.pdf_samples import complaints

DAY = datetime.timedelta(days=1)


def today() -> datetime.date:
    return timezone.localdate()


def ago(days: int) -> datetime.date:
    return today() - days * DAY


def ask(cast: Cast, kind: str, **given: Any) -> Report:
    values: dict[str, Any] = {
        "programs": [cast.program],
        "supervisor": None,
        "first_day": ago(60),
        "last_day": today(),
        "by": cast.manager,
    }
    return operations.ask(kind=kind, **(values | given))


def rows_of(made: Made, table: int = 0) -> list[dict[str, Any]]:
    found = made.tables[table]
    return [dict(zip(found.headings, row, strict=True)) for row in found.rows]


@pytest.fixture
def long_ago(cast: Cast) -> Cast:
    """Supervision that began before the period."""
    for arrangement in (cast.arrangement, cast.other_arrangement):
        arrangement.started_on = ago(200)
        arrangement.save()
        arrangement.participations.update(joined_on=ago(200))
    return cast


@pytest.fixture
def sealing(settings: Any, tmp_path: Path) -> None:
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")


# The log ----------------------------------------------------------------------------------------------------------


def test_the_log_has_every_session_of_each_person_with_its_signatures(long_ago: Cast) -> None:
    cast = long_ago
    build.session(cast.arrangement, build.at(ago(30)), minutes=50)
    build.session(cast.arrangement, build.at(ago(20)), record="declined")
    build.session(cast.arrangement, build.at(ago(10)), state=Session.State.CANCELLED, state_why="away")
    build.session(cast.arrangement, build.at(ago(5)), record="draft")
    build.session(cast.arrangement, build.at(ago(100)))  # before the period
    build.session(cast.other_arrangement, build.at(ago(5)))  # of another program
    made = log.make(ask(cast, "log"), unseen)
    rows = rows_of(made)
    assert [row["What became of it"] for row in rows] == [
        "Held, in person, one to one",
        "Held, in person, one to one",
        "Cancelled: away",
        "Held; its record is not sent yet",
    ]
    assert {row["Peer worker"] for row in rows} == {"Marisol Vega"}
    assert [row["Minutes"] for row in rows] == [50, 60, "", ""]
    assert [row["Signed"].partition(" ")[0] for row in rows] == ["2", "1", "", ""]
    assert [bool(row["Record sealed on"]) for row in rows] == [True, True, False, False]
    assert dict(made.facts)["Sessions attended"] == "2, 1.8 h in all"
    assert "2 sessions attended by 1 person" in made.lead


def test_the_log_of_one_person_can_be_asked_by_whoever_may_see_their_dates(long_ago: Cast) -> None:
    cast = long_ago
    build.session(cast.arrangement, build.at(ago(30)))
    for who in (cast.worker, cast.supervisor, cast.manager):
        report = operations.ask_about(cast.worker, kind="log", first_day=ago(60), last_day=today(), by=who)
        assert len(rows_of(log.make(report, unseen))) == 1
    for who in (cast.administrator, cast.other_manager, cast.other_supervisor, cast.outsider):
        with pytest.raises(Denied):
            operations.ask_about(cast.worker, kind="log", first_day=ago(60), last_day=today(), by=who)


def test_a_log_of_some_people_is_of_nobody_else(long_ago: Cast) -> None:
    cast = long_ago
    joe = factories.worker_in(cast.program, "Joe Lafferty")
    theirs = factories.arrangement(cast.program, [cast.supervisor], [joe], days_ago=200)
    for arrangement in (cast.arrangement, theirs):
        build.session(arrangement, build.at(ago(30)))
    made = log.make(ask(cast, "log", people=[joe]), unseen)
    assert [row["Peer worker"] for row in rows_of(made)] == ["Joe Lafferty"]


# The register -----------------------------------------------------------------------------------------------------


def test_the_register_has_who_agreed_and_who_has_no_agreement(long_ago: Cast) -> None:
    cast = long_ago
    joe = factories.worker_in(cast.program, "Joe Lafferty")
    factories.arrangement(cast.program, [cast.supervisor], [joe], days_ago=200)
    build.agreement(cast.arrangement, minutes_each=45, every_days=14, review_on=ago(3))
    build.agreement(cast.other_arrangement)
    made = register.make(ask(cast, "register"), unseen)
    by_person = {row["Peer worker"]: row for row in rows_of(made)}
    assert by_person.keys() == {"Marisol Vega", "Joe Lafferty"}
    marisol, joes = by_person["Marisol Vega"], by_person["Joe Lafferty"]
    assert marisol["How it stands"] == "Version 1, in force, to be looked at again"
    assert (marisol["Held from"], marisol["Until"]) == (today(), "")  # it holds from its last signature
    assert (marisol["Minutes each time"], marisol["Every so many days"]) == (45, 14)
    assert (marisol["Signed by"], marisol["Named in it"]) == (2, 2)
    assert joes["How it stands"] == "None. Sessions held so far: 0"
    assert made.lead == "1 in force today, 1 missing, 1 past the day to look at them again."


# Training and credentials -----------------------------------------------------------------------------------------


def test_training_and_credentials_are_those_whose_facts_the_manager_knows(cast: Cast) -> None:
    def holds(person: Any, name: str, expires: datetime.date | None) -> None:
        Credential.objects.create(
            person=person, name=name, issuer="Board", expires_on=expires, number="SECRET-1"
        )

    holds(cast.worker, "CPS", ago(1))
    holds(cast.supervisor, "CPSS", today() + 30 * DAY)
    holds(cast.manager, "Own", None)
    holds(cast.other_worker, "Elsewhere", None)
    with encryption.unlocked_keys():
        learning.entry(cast.worker, day=ago(10), until=None, minutes=90)
        learning.entry(cast.worker, day=ago(90), until=None, minutes=600)  # before the period
        learning.entry(cast.other_worker, day=ago(10), until=None, minutes=60)
    made = training.make(ask(cast, "training"), unseen)
    found = {(row["Who"], row["Credential"]): row["How it stands"] for row in rows_of(made)}
    assert found == {("Marisol Vega", "CPS"): "Expired", ("Dana Whitfield", "CPSS"): "Expires soon"}
    hours = {row["Who"]: (row["Entries"], row["Hours"]) for row in rows_of(made, 1)}
    assert hours == {"Marisol Vega": (1, 1.5), "Dana Whitfield": (0, 0)}
    assert "SECRET-1" not in str(made.tables)


# Averages ---------------------------------------------------------------------------------------------------------


def test_averages_are_those_that_were_shown_of_ones_own_programs(cast: Cast) -> None:
    library.bring_in(library.shipped())
    framework = FrameworkVersion.objects.select_related("framework").first()
    assert framework is not None
    with encryption.unlocked_keys():
        for program, tenths in ((cast.program, 23), (cast.other_program, 31)):
            ProgramAverage(
                program=program,
                framework=framework.framework,
                number=1,
                people=6,
                values={"top": 4, "domains": {"a": {"title": "Mediative", "tenths": tenths, "place": 1}}},
                members={"a": []},
            ).save()
        made = averages.make(ask(cast, "averages"), unseen)
    assert [(row["Domain"], row["Average"], row["People"]) for row in rows_of(made)] == [
        ("Mediative", 2.3, 6)
    ]
    assert len(made.figures) == 1


def test_without_five_people_it_says_that_nothing_can_be_shown(cast: Cast) -> None:
    made = averages.make(ask(cast, "averages"), unseen)
    assert "five people at least" in made.lead
    assert made.tables[0].rows == []


# All of them ------------------------------------------------------------------------------------------------------


def test_every_kind_becomes_a_sealed_pdf_and_spreadsheets_without_a_word_of_what_was_said(
    long_ago: Cast, sealing: None, tmp_path: Path
) -> None:
    cast = long_ago
    build.session(cast.arrangement, build.at(ago(30)))
    build.agreement(cast.arrangement)
    client = build.signed_in(cast.manager)
    reports = [ask(cast, kind) for kind in OF_PROGRAMS[:3]]
    for report in reports:
        tasks.make_report.call(report_id=str(report.pk))
    reports += [ask(cast, kind) for kind in OF_PROGRAMS[3:]]
    for report in reports[3:]:
        tasks.make_report.call(report_id=str(report.pk))
    for report in reports:
        page = client.get(reverse("reports:detail", args=[report.pk])).content.decode()
        for name, start in (("download", b"%PDF"), ("table", b"\xef\xbb\xbf"), ("book", b"PK")):
            address = reverse(f"reports:{name}", args=[report.pk])
            assert address in page, (report.kind, name)
            data = client.get(address).content
            assert data.startswith(start)
            assert build.CANARY.encode() not in data
            if name == "download":
                assert complaints(data) == []
                path = tmp_path / f"{report.kind}.pdf"
                path.write_bytes(data)
                text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout
                assert build.CANARY.encode() not in text
            if name == "book":
                book = zipfile.ZipFile(io.BytesIO(data))
                assert not any(build.CANARY.encode() in book.read(part) for part in book.namelist())
        assert client.get(reverse("reports:archive", args=[report.pk])).status_code == 404
        assert Opening.objects.filter(record_id=report.pk, action="downloaded").count() == 3


def test_a_name_that_looks_like_a_formula_is_text_in_a_spreadsheet(long_ago: Cast) -> None:
    cast = long_ago
    cast.worker.name = '=HYPERLINK("http://evil.example","x")'
    cast.worker.save()
    build.session(cast.arrangement, build.at(ago(30)))
    made = log.make(ask(cast, "log"), unseen)
    table = csv_of(made.tables).decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(table)))[1]
    assert row[1] == f"'{cast.worker.name}"
    sheet = zipfile.ZipFile(io.BytesIO(xlsx_of(made.tables))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "&#x27;=HYPERLINK" in sheet or "'=HYPERLINK" in sheet


@pytest.mark.parametrize("make", [log.make, register.make, training.make, averages.make])
def test_the_number_of_questions_does_not_depend_on_how_many_people(long_ago: Cast, make: Any) -> None:
    cast = long_ago

    def count(report: Report) -> int:
        with CaptureQueriesContext(connection) as asked:
            make(report, unseen)
        return len(asked)

    report = ask(cast, "log")
    build.session(cast.arrangement, build.at(ago(30)))
    few = count(report)
    for number in range(4):
        worker = factories.worker_in(cast.program, f"Worker {number}")
        pair = factories.arrangement(cast.program, [cast.supervisor], [worker], days_ago=200)
        build.session(pair, build.at(ago(30 - number)))
        build.agreement(pair)
        Credential.objects.create(person=worker, name="CPS")
    assert count(report) <= few + 1


def test_what_was_asked_is_in_the_audit_trail_with_its_kind(cast: Cast) -> None:
    report = ask(cast, "register")
    assert AuditEvent.objects.get(action="report asked", record_id=report.pk).facts["kind"] == "register"


def test_whoever_lost_a_program_gets_no_file_of_it(cast: Cast) -> None:
    report = ask(cast, "log")
    operations.keep(report_id=report.pk, files=operations.Files(pdf=b"%PDF", table=b"a", book=b"PK"))
    client = build.signed_in(cast.manager)
    addresses = [reverse(f"reports:{name}", args=[report.pk]) for name in ("download", "table", "book")]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]
    Management.objects.filter(person=cast.manager).update(since=ago(9), until=ago(1))
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
