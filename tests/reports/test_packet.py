"""The audit packet: one click for a worker and a period; dates, hours and signatures whole, and not a word of what was said."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import subprocess
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from supervision.hours.policy import arrangements_seen_of
from supervision.people.models import Away, Credential, Participation, User
from supervision.records import certificate
from supervision.records.errors import Denied, Invalid, WrongState
from supervision.records.models import Opening
from supervision.reports import operations, said, tasks
from supervision.reports.models import Report
from supervision.reports.packet import gather, page
from supervision.reports.packet import open as open_archive
from supervision.sessions.models import Session
from tests import factories
from tests.cast import Cast
from tests.overview import builders as build
from tests.requirements import set_makers as make

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def monday(weeks_ago: int) -> datetime.date:
    today = timezone.localdate()
    return today - today.weekday() * DAY - weeks_ago * 7 * DAY


def met(cast: Cast, weeks_ago: int, **given: Any) -> Session:
    return build.session(given.pop("where", cast.arrangement), build.at(monday(weeks_ago) + DAY), **given)


def packet(cast: Cast, *, by: User | None = None, weeks: int = 4) -> gather.Packet:
    scope = arrangements_seen_of(by or cast.manager, cast.worker)
    return gather.gather(cast.worker, scope, monday(weeks), monday(0) - DAY)


def ask(cast: Cast, by: User, **given: Any) -> Report:
    return operations.ask_about(
        cast.worker,
        kind="packet",
        **({"first_day": monday(4), "last_day": monday(0) - DAY, "by": by} | given),
    )


@pytest.fixture
def sealing(settings: Any, tmp_path: Path) -> None:
    """A seal of its own."""
    settings.SECRETS_DIR = tmp_path / "secrets"
    certificate.ensure_certificate("Riverbend Peer Alliance")


# What is in it ------------------------------------------------------------------------------------------------


def test_it_says_what_took_place_who_signed_and_what_is_short(cast: Cast) -> None:
    make.shipped()
    met(cast, 4)
    met(cast, 3, state=Session.State.CANCELLED, state_why="away")
    met(cast, 2, record="offered")
    build.agreement(cast.arrangement, starts_on=monday(9))
    Away.objects.create(person=cast.worker, first_day=monday(1), last_day=monday(1) + DAY)
    Credential.objects.create(person=cast.supervisor, name="CPSS", issuer="Board", issued_on=monday(90))
    Credential.objects.create(person=cast.supervisor, name="Long gone", expires_on=monday(30))
    found = packet(cast)
    rows = [(said.what_became(row), row.minutes, row.signed_on is not None) for row in found.log]
    assert rows == [("Held", 60, True), ("Cancelled: away", 0, False), ("Held", 60, False)]
    assert [row.name for row in found.credentials] == ["CPSS"]
    assert [row.first for row in found.agreements] == []  # signed today, after the period
    assert {one.kind for one in found.certificates} == {"Session record", "Attendance"}
    (record,) = [one for one in found.certificates if one.kind == "Session record"]
    assert {signer.name for signer in record.signers} == {"Dana Whitfield", "Marisol Vega"}
    gaps = [what for _when, what in page.gaps_of(found)]
    assert any("0 of 60 minutes" in what for what in gaps)
    assert "Cancelled: away" in gaps
    assert any(what.startswith("Away until") for what in gaps)


def test_not_a_word_of_what_was_said_is_in_any_of_it(cast: Cast, sealing: None) -> None:
    make.shipped()
    for weeks_ago in (4, 3):
        met(cast, weeks_ago)
    build.agreement(cast.arrangement, starts_on=monday(9))
    found = packet(cast)
    printed = render_to_string("reports/pdf/packet.html", page.context_of(found))
    archive = zipfile.ZipFile(io.BytesIO(open_archive.archive_of(found, b"%PDF-1.7")))
    everything = printed + "".join(
        archive.read(name).decode("utf-8-sig", "replace") for name in archive.namelist()
    )
    assert build.CANARY not in everything
    assert "Marisol Vega" in everything


def test_what_a_draft_says_is_not_in_it_before_it_is_sent(cast: Cast) -> None:
    met(cast, 2, record="draft", modality="phone", minutes=35)
    (row,) = packet(cast).log
    assert said.what_became(row) == "Held; its record is not sent yet"
    assert (row.minutes, row.modality, row.people, row.attended) == (0, "", 0, False)


def test_of_a_group_nobody_else_who_is_supported_is_named(cast: Cast) -> None:
    other = factories.worker_in(cast.program, "Nora Colleague")
    circle = factories.arrangement(cast.program, [cast.supervisor], [cast.worker, other], structure="group")
    met(cast, 2, where=circle)
    build.agreement(circle, starts_on=monday(9))
    found = packet(cast)
    assert "Nora Colleague" not in json.dumps(open_archive.data_of(found))
    (record,) = [one for one in found.certificates if one.kind == "Session record"]
    assert record.others == 1


def test_days_of_before_and_after_and_of_other_programs_are_not_in_it(cast: Cast) -> None:
    for weeks_ago in (5, 4, 0):
        met(cast, weeks_ago)
    elsewhere = factories.arrangement(cast.other_program, [cast.other_supervisor], [cast.worker])
    met(cast, 3, where=elsewhere)
    assert [row.day for row in packet(cast).log] == [monday(4) + DAY]
    assert [row.day for row in packet(cast, by=cast.worker).log] == [monday(4) + DAY, monday(3) + DAY]


def test_it_costs_the_same_however_much_there_is(cast: Cast, django_assert_max_num_queries: Any) -> None:
    make.shipped()
    for weeks_ago in range(1, 12):
        met(cast, weeks_ago)
    with django_assert_max_num_queries(40):
        packet(cast, weeks=20)


# Asking for it and having it ----------------------------------------------------------------------------------


def test_one_click_on_the_page_of_hours_makes_it_sealed_with_an_archive_that_can_be_checked(
    cast: Cast, sealing: None, tmp_path: Path
) -> None:
    make.shipped()
    met(cast, 2)
    client = build.signed_in(cast.manager)
    text = client.get(reverse("hours:person", args=[cast.worker.pk])).content.decode()
    assert "Audit packet of this period" in text
    sent = {"key": str(uuid.uuid4()), "first_day": monday(4).isoformat(), "last_day": monday(1).isoformat()}
    address = reverse("reports:packet", args=[cast.worker.pk])
    for _ in range(2):  # pressed twice
        assert client.post(address, sent).status_code == 302
    (report,) = Report.objects.all()
    tasks.make_report.call(report_id=str(report.pk))
    tasks.make_report.call(report_id=str(report.pk))  # a job may run twice
    pdf = client.get(reverse("reports:download", args=[report.pk])).content
    zipped = client.get(reverse("reports:archive", args=[report.pk])).content
    folder = tmp_path / "out"
    zipfile.ZipFile(io.BytesIO(zipped)).extractall(folder)
    assert (folder / "audit-packet.pdf").read_bytes() == pdf
    for line in (folder / "digests.txt").read_text().splitlines():
        mark, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == mark
    assert Opening.objects.filter(record_id=report.pk, action="downloaded").count() == 2
    (folder / "x.pdf").write_bytes(pdf)
    words = subprocess.run(
        ["pdftotext", "-layout", str(folder / "x.pdf"), "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "Audit packet" in words
    assert "Certificate of signatures" in words
    assert build.CANARY not in words
    assert "This file is genuine" in checked(pdf)
    assert "We do not know this file" in checked(pdf[:-1] + b"\n\n")


def checked(pdf: bytes) -> str:
    """What the page “Check a PDF” tells whoever holds this file, without an account."""
    sent = {"file": SimpleUploadedFile("packet.pdf", pdf)}
    return Client().post(reverse("records:check"), sent).content.decode()


def test_a_report_can_be_checked_after_our_own_copy_has_gone_and_nobody_is_named(
    cast: Cast,
) -> None:
    report = ask(cast, cast.supervisor)
    made = operations.Files(pdf=b"%PDF of a packet", archive=b"PK")
    assert "We do not know this file" in checked(made.pdf)
    for _ in range(2):
        operations.keep(report_id=report.pk, files=made)
    operations.remove_expired(today=report.kept_until + DAY)
    assert not Report.objects.exists()
    said = checked(made.pdf)
    assert "This file is genuine" in said
    assert "Audit packet" in said
    for name in (cast.worker.name, cast.supervisor.name, cast.program.name):
        assert name not in said


def test_who_may_ask_is_who_may_see_the_dates(cast: Cast) -> None:
    for who in (cast.worker, cast.supervisor, cast.manager):
        assert ask(cast, who).asked_by == who
    for who in (cast.administrator, cast.other_manager, cast.other_supervisor, cast.outsider):
        with pytest.raises(Denied):
            ask(cast, who)


def test_whoever_lost_sight_of_the_person_does_not_open_it_any_more(cast: Cast) -> None:
    report = ask(cast, cast.supervisor)
    operations.keep(report_id=report.pk, files=operations.Files(pdf=b"%PDF", archive=b"PK"))
    client = build.signed_in(cast.supervisor)
    address = reverse("reports:download", args=[report.pk])
    assert client.get(address).status_code == 200
    Participation.objects.filter(person=cast.supervisor).update(left_on=timezone.localdate() - DAY)
    assert client.get(address).status_code == 403
    assert build.signed_in(cast.manager).get(address).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "field"), [(1, 2, "last_day"), (-400 * 10, 0, "first_day"), (0, 1, "last_day")]
)
def test_a_period_that_cannot_be_is_refused(cast: Cast, first: int, last: int, field: str) -> None:
    today = timezone.localdate()
    with pytest.raises(Invalid) as refusal:
        ask(cast, cast.manager, first_day=today + first * DAY, last_day=today + last * DAY)
    assert refusal.value.field == field


def test_not_more_than_a_few_are_made_at_once(cast: Cast) -> None:
    for _ in range(3):
        ask(cast, cast.manager)
    with pytest.raises(WrongState):
        ask(cast, cast.manager)
