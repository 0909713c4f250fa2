"""What a person takes along: whole, theirs, checked without this software, and nobody else's (domain 7, decision 13)."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import shutil
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from competencies.assessments import operations as releasing
from supervision.jobs import MAX_ATTEMPTS
from supervision.jobs import operations as jobs
from supervision.jobs.worker import Worker
from supervision.people.models import User
from supervision.performance.models import JobDescription
from supervision.portfolio import archive, everything, making, operations, tasks
from supervision.portfolio.models import Export
from supervision.portfolio.parts import BY_KEY, Period, job
from supervision.records import certificate
from supervision.records.errors import Invalid, WrongState
from supervision.records.models import Opening, RecordKey
from supervision.sessions import operations as adding
from supervision.sessions.models import AgendaItem
from tests.architecture.test_models import OURS
from tests.architecture.unpacking import words_in
from tests.cast import Cast
from tests.competencies import assessment_makers as assessing
from tests.notes import makers as notes
from tests.sessions import makers
from tests.sessions.pages import body, client_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def period() -> Period:
    today = timezone.localdate()
    return Period(today - 90 * DAY, today)


def ask(person: User, **given: Any) -> Export:
    values = {"first_day": period().first, "last_day": period().last, "parts": list(BY_KEY)} | given
    return operations.ask_for_portfolio(by=person, **values)


def archive_of(person: User, *parts: str, notes: Any = ()) -> zipfile.ZipFile:
    made = making.gather(person, period(), parts or list(BY_KEY), notes)
    return zipfile.ZipFile(io.BytesIO(making.archive_of(made)))


def data_of(archive: zipfile.ZipFile) -> Any:
    return json.loads(archive.read("portfolio.json"))


# The archive --------------------------------------------------------------------------------------------------


def checked(folder: Path, *mark: str) -> tuple[int, str]:
    """What the archive's own program says, with nothing around it."""
    command = [sys.executable, "-I", str(folder / "verify.py"), *mark]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env={}, check=False)
    return done.returncode, done.stdout + done.stderr


def listed_anew(folder: Path) -> None:
    """As somebody does who altered a file and makes the list fit."""
    names = [line.split("  ", 1)[1] for line in (folder / "digests.txt").read_text().splitlines()]
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "digests.txt").write_text("".join(lines))


@pytest.fixture
def folder(cast: Cast, sealing: None, tmp_path: Path) -> Path:
    makers.sealed(cast)
    Worker(name="test").run_until_empty()
    archive_of(cast.worker).extractall(tmp_path / "out")
    return tmp_path / "out"


def test_the_archive_verifies_without_this_software_and_names_the_agencys_key(folder: Path) -> None:
    code, said = checked(folder)
    assert code == 0, said
    assert "Every file is as it was made and signed." in said
    assert certificate.key_marks()[0] in said
    openssl = ["openssl", "dgst", "-sha256", "-verify", "seal-key.der", "-keyform", "DER"]
    openssl += ["-signature", "digests.txt.sig", "digests.txt"]
    if shutil.which("openssl"):  # most systems have it; nothing here needs it
        assert subprocess.run(openssl, cwd=folder, capture_output=True, check=False).returncode == 0
    page = Client().get(reverse("records:check")).content.decode()
    assert certificate.key_marks()[0] in page


def test_whatever_is_altered_is_found(folder: Path) -> None:
    (record,) = (folder / "records").iterdir()
    name = f"records/{record.name}"
    whole = record.read_bytes()
    record.write_bytes(whole[:-9] + b"X" + whole[-8:])
    assert f"{name} was changed" in checked(folder)[1]
    listed = (folder / "digests.txt").read_text()
    listed_anew(folder)
    assert "digests.txt was not signed" in checked(folder)[1]
    record.write_bytes(whole)
    (folder / "digests.txt").write_text(listed)
    for added in ("more.txt", "__pycache__/more.pyc"):
        (folder / added).parent.mkdir(exist_ok=True)
        (folder / added).write_text("hello")
        assert f"{added} was added" in checked(folder)[1]
        (folder / added).unlink()
    data = (folder / "portfolio.json").read_text()
    (folder / "portfolio.json").write_text(data.replace("Marisol", "Mallory"))
    listed_anew(folder)
    assert "digests.txt was not signed" in checked(folder)[1]
    (folder / "portfolio.json").write_text(data)
    (folder / "digests.txt").write_text(listed)
    assert checked(folder)[0] == 0
    for signature in (b"", b"\x30\x00", b"\x30\x06\x02\x01\x00\x02\x01\x00", b"x" * 70):
        (folder / "digests.txt.sig").write_bytes(signature)
        assert "digests.txt was not signed" in checked(folder)[1]
    (folder / "digests.txt.sig").unlink()
    assert "digests.txt.sig is missing" in checked(folder)[1]
    (folder / "linked").symlink_to("/etc")
    assert "linked is a link" in checked(folder)[1]
    (folder / "seal-key.der").write_bytes(b"of a curve that is not known")
    (folder / "digests.txt.sig").write_bytes(b"x")
    assert "does not know" in checked(folder)[1]
    record.unlink()
    lines = [line for line in listed.splitlines(keepends=True) if record.name not in line]
    (folder / "digests.txt").write_text("".join(lines))
    assert "is not the record that portfolio.json names" in checked(folder)[1]


def test_signed_with_another_key_it_shows_that_it_is_another(folder: Path) -> None:
    (folder / "portfolio.json").write_text(
        (folder / "portfolio.json").read_text().replace("Marisol", "Mallory")
    )
    listed_anew(folder)
    other = ec.generate_private_key(ec.SECP256R1())
    spki = other.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    (folder / "seal-key.der").write_bytes(spki)
    text = (folder / "digests.txt").read_bytes()
    (folder / "digests.txt.sig").write_bytes(other.sign(text, ec.ECDSA(hashes.SHA256())))
    code, said = checked(folder)
    assert code == 0
    assert certificate.key_marks()[0] not in said
    code, said = checked(folder, certificate.key_marks()[0])
    assert code == 1
    assert "signed with another key" in said


def test_a_key_of_before_is_still_named_as_the_agencys(folder: Path) -> None:
    before = certificate.key_marks()[0]
    certificate.replace_with_new("Riverbend Peer Alliance")
    assert certificate.key_marks()[1:] == [before]
    assert before in Client().get(reverse("records:check")).content.decode()


def test_nothing_of_a_record_that_somebody_else_still_writes_is_in_it(cast: Cast) -> None:
    session = makers.draft(cast)
    AgendaItem.objects.create(
        session=session, raised_by=cast.supervisor, text="canary-unsent-topic", shared_at=timezone.now()
    )
    rows = everything.rows_of(cast.worker)
    assert "canary-unsent-topic" not in json.dumps(rows)
    (given,) = rows["supervision_sessions.session"]
    assert not {"purposes", "methods", "place", "minutes"} & given.keys()
    (own,) = rows["supervision_sessions.attendee"]
    assert "attended" not in own


def test_an_agency_that_signs_with_rsa_is_checked_as_well(folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    (folder / "seal-key.der").write_bytes(spki)
    text = (folder / "digests.txt").read_bytes()
    (folder / "digests.txt.sig").write_bytes(key.sign(text, padding.PKCS1v15(), hashes.SHA256()))
    assert checked(folder)[0] == 0
    (folder / "digests.txt.sig").write_bytes(key.sign(text + b"x", padding.PKCS1v15(), hashes.SHA256()))
    assert checked(folder)[0] == 1


def conforms(value: Any, schema: Any, whole: Any, where: str = "") -> None:
    """The parts of JSON Schema that ours uses."""
    schema = whole["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    types = {"object": dict, "array": list, "string": str, "null": type(None)}
    if "type" in schema:
        named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert isinstance(value, tuple(types[name] for name in named)), where
    assert value == schema.get("const", value), where
    assert value in schema.get("enum", [value]), where
    if isinstance(value, dict) and "properties" in schema:
        assert schema.get("required", []) == [name for name in schema.get("required", []) if name in value], (
            where
        )
        for name, one in value.items():
            assert name in schema["properties"], f"{where}.{name}"
            conforms(one, schema["properties"][name], whole, f"{where}.{name}")
    if isinstance(value, list):
        for one, asked in zip(value, schema.get("prefixItems", []), strict=False):
            conforms(one, asked, whole, where)
        for one in value if "prefixItems" not in schema else ():
            conforms(one, schema.get("items", {}), whole, f"{where}[]")


def test_the_data_is_built_as_the_published_schema_says(cast: Cast, sealing: None, client: Any) -> None:
    makers.sealed(cast)
    kept = notes.note(cast.worker)
    found = data_of(archive_of(cast.worker, notes=[kept.pk]))
    schema = json.loads(archive.SCHEMA.read_text())
    conforms(found, schema, schema)
    assert {part["part"] for part in found["parts"]} >= {"sessions", "hours", "notes"}
    with pytest.raises(AssertionError):
        conforms(found | {"more": 1}, schema, schema)
    page = client_of(cast.worker).get(reverse("portfolio:schema"))
    assert json.loads(page.content) == schema


# What is in it ------------------------------------------------------------------------------------------------


def test_of_a_group_it_has_own_attendance_and_own_words_only(cast: Cast, sealing: None) -> None:
    arrangement, people = makers.group(cast, size=3)
    from supervision.sessions import operations as holding

    session = holding.plan(arrangement, by=cast.supervisor, starts_at=makers.ago(48), zone="America/New_York")
    mine = holding.add_item(session, by=cast.worker, text="My canary-merlin question")
    theirs = holding.add_item(session, by=people[1], text="Their canary-kestrel question")
    there = {one.pk: 60 for one in (cast.supervisor, *people)}
    written = makers.written(
        cast,
        session,
        attended=there,
        outcomes="canary-osprey for all",
        agenda=[makers.topic_of(mine, outcome="canary-harrier"), makers.topic_of(theirs)],
    )
    holding.record(session, by=cast.supervisor, written=written)
    holding.sign_and_send(
        makers.fresh(session), by=cast.supervisor, evidence=makers.evidence(cast.supervisor)
    )
    for person in people:
        makers.sign(session, person, statement=f"canary-statement of {person.name}")
    assert makers.fresh(session).is_sealed
    Worker(name="test").run_until_empty()
    for made in (
        making.archive_of(making.gather(cast.worker, period(), list(BY_KEY), [])),
        everything.archive_of(cast.worker),
    ):
        said = words_in(made)
        assert "My canary-merlin question" in said
        assert f"canary-statement of {cast.worker.name}" in said
        for word in (
            "canary-kestrel",
            "canary-osprey",
            "canary-harrier",
            f"canary-statement of {people[1].name}",
        ):
            assert word not in said
    (entry,) = data_of(archive_of(cast.worker, "sessions"))["parts"][0]["entries"]
    assert (entry["data"]["people"], entry["data"]["minutes"]) == (4, 60)
    assert "record" not in entry


def test_who_led_takes_the_facts_and_not_the_words_of_others(cast: Cast, sealing: None) -> None:
    makers.sealed(cast)
    Worker(name="test").run_until_empty()
    for made in (
        making.archive_of(making.gather(cast.supervisor, period(), list(BY_KEY), [])),
        everything.archive_of(cast.supervisor),
    ):
        assert makers.CANARY not in words_in(made)
    (entry,) = data_of(archive_of(cast.supervisor, "sessions"))["parts"][0]["entries"]
    assert entry["title"].startswith("You led a session")
    assert makers.CANARY in words_in(
        making.archive_of(making.gather(cast.worker, period(), list(BY_KEY), []))
    )


def test_what_was_added_to_their_record_is_in_it_and_a_part_that_was_never_given_is_not(
    cast: Cast, sealing: None
) -> None:
    session = makers.sealed(cast)
    adding.add_addendum(
        session,
        by=cast.supervisor,
        reason="A date",
        text="canary-addendum of Dana",
        evidence=makers.evidence(cast.supervisor),
    )
    row = assessing.together(cast)
    assessing.save(row, cast.supervisor, assessing.filled(row, cast.supervisor, words="canary-never-given"))
    row = assessing.past_due(assessing.give(row, cast.worker))
    releasing.release_alone(row, by=cast.worker)
    for made in (
        making.archive_of(making.gather(cast.worker, period(), list(BY_KEY), [])),
        everything.archive_of(cast.worker),
    ):
        said = words_in(made)
        assert "canary-addendum of Dana" in said
        assert "canary-never-given" not in said
    assert "canary-addendum of Dana" in words_in(everything.archive_of(cast.supervisor)), "who wrote it"


def test_only_what_is_chosen_and_of_the_period_is_in_it(cast: Cast, sealing: None) -> None:
    makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 5)))
    makers.sealed(cast, makers.planned(cast, starts_at=makers.ago(24 * 100)))
    chosen, other = (
        notes.note(cast.worker, text="canary-chosen"),
        notes.note(cast.worker, text="canary-other"),
    )
    found = data_of(archive_of(cast.worker, "sessions", notes=[chosen.pk]))
    assert {part["part"]: len(part["entries"]) for part in found["parts"]} == {"sessions": 1, "notes": 1}
    assert "canary-other" not in json.dumps(found)
    stolen = ask(cast.supervisor, notes=[other.pk])
    assert stolen.notes == [], "a note of somebody else is never chosen"


def test_of_job_descriptions_it_has_those_that_held_in_the_period(cast: Cast) -> None:
    today = timezone.localdate()
    for number, days_ago in enumerate((90, 60, 20), start=1):
        JobDescription.objects.create(
            person=cast.worker,
            number=number,
            title=f"Version {number}",
            from_day=today - days_ago * DAY,
            put_in_force_by=cast.manager,
        )

    def titles(first: int, last: int) -> list[str]:
        period = Period(today - first * DAY, today - last * DAY)
        return [entry.data["title"] for entry in job(cast.worker, period)]

    assert titles(59, 0) == ["Version 2", "Version 3"]
    assert titles(60, 21) == ["Version 2"]
    assert titles(61, 60) == ["Version 1", "Version 2"]
    assert titles(200, 91) == []


def test_every_row_that_names_a_person_is_theirs_or_left_out_for_a_reason() -> None:
    named = {
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in OURS | {"account", "mfa", "usersessions"}
        and any(field.related_model is User for field in model._meta.concrete_fields)
    }
    given = {model._meta.label_lower for model in everything.HELD}
    assert named - given - everything.NOT_HELD.keys() == set()
    assert given & everything.NOT_HELD.keys() == set()
    assert everything.NOT_HELD.keys() <= named


# Asking and having --------------------------------------------------------------------------------------------


def test_it_is_made_in_the_background_and_is_its_owners_alone(cast: Cast, sealing: None) -> None:
    makers.sealed(cast)
    worker = client_of(cast.worker)
    form = {
        "key": str(uuid.uuid4()),
        "first_day": period().first.isoformat(),
        "last_day": period().last.isoformat(),
        "parts": ["sessions", "hours"],
    }
    for _ in range(2):  # pressed twice
        assert worker.post(reverse("portfolio:ask"), form).status_code == 302
    (export,) = Export.objects.all()
    assert "Being prepared" in body(worker.get(reverse("portfolio:list")))
    assert worker.get(reverse("portfolio:pdf", args=[export.pk])).status_code == 409
    Worker(name="test").run_until_empty()
    tasks.make_export.call(export_id=str(export.pk))  # a job may run twice
    page = body(worker.get(reverse("portfolio:list")))
    assert "Kept until" in page
    pdf = worker.get(reverse("portfolio:pdf", args=[export.pk]))
    said = words_in(pdf.content)
    assert makers.CANARY in said
    assert "Sessionrecords" in said
    assert pdf["Cache-Control"] == "no-store"
    zipped = worker.get(reverse("portfolio:zip", args=[export.pk]))
    assert zipfile.ZipFile(io.BytesIO(zipped.content)).testzip() is None
    assert Opening.objects.filter(by=cast.worker, record_id=export.pk, action="downloaded").count() == 2
    for person in (cast.supervisor, cast.manager, cast.administrator, cast.other_worker):
        for name in ("pdf", "zip", "left_pdf"):
            assert client_of(person).get(reverse(f"portfolio:{name}", args=[export.pk])).status_code == 404
        assert client_of(person).post(reverse("portfolio:remove", args=[export.pk])).status_code == 404
    assert worker.post(reverse("portfolio:remove", args=[export.pk])).status_code == 302
    assert not Export.objects.exists()
    assert not RecordKey.objects.filter(pk=export.pk).exists()


def test_an_old_login_proves_itself_first_and_the_choice_is_kept(cast: Cast) -> None:
    old = client_of(cast.worker, minutes_ago=30)
    form = {"key": str(uuid.uuid4()), "first_day": "2026-01-05", "last_day": "2026-02-05", "parts": ["goals"]}
    away = old.post(reverse("portfolio:ask"), form)
    assert away["Location"].startswith(reverse("account_reauthenticate"))
    assert "2026-01-05" in body(old.get(f"{reverse('portfolio:ask')}?kept=1"))
    again = old.post(reverse("portfolio:everything"), {"key": str(uuid.uuid4())})
    assert again["Location"].startswith(reverse("account_reauthenticate"))
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_day": 0, "last_day": -1}, "last_day"),
        ({"last_day": 1}, "last_day"),
        ({"parts": []}, "parts"),
        ({"parts": ["everybody"]}, "parts"),
    ],
)
def test_what_cannot_be_made_is_said_beside_its_field(cast: Cast, given: Any, field: str) -> None:
    days = {
        name: timezone.localdate() + value * DAY for name, value in given.items() if isinstance(value, int)
    }
    with pytest.raises(Invalid) as refused:
        ask(cast.worker, **(given | days))
    assert refused.value.field == field


def test_no_note_is_chosen_beforehand(cast: Cast) -> None:
    notes.note(cast.worker, title="Quiet evening")
    page = body(client_of(cast.worker).get(reverse("portfolio:ask")))
    assert "Quiet evening" in page
    assert page.count("checked") == len(BY_KEY)


def test_not_too_many_are_made_at_once_and_none_is_kept_too_long(cast: Cast) -> None:
    first, _second = ask(cast.worker), ask(cast.worker)
    with pytest.raises(WrongState):
        ask(cast.worker)
    Export.objects.update(kept_until=timezone.localdate() - DAY, state="ready")
    page = client_of(cast.worker).get(reverse("portfolio:zip", args=[first.pk]))
    assert page.status_code == 409
    tasks.tidy.call()
    assert not Export.objects.exists()


def test_one_that_is_removed_while_it_is_made_is_not_kept(cast: Cast) -> None:
    export = ask(cast.worker)
    operations.remove(export, by=cast.worker)
    assert operations.keep(export_id=export.pk, pdf=b"%PDF", archive=b"PK") is False
    assert not Export.objects.exists()


def test_when_its_job_fails_for_good_whoever_waits_is_told_at_once(cast: Cast) -> None:
    export = ask(cast.worker)
    for attempt in range(MAX_ATTEMPTS):
        export.refresh_from_db()
        assert export.state == Export.State.WAITING, attempt
        assert jobs.claim(worker=f"worker-{attempt}") is not None
        assert jobs.reap(dead_worker=f"worker-{attempt}") == 1
    Worker().run_until_empty()
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
